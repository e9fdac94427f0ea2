"""Following a chain by the hashes of its blocks, also when blocks are taken back."""

from __future__ import annotations

from commonlearn.archive.following import common_block
from commonlearn.pod.outside import Chain
from commonlearn.pod.state import State

__all__ = ["follow"]

_AT_ONCE = 2_000
_TRIES = 5


def follow(chain: Chain, state: State, first: int) -> bool:
    """Read what is new, after forgetting what is no longer part of the chain.

    Parameters
    ----------
    chain : Chain
    state : State
        Ends at a block of the chain, with all that was told up to it; or, if the chain changed all the time, at an
        older one.
    first : int
        Block to begin with, where nothing was followed yet.

    Returns
    -------
    bool
        Whether blocks were taken back.
    """
    taken_back = False
    for _ in range(_TRIES):
        known = state.known_blocks()
        found_at = common_block(chain, known)
        common = -1 if found_at is None else found_at
        if known and common != known[-1][0]:
            state.truncate(common)
            taken_back = True
        start = common + 1 if common >= 0 else first
        head = chain.head()
        while start <= head.number:
            last = min(start + _AT_ONCE - 1, head.number)
            try:
                before = chain.block(last)
                found = chain.events(start, last)
                # Only what was read between two looks at the same block is of that block's chain.
                if chain.block(last).hash != before.hash or (start - 1 >= 0 and not _continues(chain, state, start)):
                    break
            except LookupError:
                break
            state.extend([before], found)
            start = last + 1
        else:
            return taken_back
    return taken_back


def _continues(chain: Chain, state: State, start: int) -> bool:
    """Whether the last block that was followed is still there."""
    last = state.head()
    return last is None or last.number >= start or chain.block(last.number).hash == last.hash
