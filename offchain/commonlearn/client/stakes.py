"""The stakes of many contributions, each raised by those before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from commonlearn.chain.batch import estimates_of
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.errors import InsufficientFunds, RpcError
from commonlearn.chain.incentives import incentive_of
from commonlearn.chain.transactions import Sender
from commonlearn.client.incentives import choice_of
from commonlearn.contract_errors import StakeTooLow
from commonlearn.errors import CommonlearnError
from commonlearn.money import GWEI

__all__ = ["TOLERANCE", "Offer", "estimated", "forecast", "with_tolerance"]

TOLERANCE = 1.25
"""By how much the stake may rise above the forecast, through others, before a contribution is refused."""

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """How much is sent with a contribution.

    Parameters
    ----------
    tolerance : float
        Room above the stake that is forecast; what is not needed is credited.
    stake_wei : int or None
        Where all that is sent is staked: exactly this, or the least stake if that is more.

    Examples
    --------
    >>> Offer(1.25).of(10**10), Offer(1.0, 7).of(5), Offer(1.0, 7).of(9)
    (13000000000, 7, 9)
    """

    tolerance: float
    stake_wei: int | None = None

    def of(self, stake_wei: int) -> int:
        """Wei to send where so much is needed."""
        if self.stake_wei is None:
            return with_tolerance(stake_wei, self.tolerance)
        return max(stake_wei, self.stake_wei)

    def staked(self, stake_wei: int) -> int:
        """Wei that will be locked."""
        return stake_wei if self.stake_wei is None else self.of(stake_wei)


def forecast(terms: Any, stake_now_wei: int, count: int) -> list[int]:
    """Stakes of so many contributions, one right after another, no one else's in between; time only lowers them.

    Parameters
    ----------
    terms : Any
        The incentive's rules.
    stake_now_wei : int
        What the first costs.
    count : int
        How many.

    Returns
    -------
    list of int
        Wei, rising.

    Examples
    --------
    >>> from commonlearn.records import Terms
    >>> terms = Terms("0x" + "11" * 20, 10**9, 5000, 60, 1, 2, 3, 0)
    >>> forecast(terms, 10**9, 3)
    [1000000000, 2000000000, 3000000000]
    """
    stakes, stake = [], stake_now_wei
    next_stake = choice_of(incentive_of(terms)).next_stake
    for _ in range(count):
        stakes.append(stake)
        stake = next_stake(terms, stake)
    return stakes


def with_tolerance(stake_wei: int, tolerance: float) -> int:
    """A stake with room above it, a whole number of gwei.

    Examples
    --------
    >>> with_tolerance(10**9, 1.25)
    2000000000
    """
    return -(-int(stake_wei * Fraction(tolerance).limit_denominator(10_000)) // GWEI) * GWEI


def estimated(
    sender: Sender, contract: CollaborationContract, make: Callable[[int], Sequence[Call]]
) -> tuple[int, list[Call], list[int]]:
    """Stake now, contributions at it, and their gas on the latest state.

    Parameters
    ----------
    sender : Sender
    contract : CollaborationContract
    make : callable
        Gives the calls for the stake.

    Raises
    ------
    CommonlearnError
        What would stop one of them.
    """
    for tries_left in reversed(range(_TRIES)):
        stake_wei = contract.stake_now()
        calls, gases = list(make(stake_wei)), []
        answers = estimates_of(sender.connection, calls, sender.address)
        if tries_left and any(isinstance(answer, StakeTooLow) for answer in answers):
            continue  # someone contributed in between
        for call, gas in zip(calls, answers, strict=True):
            if isinstance(gas, RpcError) and "insufficient funds" in gas.message.lower():
                raise InsufficientFunds(sender.address, sender.connection.balance(sender.address), call.value_wei)
            if isinstance(gas, CommonlearnError):
                raise gas
            gases.append(gas)
        break
    return stake_wei, calls, gases
