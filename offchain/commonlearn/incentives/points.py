"""Points that contributors give one another, as a ledger of exact integers: `contracts/incentives/Points.sol`'s twin.

It knows neither data nor models. Amounts are hundredths of a point, parts are 1/10,000, times Unix seconds. State
machines compare it with the contract step by step, and a leaderboard is this ledger after the whole log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commonlearn.contract_errors import (
    AlreadyVoted,
    InvalidPointsTerms,
    NoStanding,
    NotRight,
    UnknownContribution,
    VoteOnOwn,
    VotesClosed,
    VotesStillOpen,
)
from commonlearn.records import Badge, PointsTerms

__all__ = ["PointsAccount", "PointsLedger", "Tally", "Vote", "earned", "fee", "granted", "points"]

ONE = 10_000
"""Parts in a whole."""

HUNDRED_POINTS = 10_000
JUDGE_VOTES = 10
STEADY_WEEKS = 4
WEEK = 604_800


def fee(weight: int, fee_bps: int) -> int:
    """The fee of a vote, rounded up.

    Examples
    --------
    >>> fee(1_000, 11_000), fee(1, 11_000)
    (1100, 2)
    """
    return -(-weight * fee_bps // ONE)


def earned(received: int, given: int, give_bps: int) -> int:
    """What an account can still give out of the points received: their part, less what was given.

    Examples
    --------
    >>> earned(10_000, 500, 2_000), earned(1_000, 500, 2_000)
    (1500, 0)
    """
    return max(0, received * give_bps // ONE - given)


def granted(grant_left: int, fee_bps: int) -> int:
    """What can be given out of a grant that also has to pay the fee.

    Examples
    --------
    >>> granted(2_100, 11_000), granted(2_099, 11_000)
    (1000, 999)
    """
    return grant_left * ONE // (ONE + fee_bps)


def points(confirmed: int, contested: int) -> int:
    """The author's points from a contribution.

    Examples
    --------
    >>> points(500, 200), points(200, 500)
    (300, 0)
    """
    return max(0, confirmed - contested)


@dataclass(slots=True)
class PointsAccount:
    """What the ledger keeps of one account.

    Attributes
    ----------
    received : int
        From the tallies of own contributions.
    given, burned : int
        Weight and fees of all votes that were not paid out of the grant.
    grant_left : int
        What is left of a founder's grant.
    weeks_active, last_week : int
        In how many different weeks the account has contributed, and number of the last.
    right_votes : int
        Votes that agreed with the final tally, as counted.
    """

    received: int = 0
    given: int = 0
    burned: int = 0
    grant_left: int = 0
    weeks_active: int = 0
    last_week: int = 0
    right_votes: int = 0

    @property
    def points(self) -> int:
        """Received less burned, at least 0."""
        return points(self.received, self.burned)


@dataclass(slots=True)
class Tally:
    """What was said about one contribution."""

    confirmed: int = 0
    contested: int = 0
    closes_at: int = 0
    confirmations: int = 0
    contests: int = 0

    @property
    def points(self) -> int:
        """The author's points from it."""
        return points(self.confirmed, self.contested)


@dataclass(slots=True)
class Vote:
    """What an account said about a contribution, and what it paid."""

    weight: int
    fee: int
    confirms: bool
    from_grant: bool
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class _Record:
    author: str
    contributed_at: int


class PointsLedger:
    """The rules of points, without a chain.

    A refused call raises the contract's error and changes nothing.

    Parameters
    ----------
    terms : PointsTerms
        The incentive's rules.

    Raises
    ------
    InvalidPointsTerms
        The contract would refuse the terms.

    Examples
    --------
    >>> ann, bob, eve = ("0x" + digit * 40 for digit in "abe")
    >>> ledger = PointsLedger(PointsTerms((ann,), 10_000, 100, 1_000, 2_000, 11_000, 3_600))
    >>> ledger.contribute(bob, now=10)
    0
    >>> ledger.vote(0, ann, confirms=True, now=20).weight
    1000
    >>> ledger.account(bob).points, ledger.weight_of(bob), ledger.weight_of(eve)
    (1000, 200, 0)
    """

    def __init__(self, terms: PointsTerms) -> None:
        if terms.problems():
            raise InvalidPointsTerms(terms)
        self.terms = terms
        self.accounts: dict[str, PointsAccount] = {
            founder: PointsAccount(grant_left=terms.grant) for founder in terms.founders
        }
        self.tallies: dict[int, Tally] = {}
        self.votes: dict[tuple[int, str], Vote] = {}
        self._records: list[_Record] = []

    # -------------------------------------------------------------------------------------------------------- reading

    @property
    def contributions(self) -> int:
        """Number of contributions so far."""
        return len(self._records)

    def contributed_at(self, id_: int) -> int:
        """When a contribution was made. Raises `UnknownContribution`."""
        if not 0 <= id_ < len(self._records):
            raise UnknownContribution(id_)
        return self._records[id_].contributed_at

    def account(self, who: str) -> PointsAccount:
        """What is kept of an account; do not change it."""
        return self.accounts.get(who, PointsAccount())

    def tally(self, id_: int) -> Tally:
        """What was said about a contribution; do not change it."""
        return self.tallies.get(id_, Tally())

    def weight_of(self, who: str) -> int:
        """The weight that an account's next vote would have; 0 without standing."""
        weight, _ = self._can_give(self.account(who))
        return weight if weight >= self.terms.least_vote else 0

    def has_earned(self, who: str, badge: Badge) -> bool:
        """Whether an account has done what a badge is for."""
        account = self.account(who)
        return {
            Badge.FIRST_LIGHT: account.weeks_active > 0,
            Badge.CONFIRMED: account.received > 0,
            Badge.HUNDRED: account.points >= HUNDRED_POINTS,
            Badge.JUDGE: account.right_votes >= JUDGE_VOTES,
            Badge.STEADY: account.weeks_active >= STEADY_WEEKS,
        }[badge]

    # ------------------------------------------------------------------------------------------------------- changing

    def contribute(self, author: str, *, now: int) -> int:
        """Record a contribution; returns its number."""
        week = now // WEEK
        account = self.accounts.setdefault(author, PointsAccount())
        if account.last_week < week <= 0xFFFF:
            account.last_week = week
            account.weeks_active += 1
        self._records.append(_Record(author, now))
        return len(self._records) - 1

    def vote(self, id_: int, voter: str, *, confirms: bool, now: int) -> Vote:
        """Confirm or contest a contribution.

        Raises
        ------
        UnknownContribution, VoteOnOwn, AlreadyVoted, VotesClosed, NoStanding
            In the order of the contract's checks.
        """
        if not 0 <= id_ < len(self._records):
            raise UnknownContribution(id_)
        record = self._records[id_]
        if voter == record.author:
            raise VoteOnOwn(id_)
        if (id_, voter) in self.votes:
            raise AlreadyVoted(id_, voter)
        closes_at = record.contributed_at + self.terms.vote_seconds
        if now >= closes_at:
            raise VotesClosed(id_, closes_at)
        vote = self._give(voter, confirms)
        self.votes[id_, voter] = vote
        self._count(id_, record.author, vote, closes_at)
        return vote

    def judge(self, voter: str, ids: Sequence[int], *, now: int) -> None:
        """Count votes that agreed with the final tallies.

        Raises
        ------
        NotRight, VotesStillOpen
            One of them cannot be counted; none is.
        """
        seen: set[int] = set()
        for id_ in ids:
            tally, vote = self.tally(id_), self.votes.get((id_, voter))
            if vote is None or vote.is_counted or id_ in seen or not _agrees(vote, tally):
                raise NotRight(id_, voter)
            if now < tally.closes_at:
                raise VotesStillOpen(id_, tally.closes_at)
            seen.add(id_)
        for id_ in ids:
            self.count_right(id_, voter)

    def count_right(self, id_: int, voter: str) -> None:
        """Count one vote that is known to have agreed, as the log's event `Judged` says."""
        self.votes[id_, voter].is_counted = True
        self.accounts[voter].right_votes += 1

    # -------------------------------------------------------------------------------------------------------- private

    def _can_give(self, account: PointsAccount) -> tuple[int, bool]:
        weight = granted(account.grant_left, self.terms.fee_bps)
        from_grant = weight >= self.terms.least_vote
        if not from_grant:
            weight = earned(account.received, account.given, self.terms.give_bps)
        return min(weight, self.terms.most_vote), from_grant

    def _give(self, voter: str, confirms: bool) -> Vote:
        account = self.account(voter)
        weight, from_grant = self._can_give(account)
        if weight < self.terms.least_vote:
            raise NoStanding(voter, weight, self.terms.least_vote)
        cost = fee(weight, self.terms.fee_bps)
        if from_grant:
            account.grant_left -= weight + cost
        else:
            account.given += weight
            account.burned += cost
        return Vote(weight, cost, confirms, from_grant)

    def _count(self, id_: int, author: str, vote: Vote, closes_at: int) -> None:
        tally = self.tallies.setdefault(id_, Tally())
        before = tally.points
        if vote.confirms:
            tally.confirmed += vote.weight
            tally.confirmations += 1
        else:
            tally.contested += vote.weight
            tally.contests += 1
        tally.closes_at = closes_at
        self.accounts[author].received += tally.points - before


def _agrees(vote: Vote, tally: Tally) -> bool:
    return tally.confirmed > tally.contested if vote.confirms else tally.confirmed < tally.contested
