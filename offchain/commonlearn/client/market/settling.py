"""Settling a market: prepare, replay in portions, credit, train. Done by anyone, paid by the purse, resumable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from commonlearn.chain.contracts import Call
from commonlearn.chain.fees import CostQuote
from commonlearn.chain.market import MarketContract, MarketView, Portion
from commonlearn.chain.transactions import Sender
from commonlearn.client.batching import fitting, gas_or_none, most_gas
from commonlearn.client.errors import Declined, ReplayMismatch
from commonlearn.client.market.errors import NothingDue
from commonlearn.client.market.records import MarketRecords
from commonlearn.contract_errors import NothingToDo, TooManyContributions, WrongFinality, WrongPhase, WrongState
from commonlearn.market.replay import Replay
from commonlearn.records import Phase

__all__ = ["Settler", "Work", "portion_of", "step_of"]

_OVERTAKEN = (WrongState, WrongPhase, WrongFinality, NothingToDo, TooManyContributions)
"""Refusals that mean that somebody else did the same meanwhile."""

_RETRIES = 20


@dataclass
class Work:
    """What a call did for a market.

    Attributes
    ----------
    transactions, steps, fee_wei, pay_wei, gas : int
        Sent; steps, participants or contributions that they took; what they cost, what the market paid for them.
    phase : Phase
        Where the market is now.
    done : list of str
        In words.
    """

    transactions: int = 0
    steps: int = 0
    fee_wei: int = 0
    pay_wei: int = 0
    gas: int = 0
    phase: Phase = Phase.IDLE
    done: list[str] = field(default_factory=list)


Confirm = Callable[[CostQuote, str, int], bool]
Progress = Callable[[int, int], None]
Step = tuple[Call, int]


class Settler:
    """Somebody who computes what is due.

    Parameters
    ----------
    sender : Sender
    contract : MarketContract
    records : MarketRecords
    gas_limit : int, optional
        Most gas for a transaction; a quarter of a block by default.
    confirm : callable, optional
        Asked once, with the cost of the first transaction, what it does, and how many steps there are in all.
    on_progress : callable, optional
        Told how many steps are done, and of how many.
    """

    def __init__(
        self,
        sender: Sender,
        contract: MarketContract,
        records: MarketRecords,
        *,
        gas_limit: int | None = None,
        confirm: Confirm | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        self._sender = sender
        self._contract = contract
        self._records = records
        self._budget = gas_limit or most_gas(sender.connection)
        self._confirm = confirm
        self._on_progress = on_progress or (lambda done, total: None)
        self._guess = 8
        self.work = Work()

    def settle(self) -> Work:
        """Do all that is due from the preparation until everybody is credited.

        Raises
        ------
        NothingDue
            The market is not there yet, or further.
        """
        return self._until(self._settle_next, "settle")

    def claim(self) -> Work:
        """Have the participants of a settled market credited. Raises `NothingDue`."""
        return self._until(self._credit_next, "claim")

    def train(self) -> Work:
        """Teach the model what was not punished. Raises `NothingDue`."""
        return self._until(self._train_next, "train")

    def _until(self, next_: Callable[[MarketView], Step | None], what: str) -> Work:
        before = self._contract.account(self._sender.address).owed_wei
        failures = 0
        while True:
            view = self._records.refresh()
            self.work.phase = view.phase
            try:
                step = next_(view)
                if step is None:
                    break
                self._send(step[0], view)
                self.work.steps += step[1]
                failures = 0
            except _OVERTAKEN:
                failures += 1
                if failures > _RETRIES:
                    raise
        if not self.work.transactions:
            raise NothingDue(what, view.phase)
        self.work.pay_wei = self._contract.account(self._sender.address).owed_wei - before
        return self.work

    def _send(self, call: Call, view: MarketView) -> None:
        plan = self._sender.plan([call])
        ask = None if self.work.transactions else self._confirm  # once is enough
        if ask is not None and not ask(plan.cost, call.what, self._left(view)):
            raise Declined
        (outcome,) = self._sender.send(plan)
        self.work.transactions += 1
        self.work.fee_wei += outcome.receipt.fee_wei
        self.work.gas += outcome.receipt.gas_used
        if outcome.error is not None:
            raise outcome.error
        self.work.done.append(call.what)

    def _left(self, view: MarketView) -> int:
        """Steps that are left to be paid, at least."""
        if view.phase is Phase.TRAINING and view.credited == view.participants:
            return view.contributions - view.trained
        if view.is_settled:
            return view.participants - view.credited
        if view.phase is Phase.SETTLING:
            replay = self._records.replay(view)
            return replay.steps - step_of(self._contract, view, replay)
        return view.test_count

    # ------------------------------------------------------------------------------------------------------- settling

    def _settle_next(self, view: MarketView) -> Step | None:
        if view.phase is Phase.PREPARING:
            samples, labels = self._records.scored(view)
            return self._contract.prepare(samples, labels), len(samples)
        if view.phase is Phase.SETTLING and not view.is_settled:
            return self._portion(view)
        return self._credit_next(view)

    def _portion(self, view: MarketView) -> Step:
        replay = self._records.replay(view)
        step = step_of(self._contract, view, replay)
        _, origins = self._records.contributions(view)
        self._on_progress(step, replay.steps)
        left = len(replay.inputs) - replay.state_after(step).position
        if left == 0:
            return self._contract.settle(portion_of(replay, origins, step, 0)), 1
        count = self._fitting(left, lambda count: self._contract.settle(portion_of(replay, origins, step, count)))
        return self._contract.settle(portion_of(replay, origins, step, count)), count

    def _credit_next(self, view: MarketView) -> Step | None:
        left = view.participants - view.credited
        if not view.is_settled or view.phase not in (Phase.SETTLING, Phase.TRAINING) or not left:
            return None
        state = self._records.replay(view).final
        if state.hash() != view.state_hash:
            raise ReplayMismatch("the market was settled with another outcome than the replay's")
        outcome = state.as_tuple()
        count = self._fitting(left, lambda count: self._contract.finalise(outcome, count))
        return self._contract.finalise(outcome, count), count

    def _train_next(self, view: MarketView) -> Step | None:
        if view.phase is not Phase.TRAINING or view.credited < view.participants:
            return None
        inputs, origins = self._records.contributions(view)
        given = [one.as_tuple() for one in inputs[view.trained :]]
        left = origins[view.trained :]
        self._on_progress(view.trained, view.contributions)
        count = self._fitting(len(given), lambda count: self._contract.train(given[:count], left[:count]))
        return self._contract.train(given[:count], left[:count]), count

    def _fitting(self, most: int, call_of: Callable[[int], Call]) -> int:
        def gas_of(count: int) -> int | None:
            return gas_or_none(self._sender, call_of(count), may_shrink=count > 1)

        count, _ = fitting(most, self._guess, self._budget, gas_of)
        self._guess = count
        return count


def step_of(contract: MarketContract, view: MarketView, replay: Replay) -> int:
    """How many steps direct settlement has done.

    Raises
    ------
    ReplayMismatch
        The contract stands where the replay never is.
    """
    events = contract.events(["Advanced"], market=view.number)
    each = len(replay.inputs) + 1
    step = 0
    if events:
        round_, position = events[-1].values["round"], events[-1].values["position"]
        step = round_ * each + position
    for candidate in (step, replay.steps):  # a final state keeps the position of the round that it closes
        if candidate <= replay.steps and replay.state_after(candidate).hash() == view.state_hash:
            return candidate
    raise ReplayMismatch("the settlement stands where the replay never is")


def portion_of(replay: Replay, origins: Sequence[int], step: int, count: int) -> Portion:
    """What the next so many contributions after a step are settled from; none closes the round."""
    state = replay.state_after(step)
    first = state.position
    inputs = replay.inputs[first : first + count]
    return Portion(
        state=state.as_tuple(),
        prepared=replay.prepared if inputs else b"",
        initial=replay.initial.as_tuple() if not inputs else _NOTHING,
        inputs=[one.as_tuple() for one in inputs],
        origins=list(origins[first : first + len(inputs)]),
    )


_NOTHING: tuple[Any, ...] = (0, 0, 0, False, 0, 0, 0, [], [], [])
"""A state in whose place nothing is looked at."""
