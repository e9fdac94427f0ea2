"""How to cut a replay into transactions that fit: estimates from above of what steps cost.

The estimates are measured, not derived: `make bench` shows them against receipts. An engine that is changed needs new
ones; one of somebody else's needs its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Costs", "Portion", "cut_round", "model_costs", "perceptron_costs"]

_BYTE_GAS = 16
_INPUT_BYTES = 7 * 32  # an input's fields, its place in the array and its sample's length
_STATE_BYTES = 40 * 32


@dataclass(frozen=True, slots=True)
class Portion:
    """Steps that go into one transaction.

    Parameters
    ----------
    first_step : int
        Steps done before.
    contributions : int
        How many are replayed.
    closes_round : bool
        Whether the round is closed behind them, which is one more step.
    """

    first_step: int
    contributions: int
    closes_round: bool

    @property
    def steps(self) -> int:
        """How many steps these are."""
        return self.contributions + self.closes_round


@dataclass(frozen=True, slots=True)
class Costs:
    """What transactions cost at most, in gas.

    Parameters
    ----------
    start_gas : int
        A portion without contributions.
    input_gas : sequence of int
        Each contribution of a round, in order.
    start_bytes : int
        Calldata of a portion without contributions.
    input_bytes : sequence of int
        Calldata of each contribution.
    closing_gas : int
        Closing a round.
    """

    start_gas: int
    input_gas: Sequence[int]
    start_bytes: int
    input_bytes: Sequence[int]
    closing_gas: int


def cut_round(costs: Costs, first_step: int, gas_limit: int, byte_limit: int) -> Iterator[Portion]:
    """Cut a round into portions, each as long as fits, and at least one contribution.

    Examples
    --------
    >>> costs = Costs(10, [5] * 5, 0, [1] * 5, 5)
    >>> [(each.contributions, each.closes_round) for each in cut_round(costs, 0, 25, 100)]
    [(3, False), (2, True)]
    """
    gas, size, count, done = costs.start_gas, costs.start_bytes, 0, 0
    for input_gas, input_bytes in zip(costs.input_gas, costs.input_bytes, strict=True):
        if count and (gas + input_gas > gas_limit or size + input_bytes > byte_limit):
            yield Portion(first_step + done, count, False)
            done += count
            gas, size, count = costs.start_gas, costs.start_bytes, 0
        gas, size, count = gas + input_gas, size + input_bytes, count + 1
    if count and gas + costs.closing_gas > gas_limit:
        yield Portion(first_step + done, count, False)
        done, count = done + count, 0
    yield Portion(first_step + done, count, True)


def perceptron_costs(
    lanes: int,
    words: int,
    score_words: int,
    participants: int,
    prepared_bytes: int,
    sample_bytes: Sequence[int],
    *,
    unit: int,
    blocks: int | None,
    adders: int,
) -> Costs:
    """Costs of ``PerceptronReplay``.

    Parameters
    ----------
    lanes, words, score_words, participants : int
        Of the state.
    prepared_bytes : int
        Of the test set.
    sample_bytes : sequence of int
        Of each contribution.
    unit : int
        Bytes a feature.
    blocks : int or None
        Blocks of 256 presence samples; None for samples with values.
    adders : int
        Full adders that a block takes: slices times the bits of the step that are set.
    """
    state = _STATE_BYTES + 32 * (words + score_words + 2 * participants)
    start_bytes = state + prepared_bytes + 600
    per_feature = 400 + 75 * blocks if blocks is not None else 450 + 60 * score_words
    fixed = 8_000 + (2_000 + 90 * adders) * blocks if blocks is not None else 8_000 + 60 * score_words
    return Costs(
        start_gas=100_000 + _BYTE_GAS * start_bytes + 350 * (prepared_bytes // unit) + 300 * lanes + 30 * state // 32,
        input_gas=[
            fixed + per_feature * (size // unit) + _BYTE_GAS * (size + _INPUT_BYTES) // 2 for size in sample_bytes
        ],
        start_bytes=start_bytes,
        input_bytes=[_padded(size) + _INPUT_BYTES for size in sample_bytes],
        closing_gas=100_000 + 2_500 * participants + _BYTE_GAS * state // 2,
    )


def model_costs(
    words: int, participants: int, tests: int, prepared_bytes: int, sample_bytes: Sequence[int], *, unit: int
) -> Costs:
    """Costs of ``ModelReplay`` with one of the project's models; parameters as :func:`perceptron_costs`."""
    state = _STATE_BYTES + 32 * (words + 2 * participants)
    start_bytes = state + prepared_bytes + 600
    asking = 7_000 * tests + 900 * (prepared_bytes // unit)
    return Costs(
        start_gas=400_000 + _BYTE_GAS * start_bytes + 28_000 * words,
        input_gas=[asking + 60_000 + 6_000 * (size // unit) for size in sample_bytes],
        start_bytes=start_bytes,
        input_bytes=[_padded(size) + _INPUT_BYTES for size in sample_bytes],
        closing_gas=100_000 + 2_500 * participants + _BYTE_GAS * state // 2,
    )


def _padded(size: int) -> int:
    return -(-size // 32) * 32
