"""Each owner's part in a result: Shapley values, exact or by sampling, in whole units.

The Shapley value of an owner is the mean, over all orders in which owners could have come, of what its coming adds
(Shapley 1953). It is the one rule whose parts add up to the whole, which pays nothing for adding nothing, and which
pays equals alike.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from commonlearn.federated.contribution.values import Worth, remembered
from commonlearn.federated.errors import DataRefused, SettingRefused, TooManyOwners

__all__ = ["EXACT_OWNERS", "Estimate", "contributions", "exact_shapley", "sampled_shapley"]

EXACT_OWNERS = 6
"""Most owners whose values are computed exactly: 64 models."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Values of owners.

    Parameters
    ----------
    owners : tuple of str
        As given.
    values : tuple of int
        In units of the worth, rounded once, halves to even.
    errors : tuple of int
        Standard errors in the same units, rounded up; 0 where exact.
    orders : int
        Orders that were sampled; 0 where exact.
    """

    owners: tuple[str, ...]
    values: tuple[int, ...]
    errors: tuple[int, ...]
    orders: int


def exact_shapley(owners: Sequence[str], worth: Worth) -> Estimate:
    """Shapley values out of the worth of every coalition.

    Parameters
    ----------
    owners : sequence of str
        At most 6, each once.
    worth : callable
        See :data:`Worth`.

    Raises
    ------
    DataRefused
        There is no owner, or one twice.
    TooManyOwners
        There are more than 6.

    Examples
    --------
    Two gloves make a pair, worth 60; left hands are owned twice.

    >>> exact_shapley(["left", "left2", "right"], lambda who: 60 * ("right" in who and len(who) > 1)).values
    (10, 10, 40)
    """
    names = _checked(owners)
    if len(names) > EXACT_OWNERS:
        raise TooManyOwners(len(names), EXACT_OWNERS)
    ask, count = remembered(worth), len(names)
    values = []
    for name in names:
        others = [other for other in names if other != name]
        total = 0
        for size in range(count):
            weight = math.factorial(size) * math.factorial(count - size - 1)
            for group in combinations(others, size):
                total += weight * (ask(frozenset(group) | {name}) - ask(frozenset(group)))
        values.append(round(Fraction(total, math.factorial(count))))
    return Estimate(names, tuple(values), (0,) * count, 0)


def sampled_shapley(
    owners: Sequence[str],
    worth: Worth,
    *,
    seed: bytes,
    tolerance: int = 0,
    wanted_error: int = 0,
    most_orders: int = 2000,
    least_orders: int = 30,
) -> Estimate:
    """Estimate Shapley values by truncated Monte Carlo (Ghorbani and Zou 2019, algorithm 1).

    Owners come in orders drawn from the seed. Within an order, once the coalition is worth as much as all together
    within ``tolerance``, those who are still to come are counted as adding nothing. Orders follow from SHA-256 alone,
    so that all who have the seed draw the same, and with the same worth have the same integers.

    Parameters
    ----------
    owners : sequence of str
        Each once.
    worth : callable
        See :data:`Worth`.
    seed : bytes
        Nobody's choice: the block hash of the round's draw, say.
    tolerance : int, default 0
        In units of the worth; 0 still saves models once the worth of all is reached exactly. It is taken for granted
        that who comes after that changes nothing; where later ones would do harm and others mend it, that is missed.
    wanted_error : int, default 0
        Stop as soon as no owner's standard error is above it.
    most_orders, least_orders : int
        How many orders at most, and before the error is looked at.

    Raises
    ------
    DataRefused, SettingRefused

    Examples
    --------
    >>> sampled_shapley(["left", "right"], lambda who: 60 * (len(who) == 2), seed=b"block", most_orders=400)
    Estimate(owners=('left', 'right'), values=(29, 31), errors=(2, 2), orders=400)
    """
    names = _checked(owners)
    if tolerance < 0 or wanted_error < 0:
        raise SettingRefused("tolerance", "neither tolerance nor wanted_error may be negative")
    if not 2 <= least_orders <= most_orders:
        raise SettingRefused("least_orders", f"{least_orders} is not from 2 to most_orders ({most_orders})")
    ask = remembered(worth)
    empty, whole = ask(frozenset()), ask(frozenset(names))
    sums, squares, done = dict.fromkeys(names, 0), dict.fromkeys(names, 0), 0
    for order in _orders(names, seed):
        before, group = empty, frozenset[str]()
        for name in order:
            if abs(whole - before) <= tolerance:
                break
            group |= {name}
            after = ask(group)
            sums[name] += after - before
            squares[name] += (after - before) ** 2
            before = after
        done += 1
        if done >= most_orders or (done >= least_orders and _worst(sums, squares, done) <= wanted_error):
            break
    values = tuple(round(Fraction(sums[name], done)) for name in names)
    errors = tuple(_standard_error(sums[name], squares[name], done) for name in names)
    return Estimate(names, values, errors, done)


def contributions(owners: Sequence[str], worth: Worth, *, seed: bytes, tolerance: int = 0) -> Estimate:
    """Exact Shapley values up to six owners, sampled ones beyond: the protocol's rule.

    Examples
    --------
    >>> contributions(list("abcdefgh"), lambda who: 10 * len(who), seed=b"").values
    (10, 10, 10, 10, 10, 10, 10, 10)
    """
    if len(owners) <= EXACT_OWNERS:
        return exact_shapley(owners, worth)
    return sampled_shapley(owners, worth, seed=seed, tolerance=tolerance)


def _checked(owners: Sequence[str]) -> tuple[str, ...]:
    if not owners or len(set(owners)) != len(owners):
        raise DataRefused("there is no owner, or one is named twice", "Name each owner once")
    return tuple(owners)


def _orders(names: Sequence[str], seed: bytes) -> Iterator[list[str]]:
    """Endless orders by Fisher and Yates, from SHA-256 of seed, number of the order and a counter."""
    number = 0
    while True:
        order, counter = sorted(names), 0
        for last in range(len(order) - 1, 0, -1):
            span = last + 1
            while True:  # words that would favour some are left out
                word = int.from_bytes(
                    hashlib.sha256(seed + number.to_bytes(8, "big") + counter.to_bytes(8, "big")).digest()[:8], "big"
                )
                counter += 1
                if word < (1 << 64) // span * span:
                    break
            other = word % span
            order[last], order[other] = order[other], order[last]
        yield order
        number += 1


def _standard_error(total: int, squares: int, count: int) -> int:
    # sqrt((squares - total²/count) / (count · (count-1))), rounded up, in integers
    spread = squares * count - total * total
    return math.isqrt(max(-(-spread // (count * count * (count - 1))) - 1, 0)) + (1 if spread > 0 else 0)


def _worst(sums: dict[str, int], squares: dict[str, int], count: int) -> int:
    return max(_standard_error(sums[name], squares[name], count) for name in sums)
