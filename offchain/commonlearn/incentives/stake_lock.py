"""Stakes at the price of the moment: the twin of `contracts/incentives/StakeLocking.sol`."""

from __future__ import annotations

from commonlearn.contract_errors import StakeTooHigh, StakeTooLow
from commonlearn.incentives.stake_price import decayed, price, raised
from commonlearn.records import Terms

__all__ = ["MOST_EXCESS_WEI", "StakeLock"]

MOST_EXCESS_WEI = (1 << 80) - 1
"""How far above its floor a stake can be recorded."""


class StakeLock:
    """The price of stakes, which each contribution raises and time lowers, and the sum of open ones.

    Parameters
    ----------
    terms : Terms
        The incentive's rules.
    opened_at : int
        When contributions became possible, in Unix seconds.

    Attributes
    ----------
    moved_at : int
        When the last contribution came.
    locked_wei : int
        Open stakes.

    Examples
    --------
    >>> lock = StakeLock(Terms("0x" + "11" * 20, 10**14, 0, 3600, 100, 200, 300, 1000), opened_at=0)
    >>> lock.lock(value_wei=10**14, now=5), lock.lock_many(2, value_wei=2 * 10**14, now=6), lock.locked_wei
    (100000000000000, [100000000000000, 100000000000000], 300000000000000)
    """

    def __init__(self, terms: Terms, *, opened_at: int) -> None:
        self.terms = terms
        self.moved_at = opened_at
        self.locked_wei = 0
        self._excess_wei = 0

    def stake_at(self, now: int) -> int:
        """The stake that a contribution costs at a time, in wei: a whole number of gwei."""
        excess = decayed(self._excess_wei, now - self.moved_at, self.terms.half_life_seconds)
        return price(self.terms.floor_wei, excess)

    def lock(self, *, value_wei: int, now: int) -> int:
        """Lock the stake of one contribution. Returns wei.

        Raises
        ------
        StakeTooLow, StakeTooHigh
            As the contract, in this order; nothing is locked then.
        """
        required = self.stake_at(now)
        if value_wei < required:
            raise StakeTooLow(value_wei, required)
        self._move(self._above(required), required, now)
        return required

    def lock_many(self, count: int, *, value_wei: int, now: int) -> list[int]:
        """Lock the stakes of many contributions, each at its own price. Returns wei of each.

        Raises
        ------
        StakeTooHigh, StakeTooLow
            As the contract, in this order; nothing is locked then.
        """
        stakes, required, excess = [], self.stake_at(now), self._excess_wei
        for _ in range(count):
            stakes.append(required)
            excess = self._above(required)
            required = price(self.terms.floor_wei, excess)
        if value_wei < sum(stakes):
            raise StakeTooLow(value_wei, sum(stakes))
        if stakes:
            self._move(excess, sum(stakes), now)
        return stakes

    def release(self, stake_wei: int) -> None:
        """Unlock a stake."""
        self.locked_wei -= stake_wei

    def _above(self, stake_wei: int) -> int:
        excess = raised(stake_wei, self.terms.floor_wei, self.terms.growth_bps)
        if excess > MOST_EXCESS_WEI:
            raise StakeTooHigh(stake_wei)
        return excess

    def _move(self, excess_wei: int, locked_wei: int, now: int) -> None:
        self._excess_wei, self.moved_at = excess_wei, now
        self.locked_wei += locked_wei
