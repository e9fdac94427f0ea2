"""What became of each contribution as of a block, in words that all incentives share."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from commonlearn.archive.records import LogPart
from commonlearn.chain.incentives import MARKET, POINTS, SELF_ASSESSMENT
from commonlearn.records import PointsTerms, Status

__all__ = ["MEANINGS", "Fate", "Outcome", "fates", "market_numbers"]


class Outcome(StrEnum):
    """How a contribution stands. `MEANINGS` says what that is under each incentive."""

    OPEN = "open"
    PROVEN = "proven"
    RETURNED = "returned"
    FORFEITED = "forfeited"
    SWEPT = "swept"


MEANINGS: dict[str, dict[Outcome, str]] = {
    SELF_ASSESSMENT.id: {
        Outcome.OPEN: "the stake is locked",
        Outcome.PROVEN: "the model had learned from it and agreed with it later: the stake went back",
        Outcome.RETURNED: "the stake went back, but the model had known it already, so it proves nothing",
        Outcome.FORFEITED: "the model disagreed with it, and somebody reported it: the stake was shared",
        Outcome.SWEPT: "nobody claimed the stake in time",
    },
    POINTS.id: {
        Outcome.OPEN: "others can still vote on it",
        Outcome.PROVEN: "more points were given for it than against it when the votes closed",
        Outcome.RETURNED: "as many points for it as against it, or none",
        Outcome.FORFEITED: "more points against it than for it",
    },
    MARKET.id: {
        Outcome.OPEN: "its market is not settled",
        Outcome.PROVEN: "its market is settled, and who staked on it came out with the stake or more",
        Outcome.RETURNED: "its market ended without outcome: the stake went back",
        Outcome.FORFEITED: "its market is settled, and who staked on it lost; the model did not learn it",
    },
}
"""What each outcome means under each incentive; those that are not named do not occur there."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one contribution.

    Attributes
    ----------
    outcome : Outcome
    block : int or None
        In which block, where a transaction decided it.
    account : str
        Who brought it about: author, reporter or beneficiary; empty elsewhere.
    market : int or None
        Number of its market, where there are markets.
    confirmed, contested : int or None
        Hundredths of points for it and against it, where there are points.
    """

    outcome: Outcome
    block: int | None = None
    account: str = ""
    market: int | None = None
    confirmed: int | None = None
    contested: int | None = None


def fates(log: LogPart, incentive: str, terms: Any, *, now: int) -> list[Fate]:
    """What became of every contribution.

    Parameters
    ----------
    log : LogPart
        From the creation to some block.
    incentive : str
        Its id, such as "self-assessment/1".
    terms : Any
        The incentive's rules.
    now : int
        Time of that block in Unix seconds.

    Returns
    -------
    list of Fate
        In the order of the contributions.
    """
    return _FATES[incentive](log, terms, now)


def _staked(log: LogPart, terms: Any, now: int) -> list[Fate]:
    endings = {ending.id: ending for ending in log.endings}
    found = []
    for one in log.contributions:
        ending = endings.get(one.id)
        if ending is None:
            found.append(Fate(Outcome.OPEN))
            continue
        if ending.status is Status.REFUNDED:
            outcome = Outcome.PROVEN if ending.proven_gwei else Outcome.RETURNED
        else:
            outcome = Outcome.FORFEITED if ending.status is Status.FORFEITED else Outcome.SWEPT
        found.append(Fate(outcome, ending.block, ending.account))
    return found


def _voted(log: LogPart, terms: PointsTerms, now: int) -> list[Fate]:
    confirmed: dict[int, int] = defaultdict(int)
    contested: dict[int, int] = defaultdict(int)
    for vote in log.votes:
        if vote.kind != "judged":
            (confirmed if vote.kind == "confirm" else contested)[vote.id] += vote.weight
    found = []
    for one in log.contributions:
        for_, against = confirmed[one.id], contested[one.id]
        if now < one.contribution.contributed_at + terms.vote_seconds:
            outcome = Outcome.OPEN
        elif for_ == against:
            outcome = Outcome.RETURNED
        else:
            outcome = Outcome.PROVEN if for_ > against else Outcome.FORFEITED
        found.append(Fate(outcome, confirmed=for_, contested=against))
    return found


def _traded(log: LogPart, terms: Any, now: int) -> list[Fate]:
    credited = {(credit.market, credit.account): credit for credit in log.credits}
    ends = {market.number: market for market in log.markets if market.ending is not None}
    found = []
    for one, market in zip(log.contributions, market_numbers(log), strict=True):
        credit = credited.get((market, one.payee or one.contribution.author))
        if credit is not None:
            outcome = Outcome.PROVEN if credit.balance_wei >= credit.deposit_wei else Outcome.FORFEITED
            found.append(Fate(outcome, credit.block, market=market))
        elif market in ends:
            found.append(Fate(Outcome.RETURNED, ends[market].block, market=market))
        else:
            found.append(Fate(Outcome.OPEN, market=market))
    return found


def market_numbers(log: LogPart) -> list[int]:
    """The market of each contribution: one follows another, and contributions come between their beginnings."""
    begun = [market for market in log.markets if market.ending is None]
    places = [(market.block, market.log_index) for market in begun]
    return [begun[bisect_right(places, (one.block, one.log_index)) - 1].number for one in log.contributions]


_FATES: dict[str, Callable[[LogPart, Any, int], list[Fate]]] = {
    SELF_ASSESSMENT.id: _staked,
    POINTS.id: _voted,
    MARKET.id: _traded,
}
"""How each incentive decides."""
