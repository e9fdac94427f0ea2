"""Cutting a table into subsets: at random, or skewed so that no subset shows the whole.

IBM's marketplace (Somy et al. 2019, II-B "Data Splitting") asks that no subset has all classes or the whole range of
values, and that no subset has the majority of the data of a single class. Where targets are numbers, quarters of their
range take the place of classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from commonlearn.custody.errors import NotSplittable
from commonlearn.custody.table import Table
from commonlearn.numerics.order import random_order

__all__ = ["Split", "classes_of", "even_split", "skewed_split"]

_QUARTERS = 4
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Split:
    """Subsets of a table.

    Parameters
    ----------
    subsets : tuple of ndarray of int64
        Row numbers of each, ascending; every row is in exactly one.
    hides_a_class : bool
        Whether each subset lacks at least one class.
    holds_no_majority : bool
        Whether no subset has more than half the rows of any class.
    """

    subsets: tuple[Numbers, ...]
    hides_a_class: bool
    holds_no_majority: bool


def classes_of(table: Table) -> Numbers:
    """Class of each row; in regression the quarter, by rank, in which its target lies.

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    if table.schema.classes:
        return table.target.astype(np.int64)
    ends = np.sort(table.target)[[len(table) * part // _QUARTERS for part in range(1, _QUARTERS)]]
    return np.searchsorted(ends, table.target, side="right").astype(np.int64)


def even_split(table: Table, subsets: int, seed: int) -> Split:
    """Cut at random into subsets of equal size, but for one row.

    Parameters
    ----------
    table : Table
    subsets : int
        At least 1, at most as many as rows.
    seed : int
        The same seed gives the same subsets, on every machine.

    Raises
    ------
    NotSplittable

    Examples
    --------
    >>> from commonlearn.custody import Column, Schema, check_columns
    >>> schema = Schema((Column("x", "number"), Column("y", "number")), "y")
    >>> table = check_columns(schema, {"x": range(7), "y": range(7)})
    >>> [len(part) for part in even_split(table, 3, seed=1).subsets]
    [3, 2, 2]
    """
    _check(table, subsets)
    order = random_order(len(table), np.random.PCG64(seed))
    return _described(table, [np.sort(order[place::subsets]) for place in range(subsets)])


def skewed_split(table: Table, subsets: int, seed: int) -> Split:
    """Cut so that each subset lacks a class, and has at most half of any, where classes and subsets allow.

    Classes that occur are dealt round: each subset takes a run of neighbouring ones, as many as leave one out, and each
    class goes to at least two subsets in equal parts. With two classes a subset has one only. With fewer than two
    subsets a class, or classes of one row, a condition may not hold; the result says which do.

    Parameters
    ----------
    table : Table
    subsets : int
        At least 2, at most as many as rows.
    seed : int

    Raises
    ------
    NotSplittable
        There are fewer rows than subsets, or one class only, so that none can be left out.

    Examples
    --------
    >>> from commonlearn.custody import Column, Schema, check_columns
    >>> schema = Schema((Column("x", "integer"), Column("y", "category", categories=("a", "b", "c"))), "y")
    >>> table = check_columns(schema, {"x": range(60), "y": list("abc") * 20})
    >>> split = skewed_split(table, 6, seed=1)
    >>> [len(part) for part in split.subsets], split.hides_a_class, split.holds_no_majority
    ([10, 10, 10, 10, 10, 10], True, True)
    """
    _check(table, subsets)
    labels = classes_of(table)
    present = np.unique(labels)
    count = len(present)
    if count < 2 or subsets < 2:
        raise NotSplittable("there is only one class or one subset, so that no subset can lack a class")
    source = np.random.PCG64(seed)
    run = min(count - 1, max(3, -(-count // 2)))
    while run < count - 1 and subsets * run < 2 * count:
        run += 1
    starts = [place * count // subsets for place in range(subsets)]
    holders: list[list[int]] = [
        [place for place, start in enumerate(starts) if (class_ - start) % count < run] for class_ in range(count)
    ]
    dealt: list[list[Numbers]] = [[] for _ in range(subsets)]
    sizes = [0] * subsets
    for class_, value in enumerate(present):
        rows = np.flatnonzero(labels == value)
        rows = rows[random_order(len(rows), source)]
        # the smallest subset first, so that odd rows go there
        places = sorted(holders[class_] or [min(range(subsets), key=sizes.__getitem__)], key=lambda each: sizes[each])
        for turn, place in enumerate(places):
            part = rows[turn :: len(places)]
            dealt[place].append(part)
            sizes[place] += len(part)
    parts = [np.sort(np.concatenate(each)) if each else np.zeros(0, dtype=np.int64) for each in dealt]
    if not all(len(part) for part in parts):
        raise NotSplittable(f"{len(table)} rows of {count} classes leave some of {subsets} subsets empty")
    return _described(table, parts)


def _check(table: Table, subsets: int) -> None:
    if not 1 <= subsets <= len(table):
        raise NotSplittable(f"{subsets} subsets of {len(table)} rows would leave some empty, or none")


def _described(table: Table, parts: list[Numbers]) -> Split:
    labels = classes_of(table)
    kinds, totals = np.unique(labels, return_counts=True)
    counts = np.array([[int((labels[part] == kind).sum()) for kind in kinds] for part in parts])
    # half of an odd number is rounded up: three rows of a class are dealt two and one
    return Split(tuple(parts), bool((counts == 0).any(axis=1).all()), bool((counts <= -(-totals // 2)).all()))
