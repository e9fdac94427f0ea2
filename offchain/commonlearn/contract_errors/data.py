"""Refusals of the data handler."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError
from commonlearn.records import Status

__all__ = [
    "NotOpen",
    "UnknownContribution",
]


class UnknownContribution(ContractError, LookupError):
    """A contribution and sample are not what is recorded under the number."""

    fields = ("id",)

    def __init__(self, id_: int, why: str | None = None) -> None:
        super().__init__(
            why
            or f"Contribution {id_} is not recorded with these data. Take author, label, stake, time and sample from "
            "its event (commonlearn sync, then try again)."
        )
        self.id = id_

    @classmethod
    def beyond(cls, id_: int, count: int) -> UnknownContribution:
        """The number is none of those that were given so far."""
        there = f"numbers 0 to {count - 1}" if count else "none"
        return cls(
            id_, f"There is no contribution {id_}; there are {there}. commonlearn history MODEL shows which is whose."
        )


class NotOpen(ContractError):
    """A contribution's stake has left already."""

    fields = ("id", "status")

    def __init__(self, id_: int, status: int) -> None:
        self.id, self.status = id_, Status(status)
        ended = {
            Status.REFUNDED: "its stake went back to its author",
            Status.FORFEITED: "it was reported and its stake shared",
            Status.SWEPT: "nobody claimed it in time and its stake went to the beneficiary",
        }.get(self.status, "it was never recorded")
        super().__init__(f"Contribution {id_} has ended: {ended}. There is nothing left to claim.")
