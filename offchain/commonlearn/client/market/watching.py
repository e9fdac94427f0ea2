"""Optimistic settlement from outside: compute the outcome, post it, keep it alive, dispute wrong ones to the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from commonlearn.chain.batch import receipts_of
from commonlearn.chain.contracts import Call
from commonlearn.chain.errors import NodeUnreachable, RpcError
from commonlearn.chain.fees import CostQuote
from commonlearn.chain.market import MarketContract, MarketView, PostView
from commonlearn.chain.transactions import Prepared, Sender
from commonlearn.client.errors import Declined
from commonlearn.client.market.records import MarketRecords
from commonlearn.client.market.settling import portion_of
from commonlearn.client.market.store import WatchStore
from commonlearn.contract_errors import WrongPhase
from commonlearn.market.commitment import states_tree
from commonlearn.market.replay import Replay
from commonlearn.records import Phase

__all__ = ["Move", "Watcher", "next_move"]

_POLL_SECONDS, _LOCAL_POLL_SECONDS = 12.0, 0.25


class Move(StrEnum):
    """What a watcher does next."""

    POST = "post the outcome"
    DISPUTE = "dispute the posted outcome"
    BISECT = "reveal the middle state"
    CHOOSE_FIRST = "say that the difference lies before the middle"
    CHOOSE_SECOND = "say that the difference lies behind the middle"
    DECIDE = "have the disputed step recomputed"
    TIME_OUT = "end the dispute, as the other side is late"
    ACCEPT = "accept the posted outcome"


@dataclass(frozen=True, slots=True)
class Truth:
    """A replay's own states.

    Attributes
    ----------
    hashes : sequence of bytes
        Of the state before the first step, after it, and so on.
    """

    hashes: Sequence[bytes]

    @property
    def steps(self) -> int:
        """How many steps lead to the outcome."""
        return len(self.hashes) - 1

    def has(self, step: int, state_hash: bytes) -> bool:
        """Whether this is the state after so many steps."""
        return step <= self.steps and self.hashes[step] == state_hash

    def agrees(self, post: PostView) -> bool:
        """Whether a posted outcome is this one."""
        return post.steps == self.steps and post.state_hash == self.hashes[-1]


def next_move(post: PostView, truth: Truth, account: str, now: int, *, may_post: bool) -> Move | None:
    """What somebody who knows the truth should do; None for waiting.

    Parameters
    ----------
    post : PostView
        As it stands.
    truth : Truth
    account : str
        Who asks.
    now : int
        Unix time in seconds.
    may_post : bool
        Whether to post where nobody did.

    Examples
    --------
    >>> nobody, me, other = ("0x" + digit * 40 for digit in "012")
    >>> truth = Truth([b"start", b"middle", b"end"])
    >>> empty = PostView(nobody, 0, 0, nobody, 0, 0, False, 0, b"", b"", b"", b"", b"")
    >>> next_move(empty, truth, me, 0, may_post=True)
    <Move.POST: 'post the outcome'>
    >>> wrong = PostView(other, 2, 100, nobody, 0, 0, False, 0, b"lie", b"", b"", b"", b"")
    >>> next_move(wrong, truth, me, 99, may_post=True), next_move(wrong, truth, me, 100, may_post=True)
    (<Move.DISPUTE: 'dispute the posted outcome'>, None)
    """
    if not post.is_there:
        return Move.POST if may_post else None
    if not post.is_disputed:
        if truth.agrees(post):
            return Move.ACCEPT if now >= post.until else None
        return Move.DISPUTE if now < post.until and post.poster != account else None
    mover = post.poster if post.is_posters_turn else post.challenger
    if post.high - post.low == 1 and truth.has(post.low, post.low_hash):
        return Move.DECIDE if account in (post.poster, post.challenger) else None
    if mover != account:
        return Move.TIME_OUT if now > post.move_until and account in (post.poster, post.challenger) else None
    if now > post.move_until:
        return None  # too late; the other side ends it
    if post.is_posters_turn:
        return Move.BISECT
    middle = (post.low + post.high) // 2
    return Move.CHOOSE_SECOND if truth.has(middle, post.middle_hash) else Move.CHOOSE_FIRST


class Watcher:
    """One account that watches one model's market.

    Parameters
    ----------
    sender : Sender
    contract : MarketContract
    records : MarketRecords
    store : WatchStore
    may_post : bool
        Whether to post the outcome where nobody did.
    confirm : callable, optional
        Asked before the first transaction that costs a bond, with its cost, what it does and the bond.
    on_event : callable, optional
        Told what happens, in words.
    """

    def __init__(
        self,
        sender: Sender,
        contract: MarketContract,
        records: MarketRecords,
        store: WatchStore,
        *,
        may_post: bool,
        confirm: Callable[[CostQuote, str, int], bool] | None = None,
        on_event: Callable[[str], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sender = sender
        self._contract = contract
        self._records = records
        self._store = store
        self._may_post = may_post
        self._confirm = confirm
        self._tell = on_event or (lambda said: None)
        self._sleep = sleep
        self._said = ""

    def run(self, *, until_settled: bool = True) -> Phase:
        """Watch until the market is settled, or for one look.

        Parameters
        ----------
        until_settled : bool, default True
            False looks once and makes at most one move.

        Returns
        -------
        Phase
            Where the market is at the end.

        Raises
        ------
        Declined
            `confirm` said no.
        CommonlearnError
            A move is refused for a reason that no other side's move explains.
        """
        local = self._sender.connection.is_local
        while True:
            moved = False
            try:
                self._finish_pending()
                view = self._records.refresh()
                over = view.is_settled or view.phase not in _BEFORE_SETTLED
                moved = not over and self.look(view) is not None
                if over or not until_settled:
                    return view.phase
            except NodeUnreachable as error:
                if not until_settled:
                    raise
                self._once(error.user_message)  # a watch goes on when the node is back
            if not moved:
                self._sleep(_LOCAL_POLL_SECONDS if local else _POLL_SECONDS)

    def look(self, view: MarketView) -> Move | None:
        """Make the move that is due; None if none is."""
        if view.phase is not Phase.SETTLING or view.is_settled:
            self._once(f"the market is {view.phase.name.lower()}; waiting for its settlement")
            return None
        replay = self._records.replay(view)
        truth = self._truth(view, replay)
        post, now = self._contract.posted(), self._sender.connection.now()
        move = next_move(post, truth, self._sender.address, now, may_post=self._may_post)
        if move is None:
            self._once(_waiting(post, truth, self._sender.address, now))
            return None
        try:
            self._send(view, move, self._call(move, view, replay, truth, post))
        except WrongPhase:
            self._tell("somebody else was faster")  # the market went on meanwhile
        return move

    # -------------------------------------------------------------------------------------------------------- private

    def _truth(self, view: MarketView, replay: Replay) -> Truth:
        hashes = self._store.hashes(view.start_hash)
        if hashes is None:
            self._tell(f"computing the replay of {view.contributions:,} contributions")
            hashes = replay.hashes()
            self._store.keep_hashes(view.start_hash, hashes)
            self._tell(f"{len(hashes) - 1:,} steps; the outcome is 0x{hashes[-1].hex()}")
        return Truth(hashes)

    def _call(self, move: Move, view: MarketView, replay: Replay, truth: Truth, post: PostView) -> Call:
        contract = self._contract
        if move is Move.POST:
            return contract.post(replay.final.as_tuple(), truth.steps, states_tree(truth.hashes).root)
        if move is Move.BISECT:
            middle = (post.low + post.high) // 2
            return contract.bisect(truth.hashes[middle], states_tree(truth.hashes).proof(middle))
        if move is Move.DECIDE:
            _, origins = self._records.contributions(view)
            return contract.decide(portion_of(replay, origins, post.low, 1))
        return {
            Move.DISPUTE: contract.dispute,
            Move.CHOOSE_FIRST: lambda: contract.choose(True),
            Move.CHOOSE_SECOND: lambda: contract.choose(False),
            Move.TIME_OUT: contract.time_out,
            Move.ACCEPT: contract.accept,
        }[move]()

    def _send(self, view: MarketView, move: Move, call: Call) -> None:
        plan = self._sender.plan([call])
        if call.value_wei and self._confirm is not None and not self._confirm(plan.cost, move.value, call.value_wei):
            raise Declined
        numbers: list[int] = []

        def write_down(prepared: Prepared) -> None:
            numbers.append(self._store.begin(view.number, move.value, prepared))

        (outcome,) = self._sender.send(plan, before_sending=write_down)
        error = outcome.error
        said = "done" if error is None else f"refused: {type(error).__name__}"
        self._store.end(numbers[0], said, outcome.receipt.tx_hash)
        self._said = ""
        self._tell(f"{move.value}: {said} (fee {outcome.receipt.fee_wei:,} wei)")
        if error is not None:
            raise error

    def _finish_pending(self) -> None:
        """Wait for what an earlier run sent, so that no move is made twice."""
        for action in self._store.actions(under_way=True):
            tx_hash = action.tx_hash
            if tx_hash is None or action.prepared.signed is None:  # the node signs, and has it or not
                self._store.end(action.id, "unknown")
                continue
            if receipts_of(self._sender.connection, [tx_hash])[0] is None:
                (answer,) = self._sender.broadcast([action.prepared])
                if isinstance(answer, RpcError):
                    self._store.end(action.id, f"refused by the node: {answer.message}")
                    continue
            (receipt,) = self._sender.wait([tx_hash])
            self._store.end(action.id, "done" if receipt.succeeded else "refused")

    def _once(self, said: str) -> None:
        if said != self._said:
            self._said = said
            self._tell(said)


_BEFORE_SETTLED = (
    Phase.DRAWING,
    Phase.PROVING,
    Phase.PARTICIPATING,
    Phase.REVEALING,
    Phase.PREPARING,
    Phase.SETTLING,
)


def _waiting(post: PostView, truth: Truth, account: str, now: int) -> str:
    if not post.is_there:
        return "nothing is posted yet"
    if not truth.agrees(post) and not post.is_disputed:
        if now >= post.until:
            return "a WRONG outcome is posted and its time for dispute is over; settle directly before it is accepted"
        return "your own post is not what the replay gives: another market data, or a fault"
    if post.is_disputed:
        who = "the poster" if post.is_posters_turn else "the challenger"
        return f"in dispute over steps {post.low} to {post.high}; waiting for {who}"
    yours = " (yours)" if post.poster == account else ""
    return f"the posted outcome{yours} is right; it can be accepted from {post.until}"
