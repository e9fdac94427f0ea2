"""What can go wrong between a contributor and a relayer, besides contracts and chains."""

from __future__ import annotations

from typing import Any

from commonlearn.client.errors import ClientError
from commonlearn.money import format_ether

__all__ = [
    "AccountLimit",
    "BadRequest",
    "BudgetSpent",
    "GasTooDear",
    "ModelNotServed",
    "NoSponsorship",
    "NotTheTerms",
    "RelayRefused",
    "RelayerBusy",
    "RelayerUnreachable",
]


class NoSponsorship(ClientError, LookupError):
    """A model was made without a sponsorship contract."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"The model at {address} was made without a sponsorship contract: nobody can contribute for others, and "
            "no pool can repay gas. Contribute directly."
        )
        self.address = address


class BadRequest(ClientError, ValueError):
    """A signed contribution cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This is no signed contribution: {reason}. Make one with commonlearn sign.")
        self.reason = reason


class ModelNotServed(ClientError, LookupError):
    """A relayer does not serve a model."""

    fields = ("collaboration",)

    def __init__(self, collaboration: str) -> None:
        super().__init__(
            f"This relayer does not serve the model at {collaboration}. Ask it for its terms (GET /terms)."
        )
        self.collaboration = collaboration


class NotTheTerms(ClientError, ValueError):
    """A request asks for other than what the relayer offers."""

    fields = ("field", "found", "wanted")

    def __init__(self, field: str, found: Any, wanted: Any) -> None:
        super().__init__(
            f"The request's {field} is {found}, but this relayer takes {wanted}. Read its terms (GET /terms) and sign "
            "again."
        )
        self.field, self.found, self.wanted = field, found, wanted


class AccountLimit(ClientError):
    """An account has had as many contributions sent as one may in an hour or a day."""

    fields = ("author", "limit", "seconds", "retry_after")

    def __init__(self, author: str, limit: int, seconds: int, retry_after: int) -> None:
        super().__init__(
            f"{author} has had {limit} contributions sent within {seconds // 3_600} h, as many as this relayer sends "
            f"for one account. Try again in {retry_after} seconds, or contribute directly."
        )
        self.author, self.limit, self.seconds, self.retry_after = author, limit, seconds, retry_after


class BudgetSpent(ClientError):
    """A relayer may not spend more."""

    fields = ("budget_wei", "needed_wei")

    def __init__(self, budget_wei: int, needed_wei: int) -> None:
        super().__init__(
            f"The relayer's budget of {format_ether(budget_wei)} does not allow the {format_ether(needed_wei)} that "
            "this may cost. Contribute directly, or ask its operator."
        )
        self.budget_wei, self.needed_wei = budget_wei, needed_wei


class GasTooDear(ClientError):
    """Gas costs more than a relayer pays."""

    fields = ("gas_wei", "limit_wei")

    def __init__(self, gas_wei: int, limit_wei: int) -> None:
        super().__init__(
            f"A unit of gas costs {gas_wei:,} wei now, more than the {limit_wei:,} wei that this relayer pays. Try "
            "again later."
        )
        self.gas_wei, self.limit_wei = gas_wei, limit_wei


class RelayerBusy(ClientError):
    """Too many requests wait."""

    def __init__(self) -> None:
        super().__init__("The relayer has too many requests waiting. Try again in a minute.")


class RelayerUnreachable(ClientError, ConnectionError):
    """No relayer answers."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"The relayer at {url} does not answer ({reason}). Check its address; then try again.")
        self.url, self.reason = url, reason


class RelayRefused(ClientError):
    """A relayer refused a request, for a reason that has no exception of its own here.

    Parameters
    ----------
    name : str
        The relayer's word for it.
    message : str
        In plain words.
    """

    fields = ("name",)

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"The relayer refused ({name}): {message}")
        self.name = name
