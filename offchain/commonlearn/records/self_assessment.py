"""The rules of ongoing self-assessment."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from commonlearn.money import GWEI

__all__ = ["Terms"]


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
