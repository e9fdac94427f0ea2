"""The records that contracts and client share: what a contribution is, how it stands, by which terms.

Field for field the structures of `interfaces/IDataHandler.sol`, `interfaces/ISelfAssessment.sol` and
`interfaces/IBatch.sol`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

from commonlearn.money import GWEI

__all__ = ["NOBODY", "Claim", "Contribution", "Status", "Terms"]

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
        alone.
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
        Part of a forfeited stake that its reporter gets beforehand, in 1/10,000; 0 to 5,000.

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
