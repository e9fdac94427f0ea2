"""The records that contracts and client share: what a contribution is, how it stands, by which terms.

Field for field the structures of `interfaces/IDataHandler.sol`, `ISelfAssessment.sol`, `IBatch.sol`, `IPoints.sol`,
`IBadges.sol`, `IMarket.sol`, `ISponsorship.sol` and `IReimbursement.sol`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

from commonlearn.money import GWEI

__all__ = [
    "NOBODY",
    "Badge",
    "Claim",
    "Contribution",
    "Ending",
    "MarketTerms",
    "Phase",
    "PointsTerms",
    "PoolTerms",
    "SponsoredContribution",
    "Status",
    "Terms",
]

NOBODY = "0x" + "0" * 40
"""The zero address."""


class Status(IntEnum):
    """How a contribution stands. Every stake leaves ``OPEN`` exactly once."""

    NONE = 0
    """Never recorded."""
    OPEN = 1
    """Stake locked."""
    REFUNDED = 2
    """Proven: the stake went back to its author."""
    FORFEITED = 3
    """Reported: the stake was shared by the proven."""
    SWEPT = 4
    """Nobody claimed it in time: the stake went to the beneficiary."""
    BATCHED = 5
    """No end of a contribution: marks a record that stands for a whole batch."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What is known of one contribution besides its features.

    Parameters
    ----------
    author : str
        Who contributed, and gets the stake back. Checksummed address.
    label : int
        The class that the author gave, from 0.
    taught : bool
        Whether the model, at that time, did not know the answer safely.
    stake_wei : int
        What the author staked; a whole number of gwei.
    contributed_at : int
        Unix time in seconds.
    """

    author: str
    label: int
    taught: bool
    stake_wei: int
    contributed_at: int

    def as_tuple(self) -> tuple[str, int, bool, int, int]:
        """In the contract's order."""
        return (self.author, self.label, self.taught, self.stake_wei, self.contributed_at)


@dataclass(frozen=True, slots=True)
class Claim:
    """A contribution as claimed in a batch, with what proves that it was recorded.

    Parameters
    ----------
    id : int
        Number of the contribution.
    contribution : Contribution
        What is known of it.
    sample : bytes
        Encoded features.
    batch : int
        Number of the first contribution of the call that it came in; `id` if it came alone.
    proof : tuple of bytes
        Merkle path from its leaf to the root of its batch (see :mod:`commonlearn.incentives.batch`); empty if it came
        alone. The whole path: what neighbours in one call share is left out when the call is made.
    payee : str
        Who gets the stake back of a sponsored contribution; the zero address if it was not sponsored.

    Examples
    --------
    >>> given = Contribution("0x" + "11" * 20, 1, True, 10**15, 1_800_000_000)
    >>> Claim(7, given, b"", batch=7).as_tuple()[4:]
    (7, ())
    """

    id: int
    contribution: Contribution
    sample: bytes
    batch: int
    proof: tuple[bytes, ...] = ()
    payee: str = NOBODY

    def as_tuple(self) -> tuple[int, tuple[str, int, bool, int, int], bytes, str, int, tuple[bytes, ...]]:
        """In the contract's order."""
        return (self.id, self.contribution.as_tuple(), self.sample, self.payee, self.batch, self.proof)


@dataclass(frozen=True, slots=True)
class Terms:
    """The incentive's rules, fixed at creation. Times are seconds after a contribution.

    Parameters
    ----------
    beneficiary : str
        Gets stakes that nobody claimed by `sweep_wait_seconds`.
    floor_wei : int
        Lowest stake; a multiple of 1 gwei, at least 1 gwei, below 2^80.
    growth_bps : int
        By how much each contribution raises the stake of the next, in 1/10,000; 0 to 10,000.
    half_life_seconds : int
        In how much quiet time the part above the floor halves; at least 1.
    refund_wait_seconds, report_wait_seconds, sweep_wait_seconds : int
        From when the author may take the stake back; others may report; an unclaimed stake goes to the beneficiary.
        They rise strictly, and the first is at least 1.
    reporter_bps : int
        Part of a forfeited stake that its reporter gets beforehand, in 1/10,000; 0 to 5,000. It grows evenly from
        nothing when reports open to this when stakes can be swept.

    Examples
    --------
    >>> terms = Terms("0x" + "11" * 20, 10**14, 200, 3600, 86_400, 172_800, 604_800, 500)
    >>> terms.problems()
    []
    """

    beneficiary: str
    floor_wei: int
    growth_bps: int
    half_life_seconds: int
    refund_wait_seconds: int
    report_wait_seconds: int
    sweep_wait_seconds: int
    reporter_bps: int

    def as_tuple(self) -> tuple[str, int, int, int, int, int, int, int]:
        """In the contract's order."""
        return tuple(getattr(self, field.name) for field in fields(self))

    def as_dict(self) -> dict[str, Any]:
        """For records and JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def problems(self) -> list[str]:
        """What the contract would refuse, in plain words; empty when the terms are valid."""
        found = []
        if not 0 < self.refund_wait_seconds < self.report_wait_seconds < self.sweep_wait_seconds < 1 << 32:
            found.append(
                "the waits must be above zero and rise: refund before report before sweep "
                f"(they are {self.refund_wait_seconds}, {self.report_wait_seconds} and {self.sweep_wait_seconds} "
                "seconds)"
            )
        if not GWEI <= self.floor_wei < 1 << 80 or self.floor_wei % GWEI:
            found.append(f"the lowest stake must be a whole number of gwei, at least 1 (it is {self.floor_wei} wei)")
        if not 0 <= self.growth_bps <= 10_000:
            found.append(f"the growth must be 0 to 10,000 hundredths of a percent (it is {self.growth_bps})")
        if not 0 < self.half_life_seconds < 1 << 32:
            found.append(f"the half-life must be at least a second (it is {self.half_life_seconds})")
        if not 0 <= self.reporter_bps <= 5_000:
            found.append(f"the reporter's part must be 0 to 5,000 hundredths of a percent (it is {self.reporter_bps})")
        if int(self.beneficiary, 16) == 0:
            found.append("the beneficiary must not be the zero address")
        return found


class Badge(IntEnum):
    """Named achievements in a collaboration whose contributors give one another points."""

    FIRST_LIGHT = 0
    """Contributed for the first time."""
    CONFIRMED = 1
    """Has points of a confirmed contribution."""
    HUNDRED = 2
    """Has 100 points."""
    JUDGE = 3
    """10 votes that agreed with the final tallies."""
    STEADY = 4
    """Contributed in 4 different weeks."""

    @property
    def title(self) -> str:
        """For people.

        Examples
        --------
        >>> Badge.FIRST_LIGHT.title
        'First light'
        """
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class PointsTerms:
    """The rules of points, fixed at creation. Points are counted in hundredths, parts in 1/10,000.

    Parameters
    ----------
    founders : tuple of str
        Accounts with standing from the beginning, 1 to 16; kept in ascending order.
    grant : int
        What each founder may spend on votes, fees included, before having earned anything; below 2^32.
    least_vote, most_vote : int
        Bounds of a vote's weight; 1 to 2^24 − 1.
    give_bps : int
        Part of the points received that an account may give over its whole life; 1 to 5,000.
    fee_bps : int
        What is burned of the giver's points for each point given; above 10,000, at most 20,000.
    vote_seconds : int
        For how long after a contribution it can be voted on; at least 1.

    Examples
    --------
    >>> terms = PointsTerms(("0x" + "11" * 20,), 100_000, 100, 1_000, 2_000, 11_000, 604_800)
    >>> terms.problems()
    []
    """

    founders: tuple[str, ...]
    grant: int
    least_vote: int
    most_vote: int
    give_bps: int
    fee_bps: int
    vote_seconds: int

    def as_tuple(self) -> tuple[Any, ...]:
        """In the contract's order."""
        return tuple(getattr(self, field.name) for field in fields(self))

    def as_dict(self) -> dict[str, Any]:
        """For records and JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"founders": list(self.founders)}

    def problems(self) -> list[str]:
        """What the contract would refuse, in plain words; empty when the terms are valid."""
        found = []
        numbers = [int(founder, 16) for founder in self.founders]
        if not 1 <= len(numbers) <= 16:
            found.append(f"there must be 1 to 16 founders (there are {len(numbers)})")
        if numbers != sorted(set(numbers)) or 0 in numbers:
            found.append("founders must be in ascending order, each once, and none the zero address")
        if not 0 < self.least_vote <= self.most_vote < 1 << 24:
            found.append(
                f"votes must weigh from 1 to {(1 << 24) - 1} hundredths of a point, the least not above the most "
                f"(they are {self.least_vote} and {self.most_vote})"
            )
        if not 0 < self.give_bps <= 5_000:
            found.append(f"the part to give must be 1 to 5,000 hundredths of a percent (it is {self.give_bps})")
        if not 10_000 < self.fee_bps <= 20_000:
            found.append(
                "the fee must be above 100 percent, else rings of puppets would gain, and at most 200 "
                f"(it is {self.fee_bps} hundredths of a percent)"
            )
        if not 0 < self.vote_seconds < 1 << 32:
            found.append(f"votes must be possible for a second at least (it is {self.vote_seconds})")
        if not 0 <= self.grant < 1 << 32 or self.grant * 10_000 // (10_000 + self.fee_bps) < self.least_vote:
            found.append(f"the grant must pay for a least vote and its fee, and be below 2^32 (it is {self.grant})")
        return found


class Phase(IntEnum):
    """How far a market is."""

    IDLE = 0
    """No market yet."""
    DRAWING = 1
    """Committed; the partition is not drawn."""
    PROVING = 2
    """The provider must reveal the drawn partition."""
    PARTICIPATING = 3
    """Anyone contributes."""
    REVEALING = 4
    """The provider must reveal the rest."""
    PREPARING = 5
    """All is revealed; the replay is to be prepared."""
    SETTLING = 6
    """The replay, or a posted outcome."""
    TRAINING = 7
    """Participants are credited, then the model learns."""
    CLOSED = 8
    """Done."""
    VOID = 9
    """Ended without outcome; stakes are owed to who gave them."""


class Ending(IntEnum):
    """How a market ended."""

    COMPLETED = 0
    EMPTY = 1
    DRAW_MISSED = 2
    NOT_PROVEN = 3
    NOT_REVEALED = 4
    NOT_PREPARED = 5
    NOT_SETTLED = 6
    NOT_TRAINED = 7


@dataclass(frozen=True, slots=True)
class MarketTerms:
    """The rules of a market, fixed at creation. Times are seconds.

    Parameters
    ----------
    min_stake_wei : int
        Least stake of a contribution; at least 1.
    bond_wei : int
        What a provider loses who does not reveal; at least 1.
    step_fee_wei : int
        What whoever computes is paid for each step; at least 0.
    post_bond_wei : int
        Bond of whoever posts an outcome or disputes it; at least 1.
    full_score : int
        For how many more correct test samples the whole bounty is paid; at least 1.
    most_contributions : int
        At so many contributions participation ends; 1 to 65,535.
    participate_seconds, reveal_seconds, dispute_seconds, move_seconds : int
        How long anyone can contribute, the provider has for each reveal, a post can be disputed, a side of a dispute
        has for a move; at least 1.
    rounds : int
        In at most how many rounds the bounty is awarded; 1 to 16.
    draw_delay_blocks : int
        How many blocks after the commitment the block lies that draws the partition; 1 to 200.

    Examples
    --------
    >>> terms = MarketTerms(10**15, 10**17, 10**12, 10**16, 20, 1000, 86_400, 86_400, 86_400, 3_600, 4, 3)
    >>> terms.problems(), terms.purse_wei(test_count=100)
    ([], 6104000000000000)
    """

    min_stake_wei: int
    bond_wei: int
    step_fee_wei: int
    post_bond_wei: int
    full_score: int
    most_contributions: int
    participate_seconds: int
    reveal_seconds: int
    dispute_seconds: int
    move_seconds: int
    rounds: int
    draw_delay_blocks: int

    def as_tuple(self) -> tuple[int, ...]:
        """In the contract's order."""
        return tuple(getattr(self, field.name) for field in fields(self))

    def as_dict(self) -> dict[str, Any]:
        """For records and JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def purse_wei(self, test_count: int) -> int:
        """What a provider must add to bounty and bond for the computation."""
        most = self.most_contributions
        return self.step_fee_wei * ((most + 1) * self.rounds + 2 * most + test_count)

    def problems(self) -> list[str]:
        """What the contract would refuse, in plain words; empty when the terms are valid."""
        ranges = {
            "min_stake_wei": (1, (1 << 96) - 1),
            "bond_wei": (1, (1 << 96) - 1),
            "step_fee_wei": (0, (1 << 64) - 1),
            "post_bond_wei": (1, (1 << 96) - 1),
            "full_score": (1, (1 << 32) - 1),
            "most_contributions": (1, 65_535),
            "participate_seconds": (1, (1 << 32) - 1),
            "reveal_seconds": (1, (1 << 32) - 1),
            "dispute_seconds": (1, (1 << 32) - 1),
            "move_seconds": (1, (1 << 32) - 1),
            "rounds": (1, 16),
            "draw_delay_blocks": (1, 200),
        }
        return [
            f"{name} must be {low:,} to {high:,} (it is {getattr(self, name):,})"
            for name, (low, high) in ranges.items()
            if not low <= getattr(self, name) <= high
        ]


@dataclass(frozen=True, slots=True)
class SponsoredContribution:
    """A contribution that its author signs and somebody else sends. All of it is signed.

    Parameters
    ----------
    collaboration : str
        Address of the model.
    author : str
        Who signs: has the rights of an author, is proven and earns the points.
    payee : str
        Who gets the stake back.
    relayer : str
        Who may send it; the zero address for anyone.
    sample : bytes
        Encoded features.
    label : int
        Class number, from 0.
    max_stake_wei : int
        Most that may be staked.
    stake_from_author : bool
        Whether the stake comes out of the author's balance in the sponsorship contract, not out of the relayer's ether.
    nonce : int
        Any number below 2^256 that the author has not used.
    deadline : int
        Last Unix time in seconds at which it may be sent.
    """

    collaboration: str
    author: str
    payee: str
    relayer: str
    sample: bytes
    label: int
    max_stake_wei: int
    stake_from_author: bool
    nonce: int
    deadline: int

    def as_tuple(self) -> tuple[str, str, str, str, bytes, int, int, bool, int, int]:
        """In the contract's order."""
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """The rules of a pool that repays gas, fixed when it is opened.

    Parameters
    ----------
    cap_wei, author_cap_wei : int
        Most that one contribution, and all contributions of one author together, are repaid; below 2^88.
    earn_until, claim_until : int
        Unix times in seconds: up to when contributions are noted, and up to when what was noted can be claimed.

    Examples
    --------
    >>> PoolTerms(10**15, 10**16, 1_800_000_000, 1_900_000_000).problems(now=1_700_000_000)
    []
    """

    cap_wei: int
    author_cap_wei: int
    earn_until: int
    claim_until: int

    def as_tuple(self) -> tuple[int, int, int, int]:
        """In the contract's order."""
        return (self.cap_wei, self.author_cap_wei, self.earn_until, self.claim_until)

    def problems(self, *, now: int) -> list[str]:
        """What the contract would refuse at a Unix time, in plain words; empty when the rules are valid."""
        found = []
        if not 0 < self.cap_wei <= self.author_cap_wei < 1 << 88:
            found.append("the cap of a contribution must be above zero and not above the cap of an author")
        if not now < self.earn_until < self.claim_until < 1 << 40:
            found.append("the end of earning must lie in the future, and the end of claims after it")
        return found
