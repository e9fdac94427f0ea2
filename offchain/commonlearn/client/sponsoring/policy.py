"""What a relayer offers, as pure rules: which requests it takes, how many of an account, and what it may spend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.client.sponsoring.errors import AccountLimit, BudgetSpent, ModelNotServed, NotTheTerms
from commonlearn.contract_errors import Expired, WrongRelayer
from commonlearn.records import NOBODY, SponsoredContribution

__all__ = ["DAY", "HOUR", "RelayerTerms", "require_budget", "require_room", "require_terms"]

HOUR, DAY = 3_600, 86_400
LEAST_SECONDS = 60
"""A request must be valid for so long yet, or it might expire on its way."""


@dataclass(frozen=True, slots=True)
class RelayerTerms:
    """What a relayer offers.

    Parameters
    ----------
    relayer : str
        The account that sends and pays. Requests must name it, so that nobody else can send them first, which would
        cost the relayer a failed transaction.
    models : tuple of str
        Collaborations served. Their operator trusts them: a hostile one could keep the stakes.
    pays_stake : bool
        Whether the relayer stakes; else requests must take the stake from the author's balance.
    payee : str
        Who must be named to get the stake back: an address, or "author".
    per_hour, per_day : int
        Contributions of one account.
    budget_wei : int
        Most that is spent in all, on fees and stakes, over the life of the ledger.
    max_stake_wei : int
        Most that is staked on one contribution.
    max_gas_wei : int
        Most that is paid for a unit of gas.

    Examples
    --------
    >>> terms = RelayerTerms("0x" + "11" * 20, (), True, "author", 5, 20, 10**17, 10**15, 10**11)
    >>> terms.as_dict()["per_account"]
    {'hour': 5, 'day': 20}
    """

    relayer: str
    models: tuple[str, ...]
    pays_stake: bool
    payee: str
    per_hour: int
    per_day: int
    budget_wei: int
    max_stake_wei: int
    max_gas_wei: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "relayer": self.relayer,
            "models": list(self.models),
            "pays_stake": self.pays_stake,
            "payee": self.payee,
            "per_account": {"hour": self.per_hour, "day": self.per_day},
            "max_stake_wei": str(self.max_stake_wei),
            "max_gas_wei": str(self.max_gas_wei),
            "budget_wei": str(self.budget_wei),
            "least_seconds": LEAST_SECONDS,
        }


def require_terms(terms: RelayerTerms, request: SponsoredContribution, now: int) -> None:
    """Raise unless a request asks for what the relayer offers.

    Parameters
    ----------
    terms : RelayerTerms
    request : SponsoredContribution
    now : int
        The chain's Unix time in seconds.

    Raises
    ------
    ModelNotServed, WrongRelayer, NotTheTerms, Expired
    """
    if request.collaboration not in terms.models:
        raise ModelNotServed(request.collaboration)
    if request.relayer not in (terms.relayer, NOBODY):
        raise WrongRelayer(terms.relayer, request.relayer)
    if request.relayer == NOBODY:
        raise NotTheTerms("relayer", "anyone", terms.relayer)
    payee = request.author if terms.payee == "author" else terms.payee
    if request.payee != payee:
        raise NotTheTerms("payee", request.payee, payee)
    if not terms.pays_stake and not request.stake_from_author:
        raise NotTheTerms("stake_from_author", "false", "true: it pays no stakes")
    if terms.pays_stake and request.max_stake_wei > terms.max_stake_wei and not request.stake_from_author:
        raise NotTheTerms("max_stake_wei", request.max_stake_wei, f"at most {terms.max_stake_wei}")
    if request.deadline < now:
        raise Expired(request.deadline)
    if request.deadline < now + LEAST_SECONDS:
        raise NotTheTerms("deadline", request.deadline, f"at least {now + LEAST_SECONDS}")


def require_room(terms: RelayerTerms, author: str, times: Sequence[float], now: float) -> None:
    """Raise when an account has had as much sent as one may.

    Parameters
    ----------
    terms : RelayerTerms
    author : str
    times : sequence of float
        Unix times in seconds, rising, of what was sent for the account in the last day.
    now : float
        Unix time in seconds.

    Raises
    ------
    AccountLimit

    Examples
    --------
    >>> terms = RelayerTerms("0x" + "11" * 20, (), True, "author", 2, 3, 0, 0, 0)
    >>> require_room(terms, "0xA", [10.0, 5_000.0], 7_000.0)
    >>> try:
    ...     require_room(terms, "0xA", [10.0, 5_000.0, 6_000.0], 7_000.0)
    ... except AccountLimit as error:
    ...     error.retry_after
    1600
    """
    for seconds, limit in ((HOUR, terms.per_hour), (DAY, terms.per_day)):
        recent = [at for at in times if at > now - seconds]
        if len(recent) >= limit:
            free_at = recent[len(recent) - limit] + seconds if limit else now + seconds
            raise AccountLimit(author, limit, seconds, max(1, round(free_at - now)))


def require_budget(terms: RelayerTerms, spent_wei: int, needed_wei: int) -> None:
    """Raise `BudgetSpent` when what is spent and reserved leaves less than what is needed, all in wei."""
    if spent_wei + needed_wei > terms.budget_wei:
        raise BudgetSpent(terms.budget_wei, needed_wei)
