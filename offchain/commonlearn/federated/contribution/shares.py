"""From values to money: shares in basis points that everybody computes alike."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["BASIS_POINTS", "largest_remainder", "payout_shares", "payout_weights"]

_LARGEST = (1 << 64) - 1

BASIS_POINTS = 10_000
"""The whole, in basis points."""


def payout_shares(values: Sequence[int]) -> tuple[int, ...]:
    """``max(value, 0) / sum of max(value, 0)`` in basis points.

    Parameters
    ----------
    values : sequence of int
        Of owners, on a fixed grid already (millionths of a metric), in the order in which the chain lists them.

    Returns
    -------
    tuple of int
        They add up to 10,000; all 0 if no value is positive (the data's part then goes back to who paid).

    Examples
    --------
    >>> payout_shares([26, -5, 26, 0]), payout_shares([1, 1, 1]), payout_shares([-1, 0])
    ((5000, 0, 5000, 0), (3334, 3333, 3333), (0, 0))
    """
    return largest_remainder(payout_weights(values), BASIS_POINTS)


def payout_weights(values: Sequence[int]) -> tuple[int, ...]:
    """``max(value, 0)``, at most 2^64 - 1: what validators vote on, and by which the contract splits.

    Examples
    --------
    >>> payout_weights([26, -5])
    (26, 0)
    """
    return tuple(min(max(value, 0), _LARGEST) for value in values)


def largest_remainder(weights: Sequence[int], total: int) -> tuple[int, ...]:
    """Split a total by weights into whole parts: first rounded down, then one more to the largest remainders.

    Of equal remainders the first comes first. All zero if all weights are.

    Parameters
    ----------
    weights : sequence of int
        Not negative.
    total : int
        What is split, in wei or basis points.

    Examples
    --------
    >>> largest_remainder([1, 1, 2], 10)
    (3, 2, 5)
    """
    whole = sum(weights)
    if not whole:
        return (0,) * len(weights)
    parts = [weight * total // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(weights[place] * total % whole), place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return tuple(parts)
