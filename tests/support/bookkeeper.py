"""Everybody's moves made twice: on the chain, and in the ledger and the twin that the Python package computes with.

What the ledger refuses, the contract must refuse with the same error and the same fields, and what it does, the
contract must do. `Bookkeeper.check` compares all that can be read of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from dataclasses import replace
from functools import partial
from typing import Any

from commonlearn.chain.abi import function_of
from commonlearn.chain.connection import Connection
from commonlearn.contract_errors import ContractError
from commonlearn.incentives.self_assessment import SelfAssessmentLedger, Totals
from commonlearn.numerics import keccak256
from commonlearn.records import Contribution, Status
from tests.support.collaborations import next_time, pass_time_until
from tests.support.plain_model import KNOWN_1, PlainModel, first_weights, presence
from tests.support.reverts import reverts

ENDS = {Status.REFUNDED, Status.FORFEITED, Status.SWEPT}


class Bookkeeper:
    """The books of one collaboration around the plain model.

    Parameters
    ----------
    model : PlainModel
        Fresh: nobody has contributed.
    actors : mapping of str to account
        All who take part, by role; the beneficiary included.
    connection : Connection
        To the same chain, for reading in batches.
    opened_at : int
        When the collaboration was opened.
    """

    def __init__(self, model: PlainModel, actors: Mapping[str, Any], connection: Connection, opened_at: int) -> None:
        self.contract, self.terms, self.actors = model.contract, model.terms, actors
        self.succeeded: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.ledger = SelfAssessmentLedger(model.terms, opened_at=opened_at)
        self.twin = first_weights()
        self.samples: list[bytes] = []
        self._connection = connection
        self._opened_at = opened_at
        self._statuses: list[Status] = []
        self._paid_in = self._paid_out = 0
        self._pause = 0

    def branch(self) -> Bookkeeper:
        """Copy the books, to go on from here and come back; the counters stay common."""
        other = copy(self)
        other.ledger, other.twin = deepcopy(self.ledger), deepcopy(self.twin)
        other.samples, other._statuses = list(self.samples), list(self._statuses)
        return other

    # ---------------------------------------------------------------------------------------------------------- moves

    def pass_time(self, seconds: int) -> None:
        """Let the next move come so much later; else it comes a second after the last."""
        self._pause = max(0, self._pause) + seconds

    def stop_time(self) -> None:
        """Let the next move come in the same second as the last, unless time has passed since."""
        self._pause = self._pause or -1

    def contribute(self, author: Any, sample: bytes, label: int, excess_wei: int = 0) -> None:
        """Contribute for the stake and an excess, or too little when that is negative."""
        now = self._now()
        value = self.ledger.stake_at(now) + excess_wei
        arguments = (sample, label, {"from": author, "value": value})
        if label > 1:
            self._refuse("contribute", ("UnknownLabel", label, 2), self.contract.contribute, arguments, now)
            return
        trained = deepcopy(self.twin)
        taught = trained.train_one(sample, label)
        expected = partial(
            self.ledger.contribute, author.address, label, sample, taught=taught, value_wei=value, now=now
        )
        if self._move("contribute", expected, self.contract.contribute, arguments, now) is not None:
            self.twin = trained
            self.samples.append(sample)
            self._paid_in += value

    def refund(self, id_: int, caller: Any, *, altered: bool = False) -> None:
        """Ask for a refund, perhaps by another story than the log's."""
        self._claim("refund", id_, caller, altered)

    def report(self, id_: int, caller: Any, *, altered: bool = False) -> None:
        """Report a contribution."""
        self._claim("report", id_, caller, altered)

    def sweep(self, id_: int, caller: Any, *, altered: bool = False) -> None:
        """Sweep a contribution."""
        story, sample = self._story(id_, altered)
        now = self._now()
        expected = partial(self.ledger.sweep, id_, now=now, claim=(story, sample))
        arguments = (id_, story.as_tuple(), keccak256(sample), {"from": caller})
        self._move("sweep", expected, self.contract.sweep, arguments, now)

    def withdraw(self, account: Any, to: Any) -> None:
        """Withdraw to an account, or to the contract, which refuses ether."""
        owed, now, arguments = self.ledger.owed(account.address), self._now(), (to, {"from": account})
        if owed and to == self.contract:
            self._refuse("withdraw", ("WithdrawalFailed", to, owed), self.contract.withdraw, arguments, now)
            return
        before = to.balance()
        expected = partial(self.ledger.withdraw, account.address)
        if self._move("withdraw", expected, self.contract.withdraw, arguments, now) is not None:
            assert to.balance() == before + owed
            self._paid_out += owed

    def close(self) -> None:
        """Take all money out: whatever happened before, nothing is left but the rest that waits to be shared."""
        self.pass_time(self.terms.sweep_wait_seconds)
        for id_ in range(len(self.samples)):
            if self.ledger.status_of(id_) is Status.OPEN:
                self.sweep(id_, self.actors["stranger"])
        for account in self.actors.values():
            if self.ledger.owed(account.address):
                self.withdraw(account, account)
        self.check()
        locked_wei, proven_gwei, carry_wei = self.contract.totals()
        assert locked_wei == 0
        assert set(self._statuses) <= ENDS
        assert self._connection.balance(self.contract.address) == carry_wei
        assert carry_wei < max(1, proven_gwei)

    # ------------------------------------------------------------------------------------------------------- checking

    def check(self) -> None:
        """Compare chain and books, to the wei and to the bit."""
        addresses, count = [account.address for account in self.actors.values()], len(self.samples)
        reads: list[tuple[str, tuple[Any, ...]]] = [
            ("totals", ()), ("stakeNow", ()), ("contributions", ()), ("snapshot", ()),
            *(("accountOf", (address,)) for address in addresses),
            *(("statusOf", (id_,)) for id_ in range(count + 1)),
        ]  # fmt: skip
        calls = [(self.contract.address, function_of("Collaboration", name), arguments) for name, arguments in reads]
        totals, stake, contributions, snapshot, *rest = self._connection.read_many(calls)
        accounts, statuses = rest[: len(addresses)], [Status(value) for value in rest[len(addresses) :]]
        # The contract is the ledger, and the model the twin.
        assert Totals(*totals) == self.ledger.totals()
        assert stake == self.ledger.stake_at(self._connection.block("latest").timestamp)
        assert contributions == snapshot[3] == self.ledger.contributions == count
        assert [tuple(one) for one in accounts] == [(self.ledger.owed(a), self.ledger.proven(a)) for a in addresses]
        assert list(snapshot[2]) == self.twin.words()
        # Ether is locked, owed or carried: nothing is missing and nothing is left over.
        held = self._connection.balance(self.contract.address)
        assert held == totals[0] + sum(owed for owed, _ in accounts) + totals[2] == self.ledger.balance_wei
        assert held == self._paid_in - self._paid_out
        # Every stake leaves once: a status goes from open to one end and stays, and the open ones' stakes are locked.
        assert statuses.pop() is Status.NONE
        assert statuses == [self.ledger.status_of(id_) for id_ in range(count)]
        before = [*self._statuses, *[Status.OPEN] * (count - len(self._statuses))]
        assert all(
            new is old or (old is Status.OPEN and new in ENDS) for old, new in zip(before, statuses, strict=True)
        )
        locked = [self.ledger.contribution(i).stake_wei for i in range(count) if statuses[i] is Status.OPEN]
        assert totals[0] == sum(locked)
        self._statuses = statuses

    # -------------------------------------------------------------------------------------------------------- private

    def _now(self) -> int:
        now = next_time() + self._pause
        self._pause = 0
        return now

    def _story(self, id_: int, altered: bool) -> tuple[Contribution, bytes]:
        """A contribution and its sample as somebody tells of it; made up where there is none."""
        if id_ >= len(self.samples):
            return Contribution(self.actors["alice"].address, 1, True, 10**15, self._opened_at), presence(KNOWN_1)
        story = self.ledger.contribution(id_)
        return replace(story, taught=not story.taught) if altered else story, self.samples[id_]

    def _claim(self, name: str, id_: int, caller: Any, altered: bool) -> None:
        story, sample = self._story(id_, altered)
        predicted, now = int(self.twin.predict_encoded([sample])[0]), self._now()
        claim = getattr(self.ledger, name)
        expected = partial(claim, id_, caller.address, predicted=predicted, now=now, claim=(story, sample))
        arguments = (id_, story.as_tuple(), sample, {"from": caller})
        self._move(name, expected, getattr(self.contract, name), arguments, now)

    def _move(
        self, name: str, expected: Callable[[], Any], send: Callable[..., Any], arguments: tuple[Any, ...], now: int
    ) -> Any:
        """Do what the ledger does. Returns its result, True for none; None when it refuses."""
        try:
            result = expected()
        except ContractError as error:
            fields = [int(value) if isinstance(value, int) else value for value in error.values]
            self._refuse(name, (type(error).__name__, *fields), send, arguments, now)
            return None
        pass_time_until(now)
        tx = send(*arguments)
        assert tx.timestamp == now
        self.succeeded[name] += 1
        return True if result is None else result

    def _refuse(
        self, name: str, error: tuple[Any, ...], send: Callable[..., Any], arguments: tuple[Any, ...], now: int
    ) -> None:
        pass_time_until(now)
        with reverts(*error):
            send(*arguments)
        self.refused[name] += 1
