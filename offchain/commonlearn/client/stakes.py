"""What many contributions will cost: the stakes, each raised by those before it, and the gas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from commonlearn.chain.batch import estimates_of
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.errors import InsufficientFunds, RpcError
from commonlearn.chain.fees import CostQuote, quote
from commonlearn.chain.incentives import incentive_of
from commonlearn.chain.transactions import Sender, gas_limit
from commonlearn.client.incentives import choice_of
from commonlearn.contract_errors import StakeTooLow
from commonlearn.errors import CommonlearnError
from commonlearn.money import GWEI

__all__ = ["TOLERANCE", "ContributionQuote", "forecast", "quote_contributions", "with_tolerance"]

TOLERANCE = 1.25
"""By how much the stake may rise above the forecast, through others, before a contribution is refused."""

_TRIES = 5
_SAMPLED = 24
"""How many contributions are estimated one by one; the others are taken to cost as much on average."""


@dataclass(frozen=True, slots=True)
class ContributionQuote:
    """What contributions cost before they are made.

    Attributes
    ----------
    count : int
        Contributions still to be made.
    already_made : int
        Of the same job, by an earlier run that was interrupted.
    first_stake_wei, last_stake_wei : int
        Forecast for the first and the last if nobody else contributes meanwhile.
    max_stake_wei : int
        The most that is sent with one contribution; what is not needed is credited.
    cost : CostQuote
        Fees and stakes of all together.
    repeats : int
        How many times exactly these contributions were made before by this account.
    """

    count: int
    already_made: int
    first_stake_wei: int
    last_stake_wei: int
    max_stake_wei: int
    cost: CostQuote
    repeats: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "count": self.count,
            "already_made": self.already_made,
            "first_stake_wei": self.first_stake_wei,
            "last_stake_wei": self.last_stake_wei,
            "max_stake_wei": self.max_stake_wei,
            "made_before": self.repeats > 0,
            **self.cost.as_dict(),
        }


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


def quote_contributions(
    sender: Sender,
    contract: CollaborationContract,
    samples: Sequence[bytes],
    labels: Sequence[int],
    *,
    max_stake_wei: int | None,
    tolerance: float,
    already_made: int = 0,
    repeats: int = 0,
) -> ContributionQuote:
    """Forecast stakes and gas of contributions.

    Raises
    ------
    CommonlearnError
        The contract would refuse one of them.
    InsufficientFunds
        The account cannot pay the first one's stake.
    """
    fees = sender.fees()
    if not samples:
        return ContributionQuote(0, already_made, 0, 0, 0, quote([], fees, sender.prices), repeats)
    chosen = range(0, len(samples), -(-len(samples) // _SAMPLED))

    def calls(stake_wei: int) -> list[Call]:
        value_wei = with_tolerance(stake_wei, tolerance)
        return [contract.contribute(samples[i], labels[i], value_wei) for i in chosen]

    stake_wei, _, gases = estimated(sender, contract, calls)
    stakes = forecast(contract.terms, stake_wei, len(samples))
    limit_wei = with_tolerance(stakes[-1], tolerance) if max_stake_wei is None else max_stake_wei
    mean = sum(gases) // len(gases)
    all_gases = [mean] * (len(samples) - len(gases)) + gases
    cost = quote(
        all_gases,
        fees,
        sender.prices,
        limits=[gas_limit(gas) for gas in all_gases],
        value_wei=sum(stakes),
        most_value_wei=sum(min(limit_wei, with_tolerance(stake, tolerance)) for stake in stakes),
    )
    return ContributionQuote(len(samples), already_made, stakes[0], stakes[-1], limit_wei, cost, repeats)


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
