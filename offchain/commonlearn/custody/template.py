"""A table's picture for people who may not see it: same columns, no row and no rare value of it.

Fitchain's primer (1.2.1) asks for a template that is not the data, holds nothing that would let anyone rebuild them,
and on which code runs that will run on the data. With a threshold ``k``:

- a range goes from the k-th smallest to the k-th largest value, widened outwards to round steps (1, 2 or 5 times a
  power of ten); outliers lie outside it;
- a category is kept if at least k rows have it; all others become ``(other)``, which features always have, so that it
  tells nothing, and the target only if it has to;
- how much is missing is rounded to twentieths, and the number of rows down to one digit;
- rows are made up: each cell by itself from the range or the kept categories, alike likely, so that nothing between
  columns shows. A made-up row that is one of the table, and a value that fewer than k rows have, is never given.

What is left out could tell as much as what is shown: whoever can draw the same rows again sees which of them are
missing, and these are the real ones. So rows come from a secret of the owner's, and by the same secret half of all rows
and values that are *not* the table's are left out too: to miss one makes it at most twice as likely to be real.

Not promised: differential privacy. Ranges and kept categories are facts about the table, and two templates of tables
that differ in one row can differ; a row that is shown is nobody's, which is a fact too; and k counts rows, not people,
where somebody has several. Ranges that the schema agrees on beforehand are taken as they are and tell nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import math
import secrets
import struct
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from commonlearn.custody.errors import CustodyError, NothingToShow, TooFewRows
from commonlearn.custody.rows import row_bytes
from commonlearn.custody.schema import OTHER, Column, Schema
from commonlearn.custody.table import Table, check_values, conformed
from commonlearn.numerics.order import random_order

__all__ = ["Template", "make_template"]

DEFAULT_K = 5
_GRID = 64
_TRIES = 50
_TWENTIETHS = 20
_SECRET_BYTES = 32
_LEAST_SPAN, _LARGEST_SPAN = 1e-300, 1e308
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """What is published of a table.

    Parameters
    ----------
    schema : Schema
        With coarse ranges and common categories. Rows are trained on under this one (:func:`conformed`).
    about_rows : int
        Number of rows, rounded down to one digit.
    missing : tuple of int
        Empty cells of each column, in twentieths.
    sample : Table
        Made-up rows.
    """

    schema: Schema
    about_rows: int
    missing: tuple[int, ...]
    sample: Table

    def to_json(self) -> str:
        """Canonical text; equal templates have equal text."""
        rows = [[None if math.isnan(cell) else cell for cell in row] for row in self.sample.values.tolist()]
        fields = {
            "about_rows": self.about_rows,
            "missing": list(self.missing),
            "rows": rows,
            "schema": json.loads(self.schema.to_json()),
        }
        return json.dumps(fields, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Template:
        """Read what :meth:`to_json` writes.

        Raises
        ------
        CustodyError
            It is no template.
        """
        try:
            data = json.loads(text)
            schema = Schema.from_json(json.dumps(data["schema"]))
            rows = [[np.nan if cell is None else float(cell) for cell in row] for row in data["rows"]]
            values = np.array(rows, dtype=np.float64).reshape(len(rows), len(schema.columns))
            missing = tuple(map(int, data["missing"]))
            if len(missing) != len(schema.columns):
                raise ValueError("its columns differ in number")
            check_values(Table(schema, values))
            return cls(schema, int(data["about_rows"]), missing, Table(schema, values))
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise CustodyError(f"This is no template ({error}). Fetch it again.") from error

    def hash(self) -> bytes:
        """SHA-256 of the canonical text: its name in the catalogue."""
        return hashlib.sha256(self.to_json().encode("ascii")).digest()


def make_template(table: Table, *, k: int = DEFAULT_K, rows: int = 50, secret: bytes | None = None) -> Template:
    """Derive a template.

    Parameters
    ----------
    table : Table
        At least ``2 k`` rows.
    k : int, default 5
        How many rows must share something before it is shown; at least 2.
    rows : int, default 50
        How many rows are made up; fewer come out where hardly any other row than real ones is possible.
    secret : bytes, optional
        At least 32 random bytes, never shown: with the same, the same template is made again. Fresh ones by default.

    Raises
    ------
    TooFewRows
        There are not ``2 k``, or every possible row is a real one.
    NothingToShow
        Every value that a column may have is a rare one.
    ValueError
        The secret is too short.

    Examples
    --------
    >>> from commonlearn.custody import check_columns
    >>> ill = Column("ill", "category", categories=("no", "rarely", "yes"))
    >>> schema = Schema((Column("age", "integer"), ill), "ill")
    >>> cells = {"age": [*range(20, 80), 117], "ill": ["no", "yes"] * 30 + ["rarely"]}
    >>> template = make_template(check_columns(schema, cells))
    >>> [(column.low, column.high, column.categories) for column in template.schema.columns]
    [(20.0, 80.0, ()), (None, None, ('no', 'yes', '(other)'))]
    """
    if k < 2:
        raise CustodyError("A template's threshold k must be at least 2: with 1 it would show single rows.")
    if rows < 1:
        raise CustodyError("A template must have at least one made-up row.")
    if len(table) < 2 * k:
        raise TooFewRows(len(table), 2 * k, f"A template with k = {k}")
    coins = _Coins(secrets.token_bytes(_SECRET_BYTES) if secret is None else secret)
    target = table.schema.target
    columns = tuple(
        _coarse(column, table.column(column.name), k, column.name == target) for column in table.schema.columns
    )
    schema = Schema(columns, target)
    missing = tuple(_missing(table.column(column.name), k) for column in columns)
    choices = [_choices(column, table.column(column.name), k, coins) for column in columns]
    made = _made_up(schema, choices, missing, {*row_bytes(table), *row_bytes(conformed(table, schema))}, rows, coins)
    if not len(made):
        raise TooFewRows(len(table), len(table) + 1, "A template in which every possible row is not a real one")
    return Template(schema, _one_digit(len(table)), missing, Table(schema, made))


class _Coins:
    """Chance that follows from a secret, so that nobody else can toss again what was tossed."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _SECRET_BYTES:
            raise ValueError("the secret for a template must have at least 32 random bytes")
        self._secret, self._drawn = secret, 0

    def random_raw(self, size: int, /) -> npt.NDArray[np.uint64]:
        """The next words of 64 bits."""
        place = b"commonlearn template" + self._drawn.to_bytes(8, "big")
        self._drawn += 1
        return np.frombuffer(hashlib.shake_256(place + self._secret).digest(8 * size), dtype=">u8").astype(np.uint64)

    def hides(self, what: bytes) -> bool:
        """Heads or tails, the same whenever it is asked."""
        return bool(hmac.digest(self._secret, b"commonlearn template hides" + what, hashlib.sha256)[0] & 1)


def _made_up(
    schema: Schema, choices: list[Floats], missing: tuple[int, ...], real: set[bytes], rows: int, coins: _Coins
) -> Floats:
    """Rows by chance, none real. Of what is refused all but the target is drawn again, so that no class goes."""
    place = schema.names.index(schema.target)
    targets, made, toss = _drawn(choices[place], rows, 0, coins), [np.zeros((0, len(choices)))], 0
    for turn in range(_TRIES):
        if len(targets) == rows:  # perhaps there is hardly a row left to show, and the coin hides it
            toss = turn
        if not len(targets):
            break
        parts = [_drawn(choice, len(targets), part, coins) for choice, part in zip(choices, missing, strict=True)]
        parts[place] = targets
        drawn = Table(schema, np.stack(parts, axis=1))
        sign = f"row {toss} ".encode()
        shown = np.array([row not in real and not coins.hides(sign + row) for row in row_bytes(drawn)])
        made.append(drawn.values[shown])
        targets = targets[~shown]
    return np.concatenate(made)


def _coarse(column: Column, cells: Floats, k: int, is_target: bool) -> Column:
    present = np.sort(cells[~np.isnan(cells)])
    if column.kind == "category":
        counts = np.bincount(present.astype(np.int64), minlength=len(column.categories))
        kept = tuple(
            name for name, count in zip(column.categories, counts, strict=True) if count >= k and name != OTHER
        )
        rest = not is_target or len(kept) < len(column.categories)
        return dataclasses.replace(column, categories=kept + ((OTHER,) if rest else ()))
    if column.low is not None:
        return column
    if len(present) < 2 * k:  # too few cells are filled to say anything of them
        return dataclasses.replace(column, low=0.0, high=1.0)
    low, high = float(present[k - 1]), float(present[-k])
    factor, power = _step(high - low if high > low else max(abs(low), 1.0))
    step = Decimal(factor).scaleb(power)
    first, last = math.floor(Decimal(low) / step), math.ceil(Decimal(high) / step)
    last += first == last
    return dataclasses.replace(column, low=float(first * step), high=float(last * step))


def _step(span: float) -> tuple[int, int]:
    """The round number (1, 2 or 5 times a power of ten) next above an eighth of a span, as factor and power."""
    span = min(max(span, _LEAST_SPAN), _LARGEST_SPAN)
    power = math.floor(math.log10(span / 8))
    for factor in (1, 2, 5):
        if Decimal(factor).scaleb(power) >= Decimal(span) / 8:
            return factor, power
    return 1, power + 1


def _choices(column: Column, cells: Floats, k: int, coins: _Coins) -> Floats:
    """Values that a made-up cell may have: those of k rows and more, none of rarer ones, half of those of no row."""
    if column.kind == "category":
        return np.arange(len(column.categories), dtype=np.float64)
    if column.low is None or column.high is None:
        raise AssertionError("coarse columns of numbers have a range")
    values, counts = np.unique(cells[~np.isnan(cells)], return_counts=True)
    occurs = dict(zip(values.tolist(), counts.tolist(), strict=True))
    low, high = column.low, column.high
    for finer in (1, 8, 64):
        grid = np.linspace(low, high, _GRID * finer + 1)
        if column.kind == "integer":
            grid = np.unique(np.rint(grid))
            grid = grid[(grid >= low) & (grid <= high)]
        places = [(value, occurs.get(value, 0)) for value in (grid + 0.0).tolist()]
        for toss in range(_TRIES):
            sign = f"{toss} {column.name} ".encode()
            kept = [value for value, rows in places if rows >= k or (not rows and not coins.hides(sign + _word(value)))]
            if kept:
                return np.array(kept)
    raise NothingToShow(column.name, k)


def _word(value: float) -> bytes:
    return struct.pack(">d", value)


def _drawn(choices: Floats, count: int, missing: int, source: _Coins) -> Floats:
    if not len(choices):
        return np.full(count, np.nan)
    # every choice comes once before any comes twice: with enough rows each class is there
    turns = [random_order(len(choices), source) for _ in range(-(-count // len(choices)))]
    values = choices[np.concatenate(turns)[:count]]
    values[random_order(count, source)[: count * missing // _TWENTIETHS]] = np.nan
    return values


def _missing(cells: Floats, k: int) -> int:
    empty = int(np.isnan(cells).sum())
    if empty < k:
        return 0
    if len(cells) - empty < k:
        return _TWENTIETHS
    return min(max(round(_TWENTIETHS * empty / len(cells)), 1), _TWENTIETHS)


def _one_digit(count: int) -> int:
    power: int = 10 ** (len(str(count)) - 1)
    return count // power * power
