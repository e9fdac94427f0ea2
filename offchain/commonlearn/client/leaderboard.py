"""Who has how many points: the twin's ledger after the whole log, vote by vote equal to what the contract said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from commonlearn.archive.errors import ReplayMismatch
from commonlearn.archive.records import LoggedContribution, LoggedVote
from commonlearn.errors import CommonlearnError
from commonlearn.incentives.points import PointsLedger
from commonlearn.records import Badge, PointsTerms

__all__ = ["Standing", "leaderboard", "replay_votes"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One account among the others. Points are hundredths.

    Attributes
    ----------
    address : str
    points : int
        Received less burned, at least 0.
    received, given, burned : int
        From others' votes; for others (grants not counted); in fees.
    can_give : int
        Weight of the next vote; 0 without standing.
    grant_left : int
        What is left of a founder's grant.
    is_founder : bool
    contributions, confirmed : int
        Own ones, and those whose tally is above none.
    votes, right_votes : int
        Cast, and counted as right.
    badges : tuple of Badge
        Awarded.
    """

    address: str
    points: int
    received: int
    given: int
    burned: int
    can_give: int
    grant_left: int
    is_founder: bool
    contributions: int
    confirmed: int
    votes: int
    right_votes: int
    badges: tuple[Badge, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "badges": [badge.name.lower() for badge in self.badges]}


def replay_votes(
    terms: PointsTerms, contributions: Sequence[LoggedContribution], votes: Sequence[LoggedVote]
) -> PointsLedger:
    """Make the ledger as it is after the log.

    Parameters
    ----------
    terms : PointsTerms
    contributions, votes : sequences
        The whole log, each in order; votes may be as of an earlier block.

    Raises
    ------
    ReplayMismatch
        A vote weighs another amount here than in the contract, or could not have been cast.
    """
    ledger = PointsLedger(terms)
    waiting = iter(votes)
    vote = next(waiting, None)
    for logged in contributions:
        while vote is not None and (vote.block, vote.log_index) < (logged.block, logged.log_index):
            _apply(ledger, vote)
            vote = next(waiting, None)
        if ledger.contribute(logged.contribution.author, now=logged.contribution.contributed_at) != logged.id:
            raise ReplayMismatch(f"contribution {logged.id} does not follow the one before")
    while vote is not None:
        _apply(ledger, vote)
        vote = next(waiting, None)
    return ledger


def _apply(ledger: PointsLedger, logged: LoggedVote) -> None:
    try:
        if logged.kind == "judged":
            ledger.count_right(logged.id, logged.voter)
            return
        # The contract has checked that it came in time; the log does not tell when.
        vote = ledger.vote(logged.id, logged.voter, confirms=logged.kind == "confirm", now=0)
    except (CommonlearnError, KeyError) as error:
        raise ReplayMismatch(f"the vote of {logged.voter} on contribution {logged.id} cannot be ({error})") from None
    if (vote.weight, vote.fee, vote.from_grant) != (logged.weight, logged.fee, logged.from_grant):
        raise ReplayMismatch(f"the vote of {logged.voter} on contribution {logged.id} weighs another amount here")


def leaderboard(
    ledger: PointsLedger,
    contributions: Sequence[LoggedContribution],
    badges: Mapping[str, tuple[Badge, ...]] | None = None,
) -> list[Standing]:
    """All accounts with a part in the model, most points first; then most confirmed contributions, then by address.

    Parameters
    ----------
    ledger : PointsLedger
        After the log.
    contributions : sequence of LoggedContribution
        The same log.
    badges : mapping, optional
        Awarded badges by account.
    """
    made = Counter(one.contribution.author for one in contributions)
    confirmed = Counter(one.contribution.author for one in contributions if ledger.tally(one.id).points > 0)
    cast = Counter(voter for _, voter in ledger.votes)
    rows = []
    for address, account in ledger.accounts.items():
        rows.append(
            Standing(
                address=address,
                points=account.points,
                received=account.received,
                given=account.given,
                burned=account.burned,
                can_give=ledger.weight_of(address),
                grant_left=account.grant_left,
                is_founder=address in ledger.terms.founders,
                contributions=made[address],
                confirmed=confirmed[address],
                votes=cast[address],
                right_votes=account.right_votes,
                badges=(badges or {}).get(address, ()),
            )
        )
    return sorted(rows, key=lambda row: (-row.points, -row.confirmed, row.address))
