"""Taking stakes back, reporting others, sweeping the unclaimed: what is possible now, what not yet, and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from commonlearn.archive.records import LoggedContribution
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.fees import CostQuote
from commonlearn.chain.transactions import Outcome, Sender
from commonlearn.client.bundles import Bundler, Prove, errors_in
from commonlearn.client.errors import Declined
from commonlearn.contract_errors import ModelAgrees, ModelDisagrees, ModelJustMoved, NotOpen
from commonlearn.durations import duration
from commonlearn.errors import CommonlearnError
from commonlearn.records import Status, Terms

__all__ = ["Claim", "ClaimKind", "ClaimResult", "ClaimState", "carry_out", "judge"]


class ClaimKind(StrEnum):
    """Which claim."""

    REFUND = "refund"
    REPORT = "report"
    SWEEP = "sweep"


class ClaimState(StrEnum):
    """How a claim on a contribution stands."""

    READY = "ready"
    """Possible now."""
    MADE = "made"
    """Made by this call."""
    TOO_EARLY = "too early"
    """Possible later, from `opens_at`."""
    MODEL_DISAGREES = "model disagrees"
    """A refund waits until the model predicts the label again."""
    MODEL_AGREES = "model agrees"
    """Nothing to report."""
    ENDED = "ended"
    """The stake has left already."""
    FAILED = "failed"
    """Sent, but refused by the contract; something changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One contribution as seen by one claim.

    Attributes
    ----------
    id : int
        The contribution.
    state : ClaimState
    why : str
        The same in words.
    stake_wei : int
    label, predicted : int
        What the author said, and what the model says now.
    opens_at : int
        Unix time in seconds from which the claim is possible.
    taught : bool
        Whether a refund proves the author.
    tx_hash : str or None
        The transaction, once made.
    """

    id: int
    state: ClaimState
    why: str
    stake_wei: int
    label: int
    predicted: int
    opens_at: int
    taught: bool
    tx_hash: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What a call for claims did.

    Attributes
    ----------
    claims : tuple of Claim
        All that were looked at, in order.
    cost : CostQuote or None
        What was expected beforehand; None when there was nothing to do.
    fee_wei : int
        What it cost.
    credited_wei : int
        What the account is owed more than before.
    """

    claims: tuple[Claim, ...]
    cost: CostQuote | None
    fee_wei: int
    credited_wei: int

    @property
    def made(self) -> tuple[Claim, ...]:
        """The claims that were made."""
        return tuple(claim for claim in self.claims if claim.state is ClaimState.MADE)


def judge(kind: ClaimKind, logged: LoggedContribution, predicted: int, status: Status, terms: Terms, now: int) -> Claim:
    """What a claim on a contribution would meet now, in the order of the contract's checks.

    Parameters
    ----------
    kind : ClaimKind
    logged : LoggedContribution
        The contribution. Whose it is is the caller's matter.
    predicted : int
        What the model says of its sample now.
    status : Status
        How it stands.
    terms : Terms
        The incentive's rules.
    now : int
        Unix time in seconds.

    Returns
    -------
    Claim
    """
    waits = {
        ClaimKind.REFUND: terms.refund_wait_seconds,
        ClaimKind.REPORT: terms.report_wait_seconds,
        ClaimKind.SWEEP: terms.sweep_wait_seconds,
    }
    c = logged.contribution
    opens_at = c.contributed_at + waits[kind]

    def claim(state: ClaimState, why: str) -> Claim:
        return Claim(logged.id, state, why, c.stake_wei, c.label, predicted, opens_at, c.taught)

    if status is not Status.OPEN:
        return claim(ClaimState.ENDED, {
            Status.REFUNDED: "its stake went back to its author",
            Status.FORFEITED: "it was reported and its stake shared",
            Status.SWEPT: "its stake went to the beneficiary",
        }.get(status, "it was never recorded"))  # fmt: skip
    if now < opens_at:
        return claim(ClaimState.TOO_EARLY, f"possible in {duration(opens_at - now)}")
    if kind is ClaimKind.REFUND and predicted != c.label:
        return claim(
            ClaimState.MODEL_DISAGREES, f"the model predicts class {predicted}, not {c.label}; it may come round"
        )
    if kind is ClaimKind.REPORT and predicted == c.label:
        return claim(ClaimState.MODEL_AGREES, "the model predicts what its author said")
    return claim(ClaimState.READY, "possible now")


def carry_out(
    kind: ClaimKind,
    sender: Sender,
    contract: CollaborationContract,
    logged: Sequence[LoggedContribution],
    predicted: Sequence[int],
    *,
    prove: Prove,
    now: int,
    confirm: Callable[[CostQuote, Sequence[Claim]], bool] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> ClaimResult:
    """Make all claims of a kind that are possible now. Made twice they do no harm: the contract takes each only once.

    Parameters
    ----------
    kind : ClaimKind
    sender : Sender
        The account.
    contract : CollaborationContract
    logged : sequence of LoggedContribution
        The contributions to look at.
    predicted : sequence of int
        What the model says of each sample now.
    prove : callable
        Gives contributions as they are claimed together, with their proofs.
    now : int
        Unix time in seconds.
    confirm : callable, optional
        Asked with the cost and the claims before anything is sent.
    on_progress : callable, optional
        Told how many are made, and of how many.
    sleep : callable
        Waits for a second in which nobody contributes; tests replace it.

    Raises
    ------
    Declined
        `confirm` said no.
    ModelJustMoved
        Somebody contributes all the time.
    """
    # Whether a stake has left needs asking only where nothing else stands in the way already.
    early = [
        judge(kind, one, label, Status.OPEN, contract.terms, now) for one, label in zip(logged, predicted, strict=True)
    ]
    asked = [i for i, claim in enumerate(early) if claim.state is not ClaimState.TOO_EARLY]
    claims = list(early)
    for i, status in zip(asked, contract.statuses([logged[i].id for i in asked]), strict=True):
        claims[i] = judge(kind, logged[i], predicted[i], status, contract.terms, now)
    ready = [i for i, claim in enumerate(claims) if claim.state is ClaimState.READY]
    if not ready:
        return ClaimResult(tuple(claims), None, 0, 0)
    bundler = Bundler(kind.value, sender, contract, prove, sleep)
    bundles, plan = bundler.plan([logged[i] for i in ready])
    cost = plan.cost
    if confirm is not None and not confirm(cost, [claims[i] for i in ready]):
        raise Declined
    owed_before, _ = contract.account(sender.address)
    at = {logged[i].id: i for i in ready}
    total, ended, fee_wei = len(ready), 0, 0

    def done(outcome: Outcome) -> None:
        nonlocal ended
        ended += 0 if isinstance(outcome.error, ModelJustMoved) else len(bundles[plan.calls.index(outcome.call)])
        if on_progress is not None:
            on_progress(ended, total)

    for last in (False, False, True):
        outcomes = sender.send(plan, on_done=done)
        fee_wei += sum(outcome.receipt.fee_wei for outcome in outcomes)
        # A contribution in the same block stops claims for that block only.
        again: list[LoggedContribution] = []
        for bundle, outcome in zip(bundles, outcomes, strict=True):
            errors = errors_in(bundle, outcome, contract.address)
            for one, error in zip(bundle, errors, strict=True):
                claims[at[one.id]] = _after(claims[at[one.id]], error, outcome.receipt.tx_hash)
                again += [one] if isinstance(error, ModelJustMoved) else []
        if last or not again:
            break
        bundles, plan = bundler.plan(again)
    owed_after, _ = contract.account(sender.address)
    return ClaimResult(tuple(claims), cost, fee_wei, owed_after - owed_before)


def _after(claim: Claim, error: CommonlearnError | None, tx_hash: str) -> Claim:
    if error is None:
        return replace(claim, state=ClaimState.MADE, why="made", tx_hash=tx_hash)
    state = {
        ModelDisagrees: ClaimState.MODEL_DISAGREES,
        ModelAgrees: ClaimState.MODEL_AGREES,
        NotOpen: ClaimState.ENDED,
    }
    return replace(claim, state=state.get(type(error), ClaimState.FAILED), why=error.user_message, tx_hash=tx_hash)
