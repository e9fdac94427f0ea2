"""A table that has been checked against its schema, as one matrix of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.custody.errors import SchemaMismatch, SchemaRefused, TargetMissing, ValueRefused
from commonlearn.custody.schema import OTHER, Column, Schema

__all__ = ["Table", "check_columns", "check_values", "conformed"]

Floats = npt.NDArray[np.float64]
_LARGEST_INTEGER = 2.0**53


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows under a schema.

    Parameters
    ----------
    schema : Schema
    values : ndarray of float64, shape (n, columns)
        Numbers as they are, categories as their place in the schema's list, NaN where a cell is empty.
    """

    schema: Schema
    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    def column(self, name: str) -> Floats:
        """One column's values, shape (n,)."""
        return self.values[:, self.schema.names.index(name)]

    @property
    def target(self) -> Floats:
        """What is to be predicted, shape (n,)."""
        return self.column(self.schema.target)

    def rows(self, numbers: npt.ArrayLike) -> Table:
        """Some rows, by their numbers."""
        return Table(self.schema, self.values[np.asarray(numbers, dtype=np.int64)])


def check_columns(schema: Schema, columns: Mapping[str, Sequence[Any]]) -> Table:
    """Check columns of plain values against a schema.

    Parameters
    ----------
    schema : Schema
    columns : mapping of str to sequence
        Equally long. Empty cells are None, NaN or an empty text.

    Raises
    ------
    SchemaMismatch
        Columns are missing or unknown.
    TargetMissing
        A row has no target.
    ValueRefused
        A cell does not fit: no number, no whole number, infinite, outside its range, no known category, empty where it
        may not be. The first one, by columns. Where the schema has ``(other)``, it takes unknown categories.

    Examples
    --------
    >>> schema = Schema((Column("age", "integer"), Column("ill", "category", categories=("no", "yes"))), "ill")
    >>> check_columns(schema, {"ill": ["yes", "no"], "age": [61, None]}).values.tolist()
    [[61.0, 1.0], [nan, 0.0]]
    >>> check_columns(schema, {"ill": ["yes"], "age": [61.5]})
    Traceback (most recent call last):
    ...
    commonlearn.custody.errors.ValueRefused: Row 0, column 'age': the value is no whole number. ...
    """
    missing = [name for name in schema.names if name not in columns]
    unknown = [str(name) for name in columns if name not in schema.names]
    if missing or unknown:
        raise SchemaMismatch(missing, unknown)
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise SchemaRefused("the table's columns are not equally long")
    parts = [_column(column, columns[column.name], column.name == schema.target) for column in schema.columns]
    return Table(schema, np.stack(parts, axis=1))


def check_values(table: Table) -> None:
    """Check a matrix that came from somebody else: targets there, categories known, whole numbers whole, none infinite.

    Ranges are not checked: they may be narrower than the rows (see :func:`conformed`).

    Raises
    ------
    TargetMissing, ValueRefused
        The first cell, by columns, that does not fit.

    Examples
    --------
    >>> schema = Schema((Column("x", "number"), Column("y", "category", categories=("no", "yes"))), "y")
    >>> check_values(Table(schema, np.array([[1.5, 2.0]])))
    Traceback (most recent call last):
    ...
    commonlearn.custody.errors.ValueRefused: Row 0, column 'y': its category is none of the 2 of the schema. ...
    """
    for column in table.schema.columns:
        cells = table.column(column.name)
        empty = np.isnan(cells)
        if column.name == table.schema.target and empty.any():
            raise TargetMissing(column.name, int(empty.argmax()))
        reasons = {"the cell is no finite number": np.isinf(cells)}
        if column.kind == "category":
            reasons[f"its category is none of the {len(column.categories)} of the schema"] = ~empty & (
                (cells < 0) | (cells >= len(column.categories)) | (cells != np.rint(cells))
            )
        elif column.kind == "integer":
            reasons["the value is no whole number"] = ~empty & (cells != np.rint(cells))
        for reason, wrong in reasons.items():
            if wrong.any():
                raise ValueRefused(column.name, int(wrong.argmax()), reason)


def conformed(table: Table, schema: Schema) -> Table:
    """The same rows under a schema with fewer categories or narrower ranges, as a template has them.

    Categories that it does not have become ``(other)``; numbers outside a range stop at its end.

    Parameters
    ----------
    table : Table
    schema : Schema
        The same columns in the same order.

    Raises
    ------
    SchemaMismatch
        Columns, kinds or units differ.
    ValueRefused
        A category is not known there, and there is no ``(other)``.

    Examples
    --------
    >>> ill = Column("ill", "category", categories=("no", "yes"))
    >>> table = check_columns(Schema((Column("age", "integer"), ill), "ill"), {"age": [61, 99], "ill": ["no", "yes"]})
    >>> conformed(table, Schema((Column("age", "integer", low=0, high=90), ill), "ill")).values[:, 0].tolist()
    [61.0, 90.0]
    """
    if [(each.name, each.kind, each.unit) for each in table.schema.columns] != [
        (each.name, each.kind, each.unit) for each in schema.columns
    ]:
        known = {(each.name, each.kind, each.unit) for each in table.schema.columns}
        wanted = {(each.name, each.kind, each.unit) for each in schema.columns}
        raise SchemaMismatch([each[0] for each in sorted(wanted - known)], [each[0] for each in sorted(known - wanted)])
    values = table.values.copy()
    for place, (own, other) in enumerate(zip(table.schema.columns, schema.columns, strict=True)):
        cells = values[:, place]
        if other.kind == "category":
            names = {name: float(number) for number, name in enumerate(other.categories)}
            codes = np.array([names.get(name, names.get(OTHER, np.nan)) for name in own.categories])
            present = ~np.isnan(cells)
            cells[present] = codes[cells[present].astype(np.int64)]
            lost = present & np.isnan(cells)
            if lost.any():
                raise ValueRefused(own.name, int(lost.argmax()), "its category is not in the schema")
        elif other.low is not None:
            np.clip(cells, other.low, other.high, out=cells)
    return Table(schema, values)


def _column(column: Column, cells: Sequence[Any], is_target: bool) -> Floats:
    read = _category if column.kind == "category" else _number
    known = {name: float(place) for place, name in enumerate(column.categories)}
    values = np.empty(len(cells))
    for row, cell in enumerate(cells):
        if cell is None or cell == "" or (isinstance(cell, float) and np.isnan(cell)):
            if is_target:
                raise TargetMissing(column.name, row)
            if not column.missing:
                raise ValueRefused(column.name, row, "the cell is empty, which the schema does not allow")
            values[row] = np.nan
        else:
            values[row] = read(column, row, cell, known)
    return values


def _category(column: Column, row: int, cell: Any, known: Mapping[str, float]) -> float:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if text not in known and OTHER in known:
        return known[OTHER]
    if text not in known:
        # the value itself is not shown: messages end up in logs, and a rare category can be a person
        raise ValueRefused(column.name, row, f"its category is none of the {len(known)} of the schema")
    return known[text]


def _number(column: Column, row: int, cell: Any, known: Mapping[str, float]) -> float:
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        raise ValueRefused(column.name, row, "the cell is no number") from None
    if not np.isfinite(value):
        raise ValueRefused(column.name, row, "the cell is no finite number")
    if column.kind == "integer" and (value != np.rint(value) or abs(value) > _LARGEST_INTEGER):
        raise ValueRefused(column.name, row, "the value is no whole number")
    if column.low is not None and column.high is not None and not column.low <= value <= column.high:
        raise ValueRefused(column.name, row, f"the value is outside {column.low:g} to {column.high:g}")
    return value + 0.0  # -0.0 becomes 0.0: equal rows have equal bytes
