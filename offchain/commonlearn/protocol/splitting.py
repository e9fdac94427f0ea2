"""Money of a job, to the wei (``contracts/libraries/EscrowSplit``, ``contracts/market/JobRules``)."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["DEFAULT_SPLIT", "DELTAML_SPLIT", "funding", "parts", "released", "seat_pay", "share"]

DEFAULT_SPLIT = (5_000, 2_000, 2_000, 1_000)
"""Data, compute, validation, aggregation, in basis points."""
DELTAML_SPLIT = (7_000, 0, 2_000, 1_000)
"""That of DeltaML, where owners compute themselves."""


def share(amount_wei: int, weights: Sequence[int]) -> list[int]:
    """Share an amount by weights: floors, and a wei each to the largest remainders, of equal ones to the first.

    Parameters
    ----------
    amount_wei : int
        At least 0.
    weights : sequence of int
        At least 0; if all are 0, nobody gets anything.

    Examples
    --------
    >>> share(100, [1, 1, 1]), share(7, [0, 0])
    ([34, 33, 33], [0, 0])
    """
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    found = [amount_wei * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount_wei * weights[i] % total), i))
    for i in order[: amount_wei - sum(found)]:
        found[i] += 1
    return found


def parts(budget_wei: int, split: Sequence[int] = DEFAULT_SPLIT) -> tuple[int, int, int, int]:
    """Return the parts of a budget: data, compute, validation, aggregation."""
    data, compute, validation, aggregation = share(budget_wei, split)
    return data, compute, validation, aggregation


def released(amount_wei: int, baseline: int, target: int, score: int) -> int:
    """Return what a score releases: ``⌊amount × clip((baseline - score) / (baseline - target), 0, 1)⌋``.

    The better may be above the baseline (accuracy) or below it (errors).

    Examples
    --------
    >>> released(100, 500_000, 900_000, 700_000), released(100, 900, 400, 1_000), released(100, 900, 400, 300)
    (50, 0, 100)
    """
    gained, wanted = score - baseline, target - baseline
    if wanted < 0:
        gained, wanted = -gained, -wanted
    return 0 if gained <= 0 else amount_wei if gained >= wanted else amount_wei * gained // wanted


def seat_pay(budget_wei: int, rounds: int, subsets_per_round: int, replicas: int, split: Sequence[int]) -> int:
    """Return what each agreed seat of a round is paid.

    Parameters
    ----------
    replicas : int
        Most that a subset of the job's has.
    """
    return parts(budget_wei, split)[1] // (rounds * subsets_per_round * replicas)


def funding(budget_wei: int, bounty_wei: int, rounds: int) -> int:
    """Return what sponsors pay in all: the budget and the purse for bounties."""
    return budget_wei + bounty_wei * (6 * rounds + 12)
