"""Tables by a fitted scikit-learn pipeline, published as plain numbers so that everybody encodes alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from commonlearn.errors import InvalidMetadata, SampleDimension, SampleError, UnsupportedStep
from commonlearn.featurizers.base import Featurizer, Takes, refuse_single, whole_number
from commonlearn.featurizers.pipeline_steps import Column, Step, numbers, step_from_dict, step_from_sklearn
from commonlearn.featurizers.state import State
from commonlearn.featurizers.tabular import cell_number
from commonlearn.numerics import EncodedBatch, Encoding, batch_from_matrix, decode, quantise

__all__ = ["Group", "PipelineTable"]

_MISSING_WORD = "(missing)"


@dataclass(frozen=True)
class Group:
    """Some columns, and what is done to them.

    Attributes
    ----------
    columns : tuple of int
        Positions in the table.
    steps : tuple of Step
        One after another; none passes the numbers on as they are.
    """

    columns: tuple[int, ...]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        width = len(self.columns)
        words = self.steps[0].takes_words() if self.steps else [False] * width
        for position, step in enumerate(self.steps):
            widens = step.name == "onehot"
            if step.width != width or (widens and position != len(self.steps) - 1) or step.takes_words() != words:
                raise InvalidMetadata("Its steps do not fit one another.")
        if any(words) and self.steps[-1].name != "onehot":
            raise InvalidMetadata("It has words that are not encoded as numbers.")

    def apply(self, rows: Sequence[Sequence[Any]]) -> list[npt.NDArray[np.float64]]:
        """Encode the group's cells of each row as columns of numbers."""
        words = self.steps[0].takes_words() if self.steps else [False] * len(self.columns)
        columns: list[Column] = []
        for column, wordy in zip(self.columns, words, strict=True):
            if wordy:
                columns.append([_word(row[column]) for row in rows])
            else:
                cells = [cell_number(row[column], i, column) for i, row in enumerate(rows)]
                columns.append(np.array(cells, dtype=np.float64))
        for step in self.steps:
            columns = step.apply(columns)
        return [numbers(column) for column in columns]

    def labels(self, names: Sequence[str]) -> list[str]:
        """Name the columns that it makes."""
        labels = [names[column] for column in self.columns]
        for step in self.steps:
            labels = step.labels(labels)
        return labels


def _word(cell: Any) -> str | None:
    if cell is None or cell == "" or (isinstance(cell, float) and np.isnan(cell)):
        return None
    return str(cell)


class PipelineTable(Featurizer):
    """Rows of numbers and words, as a fitted ``ColumnTransformer`` encodes them, in whole units.

    Feature values are those of the pipeline times ``unit``, rounded to whole numbers, halves to even, stopped at
    ±32,767. Every operation on the way is one that IEEE 754 rounds in one way only, so all machines get the same
    integers, near-ties included. What was fitted lies in a store as plain numbers and words, never as a pickle.

    Parameters
    ----------
    groups : sequence of Group
    columns : int
        How many columns a row has.
    names : sequence of str, optional
        Their names, for clients that read files.
    unit : int, default 256
        Units per 1.0.

    Examples
    --------
    >>> rows = [[20, "red"], [40, "blue"], [60, "red"]]
    >>> table = PipelineTable.learn(rows, names=["age", "colour"], unit=100)
    >>> table.labels()
    ['age', 'colour=blue', 'colour=red']
    >>> table.transform_batch([[40, "blue"], ["60", "green"]]).to_dense().tolist()
    [[0, 100, 0], [122, 0, 0]]
    """

    id = "table-pipeline"
    version = 1
    takes = Takes.ROW
    encoding = Encoding.DENSE

    def __init__(
        self, groups: Sequence[Group], columns: int, names: Sequence[str] | None = None, *, unit: int = 256
    ) -> None:
        self.groups, self.columns, self.unit = tuple(groups), columns, unit
        self.names = None if names is None else tuple(map(str, names))
        if self.names is not None and len(self.names) != columns:
            raise InvalidMetadata("Its columns and their names differ in number.")
        if any(not 0 <= column < columns for group in self.groups for column in group.columns):
            raise InvalidMetadata("It uses a column that is not there.")
        self._labels = [label for group in self.groups for label in group.labels(self._named())]
        if not 1 <= len(self._labels) <= 65_536:
            raise InvalidMetadata("It makes no features, or more than 65,536.")

    @classmethod
    def from_sklearn(cls, fitted: Any, *, names: Sequence[str] | None = None, unit: int = 256) -> Self:
        """Take down a fitted pipeline.

        Parameters
        ----------
        fitted : ColumnTransformer, Pipeline or transformer
            A ``ColumnTransformer`` of, a ``Pipeline`` of, or one of ``StandardScaler``, ``MinMaxScaler``,
            ``OneHotEncoder`` and ``SimpleImputer``; "passthrough" and "drop" where scikit-learn takes them.
        names : sequence of str, optional
            Column names; by default those that it was fitted with, if any.
        unit : int, default 256
            Units per 1.0.

        Raises
        ------
        UnsupportedStep
            A part is anything else; the message names it.

        Examples
        --------
        >>> from sklearn.preprocessing import MinMaxScaler
        >>> table = PipelineTable.from_sklearn(MinMaxScaler().fit([[0.0], [10.0]]), unit=100)
        >>> table.transform_batch([[2.5]]).to_dense().tolist()
        [[25]]
        """
        count = getattr(fitted, "n_features_in_", None)
        if count is None:
            raise UnsupportedStep(type(fitted).__name__, "it is not fitted")
        given = names if names is not None else getattr(fitted, "feature_names_in_", None)
        known = None if given is None else [str(name) for name in given]
        if not isinstance(fitted, ColumnTransformer):
            groups = [Group(tuple(range(count)), _steps(type(fitted).__name__, fitted))]
            return cls(groups, count, known, unit=unit)
        if fitted.transformer_weights:
            raise UnsupportedStep("'transformer_weights'", "weights of transformers are not supported")
        groups = []
        for label, part, chosen in fitted.transformers_:
            columns = _positions(chosen, count, getattr(fitted, "feature_names_in_", None))
            if columns and not (isinstance(part, str) and part == "drop"):
                groups.append(Group(columns, _steps(label, part)))
        return cls(groups, count, known, unit=unit)

    @classmethod
    def learn(cls, rows: Sequence[Sequence[Any]], *, names: Sequence[str] | None = None, unit: int = 256) -> Self:
        """Fit the usual pipeline: columns of numbers filled with the median and standardised, others one-hot.

        Parameters
        ----------
        rows : sequence of sequences, shape (n, columns)
            Cells as numbers or strings. A column all of whose cells are numbers or missing is one of numbers.
        names : sequence of str, optional
        unit : int, default 256
            Units per standard deviation, and of a category.

        Raises
        ------
        SampleError
            Rows differ in length, or there are none.
        """
        table = _rows(rows, None)
        if not table:
            raise SampleError("the table is empty. Give at least one row.")
        numeric, wordy = [], []
        cells = np.empty((len(table), len(table[0])), dtype=object)
        for column in range(cells.shape[1]):
            try:
                cells[:, column] = [cell_number(row[column], i, column) for i, row in enumerate(table)]
                numeric.append(column)
            except SampleError:
                cells[:, column] = [_word(row[column]) for row in table]
                wordy.append(column)
        # A column without any value says nothing, and would vanish: it stays, as zeros.
        scaled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
        filled = SimpleImputer(strategy="constant", fill_value=_MISSING_WORD, missing_values=None)
        one_hot = make_pipeline(filled, OneHotEncoder(handle_unknown="ignore", sparse_output=False))
        fitted = ColumnTransformer([("numbers", scaled, numeric), ("words", one_hot, wordy)]).fit(cells)
        return cls.from_sklearn(fitted, names=names, unit=unit)

    @property
    def dimension(self) -> int:
        """Number of columns that the pipeline makes."""
        return len(self._labels)

    def labels(self) -> list[str]:
        """Name the features."""
        return list(self._labels)

    def transform_real(self, raw: Sequence[Any]) -> npt.NDArray[np.float64]:
        """Give what the pipeline makes, before rounding to units; shape (n, dimension). As :meth:`transform_batch`."""
        rows = _rows(raw, self.columns)
        if not rows:
            return np.zeros((0, self.dimension))
        return np.column_stack([column for group in self.groups for column in group.apply(rows)])

    def transform_batch(self, raw: Sequence[Any]) -> EncodedBatch:
        """Encode rows.

        Raises
        ------
        SampleError
            A cell cannot be used.
        SampleDimension
            A row has another number of columns.
        """
        return batch_from_matrix(quantise(self.transform_real(raw), float(self.unit)), self.encoding)

    def describe(self, sample: bytes) -> str:
        """Say the features that are not 0, in units of the pipeline."""
        _, values = decode(sample, self.encoding, self.dimension)
        said = [
            label if value == self.unit and "=" in label else f"{label} {value / self.unit:+.3g}"
            for label, value in zip(self._labels, values.tolist(), strict=True)
            if value
        ]
        return ", ".join(said) or "all as usual"

    def state(self) -> State:
        groups = [
            {"columns": list(group.columns), "steps": [step.to_dict() for step in group.steps]} for group in self.groups
        ]
        return State({"groups": groups, "names": None if self.names is None else list(self.names)})

    def parameters(self) -> dict[str, Any]:
        """Give numbers of columns, units, and the hash of the file with all that was fitted."""
        return {"columns": self.columns, "unit": self.unit, "state": self.state().address()}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from :meth:`parameters`."""
        state = parameters.get("state")
        if not isinstance(state, State):
            raise InvalidMetadata("Its state is missing.")
        described, names = state.content.get("groups"), state.content.get("names")
        if not isinstance(described, list) or not isinstance(names, list | None):
            raise InvalidMetadata("Its groups of columns are missing.")
        groups = []
        for one in described:
            columns, steps = (one.get("columns"), one.get("steps")) if isinstance(one, Mapping) else (None, None)
            if not isinstance(columns, list) or not isinstance(steps, list):
                raise InvalidMetadata("A group of columns is incomplete.")
            if not all(isinstance(column, int) and not isinstance(column, bool) for column in columns):
                raise InvalidMetadata("A group's columns are no whole numbers.")
            groups.append(Group(tuple(columns), tuple(map(step_from_dict, steps))))
        columns_of = whole_number(parameters, "columns", 1, 65_536)
        return cls(groups, columns_of, names, unit=whole_number(parameters, "unit", 1, 32_767))

    def _named(self) -> Sequence[str]:
        return self.names or [f"column {i}" for i in range(self.columns)]


def _steps(label: str, fitted: Any) -> tuple[Step, ...]:
    if isinstance(fitted, str) and fitted == "passthrough":
        return ()
    if isinstance(fitted, FunctionTransformer) and fitted.func is None and fitted.inverse_func is None:
        return ()  # how a fitted ColumnTransformer writes "passthrough"
    if isinstance(fitted, Pipeline):
        return tuple(step for name, part in fitted.steps for step in _steps(f"{label}.{name}", part))
    return (step_from_sklearn(label, fitted),)


def _positions(chosen: Any, count: int, names: Any) -> tuple[int, ...]:
    """Columns as scikit-learn lets them be chosen, as positions."""
    if isinstance(chosen, slice) and not any(isinstance(end, str) for end in (chosen.start, chosen.stop)):
        return tuple(range(count)[chosen])
    if isinstance(chosen, str | int):
        chosen = [chosen]
    if isinstance(chosen, slice) or callable(chosen):
        raise UnsupportedStep(repr(chosen), "choose columns by a list of names or positions")
    listed = np.asarray(chosen).tolist()
    if listed and all(isinstance(one, bool) for one in listed):
        return tuple(position for position, wanted in enumerate(listed) if wanted)
    known = [] if names is None else [str(name) for name in names]
    return tuple(known.index(one) if isinstance(one, str) else int(one) % count for one in listed)


def _rows(raw: Any, columns: int | None) -> list[Sequence[Any]]:
    refuse_single(raw)
    rows: list[Sequence[Any]] = []
    for i, row in enumerate(raw.tolist() if isinstance(raw, np.ndarray) else raw):
        if isinstance(row, str | bytes) or not hasattr(row, "__len__"):
            raise SampleError("it is no row of cells. Give rows of columns.", i)
        wanted = columns if columns is not None else len(rows[0]) if rows else len(row)
        if len(row) != wanted:
            raise SampleDimension(2 * len(row), 2 * wanted, i)
        rows.append(row)
    return rows
