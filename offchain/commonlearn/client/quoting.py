"""What contributions cost before they are made: stakes and gas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.fees import CostQuote, quote
from commonlearn.chain.transactions import Sender, gas_limit
from commonlearn.client.batching import Batcher
from commonlearn.client.receipts import Refusal
from commonlearn.client.stakes import Offer, estimated, forecast

__all__ = ["ContributionQuote", "quote_contributions"]

_SAMPLED = 24
"""How many single contributions are estimated; the others are taken to cost as much on average."""


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
    refused : tuple of Refusal
        Samples that are left out, and why.
    """

    count: int
    already_made: int
    first_stake_wei: int
    last_stake_wei: int
    max_stake_wei: int
    cost: CostQuote
    repeats: int = 0
    refused: tuple[Refusal, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "count": self.count,
            "already_made": self.already_made,
            "first_stake_wei": self.first_stake_wei,
            "last_stake_wei": self.last_stake_wei,
            "max_stake_wei": self.max_stake_wei,
            "made_before": self.repeats > 0,
            "refused": [refusal.as_dict() for refusal in self.refused],
            **self.cost.as_dict(),
        }


def quote_contributions(
    sender: Sender,
    contract: CollaborationContract,
    samples: Sequence[bytes],
    labels: Sequence[int],
    *,
    max_stake_wei: int | None,
    offer: Offer,
    batcher: Batcher | None = None,
    positions: Sequence[int] | None = None,
    already_made: int = 0,
    repeats: int = 0,
) -> ContributionQuote:
    """Forecast stakes and gas of contributions.

    Parameters
    ----------
    sender : Sender
    contract : CollaborationContract
    samples, labels : sequences
        The contributions.
    max_stake_wei : int or None
        The most that may be sent with one; None for the forecast with tolerance.
    offer : Offer
        What is sent with each.
    batcher : Batcher, optional
        Puts many into a transaction; without it each has its own.
    positions : sequence of int, optional
        Which of the data each is; for messages.
    already_made, repeats : int
        Passed on.

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
    alone = batcher is None or len(samples) + already_made == 1
    if alone or batcher is None:
        stake_wei, all_gases = _gases_of_singles(sender, contract, samples, labels, offer)
    else:
        stake_wei, all_gases = _gases_of_batches(
            batcher, samples, labels, positions or range(len(samples)), max_stake_wei, offer
        )
    stakes = forecast(contract.terms, stake_wei, len(samples))
    limit_wei = offer.of(stakes[-1]) if max_stake_wei is None else max_stake_wei
    cost = quote(
        all_gases,
        fees,
        sender.prices,
        limits=[gas_limit(gas) for gas in all_gases],
        value_wei=sum(offer.staked(stake) for stake in stakes),
        most_value_wei=sum(min(limit_wei, offer.of(stake)) for stake in stakes),
    )
    return ContributionQuote(
        len(samples), already_made, offer.staked(stakes[0]), offer.staked(stakes[-1]), limit_wei, cost, repeats
    )


def _gases_of_singles(
    sender: Sender, contract: CollaborationContract, samples: Sequence[bytes], labels: Sequence[int], offer: Offer
) -> tuple[int, list[int]]:
    chosen = range(0, len(samples), -(-len(samples) // _SAMPLED))

    def calls(stake_wei: int) -> list[Call]:
        value_wei = offer.of(stake_wei)
        return [contract.contribute(samples[i], labels[i], value_wei) for i in chosen]

    stake_wei, _, gases = estimated(sender, contract, calls)
    mean = sum(gases) // len(gases)
    return stake_wei, [mean] * (len(samples) - len(gases)) + gases


def _gases_of_batches(
    batcher: Batcher,
    samples: Sequence[bytes],
    labels: Sequence[int],
    positions: Sequence[int],
    max_stake_wei: int | None,
    offer: Offer,
) -> tuple[int, list[int]]:
    """The first batch is estimated; the others are taken to be like it."""

    def values(stakes: Sequence[int]) -> list[int]:
        allowed = [stake for stake in stakes if max_stake_wei is None or stake <= max_stake_wei] or stakes[:1]
        return [offer.of(stake) for stake in allowed]

    first = batcher.next(samples, labels, positions, values)
    full, rest = divmod(len(samples), first.count)
    return first.stakes[0], [first.gas] * full + ([first.gas * rest // first.count] if rest else [])
