"""A poster who claims a false outcome and defends it as long as possible: for the demo and for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from commonlearn.chain.market import MarketContract, PostView
from commonlearn.chain.transactions import Sender
from commonlearn.market.commitment import states_tree
from commonlearn.market.participants import Participant
from commonlearn.market.replay import Replay
from commonlearn.market.state import ReplayState
from commonlearn.numerics import keccak256

__all__ = ["Liar", "robbed"]


def robbed(final: ReplayState, thief: int) -> ReplayState:
    """A final state in which one participant has everybody's balance: money is conserved, so only the replay tells.

    Parameters
    ----------
    final : ReplayState
        The true outcome.
    thief : int
        Number of the participant.
    """
    roster = final.roster()
    loot = sum(one.balance_wei for one in roster)
    changed = [replace(one, balance_wei=loot if number == thief else 0) for number, one in enumerate(roster)]
    return replace(final, participants=b"".join(map(Participant.encode, changed)))


class Liar:
    """Posts a false outcome whose states are true up to some step.

    Parameters
    ----------
    sender : Sender
        The account.
    contract : MarketContract
    replay : Replay
        The true one.
    thief : int
        Number of the participant who is to have everything.
    from_step : int
        The first state that is false, at least 1.
    """

    def __init__(self, sender: Sender, contract: MarketContract, replay: Replay, *, thief: int, from_step: int) -> None:
        self._sender = sender
        self._contract = contract
        self._final = robbed(replay.final, thief)
        true: Sequence[bytes] = replay.hashes()
        lies = [keccak256(b"lie" + state_hash) for state_hash in true[from_step:-1]]
        self._hashes = [*true[:from_step], *lies, self._final.hash()]
        self._tree = states_tree(self._hashes)

    def post(self) -> None:
        """Claim it."""
        steps = len(self._hashes) - 1
        self._sender.send_one(self._contract.post(self._final.as_tuple(), steps, self._tree.root))

    def defend(self) -> bool:
        """Reveal the middle state if it is one's turn; says whether it was."""
        post = self._contract.posted()
        if not self._is_due(post):
            return False
        middle = (post.low + post.high) // 2
        self._sender.send_one(self._contract.bisect(self._hashes[middle], self._tree.proof(middle)))
        return True

    def _is_due(self, post: PostView) -> bool:
        return post.is_disputed and post.is_posters_turn and post.high - post.low > 1
