"""Draws of subsets and juries, the same as ``contracts/libraries/SubsetDraw`` and ``contracts/market/Juries``.

Fisher-Yates on what is left in an epoch: with 20 subsets and 5 a round, all are covered in exactly 4 rounds, where
independent draws need 13.3 on average.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commonlearn.numerics import keccak256

__all__ = ["LEAST_STEPS", "SCORE_CAP", "Candidate", "draw_jury", "draw_subsets", "random_order"]

SCORE_CAP = 3 << 30
"""From this score on a validator is always taken: three quarters, in units of 2**-32."""
LEAST_STEPS = 16
"""At most so many places of a pool's random order are looked at, and four more for each juror wanted."""


@dataclass(frozen=True)
class Candidate:
    """A place in a pool of validators.

    Attributes
    ----------
    account : str
    score : int
        In units of 2**-32.
    is_eligible : bool
        Whether it may sit in the job, by everything but chance.
    """

    account: str
    score: int
    is_eligible: bool = True


def _choice(seed: bytes, number: int) -> int:
    return int.from_bytes(keccak256(seed + number.to_bytes(32, "big")), "big")


def draw_subsets(used: int, subsets: int, count: int, seed: bytes) -> tuple[list[int], int]:
    """Draw the subsets of a round.

    Parameters
    ----------
    used : int
        Bit by bit, which were drawn in this epoch.
    subsets : int
        How many there are, 1 to 256.
    count : int
        How many to draw; all, if there are fewer.
    seed : bytes
        32 bytes.

    Returns
    -------
    positions : list of int
        In the order drawn.
    used : int
        As given, with these; where the epoch ended, of the new one.

    Examples
    --------
    >>> used, seen = 0, set()
    >>> for round_ in range(4):
    ...     positions, used = draw_subsets(used, 20, 5, bytes([round_]) * 32)
    ...     seen |= set(positions)
    >>> len(seen)
    20
    """

    def unused(bits: int) -> list[int]:
        return [position for position in range(subsets) if not bits >> position & 1]

    positions: list[int] = []
    taken, left, first = 0, unused(used), 0
    for i in range(min(count, subsets)):
        if first == len(left):
            used, left, first = 0, unused(taken), 0
        chosen = first + _choice(seed, i) % (len(left) - first)
        left[first], left[chosen] = left[chosen], left[first]
        positions.append(left[first])
        taken |= 1 << left[first]
        used |= 1 << left[first]
        first += 1
    return positions, used


def random_order(size: int, seed: bytes) -> Iterator[int]:
    """Yield 0 to ``size - 1`` in a random order."""
    moved: dict[int, int] = {}
    for step in range(size):
        chosen = step + _choice(seed, step) % (size - step)
        yield moved.get(chosen, chosen)
        moved[chosen] = moved.get(step, step)


def draw_jury(pool: Sequence[Candidate], wanted: int, seed: bytes) -> list[str]:
    """Draw a jury.

    Each is taken with a chance of its score over :data:`SCORE_CAP`; who was passed over fills what is left.

    Parameters
    ----------
    pool : sequence of Candidate
        In the order of their places.
    wanted : int
        How many.
    seed : bytes
        32 bytes.

    Returns
    -------
    list of str
        Fewer than wanted where there are too few; then nobody sits.
    """
    found: list[str] = []
    passed: list[str] = []
    order = random_order(len(pool), seed)
    for i in range(min(LEAST_STEPS + 4 * wanted, len(pool))):
        if len(found) == wanted:
            break
        candidate = pool[next(order)]
        if not candidate.is_eligible:
            continue
        luck = _choice(seed, (1 << 256) - 1 - i) % SCORE_CAP
        (found if luck < candidate.score else passed).append(candidate.account)
    return (found + passed)[:wanted]
