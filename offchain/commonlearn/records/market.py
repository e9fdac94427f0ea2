"""The rules of a prediction market, its phases and its endings."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

__all__ = ["Ending", "MarketTerms", "Phase"]


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
