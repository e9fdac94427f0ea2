"""Labelled data from CSV files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from commonlearn.client.errors import TableProblem, unreadable
from commonlearn.featurizers import Featurizer, Takes

__all__ = ["Table", "image_paths", "raw_for", "read_table"]


@dataclass(frozen=True)
class Table:
    """Rows of a CSV file.

    Attributes
    ----------
    source : str
        Where they come from, for messages.
    columns : tuple of str
        The header.
    rows : list of list of str
        As many cells as columns each.
    """

    source: str
    columns: tuple[str, ...]
    rows: list[list[str]]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[str]:
        """Cells of a column.

        Raises
        ------
        TableProblem
            There is no such column; the message names those there are.
        """
        return [row[self._index(name)] for row in self.rows]

    def cells(self, names: Sequence[str]) -> list[list[str]]:
        """Cells of some columns, row by row."""
        indices = [self._index(name) for name in names]
        return [[row[i] for i in indices] for row in self.rows]

    def _index(self, name: str) -> int:
        if name not in self.columns:
            raise TableProblem(
                self.source, f"it has no column {name!r}; its columns are {', '.join(map(repr, self.columns))}"
            )
        return self.columns.index(name)


def read_table(source: str | Path | TextIO, *, name: str | None = None) -> Table:
    r"""Read a CSV file with a header; comma, semicolon and tab are told apart by the header.

    Parameters
    ----------
    source : path or text file
    name : str, optional
        What to call it in messages.

    Raises
    ------
    TableProblem
        No such file, no UTF-8, no header, no rows, or a row with another number of cells; the message says which line.

    Examples
    --------
    >>> import io
    >>> table = read_table(io.StringIO("text;label\ngood film;pos\n"), name="reviews.csv")
    >>> table.column("text"), table.column("label")
    (['good film'], ['pos'])
    """
    shown = name or str(source)
    if not isinstance(source, str | Path):
        return _parse(source.read(), shown)
    try:
        return _parse(Path(source).read_text(encoding="utf-8-sig"), shown)
    except OSError as error:
        raise TableProblem(shown, unreadable(error)) from None
    except UnicodeDecodeError as error:
        raise TableProblem(shown, f"byte {error.start} is no UTF-8; save it as UTF-8") from None


def _parse(text: str, shown: str) -> Table:
    header_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header_line.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        header = next(reader, None)
        if not header or not any(cell.strip() for cell in header):
            raise TableProblem(shown, "it has no header line with the columns' names")
        columns = tuple(cell.strip() for cell in header)
        repeated = {column for column in columns if columns.count(column) > 1}
        if repeated:
            raise TableProblem(shown, f"the column {sorted(repeated)[0]!r} is there twice; rename one")
        rows = []
        for row in reader:
            if not row:
                continue
            if len(row) != len(columns):
                raise TableProblem(shown, f"line {reader.line_num} has {len(row)} cells, but the header {len(columns)}")
            rows.append(row)
    except csv.Error as error:
        raise TableProblem(shown, f"line {reader.line_num}: {error}") from None
    if not rows:
        raise TableProblem(shown, "it has a header, but no rows")
    return Table(shown, columns, rows)


def image_paths(table: Table, column: str) -> list[str]:
    """Paths of images in a column, which count from the table's folder.

    Raises
    ------
    TableProblem
        There is no such column.
    """
    return [str(Path(table.source).parent / cell.strip()) for cell in table.column(column)]


_USUAL = {Takes.TEXT: ("text",), Takes.IMAGE: ("image", "file", "path")}
"""What columns of texts and images are usually called."""


def raw_for(
    featurizer: Featurizer | None, table: Table, *, text: str | None, leave_out: Sequence[str] = ()
) -> list[Any]:
    """Items that a model's featuriser takes, from a table.

    Parameters
    ----------
    featurizer : Featurizer or None
    table : Table
    text : str, optional
        Column of texts or of paths of images; by default one with a usual name, or the only one.
    leave_out : sequence of str
        Columns that are no features, such as the label.

    Raises
    ------
    TableProblem
        The columns are not there, or it is not clear which one.
    """
    takes = Takes.TEXT if featurizer is None else featurizer.takes
    candidates = [name for name in table.columns if name not in leave_out]
    if takes is Takes.ROW:
        if text is not None:
            raise TableProblem(table.source, "the model takes columns of cells, so leave --text out, and --image")
        return table.cells(getattr(featurizer, "names", None) or candidates)
    if text is None:
        usual = [name for name in _USUAL[takes] if name in candidates]
        if not usual and len(candidates) != 1:
            option, what = ("--text", "texts") if takes is Takes.TEXT else ("--image", "images")
            raise TableProblem(
                table.source, f"say with {option} which column holds the {what}: {', '.join(candidates)}"
            )
        text = usual[0] if usual else candidates[0]
    return table.column(text) if takes is Takes.TEXT else image_paths(table, text)
