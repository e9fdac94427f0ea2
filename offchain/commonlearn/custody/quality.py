"""How much a table promises, as a number by a rule that all parties know.

Four parts, each from 0 to 10,000, and their weighted mean, rounded down:

- amount: different rows, against the number wanted: ``10,000 · min(different, wanted) / wanted``
- variance: mean over the features of a column's *spread*
- missing: cells of features that are not empty, of all
- balance: the *spread* of the target

The spread of a category with c values is ``(1 − Σ p²) / (1 − 1/c)``: 1 where all are equally common. That of a number
is its variance over that of a uniform distribution on its range, ``(high − low)² / 12``, at most 1; without a range in
the schema it is 1 as soon as two values differ. Repeating rows gains nothing, and the score says nothing about truth:
labels made up by chance score well. What data did for the model, contributions say.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from commonlearn.custody.errors import SchemaRefused, TooFewRows
from commonlearn.custody.schema import Column
from commonlearn.custody.table import Table

__all__ = ["Quality", "QualityRule", "quality"]

_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class QualityRule:
    """What the parties agree on.

    Parameters
    ----------
    wanted_rows : int, default 1000
        As many different rows give the full score for amount.
    amount, variance, missing, balance : int, default 2500
        Weights in basis points; together 10,000.

    Raises
    ------
    SchemaRefused
        Weights do not add up.
    """

    wanted_rows: int = 1000
    amount: int = 2500
    variance: int = 2500
    missing: int = 2500
    balance: int = 2500

    def __post_init__(self) -> None:
        weights = (self.amount, self.variance, self.missing, self.balance)
        if self.wanted_rows < 1 or min(weights) < 0 or sum(weights) != _WHOLE:
            raise SchemaRefused("a rule of quality wants at least one row, and weights that add up to 10,000")

    def hash(self) -> bytes:
        """SHA-256 of the rule as JSON with sorted names: what a catalogue entry names beside the score."""
        fields = {name: getattr(self, name) for name in ("wanted_rows", "amount", "variance", "missing", "balance")}
        return hashlib.sha256(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")).digest()


@dataclass(frozen=True, slots=True)
class Quality:
    """The score and its parts, each 0 to 10,000."""

    score: int
    amount: int
    variance: int
    missing: int
    balance: int

    @property
    def millionths(self) -> int:
        """The score from 0 to 1,000,000, as the catalogue on the chain has it."""
        return 100 * self.score


def quality(table: Table, rule: QualityRule | None = None) -> Quality:
    """Score a table. The result does not depend on the order of rows, and is the same on every machine.

    Parameters
    ----------
    table : Table
        At least one row.
    rule : QualityRule, optional

    Raises
    ------
    TooFewRows
        There is no row.

    Examples
    --------
    >>> from commonlearn.custody import Column, Schema, check_columns
    >>> ill = Column("ill", "category", categories=("no", "yes"))
    >>> schema = Schema((Column("age", "integer", low=0, high=120), ill), "ill")
    >>> table = check_columns(schema, {"age": [30, 90, 60, None], "ill": ["no", "yes", "no", "yes"]})
    >>> quality(table, QualityRule(wanted_rows=8))
    Quality(score=6875, amount=5000, variance=5000, missing=7500, balance=10000)
    """
    agreed = rule if rule is not None else QualityRule()
    if not len(table):
        raise TooFewRows(0, 1, "A quality score")
    different = len(np.unique(np.nan_to_num(table.values, nan=np.inf), axis=0))
    features = [(column, table.column(column.name)) for column in table.schema.features]
    spreads = [_spread(column, cells) for column, cells in features]
    present = sum(int((~np.isnan(cells)).sum()) for _, cells in features)
    amount = _WHOLE * min(different, agreed.wanted_rows) // agreed.wanted_rows
    variance = math.floor(_WHOLE * sum(spreads, Fraction(0)) / len(spreads))
    missing = _WHOLE * present // (len(table) * len(features))
    balance = math.floor(_WHOLE * _spread(table.schema.target_column, table.target))
    score = (
        agreed.amount * amount + agreed.variance * variance + agreed.missing * missing + agreed.balance * balance
    ) // _WHOLE
    return Quality(score, amount, variance, missing, balance)


def _spread(column: Column, cells: npt.NDArray[np.float64]) -> Fraction:
    values = cells[~np.isnan(cells)]
    if len(values) < 2:
        return Fraction(0)
    if column.kind == "category":
        counts = np.bincount(values.astype(np.int64), minlength=len(column.categories))
        if len(counts) < 2:
            return Fraction(0)
        same = Fraction(sum(int(count) ** 2 for count in counts), len(values) ** 2)
        return (1 - same) / (1 - Fraction(1, len(counts)))
    if column.low is None or column.high is None:
        return Fraction(int(values.min() != values.max()))
    # fsum is rounded once, whatever the order
    mean = math.fsum(values) / len(values)
    variance = Fraction(math.fsum((values - mean) ** 2)) / len(values)
    width = Fraction(column.high) - Fraction(column.low)
    return min(variance * 12 / width**2, Fraction(1))
