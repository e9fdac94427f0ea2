"""What a table's columns are, so that owners can agree on them before anybody shows a row."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from typing import Any, Literal, cast

from commonlearn.custody.errors import SchemaRefused

__all__ = ["OTHER", "Column", "Kind", "Schema"]

Kind = Literal["number", "integer", "category"]
_KINDS = ("number", "integer", "category")
OTHER = "(other)"
"""The category that stands for all rare ones, and takes whatever a schema that has it does not name."""
_LARGEST = sys.float_info.max


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    name : str
        1 to 100 characters.
    kind : {"number", "integer", "category"}
    unit : str, default ""
        ``mmHg``, say; part of the schema, as a column in another unit is another column.
    low, high : float, optional
        Both or none: values outside are refused. Agreed on, not taken from rows: ages from 0 to 120.
    categories : tuple of str
        Of a category: at least one, in the order that numbers them. Texts; numbers are compared as they are written.
    missing : bool, default True
        Whether cells may be empty.

    Examples
    --------
    >>> Column("age", "integer", "years", 0, 120).kind
    'integer'
    """

    name: str
    kind: Kind
    unit: str = ""
    low: float | None = None
    high: float | None = None
    categories: tuple[str, ...] = ()
    missing: bool = True

    def __post_init__(self) -> None:
        def refuse(reason: str) -> None:
            raise SchemaRefused(f"column {self.name!r}: {reason}")

        if not isinstance(self.name, str) or not 1 <= len(self.name) <= 100:
            refuse("its name must have 1 to 100 characters")
        if self.kind not in _KINDS:
            refuse(f"its kind {self.kind!r} is none of {', '.join(_KINDS)}")
        if not isinstance(self.unit, str) or not isinstance(self.missing, bool):
            refuse("its unit must be a text, and missing true or false")
        if (self.low is None) != (self.high is None):
            refuse("it has only one end of a range")
        if self.low is not None and self.high is not None:
            if self.kind == "category":
                refuse("categories have no range")
            if not -_LARGEST <= self.low < self.high <= _LARGEST:
                refuse(f"its range from {self.low} to {self.high} is empty or not finite")
        if self.kind != "category" and self.categories:
            refuse("only categories have categories")
        if self.kind == "category" and (
            not self.categories
            or not all(isinstance(each, str) and each for each in self.categories)
            or len(set(self.categories)) != len(self.categories)
        ):
            refuse("its categories must be different texts, at least one, none of them empty")


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns in their order, and which of them is to be predicted.

    Parameters
    ----------
    columns : tuple of Column
        At least two, names all different.
    target : str
        The column to predict: a category is classification, a number regression. It may not be missing.

    Examples
    --------
    >>> schema = Schema((Column("age", "integer"), Column("ill", "category", categories=("no", "yes"))), "ill")
    >>> schema.classes, Schema.from_json(schema.to_json()) == schema, schema.hash().hex()[:8]
    (2, True, '5a3c480b')
    """

    columns: tuple[Column, ...]
    target: str

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise SchemaRefused("two columns have the same name")
        if self.target not in names:
            raise SchemaRefused(f"the target {self.target!r} is not among the columns")
        if not 2 <= len(names) <= 0xFFFF:
            raise SchemaRefused("there must be a target and at least one other column")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def target_column(self) -> Column:
        """The column to predict."""
        return self.columns[self.names.index(self.target)]

    @property
    def features(self) -> tuple[Column, ...]:
        """All columns but the target."""
        return tuple(column for column in self.columns if column.name != self.target)

    @property
    def classes(self) -> int:
        """Number of classes; 0 in regression."""
        return len(self.target_column.categories)

    def to_json(self) -> str:
        """Canonical text: names sorted, no blanks, ASCII; equal schemas have equal text."""
        columns = [
            {name: getattr(column, name) for name in ("name", "kind", "unit", "missing")}
            | ({"low": float(column.low), "high": float(column.high or 0)} if column.low is not None else {})
            | ({"categories": list(column.categories)} if column.categories else {})
            for column in self.columns
        ]
        return json.dumps({"columns": columns, "target": self.target}, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Schema:
        """Read what :meth:`to_json` writes; whatever is not known is refused.

        Raises
        ------
        SchemaRefused
        """
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SchemaRefused(f"it is no JSON ({error})") from error
        if not isinstance(data, dict) or set(data) != {"columns", "target"} or not isinstance(data["columns"], list):
            raise SchemaRefused("it must have exactly columns and target")
        return cls(tuple(_column(entry) for entry in data["columns"]), data["target"])

    def hash(self) -> bytes:
        """SHA-256 of the canonical text: what a job and a catalogue entry name."""
        return hashlib.sha256(self.to_json().encode("ascii")).digest()


def _column(entry: Any) -> Column:
    known = {"name", "kind", "unit", "low", "high", "categories", "missing"}
    if not isinstance(entry, dict) or not {"name", "kind"} <= set(entry) <= known:
        raise SchemaRefused("a column must have name and kind, and may have unit, low, high, categories, missing")
    fields = cast("dict[str, Any]", dict(entry))
    for end in ("low", "high"):
        if isinstance(fields.get(end), bool) or not isinstance(fields.get(end, 0), int | float):
            raise SchemaRefused(f"column {fields['name']!r}: {end} is no number")
    if not isinstance(fields.get("categories", []), list):
        raise SchemaRefused(f"column {fields['name']!r}: categories are no list")
    return Column(**(fields | {"categories": tuple(fields.get("categories", ()))}))
