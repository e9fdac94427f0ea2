"""Refusals of self-assessment: stakes, refunds, reports."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError, moment
from commonlearn.money import format_ether
from commonlearn.records import Terms

__all__ = [
    "InvalidTerms",
    "ModelAgrees",
    "ModelDisagrees",
    "ModelJustMoved",
    "NotAuthor",
    "NotProven",
    "NothingOwed",
    "OwnContribution",
    "StakeTooHigh",
    "StakeTooLow",
    "TooEarly",
    "WithdrawalFailed",
]


class StakeTooLow(ContractError, ValueError):
    """The value sent does not cover the stake."""

    fields = ("sent_wei", "required_wei")

    def __init__(self, sent_wei: int, required_wei: int) -> None:
        super().__init__(
            f"{format_ether(sent_wei)} were sent, but the stake is {format_ether(required_wei)} now. "
            "Send more, or wait: it falls while nobody contributes."
        )
        self.sent_wei, self.required_wei = sent_wei, required_wei


class StakeTooHigh(ContractError):
    """The stake has risen beyond what a record can hold."""

    fields = ("required_wei",)

    def __init__(self, required_wei: int) -> None:
        super().__init__(
            f"The stake has risen to {format_ether(required_wei)}, more than a record holds. Wait: it falls while "
            "nobody contributes."
        )
        self.required_wei = required_wei


class TooEarly(ContractError):
    """A claim comes before its time."""

    fields = ("id", "opens_at")

    def __init__(self, id_: int, opens_at: int) -> None:
        when = moment(opens_at)
        super().__init__(
            f"It is too early for this claim on contribution {id_}: it is possible from {when}. Try again then."
        )
        self.id, self.opens_at = id_, opens_at


class ModelJustMoved(ContractError):
    """A claim comes in the same second as a contribution."""

    fields = ("contributed_at",)

    def __init__(self, contributed_at: int) -> None:
        super().__init__(
            "Somebody taught the model in this very second, and claims must wait until it has settled. Nothing was "
            "changed; try again in the next block."
        )
        self.contributed_at = contributed_at


class NotAuthor(ContractError, PermissionError):
    """Somebody else claims an author's refund."""

    fields = ("id", "caller", "author")

    def __init__(self, id_: int, caller: str, author: str) -> None:
        super().__init__(
            f"Contribution {id_} is by {author}, so {caller} cannot take its stake back. Use the author's account."
        )
        self.id, self.caller, self.author = id_, caller, author


class ModelDisagrees(ContractError):
    """The model (still) predicts another label than the author gave."""

    fields = ("id", "predicted", "label")

    def __init__(self, id_: int, predicted: int, label: int) -> None:
        super().__init__(
            f"The model predicts class {predicted} for contribution {id_}, not {label}, so its stake is not given "
            "back now. "
            "Try again later: the model goes on learning."
        )
        self.id, self.predicted, self.label = id_, predicted, label


class ModelAgrees(ContractError):
    """Reported data is what the model predicts."""

    fields = ("id", "label")

    def __init__(self, id_: int, label: int) -> None:
        super().__init__(
            f"The model agrees with label {label} of contribution {id_}, so it cannot be reported. Leave it."
        )
        self.id, self.label = id_, label


class OwnContribution(ContractError, PermissionError):
    """An author reports own data."""

    fields = ("id",)

    def __init__(self, id_: int) -> None:
        super().__init__(
            f"Contribution {id_} is your own and cannot be reported by you. Take its stake back with a refund instead."
        )
        self.id = id_


class NotProven(ContractError, PermissionError):
    """An account reports that has not proven anything."""

    fields = ("account",)

    def __init__(self, account: str) -> None:
        super().__init__(
            f"{account} has not proven any data yet, so it cannot report others. First contribute data that teaches "
            "the model, "
            "and take its stake back."
        )
        self.account = account


class NothingOwed(ContractError):
    """There is nothing to withdraw."""

    fields = ("account",)

    def __init__(self, account: str) -> None:
        super().__init__(
            f"{account} is owed nothing, so there is nothing to withdraw. Refunds and reports are credited first."
        )
        self.account = account


class WithdrawalFailed(ContractError):
    """The recipient refused the ether."""

    fields = ("to", "amount_wei")

    def __init__(self, to: str, amount_wei: int) -> None:
        super().__init__(f"{to} refused {format_ether(amount_wei)}. Nothing is lost: withdraw to another address.")
        self.to, self.amount_wei = to, amount_wei


class InvalidTerms(ContractError, ValueError):
    """Terms contradict one another."""

    fields = ("terms",)

    def __init__(self, terms: Terms) -> None:
        problems = "; ".join(terms.problems()) or "a value is out of range"
        super().__init__(f"These terms cannot work: {problems}. Change them and deploy again.")
        self.terms = terms
