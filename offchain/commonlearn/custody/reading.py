"""Tables out of files and databases. The only module here that reads anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.custody.errors import TableNotRead
from commonlearn.custody.schema import Column, Schema
from commonlearn.custody.table import Table, check_columns

__all__ = ["columns_of_array", "guess_schema", "read_columns", "read_csv", "read_parquet", "read_sql", "read_table"]

Columns = dict[str, list[Any]]
_MISSING = {"", "?", "na", "n/a", "nan", "null", "none"}
_MOST_CATEGORIES = 20


def read_table(source: str | Path, schema: Schema, *, query: str | None = None) -> Table:
    """Read and check a table: ``.parquet`` and ``.csv`` files, or a database by its SQLAlchemy URL and a query.

    Parameters
    ----------
    source : str or path
        A file, or a URL such as ``postgresql://host/clinic`` where there is a query.
    schema : Schema
    query : str, optional
        SQL; its columns must be the schema's.

    Raises
    ------
    TableNotRead
        It is not there, or no table.
    SchemaMismatch, TargetMissing, ValueRefused
        See :func:`check_columns`.
    """
    return check_columns(schema, read_columns(source) if query is None else read_sql(str(source), query))


def read_columns(path: str | Path) -> Columns:
    """Read a file as columns, by its ending: ``.parquet`` and ``.pq``, else CSV. Errors as for each of them."""
    return read_parquet(path) if Path(path).suffix.lower() in (".parquet", ".pq") else read_csv(path)


def read_csv(path: str | Path, names: Sequence[str] | None = None) -> Columns:
    """Read a CSV file as columns of texts; what stands for a missing value (empty, ``?``, ``NA``) becomes None.

    Parameters
    ----------
    path : str or path
        UTF-8; commas, semicolons or tabs, found out from the first line.
    names : sequence of str, optional
        Of the columns, where the first line is a row already.

    Raises
    ------
    TableNotRead
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableNotRead(str(path), str(error)) from error
    first = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))
    rows = [row for row in rows if row]
    if not rows:
        raise TableNotRead(str(path), "it is empty")
    head = [name.strip() for name in rows.pop(0)] if names is None else list(names)
    if len(set(head)) != len(head):
        raise TableNotRead(str(path), "two columns have the same name")
    for number, row in enumerate(rows):
        if len(row) != len(head):
            raise TableNotRead(str(path), f"row {number} has {len(row)} cells, but there are {len(head)} columns")
    cells = [[None if cell.strip().lower() in _MISSING else cell.strip() for cell in row] for row in rows]
    return {name: [row[place] for row in cells] for place, name in enumerate(head)}


def read_parquet(path: str | Path) -> Columns:
    """Read a Parquet file as columns.

    Raises
    ------
    TableNotRead
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise TableNotRead(str(path), str(error)) from error
    return {name: table.column(name).to_pylist() for name in table.column_names}


def read_sql(url: str, query: str) -> Columns:
    """Read a query's result as columns.

    SQLite and PostgreSQL are told to let nothing be written; everywhere the transaction is rolled back. Give the URL of
    an account that may only read all the same.

    Parameters
    ----------
    url : str
        As SQLAlchemy takes it: ``sqlite:///clinic.db``, ``postgresql://…``.
    query : str

    Raises
    ------
    TableNotRead
        The database is not reached, or refuses. The message does not repeat the password of the URL.
    """
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        shown = make_url(url).render_as_string(hide_password=True)
        engine = create_engine(url, execution_options={"postgresql_readonly": True})
    except (SQLAlchemyError, ImportError) as error:
        raise TableNotRead("the database", f"its URL or driver cannot be used ({type(error).__name__})") from error
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
            result = connection.execute(text(query))
            if not result.returns_rows:
                raise TableNotRead(shown, "the query gives no rows")
            names = list(result.keys())
            rows = result.fetchall()
            connection.rollback()
    except SQLAlchemyError as error:
        raise TableNotRead(shown, type(error).__name__ + ": " + str(getattr(error, "orig", error))) from error
    finally:
        engine.dispose()
    if len(set(names)) != len(names):
        raise TableNotRead(shown, "two columns of the query have the same name")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def columns_of_array(names: Sequence[str], values: npt.ArrayLike) -> Columns:
    """Columns of a two-dimensional array; NaN is empty.

    Examples
    --------
    >>> columns_of_array(["a", "b"], [[1.0, np.nan]])
    {'a': [1.0], 'b': [None]}
    """
    table = np.asarray(values, dtype=np.float64)
    return {
        name: [None if np.isnan(cell) else float(cell) for cell in table[:, place]] for place, name in enumerate(names)
    }


def guess_schema(columns: Columns, target: str, *, classes: bool = True) -> Schema:
    """Guess a schema to begin with. Look at it: units and ranges are the owner's to add, and kinds may be wrong.

    A column is a category when its cells are texts, else an integer or a number. The target is a category if
    ``classes``, and there are no more than 20.

    Raises
    ------
    SchemaRefused
        The target is not among the columns, say.

    Examples
    --------
    >>> guess_schema({"age": ["61", "58"], "ill": ["0", "1"]}, "ill").columns[0].kind
    'integer'
    """
    found = []
    for name, cells in columns.items():
        present = [cell for cell in cells if cell is not None]
        numbers = [_as_number(cell) for cell in present]
        known = sorted({str(cell) for cell in present})
        category = any(number is None for number in numbers) or (
            name == target and classes and len(known) <= _MOST_CATEGORIES
        )
        missing = name != target
        if category or not present:
            found.append(Column(name, "category", categories=tuple(known or ["none"]), missing=missing))
        else:
            whole = all(number is not None and number.is_integer() for number in numbers)
            found.append(Column(name, "integer" if whole else "number", missing=missing))
    return Schema(tuple(found), target)


def _as_number(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None
