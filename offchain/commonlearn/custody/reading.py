"""Tables out of files and databases. The only module here that reads anything."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from commonlearn.custody.errors import TableNotRead
from commonlearn.custody.schema import OTHER, Column, Schema
from commonlearn.custody.table import Table, check_columns

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.exc import SQLAlchemyError

__all__ = ["columns_of_array", "guess_schema", "read_columns", "read_csv", "read_parquet", "read_sql", "read_table"]

Columns = dict[str, list[Any]]
_MISSING = {"", "?", "na", "n/a", "nan", "null", "none"}
_MOST_CATEGORIES = 20
_HARMLESS_STATES = {"08", "25", "28", "3D", "42", "53", "57"}
"""Classes of SQLSTATE that tell of connection, access, transaction or statement, and of no value."""
_MOST_ATTACHED = 7
"""SQLITE_LIMIT_ATTACHED; with none, a query cannot make or open other files."""


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
    return check_columns(schema, read_columns(source, schema) if query is None else read_sql(str(source), query))


def read_columns(path: str | Path, schema: Schema | None = None) -> Columns:
    """Read a file as columns, by its ending: ``.parquet`` and ``.pq``, else CSV. Errors as for each of them."""
    return read_parquet(path) if Path(path).suffix.lower() in (".parquet", ".pq") else read_csv(path, schema=schema)


def read_csv(path: str | Path, names: Sequence[str] | None = None, *, schema: Schema | None = None) -> Columns:
    """Read a CSV file as columns of texts; what stands for a missing value (empty, ``?``, ``NA``) becomes None.

    Parameters
    ----------
    path : str or path
        UTF-8; commas, semicolons or tabs, found out from the first line.
    names : sequence of str, optional
        Of the columns, where the first line is a row already.
    schema : Schema, optional
        What it names as a category is one, and not missing: ``none``, say.

    Raises
    ------
    TableNotRead
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableNotRead(str(path), str(error)) from error
    first = text.partition("\n")[0]
    try:  # strictly: a quote at the wrong place would make one cell of several lines
        rows = list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count), strict=True))
    except csv.Error as error:
        raise TableNotRead(str(path), f"its quotes or cells are not those of a CSV file ({error})") from None
    rows = [row for row in rows if row]
    if not rows:
        raise TableNotRead(str(path), "it is empty")
    head = [name.strip() for name in rows.pop(0)] if names is None else list(names)
    if len(set(head)) != len(head):
        raise TableNotRead(str(path), "two columns have the same name")
    for number, row in enumerate(rows):
        if len(row) != len(head):
            raise TableNotRead(str(path), f"row {number} has {len(row)} cells, but there are {len(head)} columns")
    named = {column.name: set(column.categories) for column in schema.columns} if schema is not None else {}
    kept = [named.get(name, set()) for name in head]
    cells = [[_cell(cell.strip(), known) for cell, known in zip(row, kept, strict=True)] for row in rows]
    return {name: [row[place] for row in cells] for place, name in enumerate(head)}


def _cell(text: str, known: set[str]) -> str | None:
    return None if text.lower() in _MISSING and text not in known else text


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
    an account that may only read all the same: some drivers take several statements at once, which can end that.

    Parameters
    ----------
    url : str
        As SQLAlchemy takes it: ``sqlite:///clinic.db``, ``postgresql://…``.
    query : str

    Raises
    ------
    TableNotRead
        The database is not reached, or refuses. The message repeats neither the password of the URL nor, where a value
        is what is wrong, the database's own words, as these may quote a row.
    """
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        shown = make_url(url).render_as_string(hide_password=True)
        engine = create_engine(url, execution_options={"postgresql_readonly": True})
    except ImportError as error:
        reason = f"its driver is not installed ({error}); install it, or name another: postgresql+psycopg2://, say"
        raise TableNotRead("the database", reason) from None
    except SQLAlchemyError as error:
        raise TableNotRead("the database", f"its URL or driver cannot be used ({type(error).__name__})") from None
    asked = False
    try:
        _require_file(engine, shown)
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
                connection.connection.dbapi_connection.setlimit(_MOST_ATTACHED, 0)  # type: ignore[union-attr]
            result = connection.execute(text(query))
            asked = True
            if not result.returns_rows:
                raise TableNotRead(shown, "the query gives no rows")
            names = list(result.keys())
            rows = result.fetchall()
            connection.rollback()
    except SQLAlchemyError as error:
        raise TableNotRead(shown, _words(error, asked)) from None  # its traceback would quote what it does not say
    finally:
        engine.dispose()
    if len(set(names)) != len(names):
        raise TableNotRead(shown, "two columns of the query have the same name")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _require_file(engine: Engine, shown: str) -> None:
    """SQLite would make a file that is not there."""
    name = engine.url.database
    is_path = engine.dialect.name == "sqlite" and name and name != ":memory:" and not name.startswith("file:")
    if is_path and not Path(name or "").is_file():
        raise TableNotRead(shown, "there is no such file")


def _words(error: SQLAlchemyError, asked: bool) -> str:
    """What may be repeated of an error: databases quote the value that they stumble over, and that is somebody's."""
    from sqlalchemy.exc import OperationalError

    original, kind = getattr(error, "orig", None), type(error).__name__
    code = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    if code is None and original is not None and original.args and isinstance(original.args[0], dict):
        code = original.args[0].get("C")  # as pg8000 has it
    if code[:2] in _HARMLESS_STATES if code else isinstance(error, OperationalError) and not asked:
        return f"{kind}: {original}"
    return f"{kind}{f' ({code})' if code else ''}; what exactly is not repeated here, as it may quote a row"


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


def guess_schema(columns: Columns, target: str, *, classes: bool = True, k: int = 5) -> Schema:
    """Guess a schema to begin with. Look at it: units and ranges are the owner's to add, and kinds may be wrong.

    A column is a category when its cells are texts, else an integer or a number. The target is a category if
    ``classes``, and there are no more than 20. Categories of fewer than ``k`` rows become ``(other)``: a schema is
    published, and a name or a rare illness is somebody's.

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
        counts = Counter(map(str, present))
        known = sorted(counts)
        category = any(number is None for number in numbers) or (
            name == target and classes and len(known) <= _MOST_CATEGORIES
        )
        missing = name != target
        if category or not present:
            common = [each for each in known if counts[each] >= k and each != OTHER]
            rest = [OTHER] if len(common) < max(len(known), 1) else []
            found.append(Column(name, "category", categories=(*common, *rest), missing=missing))
        else:
            whole = all(number is not None and number.is_integer() for number in numbers)
            found.append(Column(name, "integer" if whole else "number", missing=missing))
    return Schema(tuple(found), target)


def _as_number(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
