"""Making what settings name: a schema out of a table, held-back rows under salts, a program with its sheet."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from commonlearn.custody import Schema, Shard, Table, derived_salts, read_table
from commonlearn.custody.errors import SchemaRefused, TooFewRows
from commonlearn.custody.reading import guess_schema, read_columns
from commonlearn.federated.programs import program_digest, program_source
from commonlearn.pod.inputs import read_schema
from commonlearn.pod.roles.sheet import Sheet, with_sheet

__all__ = ["HeldBack", "held_back", "made_program", "made_schema", "made_test_set", "schema_text"]

_NOBODY = bytes(20)
_NO_DATASET = bytes(32)


def made_schema(
    table: Path, target: str, ranges: Mapping[str, tuple[float, float]], *, is_regression: bool = False
) -> Schema:
    """Guess a table's schema, with the ranges that were agreed on.

    Parameters
    ----------
    table : Path
        CSV or Parquet.
    target : str
        The column to predict.
    ranges : mapping of str to (float, float)
        Lowest and highest value of columns.
    is_regression : bool
        Whether the target is a number.

    Raises
    ------
    TableNotRead, SchemaRefused
        The table cannot be read; a column is not there, or has no such range.
    """
    found = guess_schema(read_columns(table), target, classes=not is_regression)
    unknown = [name for name in ranges if name not in found.names]
    if unknown:
        raise SchemaRefused(f"there is no such column as {unknown[0]!r}; there are {', '.join(found.names)}")
    columns = [
        replace(one, low=ranges[one.name][0], high=ranges[one.name][1]) if one.name in ranges else one
        for one in found.columns
    ]
    return replace(found, columns=tuple(columns))


def schema_text(schema: Schema) -> str:
    """A schema for people to look at and edit; its hash is of the canonical text, however it is laid out."""
    return json.dumps(json.loads(schema.to_json()), indent=2) + "\n"


@dataclass(frozen=True)
class HeldBack:
    """Rows that only validators have.

    Attributes
    ----------
    content : bytes
        The file that every validator needs.
    root : bytes
        What names their pool.
    rows : int
    """

    content: bytes
    root: bytes
    rows: int


def made_test_set(table: Path, schema: Path) -> HeldBack:
    """Commit to a table's rows.

    Raises
    ------
    ConfigProblem
        The schema cannot be read.
    CustodyError
        The table cannot be read, does not fit, or has no row.
    """
    shard = held_back(read_table(table, read_schema(schema, "--schema")))
    return HeldBack(shard.to_bytes(), shard.root, len(shard.table))


def held_back(table: Table) -> Shard:
    """Rows under salts of a fresh secret: nobody can tell a row from the root.

    Raises
    ------
    TooFewRows
        There is none.

    Examples
    --------
    >>> from commonlearn.custody import Column, check_columns
    >>> schema = Schema((Column("x", "number"), Column("y", "number")), "y")
    >>> table = check_columns(schema, {"x": [1], "y": [2]})
    >>> held_back(table).root != held_back(table).root
    True
    """
    if not len(table):
        raise TooFewRows(0, 1, "A set of held-back rows")
    return Shard(_NO_DATASET, _NOBODY, 0, table, tuple(derived_salts(secrets.token_bytes(32), 0, len(table))))


def made_program(
    name: str,
    settings: Mapping[str, Any],
    strategy: str,
    *,
    limit: int,
    title: str = "",
    source: bytes | None = None,
) -> tuple[bytes, str]:
    """Put a sheet before a program: the one that ships for an estimator, or another.

    Returns
    -------
    content : bytes
    digest : str
        Its SHA-256.

    Raises
    ------
    UnknownName, SheetRefused
        There is no such estimator, strategy or setting.
    """
    content = with_sheet(
        program_source(name) if source is None else source, Sheet(name, settings, strategy, limit=limit, title=title)
    )
    return content, program_digest(content).hex()
