"""Tables of numbers as standardised whole numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from commonlearn.errors import InvalidMetadata, SampleDimension, SampleError
from commonlearn.featurizers.base import Featurizer, Takes, refuse_single
from commonlearn.numerics import EncodedBatch, Encoding, batch_from_matrix, decode, quantise

__all__ = ["ScaledTable", "cell_number"]

# What `learn` keeps: digits of a factor, and decimal places of offsets and fillings in units of the result.
_FACTOR_DIGITS, _UNIT_PLACES = 6, 2
_MISSING = {"", "?", "na", "n/a", "nan", "null", "none"}


class ScaledTable(Featurizer):
    """Rows of numbers: missing ones filled in, each column moved and scaled to whole units.

    A value ``x`` becomes ``(x - offset) * factor``, rounded to a whole number, halves to even, and stopped at ±32,767.

    Parameters
    ----------
    fill : sequence of float, length columns
        What takes the place of missing values (None, NaN, an empty string, ``?``, ``NA``).
    offset : sequence of float, length columns
        What becomes 0.
    factor : sequence of float, length columns
        Units per 1.0.
    names : sequence of str, length columns, optional
        Column names, for clients that read files.

    Examples
    --------
    >>> table = ScaledTable.learn([[20.0, 1.0], [40.0, None], [60.0, 3.0]], unit=100)
    >>> table.transform_batch([[40.0, "?"], [60.0, 3.0]]).to_dense().tolist()
    [[0, 0], [122, 122]]
    """

    id = "table-scaled"
    version = 1
    takes = Takes.ROW
    encoding = Encoding.DENSE

    def __init__(
        self,
        fill: Sequence[float],
        offset: Sequence[float],
        factor: Sequence[float],
        names: Sequence[str] | None = None,
    ) -> None:
        self.fill, self.offset, self.factor = (
            _numbers("fill", fill),
            _numbers("offset", offset),
            _numbers("factor", factor),
        )
        self.names = None if names is None else tuple(map(str, names))
        lengths = {len(self.fill), len(self.offset), len(self.factor)} | (
            set() if self.names is None else {len(self.names)}
        )
        if len(lengths) != 1 or not 1 <= len(self.fill) <= 65_536:
            raise InvalidMetadata("Its columns differ in number, or there are none, or more than 65,536.")

    @classmethod
    def learn(cls, rows: Any, *, unit: int = 256, names: Sequence[str] | None = None) -> Self:
        """Standardise on these rows: medians fill in, means become 0, standard deviations become ``unit``.

        Parameters
        ----------
        rows : array-like, shape (n, columns)
            Numbers, or what stands for missing ones.
        unit : int, default 256
            Units per standard deviation; the range then reaches 128 of them.
        names : sequence of str, optional
            Column names.

        Returns
        -------
        ScaledTable

        Raises
        ------
        SampleError
            A cell is no number, or rows differ in length, or there are none.

        Examples
        --------
        >>> ScaledTable.learn([[1.0], [3.0]], unit=2).factor
        (2.0,)
        """
        values = _cells(rows, None)
        if not values.size:
            raise SampleError("the table is empty. Give at least one row.")
        # A column without any value says nothing: filled with 0, it stays 0.
        present = np.where(np.isnan(values).all(axis=0), 0.0, values)
        fill = np.nanmedian(present, axis=0)
        filled = np.where(np.isnan(present), fill, present)
        spread = filled.std(axis=0)
        factor = [float(f"{unit / s:.{_FACTOR_DIGITS}g}") if s > 0 else 0.0 for s in spread.tolist()]
        return cls(_shortened(fill, factor), _shortened(filled.mean(axis=0), factor), factor, names)

    @property
    def dimension(self) -> int:
        """Number of columns."""
        return len(self.fill)

    def transform_batch(self, raw: Sequence[Any]) -> EncodedBatch:
        """Encode rows.

        Raises
        ------
        SampleError
            A cell is no number.
        SampleDimension
            A row has another number of columns.
        """
        values = _cells(raw, self.dimension)
        filled = np.where(np.isnan(values), self.fill, values)
        return batch_from_matrix(quantise((filled - self.offset) * self.factor), self.encoding)

    def describe(self, sample: bytes) -> str:
        """Say the numbers in a sample, as exactly as they were encoded.

        Examples
        --------
        >>> table = ScaledTable([0.0, 0.0], [20.0, 0.0], [10.0, 0.0], ["age", "height"])
        >>> table.describe(bytes.fromhex("000f0000"))
        'age 21.5, height ?'
        """
        _, values = decode(sample, self.encoding, self.dimension)
        names = self.names or tuple(f"column {i}" for i in range(self.dimension))
        said = [
            f"{v / f + o:.6g}" if f else "?" for v, f, o in zip(values.tolist(), self.factor, self.offset, strict=True)
        ]
        return ", ".join(f"{name} {number}" for name, number in zip(names, said, strict=True))

    def parameters(self) -> dict[str, Any]:
        """Give the columns' parameters."""
        given: dict[str, Any] = {key: [_short(x) for x in getattr(self, key)] for key in ("fill", "offset", "factor")}
        return given if self.names is None else {**given, "names": list(self.names)}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`."""
        try:
            return cls(parameters["fill"], parameters["offset"], parameters["factor"], parameters.get("names"))
        except KeyError as error:
            raise InvalidMetadata(f"Its {error.args[0]} is missing.") from None


def _shortened(values: npt.NDArray[np.float64], factor: list[float]) -> list[float]:
    """Drop the digits that make less than 1/100 of a unit, which would only lengthen the description."""
    places = [_UNIT_PLACES + math.ceil(math.log10(f)) if f > 0 else 0 for f in factor]
    return [round(value, n) for value, n in zip(values.tolist(), places, strict=True)]


def _numbers(name: str, values: Any) -> tuple[float, ...]:
    try:
        numbers = tuple(float(value) for value in values)
    except (TypeError, ValueError):
        raise InvalidMetadata(f"Its {name} is no list of numbers.") from None
    if not all(map(math.isfinite, numbers)):
        raise InvalidMetadata(f"Its {name} has a number that is not finite.")
    return numbers


def _short(number: float) -> int | float:
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def _cells(rows: Any, columns: int | None) -> npt.NDArray[np.float64]:
    """The table as floats, missing cells as NaN, shape (n, columns)."""
    refuse_single(rows)
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "fiub":
        values = np.asarray(rows, dtype=np.float64)
        if values.ndim != 2:
            raise SampleError(f"the table has {values.ndim} dimension(s). Give rows of columns.")
        if columns is not None and values.shape[1] != columns:
            raise SampleDimension(2 * values.shape[1], 2 * columns)
        infinite = np.isinf(values)
        if infinite.any():
            raise SampleError(
                "a cell is infinite. Leave the row out, or the cell empty.", int(infinite.any(axis=1).argmax())
            )
        return values
    table: list[list[float]] = []
    for i, row in enumerate(rows):
        if isinstance(row, str | bytes) or not hasattr(row, "__len__"):
            raise SampleError("it is no row of cells. Give rows of columns.", i)
        wanted = columns if columns is not None else len(table[0]) if table else len(row)
        if len(row) != wanted:
            raise SampleDimension(2 * len(row), 2 * wanted, i)
        table.append([cell_number(cell, i, j) for j, cell in enumerate(row)])
    return np.array(table, dtype=np.float64).reshape(len(table), -1 if table else columns or 0)


def cell_number(cell: Any, row: int, column: int) -> float:
    """Read a cell as a number, NaN where it is missing (None, NaN, an empty string, ``?``, ``NA``).

    Raises
    ------
    SampleError
        It is no number, or infinite.
    """
    if cell is None or (isinstance(cell, str) and cell.strip().lower() in _MISSING):
        return math.nan
    try:
        value = float(cell)
    except (TypeError, ValueError):
        raise SampleError(f"the cell {cell!r} in column {column} is no number.", row) from None
    if math.isinf(value):
        raise SampleError(f"the cell in column {column} is infinite. Leave the row out, or the cell empty.", row)
    return value
