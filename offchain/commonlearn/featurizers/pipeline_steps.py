"""The steps of published pipelines: scikit-learn's, taken down to plain numbers and words.

Each does in NumPy what its original does, with the same operations in the same order: additions, products and quotients
of float64 one cell at a time, which IEEE 754 rounds in one way only.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from commonlearn.errors import InvalidMetadata, SampleError, UnsupportedStep

__all__ = ["Column", "Impute", "MinMax", "OneHot", "Standard", "Step", "step_from_dict", "step_from_sklearn"]

Column = npt.NDArray[np.float64] | list[str | None]
"""A column's cells: numbers, NaN where missing, or words, None where missing."""


class Step(ABC):
    """Something that is done to some columns, one after another."""

    name: ClassVar[str]

    @property
    @abstractmethod
    def width(self) -> int:
        """For how many columns it was fitted."""

    @abstractmethod
    def takes_words(self) -> list[bool]:
        """Tell of each column whether it takes words instead of numbers."""

    @abstractmethod
    def apply(self, columns: list[Column]) -> list[Column]:
        """Do it.

        Raises
        ------
        SampleError
            A cell cannot be used.
        """

    def labels(self, labels: list[str]) -> list[str]:
        """Name the columns that it makes, from the names of those that it takes."""
        return labels

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Describe it, ready for JSON."""

    @classmethod
    @abstractmethod
    def from_dict(cls, described: Mapping[str, Any]) -> Self:
        """Rebuild it. Raises `InvalidMetadata`."""


@dataclass(frozen=True)
class Impute(Step):
    """Fill in missing cells with a number or a word a column (``SimpleImputer``)."""

    fill: tuple[float | str, ...]
    name = "impute"

    @property
    def width(self) -> int:
        return len(self.fill)

    def takes_words(self) -> list[bool]:
        return [isinstance(one, str) for one in self.fill]

    def apply(self, columns: list[Column]) -> list[Column]:
        made: list[Column] = []
        for column, fill in zip(columns, self.fill, strict=True):
            if isinstance(column, list):
                made.append([str(fill) if cell is None else cell for cell in column])
            else:
                made.append(np.where(np.isnan(column), float(fill), column))
        return made

    def to_dict(self) -> dict[str, Any]:
        return {"step": self.name, "fill": list(self.fill)}

    @classmethod
    def from_dict(cls, described: Mapping[str, Any]) -> Self:
        return cls(tuple(one if isinstance(one, str) else _number(one) for one in _list(described, "fill")))


@dataclass(frozen=True)
class Standard(Step):
    """Subtract a mean, divide by a scale (``StandardScaler``)."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    name = "standard"

    @property
    def width(self) -> int:
        return len(self.mean)

    def takes_words(self) -> list[bool]:
        return [False] * self.width

    def apply(self, columns: list[Column]) -> list[Column]:
        return [
            (numbers(column) - mean) / scale for column, mean, scale in zip(columns, self.mean, self.scale, strict=True)
        ]

    def to_dict(self) -> dict[str, Any]:
        return {"step": self.name, "mean": list(self.mean), "scale": list(self.scale)}

    @classmethod
    def from_dict(cls, described: Mapping[str, Any]) -> Self:
        mean, scale = (tuple(map(_number, _list(described, key))) for key in ("mean", "scale"))
        if len(mean) != len(scale) or 0.0 in scale:
            raise InvalidMetadata("A scaling step's numbers do not fit one another.")
        return cls(mean, scale)


@dataclass(frozen=True)
class MinMax(Step):
    """Multiply, then add; perhaps stop at the ends of a range (``MinMaxScaler``)."""

    scale: tuple[float, ...]
    add: tuple[float, ...]
    clip: tuple[float, float] | None
    name = "minmax"

    @property
    def width(self) -> int:
        return len(self.scale)

    def takes_words(self) -> list[bool]:
        return [False] * self.width

    def apply(self, columns: list[Column]) -> list[Column]:
        made = [numbers(column) * scale + add for column, scale, add in zip(columns, self.scale, self.add, strict=True)]
        return [column if self.clip is None else np.clip(column, *self.clip) for column in made]

    def to_dict(self) -> dict[str, Any]:
        clip = None if self.clip is None else list(self.clip)
        return {"step": self.name, "scale": list(self.scale), "add": list(self.add), "clip": clip}

    @classmethod
    def from_dict(cls, described: Mapping[str, Any]) -> Self:
        scale, add = (tuple(map(_number, _list(described, key))) for key in ("scale", "add"))
        clip = None if described.get("clip") is None else tuple(map(_number, _list(described, "clip")))
        if len(scale) != len(add) or (clip is not None and (len(clip) != 2 or clip[0] > clip[1])):
            raise InvalidMetadata("A scaling step's numbers do not fit one another.")
        return cls(scale, add, None if clip is None else (clip[0], clip[1]))


@dataclass(frozen=True)
class OneHot(Step):
    """A column of 0 and 1 for each category (``OneHotEncoder``).

    Attributes
    ----------
    categories : tuple of tuples of float or str
        Of each column, in order.
    drop : tuple of int or None
        Which category of each column has no column of its own.
    ignore_unknown : bool
        Whether a cell of no category gives zeros; else it is refused.
    """

    categories: tuple[tuple[float | str, ...], ...]
    drop: tuple[int | None, ...]
    ignore_unknown: bool
    name = "onehot"

    @property
    def width(self) -> int:
        return len(self.categories)

    def takes_words(self) -> list[bool]:
        return [isinstance(known[0], str) for known in self.categories]

    def apply(self, columns: list[Column]) -> list[Column]:
        made: list[Column] = []
        for column, known, drop in zip(columns, self.categories, self.drop, strict=True):
            numbered = {category: number for number, category in enumerate(known)}
            cells: Sequence[Any] = column if isinstance(column, list) else column.tolist()
            found = np.array([numbered.get(cell, -1) for cell in cells], dtype=np.int64)
            if not self.ignore_unknown and (found < 0).any():
                row = int((found < 0).argmax())
                shown = ", ".join(map(str, known[:8])) + (", …" if len(known) > 8 else "")
                raise SampleError(f"the cell {cells[row]!r} is none of the known categories ({shown}).", row)
            made += [(found == number).astype(np.float64) for number in range(len(known)) if number != drop]
        return made

    def labels(self, labels: list[str]) -> list[str]:
        return [
            f"{label}={category:g}" if isinstance(category, float) else f"{label}={category}"
            for label, known, drop in zip(labels, self.categories, self.drop, strict=True)
            for number, category in enumerate(known)
            if number != drop
        ]

    def to_dict(self) -> dict[str, Any]:
        return {
            "step": self.name,
            "categories": [list(known) for known in self.categories],
            "drop": list(self.drop),
            "unknown": "ignore" if self.ignore_unknown else "error",
        }

    @classmethod
    def from_dict(cls, described: Mapping[str, Any]) -> Self:
        categories = []
        for known in _list(described, "categories"):
            cells = tuple(one if isinstance(one, str) else _number(one) for one in known)
            if not cells or len({type(one) for one in cells}) != 1 or len(set(cells)) != len(cells):
                raise InvalidMetadata("Its categories are none, mixed or repeated.")
            categories.append(cells)
        drop = _list(described, "drop")
        if len(drop) != len(categories) or described.get("unknown") not in ("ignore", "error"):
            raise InvalidMetadata("A one-hot step's parts do not fit one another.")
        for number, known in zip(drop, categories, strict=True):
            whole = isinstance(number, int) and not isinstance(number, bool)
            if number is not None and not (whole and 0 <= number < len(known)):
                raise InvalidMetadata("A one-hot step drops a category that is not there.")
        return cls(tuple(categories), tuple(drop), described["unknown"] == "ignore")


_STEPS: dict[str, type[Step]] = {step.name: step for step in (Impute, Standard, MinMax, OneHot)}


def step_from_dict(described: Any) -> Step:
    """Rebuild a step from :meth:`Step.to_dict`. Raises `InvalidMetadata`."""
    if not isinstance(described, Mapping) or described.get("step") not in _STEPS:
        raise InvalidMetadata("It has a step that is not known.")
    return _STEPS[described["step"]].from_dict(described)


def step_from_sklearn(label: str, fitted: Any) -> Step:
    """Take a fitted transformer down to plain numbers and words.

    Parameters
    ----------
    label : str
        Its name in the pipeline, for messages.
    fitted : StandardScaler, MinMaxScaler, OneHotEncoder or SimpleImputer
        Exactly of one of these classes: what a subclass does is not known.

    Raises
    ------
    UnsupportedStep
        It is anything else, not fitted, or has an option that is not supported.
    """
    shown = f"{label!r} ({type(fitted).__name__})"
    reader = _READERS.get(type(fitted))
    if reader is None:
        raise UnsupportedStep(shown, "only plain numbers can be published, and this class is not known")
    if not hasattr(fitted, "n_features_in_"):
        raise UnsupportedStep(shown, "it is not fitted")
    return reader(shown, fitted)


def _standard(shown: str, fitted: StandardScaler) -> Step:
    count = fitted.n_features_in_
    mean = [0.0] * count if fitted.mean_ is None or not fitted.with_mean else fitted.mean_.tolist()
    scale = [1.0] * count if fitted.scale_ is None else fitted.scale_.tolist()
    return Standard(_finite(shown, mean), _finite(shown, scale))


def _minmax(shown: str, fitted: MinMaxScaler) -> Step:
    low, high = _finite(shown, fitted.feature_range)
    scale, add = _finite(shown, fitted.scale_.tolist()), _finite(shown, fitted.min_.tolist())
    return MinMax(scale, add, (low, high) if fitted.clip else None)


def _impute(shown: str, fitted: SimpleImputer) -> Step:
    if fitted.add_indicator:
        raise UnsupportedStep(shown, "columns that say what was missing (add_indicator) are not supported")
    missing = fitted.missing_values
    if missing is not None and not (isinstance(missing, float) and math.isnan(missing)):
        raise UnsupportedStep(shown, f"missing cells are NaN or None here, not {missing!r}")
    fill = [one if isinstance(one, str) else _plain(shown, one) for one in fitted.statistics_.tolist()]
    return Impute(tuple(fill))


def _onehot(shown: str, fitted: OneHotEncoder) -> Step:
    if fitted.handle_unknown not in ("ignore", "error"):
        raise UnsupportedStep(shown, f"handle_unknown={fitted.handle_unknown!r} is not supported")
    if fitted.min_frequency is not None or fitted.max_categories is not None:
        raise UnsupportedStep(shown, "rare categories that are joined (min_frequency, max_categories)")
    categories = []
    for known in fitted.categories_:
        cells = tuple(one if isinstance(one, str) else _plain(shown, one) for one in known.tolist())
        if len({type(one) for one in cells}) != 1:
            raise UnsupportedStep(shown, "a column's categories are neither all numbers nor all words")
        categories.append(cells)
    drop = [None] * len(categories) if fitted.drop_idx_ is None else list(fitted.drop_idx_)
    dropped = tuple(None if one is None else int(one) for one in drop)
    return OneHot(tuple(categories), dropped, fitted.handle_unknown == "ignore")


_READERS: dict[type, Callable[[str, Any], Step]] = {
    StandardScaler: _standard,
    MinMaxScaler: _minmax,
    SimpleImputer: _impute,
    OneHotEncoder: _onehot,
}


def numbers(column: Column) -> npt.NDArray[np.float64]:
    """Give a column of numbers without missing cells.

    Raises
    ------
    SampleError
        It is one of words, or a cell is missing.
    """
    if isinstance(column, list):
        raise SampleError("a column of words comes where numbers are expected.")
    missing = np.isnan(column)
    if missing.any():
        raise SampleError("a cell is missing, and the model fills in none. Leave the row out.", int(missing.argmax()))
    return column


def _plain(shown: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UnsupportedStep(shown, f"{value!r} is neither a finite number nor a word; impute before encoding")
    return float(value)


def _finite(shown: str, values: Any) -> tuple[float, ...]:
    return tuple(_plain(shown, value) for value in values)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidMetadata(f"{value!r} in its state is no finite number.")
    return float(value)


def _list(described: Mapping[str, Any], key: str) -> list[Any]:
    found = described.get(key)
    if not isinstance(found, list):
        raise InvalidMetadata(f"A step's {key} is missing.")
    return found
