"""From rows to features, by numbers that owners agree on without showing rows.

Two ways. *From ranges*: each number is moved and scaled by the range in the schema, an empty cell becomes the middle;
nothing leaves an owner. *From sums*: each owner gives, for every feature, how many cells are filled, their sum and sum
of squares, and how many lie in each of 64 parts of the range: whole numbers that are added up, best under masks
(:mod:`commonlearn.custody.masking`), so that only the total is ever seen. Medians (to a 64th of the range) fill empty
cells, means become 0 and standard deviations 1. Categories become one column each, all 0 where a cell is empty.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from commonlearn.custody.errors import SumsRefused
from commonlearn.custody.schema import Column, Schema
from commonlearn.custody.table import Table

__all__ = ["LEAST_OWNERS", "Preparation", "column_sums", "from_ranges", "from_sums"]

LEAST_OWNERS = 3
"""Of two owners each could take its own sums off the total, and have the other's."""

_PARTS = 64
_UNIT = 1 << 20
_PER_COLUMN = 3 + _PARTS
Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Preparation:
    """How numbers become features.

    Parameters
    ----------
    schema : Schema
    fill, offset, factor : tuple of float
        Of each feature that is a number, in order: what takes the place of an empty cell, what becomes 0, and units per
        1.0 afterwards.

    Raises
    ------
    SumsRefused
        One of them is not finite.

    Examples
    --------
    >>> from commonlearn.custody import check_columns
    >>> columns = (Column("age", "integer", low=0, high=100), Column("pain", "category", categories=("a", "b")))
    >>> schema = Schema((*columns, Column("ill", "category", categories=("no", "yes"))), "ill")
    >>> table = check_columns(schema, {"age": [75, None], "pain": ["b", None], "ill": ["yes", "no"]})
    >>> X, y = from_ranges(schema).apply(table)
    >>> X.tolist(), y.tolist()
    ([[0.5, 0.0, 1.0], [0.0, 0.0, 0.0]], [1, 0])
    """

    schema: Schema
    fill: tuple[float, ...]
    offset: tuple[float, ...]
    factor: tuple[float, ...]

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (*self.fill, *self.offset, *self.factor))):
            raise SumsRefused("a number of this preparation is not finite")

    @property
    def features(self) -> int:
        """Number of columns of ``X``."""
        return sum(len(column.categories) or 1 for column in self.schema.features)

    def apply(self, table: Table) -> tuple[Floats, npt.NDArray[np.float64] | Integers]:
        """Features and targets of a table.

        Returns
        -------
        X : ndarray of float64, shape (n, features)
        y : ndarray, shape (n,)
            int64 classes, or float64 in regression.

        Raises
        ------
        SumsRefused
            The table is of another schema.
        """
        if table.schema != self.schema:
            raise SumsRefused("the table is of another schema than this preparation")
        parts: list[Floats] = []
        numbers = iter(zip(self.fill, self.offset, self.factor, strict=True))
        for column in self.schema.features:
            cells = table.column(column.name)
            if column.kind == "category":
                parts += [(cells == code).astype(np.float64) for code in range(len(column.categories))]
            else:
                fill, offset, factor = next(numbers)
                parts.append((np.where(np.isnan(cells), fill, cells) - offset) * factor)
        X = np.stack(parts, axis=1)
        return X, table.target.astype(np.int64) if self.schema.classes else table.target.copy()

    def to_json(self) -> str:
        """Canonical text, with the schema's hash in place of the schema."""
        numbers = {name: list(getattr(self, name)) for name in ("fill", "offset", "factor")}
        return json.dumps(numbers | {"schema": self.schema.hash().hex()}, sort_keys=True, separators=(",", ":"))

    def hash(self) -> bytes:
        """SHA-256 of the canonical text: owners compare it before training."""
        return hashlib.sha256(self.to_json().encode("ascii")).digest()


def from_ranges(schema: Schema) -> Preparation:
    """Scale by the agreed ranges alone: low becomes −1, high 1, an empty cell 0.

    Raises
    ------
    SumsRefused
        A number has no range in the schema.
    """
    ends = [_range(column) for column in _numbers(schema)]
    middles = tuple((low + high) / 2 for low, high in ends)
    return Preparation(schema, middles, middles, tuple(2 / (high - low) for low, high in ends))


def column_sums(table: Table) -> Integers:
    """One owner's sums, as whole numbers that add up.

    Parameters
    ----------
    table : Table
        At most 2^20 rows; every number must have a range in the schema.

    Returns
    -------
    ndarray of int64, shape (67 · numbers,)
        For each: count, sum and sum of squares of the place in the range (0 to 1, in 2^20ths), counts of its 64 parts.

    Raises
    ------
    SumsRefused
        A number has no range, or there are too many rows for exact sums.
    """
    if len(table) > _UNIT:
        raise SumsRefused(f"{len(table)} rows are more than 2^20")
    sums = []
    for column in _numbers(table.schema):
        low, high = _range(column)
        cells = table.column(column.name)
        places = np.clip((cells[~np.isnan(cells)] - low) / (high - low), 0.0, 1.0)
        units = np.rint(places * _UNIT).astype(np.int64)
        parts = np.bincount(np.minimum(units * _PARTS // _UNIT, _PARTS - 1), minlength=_PARTS)
        squares = np.rint(places * places * _UNIT).astype(np.int64)
        sums.append(np.concatenate([[len(units), units.sum(), squares.sum()], parts]))
    return np.concatenate(sums).astype(np.int64) if sums else np.zeros(0, dtype=np.int64)


def from_sums(schema: Schema, totals: Sequence[Integers] | Integers) -> Preparation:
    """Standardise by sums over all owners: the same whoever adds them up, in whatever order.

    Parameters
    ----------
    schema : Schema
    totals : ndarray, or sequence of at least three
        The total, or each owner's sums.

    Raises
    ------
    SumsRefused
        They are of too few owners, of another length, or contradict themselves.

    Examples
    --------
    >>> from commonlearn.custody import check_columns
    >>> schema = Schema((Column("age", "integer", low=0, high=64), Column("y", "number")), "y")
    >>> ages = [[10, 20], [30, None], [40]]
    >>> tables = [check_columns(schema, {"age": each, "y": [0] * len(each)}) for each in ages]
    >>> made = from_sums(schema, [column_sums(table) for table in tables])
    >>> [round(value[0], 4) for value in (made.fill, made.offset, made.factor)]
    [21.0, 25.0, 0.0894]
    """
    if isinstance(totals, np.ndarray):
        total = totals
    else:
        if len(totals) < LEAST_OWNERS:
            raise SumsRefused(
                f"they are of {len(totals)} owners, fewer than {LEAST_OWNERS}, who could tell each other's"
            )
        if len({len(each) for each in totals}) > 1:
            raise SumsRefused("they are of different tables")
        total = np.sum(totals, axis=0)
    columns = _numbers(schema)
    if total.shape != (_PER_COLUMN * len(columns),):
        raise SumsRefused(f"{total.shape} numbers are not those of {len(columns)} columns")
    fill, offset, factor = [], [], []
    for column, (count, first, second, *parts) in zip(columns, total.reshape(-1, _PER_COLUMN).tolist(), strict=True):
        low, high = _range(column)
        if min(count, first, second, *parts) < 0 or sum(parts) != count or first > count * _UNIT:
            raise SumsRefused(f"those of column {column.name!r} contradict themselves")
        width = high - low
        mean = first / _UNIT / count if count else 0.5
        variance = max(second / _UNIT / count - mean * mean, 0.0) if count else 0.0
        fill.append(low + width * (_median(parts) if count else 0.5))
        offset.append(low + width * mean)
        # what does not vary stays at 0, rather than being blown up
        factor.append(1 / (width * math.sqrt(variance)) if variance > 1e-9 else 0.0)
    return Preparation(schema, tuple(fill), tuple(offset), tuple(factor))


def _median(parts: Sequence[int]) -> float:
    """Place of the median in the range, as if the cells of each part were spread evenly over it."""
    upto, half = np.cumsum(parts), sum(parts) / 2
    place = int(np.searchsorted(upto, half))
    return (place + 1 - (float(upto[place]) - half) / parts[place]) / _PARTS


def _numbers(schema: Schema) -> list[Column]:
    return [column for column in schema.features if column.kind != "category"]


def _range(column: Column) -> tuple[float, float]:
    if column.low is None or column.high is None:
        raise SumsRefused(f"column {column.name!r} has no range in the schema; agree on one, or take the template's")
    return column.low, column.high
