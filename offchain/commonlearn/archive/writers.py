"""Tables as files whose bytes follow from their content alone: no dates, no versions, one order, no compression.

Parquet's writer leaves its own version in the file's footer; it is replaced by a fixed name of the same kind
(:func:`anonymous`). The encoding of pages is the writer's affair, so Parquet files are the same for the same major
version of pyarrow; the data card therefore also holds the hash of the CSV table, which depends on nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from commonlearn.archive.dataset import DataSet
from commonlearn.archive.errors import ExportProblem
from commonlearn.archive.tables import Kind, Table, contributions_table, weights_table

__all__ = ["CARD", "FORMATS", "anonymous", "csv_bytes", "files_of", "parquet_bytes", "svmlight_bytes", "write_files"]

_ROW_GROUP = 65_536
_MAGIC = b"PAR1"
_CREATOR = b"commonlearn"
CARD = "card.json"
_NAMES = (
    "contributions.csv",
    "weights.csv",
    "contributions.parquet",
    "weights.parquet",
    "samples.svmlight",
    "words.bin",
    "README.md",
)
"""All that an export writes besides its card."""


def csv_bytes(table: Table) -> bytes:
    r"""A table as CSV: UTF-8, comma, ``\n``; nothing where there is no value, ``true`` and ``false``, bytes as ``0x…``.

    Examples
    --------
    >>> from commonlearn.archive.tables import Column
    >>> columns = (Column("a", Kind.NUMBER, ""), Column("b", Kind.FEATURES, ""), Column("c", Kind.TRUTH, ""))
    >>> csv_bytes(Table("some", columns, [(7, [(0, 1), (3, -2)], None)]))
    b'a,b,c\n7,0:1 3:-2,\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    shown = [_SHOWN.get(column.kind) for column in table.columns]
    for row in table.rows:
        pairs = zip(row, shown, strict=True)
        writer.writerow(["" if value is None else value if show is None else show(value) for value, show in pairs])
    return text.getvalue().encode()


_SHOWN: dict[Kind, Callable[[Any], str]] = {
    Kind.TRUTH: lambda value: "true" if value else "false",
    Kind.BYTES: lambda value: "0x" + value.hex(),
    Kind.FEATURES: lambda pairs: " ".join(f"{index}:{value}" for index, value in pairs),
}


def parquet_bytes(table: Table) -> bytes:
    """A table as Parquet; features as two columns of lists, ``indices`` and ``values``, amounts as decimals."""
    import pyarrow as pa  # takes a third of a second, which no other command should wait for
    import pyarrow.parquet as pq

    types = {
        Kind.NUMBER: pa.int64(),
        Kind.AMOUNT: pa.decimal128(38, 0),
        Kind.TRUTH: pa.bool_(),
        Kind.TEXT: pa.string(),
        Kind.BYTES: pa.binary(),
    }
    names, arrays = [], []
    for column, values in zip(table.columns, _columns(table), strict=True):
        if column.kind is Kind.FEATURES:
            for place, name in enumerate(("indices", "values")):
                names.append(name)
                arrays.append(pa.array([[pair[place] for pair in row] for row in values], pa.list_(pa.int32())))
        else:
            names.append(column.name)
            arrays.append(pa.array(values, types[column.kind]))
    sink = io.BytesIO()
    pq.write_table(
        pa.table(arrays, names=names),
        sink,
        version="2.6",
        data_page_version="1.0",
        compression="NONE",
        use_dictionary=False,
        row_group_size=_ROW_GROUP,
        store_schema=False,
    )
    return anonymous(sink.getvalue())


def anonymous(file: bytes) -> bytes:
    """A Parquet file without its writer's version.

    The footer is the last thing before its own length and the four bytes ``PAR1``; nothing in the file says where the
    footer begins but that length, so a shorter name moves nothing else.

    Raises
    ------
    ValueError
        The footer does not name its writer once, as all of them do.
    """
    length = int.from_bytes(file[-8:-4], "little")
    body, footer = file[: -8 - length], file[-8 - length : -8]
    start = footer.find(b"parquet-cpp-arrow version ")
    size = footer[start - 1]
    if start < 1 or size >= 0x80 or footer.count(b"parquet-cpp-arrow version ") != 1:
        raise ValueError("the footer does not name its writer as it should")
    footer = footer[: start - 1] + bytes([len(_CREATOR)]) + _CREATOR + footer[start + size :]
    return body + footer + len(footer).to_bytes(4, "little") + _MAGIC


def svmlight_bytes(data: DataSet) -> bytes:
    """Features and labels as scikit-learn's SVMlight, features numbered from 0."""
    from sklearn.datasets import dump_svmlight_file  # as slow to import as pyarrow

    if not len(data):
        return b""  # scikit-learn refuses a matrix without rows
    matrix = data.samples.to_csr()
    matrix.eliminate_zeros()
    labels = np.array([one.contribution.label for one in data.log.contributions], dtype=np.int64)
    sink = io.BytesIO()
    dump_svmlight_file(matrix, labels, sink, zero_based=True)
    return sink.getvalue()


def _columns(table: Table) -> list[list[Any]]:
    return [list(values) for values in zip(*table.rows, strict=True)] or [[] for _ in table.columns]


def _as_csv(data: DataSet, rows: Table, weights: Table) -> dict[str, bytes]:
    return {"contributions.csv": csv_bytes(rows), "weights.csv": csv_bytes(weights)}


def _as_parquet(data: DataSet, rows: Table, weights: Table) -> dict[str, bytes]:
    return {"contributions.parquet": parquet_bytes(rows), "weights.parquet": parquet_bytes(weights)}


def _as_svmlight(data: DataSet, rows: Table, weights: Table) -> dict[str, bytes]:
    # SVMlight has room for features and labels only: the rest lies beside it, row by row.
    return {"samples.svmlight": svmlight_bytes(data), **_as_csv(data, rows, weights)}


FORMATS: dict[str, Callable[[DataSet, Table, Table], dict[str, bytes]]] = {
    "csv": _as_csv,
    "parquet": _as_parquet,
    "svmlight": _as_svmlight,
}
"""Formats by name."""


def files_of(data: DataSet, format_: str) -> tuple[dict[str, bytes], str]:
    """The files of a data set but for its card.

    Parameters
    ----------
    data : DataSet
    format_ : {"csv", "parquet", "svmlight"}

    Returns
    -------
    files : dict of str to bytes
        By name.
    data_hash : str
        SHA-256 of the contributions as CSV, whatever the format.
    """
    rows, weights = contributions_table(data), weights_table(data)
    files = FORMATS[format_](data, rows, weights)
    files["words.bin"] = data.model.model_.words_bytes()
    as_csv = files.get("contributions.csv") or csv_bytes(rows)
    return files, hashlib.sha256(as_csv).hexdigest()


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder, in order, each entirely or not at all.

    An earlier data set there is taken away first, its card before all: where there is a card, its data set is complete.

    Raises
    ------
    ExportProblem
        The folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if CARD in files and (folder / CARD).exists():
            for name in (CARD, *_NAMES):
                (folder / name).unlink(missing_ok=True)
        for name, content in files.items():
            unfinished = folder / f".{name}.part"
            unfinished.write_bytes(content)
            os.replace(unfinished, folder / name)
    except OSError as error:
        raise ExportProblem(folder, error.strerror or str(error)) from None
