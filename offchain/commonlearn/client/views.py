"""What somebody wants to see of a model: its money, an account's money, and how each contribution stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from commonlearn.archive.records import LoggedContribution
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.events import Event
from commonlearn.records import Status

__all__ = [
    "AccountStatus",
    "AddedClass",
    "ContributionView",
    "HistoryLine",
    "ModelStatus",
    "history_line",
    "view_contributions",
]


@dataclass(frozen=True, slots=True)
class ContributionView:
    """How one contribution stands.

    Attributes
    ----------
    id, label, taught, stake_wei, contributed_at
        As recorded.
    class_name : str
        Name of the label's class.
    status : Status
        Whether its stake is still locked.
    predicted : int
        What the model says now.
    refundable_at, reportable_at, sweepable_at : int
        Unix times in seconds from which the claims are possible.
    """

    id: int
    label: int
    class_name: str
    taught: bool
    stake_wei: int
    contributed_at: int
    status: Status
    predicted: int
    refundable_at: int
    reportable_at: int
    sweepable_at: int

    @property
    def agrees(self) -> bool:
        """Whether the model says now what the author said."""
        return self.predicted == self.label

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "status": self.status.name.lower(), "agrees": self.agrees}


@dataclass(frozen=True, slots=True)
class AddedClass:
    """A class that was announced.

    Attributes
    ----------
    number : int
        Its class number.
    active_at : int
        Unix time in seconds from which it is predicted and can be contributed to.
    tx_hash : str
    fee_wei : int
    """

    number: int
    active_at: int
    tx_hash: str
    fee_wei: int


@dataclass(frozen=True)
class ModelStatus:
    """A model's money, clocks and size.

    Attributes
    ----------
    address, kind, name : str
    chain_id : int
    classes : tuple of str
    contributions : int
    block : int
        As of which all this is.
    stake_wei : int
        What a contribution costs now.
    locked_wei : int
        Stakes of open contributions.
    proven_gwei : int
        Stake proven by all accounts.
    carry_wei : int
        Rest waiting for the next share.
    terms : Any
        The incentive's rules.
    now : int
        The chain's time in Unix seconds.
    incentive : str
        The word that chooses it.
    """

    address: str
    chain_id: int
    kind: str
    name: str
    classes: tuple[str, ...]
    contributions: int
    block: int
    stake_wei: int
    locked_wei: int
    proven_gwei: int
    carry_wei: int
    terms: Any
    now: int
    incentive: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "classes": list(self.classes), "terms": self.terms.as_dict()}


@dataclass(frozen=True)
class AccountStatus:
    """An account's part in a model.

    Attributes
    ----------
    address : str
    balance_wei : int
        Ether of the account itself.
    owed_wei : int
        What a withdrawal would pay.
    proven_gwei : int
        Stake proven by data that taught; above zero, it may report others.
    locked_wei : int
        Stakes of its open contributions.
    contributions : tuple of ContributionView
        All of its own.
    """

    address: str
    balance_wei: int
    owed_wei: int
    proven_gwei: int
    locked_wei: int
    contributions: tuple[ContributionView, ...] = field(default=())

    def counts(self) -> dict[str, int]:
        """How many contributions are in each status."""
        found = Counter(view.status.name.lower() for view in self.contributions)
        names = [status.name.lower() for status in Status if status not in (Status.NONE, Status.BATCHED)]
        return {name: found[name] for name in names}

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        views = [view.as_dict() for view in self.contributions]
        return {**asdict(self), "contributions": views, "counts": self.counts()}


def view_contributions(
    contract: CollaborationContract,
    logged: Sequence[LoggedContribution],
    predicted: Sequence[int],
    names: Sequence[str],
) -> tuple[ContributionView, ...]:
    """How contributions stand, in order."""
    terms = contract.terms
    views = []
    for one, label, status in zip(logged, predicted, contract.statuses([one.id for one in logged]), strict=True):
        c = one.contribution
        views.append(
            ContributionView(
                id=one.id,
                label=c.label,
                class_name=names[c.label],
                taught=c.taught,
                stake_wei=c.stake_wei,
                contributed_at=c.contributed_at,
                status=status,
                predicted=int(label),
                refundable_at=c.contributed_at + terms.refund_wait_seconds,
                reportable_at=c.contributed_at + terms.report_wait_seconds,
                sweepable_at=c.contributed_at + terms.sweep_wait_seconds,
            )
        )
    return tuple(views)


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened to a model.

    Attributes
    ----------
    block : int
    tx_hash : str
    event : str
        Name of the contract's event.
    who : str or None
        Account that it is about.
    id : int or None
        Contribution that it is about.
    amount_wei : int or None
        Money that it is about.
    detail : str
        The rest, in words.
    """

    block: int
    tx_hash: str
    event: str
    who: str | None
    id: int | None
    amount_wei: int | None
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


_WHO = ("voter", "author", "reporter", "beneficiary", "account")
_AMOUNT = ("stakeWei", "excessWei", "amountWei")


def history_line(event: Event, names: Sequence[str]) -> HistoryLine:
    """An event in words."""
    values = event.values
    if event.name == "Contributed":
        detail = f"as {names[values['label']]!r}, {'taught' if values['taught'] else 'was known already'}"
    elif event.name == "Refunded":
        detail = f"proves {values['provenGwei']} gwei" if values["provenGwei"] else "proves nothing: it had not taught"
    elif event.name == "Forfeited":
        detail = f"the reporter gets {values['bountyWei']} wei, each proven gwei {values['perGweiWei']} wei"
    elif event.name == "Withdrawn":
        detail = f"paid to {values['to']}"
    elif event.name == "Voted":
        verb = "confirms" if values["confirms"] else "contests"
        detail = f"{verb} {values['author']} by {values['weight'] / 100:g} points"
    elif event.name == "Judged":
        detail = "the vote agreed with the final tally"
    elif event.name == "ClassAdded":
        detail = f"class {values['class']} takes part from {values['activeAt']}"
    elif event.name in ("Opened", "Sealed"):
        detail = f"first weights {values['wordsHash'].hex()}"
    else:
        detail = ""
    return HistoryLine(
        block=event.block_number,
        tx_hash=event.tx_hash,
        event=event.name,
        who=next((values[name] for name in _WHO if name in values), None),
        id=values.get("id"),
        amount_wei=next((values[name] for name in _AMOUNT if name in values), None),
        detail=detail,
    )
