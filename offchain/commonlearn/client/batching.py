"""How much fits into one transaction: as many contributions or claims as a share of a block's gas can hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commonlearn.chain.batch import estimates_of
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.errors import InsufficientFunds, RpcError
from commonlearn.chain.reverts import error_from_revert
from commonlearn.chain.transactions import TRANSACTION_GAS_CAP, Sender, largest_estimate
from commonlearn.client.errors import ContributionRefused
from commonlearn.client.stakes import forecast
from commonlearn.contract_errors import BatchRefused, StakeTooLow
from commonlearn.errors import CommonlearnError

__all__ = ["Batch", "Batcher", "fitting", "gas_or_none", "most_gas", "refused_one"]

_BLOCK_SHARE = 4
"""A transaction that wants more than a quarter of a block waits long for one with so much room."""

_MOST_BYTES = 100_000
"""Nodes pass on transactions of up to 128 KiB."""

_FIRST_GUESS = 50
_TRIES = 5
_ESTIMATES = 5
_FULL_PERCENT = 80


@dataclass(frozen=True, slots=True)
class Batch:
    """The next contributions, as one transaction.

    Attributes
    ----------
    call : Call
        The transaction.
    gas : int
        As estimated.
    stakes : tuple of int
        Forecast for each, in wei.
    """

    call: Call
    gas: int
    stakes: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.stakes)


def most_gas(connection: Connection) -> int:
    """The highest estimate that a transaction should have on a chain."""
    return largest_estimate(min(TRANSACTION_GAS_CAP, connection.block().gas_limit // _BLOCK_SHARE))


def fitting(most: int, guess: int, budget: int, gas_of: Callable[[int], int | None]) -> tuple[int, int]:
    """How many of a row of similar things fit into a budget of gas, found with few estimates.

    Parameters
    ----------
    most : int
        How many there are, at least 1.
    guess : int
        How many may fit.
    budget : int
        Gas.
    gas_of : callable
        Gas of the first so many; None if the node finds it too much.

    Returns
    -------
    count, gas : int
        At least 1, even if it does not fit; then the contract says so itself. Not always the very most: a fifth of the
        budget may stay unused.

    Examples
    --------
    >>> fitting(1_000, 50, 6_000_000, lambda count: 50_000 + 25_000 * count)
    (207, 5225000)
    >>> fitting(3, 50, 6_000_000, lambda count: 50_000 + 25_000 * count)
    (3, 125000)
    """
    count, fits = max(1, min(most, guess)), (0, 0)
    for _ in range(_ESTIMATES):
        gas = gas_of(count)
        if gas is None or (gas > budget and count > 1):
            if fits[0]:
                break
            count = max(1, count // 2 if gas is None else count * budget * 9 // (gas * 10))
            continue
        fits = (count, gas)
        grown = min(most, count * budget * 9 // (gas * 10))
        if grown <= count or gas * 100 >= budget * _FULL_PERCENT:
            break
        count = grown
    if fits[0]:
        return fits
    gas = gas_of(1)
    return 1, 0 if gas is None else gas


class Batcher:
    """Cuts contributions into transactions, one after another.

    Parameters
    ----------
    sender : Sender
        The account.
    contract : CollaborationContract
        A model whose incentive takes batches.
    strict : bool
        Whether one bad sample stops its whole batch.
    most : int, optional
        Most contributions in a transaction.
    """

    def __init__(
        self, sender: Sender, contract: CollaborationContract, *, strict: bool, most: int | None = None
    ) -> None:
        self._sender = sender
        self._contract = contract
        self._strict = strict
        self._most = most
        self._budget = most_gas(sender.connection)
        self._guess = _FIRST_GUESS

    def next(
        self,
        samples: Sequence[bytes],
        labels: Sequence[int],
        positions: Sequence[int],
        values_of: Callable[[Sequence[int]], Sequence[int]],
    ) -> Batch:
        """As many of the first as fit.

        Parameters
        ----------
        samples, labels : sequences
            What is left.
        positions : sequence of int
            Which of the data each is; for messages.
        values_of : callable
            Given the stakes forecast, says what to send for each; for fewer, if later ones are to wait for a lower
            stake, but at least for one.

        Raises
        ------
        ContributionRefused
            The contract refuses one, and `strict`.
        CommonlearnError
            What would stop the transaction.
        """
        most = min(_within_bytes(samples), self._most or len(samples))
        for tries_left in reversed(range(_TRIES)):
            stakes = forecast(self._contract.terms, self._contract.stake_now(), most)
            values = values_of(stakes)
            try:
                return self._fitting(samples, labels, stakes, values)
            except StakeTooLow:
                if not tries_left:  # someone contributes all the time
                    raise
            except BatchRefused as refused:
                raise refused_one(refused, positions) from None
        raise AssertionError("a loop of at least one round ended without result")

    def call(self, samples: Sequence[bytes], labels: Sequence[int], value_wei: int) -> Call:
        """Contributes all these together."""
        return self._contract.contribute_many(samples, labels, value_wei, strict=self._strict)

    def _fitting(
        self, samples: Sequence[bytes], labels: Sequence[int], stakes: Sequence[int], values: Sequence[int]
    ) -> Batch:
        def call_of(count: int) -> Call:
            return self.call(samples[:count], labels[:count], sum(values[:count]))

        def gas_of(count: int) -> int | None:
            return gas_or_none(self._sender, call_of(count), may_shrink=count > 1)

        count, gas = fitting(len(values), self._guess, self._budget, gas_of)
        self._guess = max(count, self._guess)
        return Batch(call_of(count), gas, tuple(stakes[:count]))


def refused_one(refused: BatchRefused, positions: Sequence[int]) -> ContributionRefused:
    """Which of the data sank a strict batch of those at some positions, and why."""
    return ContributionRefused(positions[refused.position], error_from_revert(refused.reason))


def gas_or_none(sender: Sender, call: Call, *, may_shrink: bool) -> int | None:
    """Gas of a call on the latest state; None if the node finds it too much and it can be made smaller.

    Raises
    ------
    CommonlearnError
        What would stop it.
    """
    (answer,) = estimates_of(sender.connection, [call], sender.address)
    if isinstance(answer, RpcError):
        if "insufficient funds" in answer.message.lower():
            raise InsufficientFunds(sender.address, sender.connection.balance(sender.address), call.value_wei)
        if may_shrink:
            return None
    if isinstance(answer, CommonlearnError):
        raise answer
    return answer


def _within_bytes(samples: Sequence[bytes]) -> int:
    used = 0
    for count, sample in enumerate(samples):
        used += 96 + 32 * -(-len(sample) // 32)  # label, offset and length each take a word
        if used > _MOST_BYTES:
            return max(1, count)
    return len(samples)
