"""The rules of points, and the badges."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

__all__ = ["Badge", "PointsTerms"]


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
