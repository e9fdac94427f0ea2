"""What a contribution costs in stake: the twin of ``contracts/libraries/StakePrice.sol``, in whole wei.

A floor plus an excess. Each contribution raises the stake by a fixed part; the excess halves with each half-life of
quiet. So a burst pays more and more, one contribution changes little for the next, and who wants to hold the stake up
has to go on staking at that height.
"""

from __future__ import annotations

from dataclasses import dataclass

from commonlearn.errors import ValueOutOfRange

__all__ = ["StakePrice", "decayed", "price", "raised"]

_GWEI = 10**9
_BPS = 10_000
_FORGOTTEN_AFTER = 96  # halvings; an excess has at most 80 bits


def decayed(excess_wei: int, elapsed_seconds: int, half_life_seconds: int) -> int:
    """The excess after some quiet: halved for each whole half-life, rounded up in between.

    Within a half-life 2⁻ˣ is taken as 1 − x(11 − 3x)/16, right within 1 %.

    Parameters
    ----------
    excess_wei : int
        Just after the last contribution, at least 0.
    elapsed_seconds : int
        Time since then, at least 0.
    half_life_seconds : int
        At least 1.

    Returns
    -------
    int
        Wei.

    Raises
    ------
    ValueOutOfRange
        An argument is below its least value.

    Examples
    --------
    >>> [decayed(1000, seconds, 60) for seconds in (0, 30, 60, 90, 60 * 96)]
    [1000, 704, 500, 352, 0]
    """
    if excess_wei < 0:
        raise ValueOutOfRange(excess_wei, allowed="an excess of 0 wei and above")
    if elapsed_seconds < 0:
        raise ValueOutOfRange(elapsed_seconds, allowed="an elapsed time of 0 seconds and above")
    if half_life_seconds < 1:
        raise ValueOutOfRange(half_life_seconds, allowed="a half-life of 1 second and above")
    halvings, rest = divmod(elapsed_seconds, half_life_seconds)
    if halvings >= _FORGOTTEN_AFTER:
        return 0
    left = excess_wei >> halvings
    return left - left * rest * (11 * half_life_seconds - 3 * rest) // (16 * half_life_seconds**2)


def price(floor_wei: int, excess_wei: int) -> int:
    """The stake in wei, rounded up to a whole gwei, so that what is proven counts in gwei without rests.

    Examples
    --------
    >>> price(2 * 10**9, 1)
    3000000000
    """
    return -(-(floor_wei + excess_wei) // _GWEI) * _GWEI


def raised(stake_wei: int, floor_wei: int, growth_bps: int) -> int:
    """The excess in wei just after a contribution at ``stake_wei``.

    Parameters
    ----------
    stake_wei : int
        What it cost: a result of :func:`price`.
    floor_wei : int
        Lowest stake.
    growth_bps : int
        By how much a contribution raises the next one's stake, in 1/10,000.

    Examples
    --------
    >>> raised(2 * 10**9, 2 * 10**9, 500)
    100000000
    """
    return stake_wei + stake_wei * growth_bps // _BPS - floor_wei


@dataclass(frozen=True)
class StakePrice:
    """The price's rules and its state after some contribution. Immutable: a contribution gives the next one.

    Parameters
    ----------
    floor_wei : int
        Lowest stake; a multiple of 1 gwei.
    growth_bps : int
        By how much a contribution raises the next one's stake, in 1/10,000.
    half_life_seconds : int
        In how much quiet time the excess halves.
    excess_wei : int, default 0
        How far the stake was above the floor just after the last contribution.
    last_time : int, default 0
        Unix time of that, in seconds.

    Examples
    --------
    >>> start = StakePrice(floor_wei=10**12, growth_bps=1_000, half_life_seconds=3_600)
    >>> after, paid = start.contribute(100)
    >>> paid, after.at(100), after.at(3_700)
    (1000000000000, 1100000000000, 1050000000000)
    """

    floor_wei: int
    growth_bps: int
    half_life_seconds: int
    excess_wei: int = 0
    last_time: int = 0

    def at(self, now: int) -> int:
        """The stake at a time, in wei. Times do not fall: before ``last_time`` is an error."""
        return price(self.floor_wei, decayed(self.excess_wei, now - self.last_time, self.half_life_seconds))

    def contribute(self, now: int) -> tuple[StakePrice, int]:
        """The state after a contribution, and what it cost in wei."""
        paid = self.at(now)
        excess = raised(paid, self.floor_wei, self.growth_bps)
        return StakePrice(self.floor_wei, self.growth_bps, self.half_life_seconds, excess, now), paid
