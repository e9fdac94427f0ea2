"""The one interface of everything that can be trained by many owners."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from commonlearn.federated.errors import DataRefused, ShapeMismatch, WrongEstimator
from commonlearn.federated.parameters import Parameters, Task, quantised
from commonlearn.federated.settings import Settings
from commonlearn.numerics.order import random_order

__all__ = ["Estimator", "Floats", "batches", "checked_features", "checked_targets"]

Floats = npt.NDArray[np.float64]
_LARGEST = 1e9


class Estimator(ABC):
    """A kind of model: how it begins, learns from one owner's rows, and scores.

    An estimator has no state. A model is a :class:`Parameters`, which goes in and comes out; the same input gives the
    same output, bit for bit. A new estimator is one file with a subclass, and one line in the registry; it gives four
    functions on floating-point arrays, and the base class rounds, checks and refuses.

    Attributes
    ----------
    id : str
        Name in the registry and in the bytes.
    version : int
        Of the arithmetic; a change of any bit of a result is a new version.
    kind : {"regression", "classification"}
        What ``y`` is.
    rounds : {"many", "one"}
        Whether training goes on from the model before (gradient descent), or one round says all (averages per row,
        which merge exactly when weighted by rows).
    """

    id: ClassVar[str]
    version: ClassVar[int] = 1
    kind: ClassVar[Literal["regression", "classification"]] = "classification"
    rounds: ClassVar[Literal["many", "one"]] = "many"

    @abstractmethod
    def _shapes(self, task: Task) -> tuple[tuple[int, ...], ...]:
        """Shapes of the arrays."""

    @abstractmethod
    def _start(self, task: Task, settings: Settings) -> Sequence[Floats]:
        """First arrays."""

    @abstractmethod
    def _fit(self, arrays: Sequence[Floats], X: Floats, y: Any, task: Task, settings: Settings) -> Sequence[Floats]:
        """Arrays after training on checked rows. What is given must not be written to."""

    @abstractmethod
    def _scores(self, arrays: Sequence[Floats], X: Floats, task: Task) -> Floats:
        """Predictions (n,) in regression; probabilities (n, classes) in classification."""

    def _has_width(self) -> bool:
        return False

    def task(self, features: int, classes: int, settings: Settings) -> Task:
        """Give the measures of a model.

        Parameters
        ----------
        features : int
            Columns, at least 1.
        classes : int
            At least 2; 0 for regression.
        settings : Settings
            For the width.

        Raises
        ------
        DataRefused
            The numbers do not fit the kind of estimator.
        """
        if features < 1:
            raise DataRefused("there is no feature")
        if self.kind == "regression" and classes != 0:
            raise DataRefused(f"{self.id} is for regression, but there are {classes} classes", "Give classes=0")
        if self.kind == "classification" and not 2 <= classes <= 0xFFFF:
            raise DataRefused(f"{self.id} needs 2 to 65,535 classes, not {classes}", "State the classes of the schema")
        return Task(features, classes, settings.width if self._has_width() else 0)

    def initial(self, features: int, classes: int, settings: Settings) -> Parameters:
        """Make the model that training begins with; of equal settings (and seed) the same for everybody.

        Examples
        --------
        >>> from commonlearn.federated import estimator
        >>> estimator("logistic").initial(2, 3, Settings()).shapes
        ((2, 3), (3,))
        """
        task = self.task(features, classes, settings)
        return quantised(self.id, self.version, task, settings.scale, self._start(task, settings))

    def train(self, parameters: Parameters, X: npt.ArrayLike, y: npt.ArrayLike, settings: Settings) -> Parameters:
        """Train on the rows of one owner.

        Parameters
        ----------
        parameters : Parameters
            The model of the round before.
        X : array-like of float, shape (n, features)
            Finite, within ±1e9; at least one row.
        y : array-like, shape (n,)
            Numbers, or classes from 0; an owner need not have all of them.
        settings : Settings
            As the job has them.

        Returns
        -------
        model : Parameters
            Of the same kind.

        Raises
        ------
        WrongEstimator, ShapeMismatch
            The model is another estimator's, or made with other settings.
        DataRefused
            The rows cannot be learned from.
        NotFinite, OutOfRange
            Training diverged.

        Examples
        --------
        >>> from commonlearn.federated import estimator
        >>> mean = estimator("centroid")
        >>> model = mean.train(mean.initial(1, 2, Settings()), [[0.0], [1.0], [2.0]], [0, 1, 1], Settings())
        >>> mean.predict(model, [[0.2], [5.0]]).tolist()
        [0, 1]
        """
        self.check(parameters)
        if parameters.scale != settings.scale:
            raise WrongEstimator("scale", parameters.scale, settings.scale)
        wanted = self.task(parameters.task.features, parameters.task.classes, settings)
        if parameters.task != wanted:
            raise WrongEstimator("width", parameters.task.width, wanted.width)
        table = checked_features(X, parameters.task.features)
        targets = checked_targets(y, len(table), parameters.task.classes)
        with np.errstate(over="ignore", invalid="ignore"):  # what diverges is refused below, by name
            arrays = self._fit(parameters.floats(), table, targets, parameters.task, settings)
        return quantised(self.id, self.version, parameters.task, parameters.scale, arrays)

    def scores(self, parameters: Parameters, X: npt.ArrayLike) -> Floats:
        """Score rows.

        Returns
        -------
        ndarray of float64
            Predictions, shape (n,), in regression; probabilities, shape (n, classes), in classification.

        Raises
        ------
        WrongEstimator, ShapeMismatch, DataRefused
        """
        self.check(parameters)
        return self._scores(parameters.floats(), checked_features(X, parameters.task.features), parameters.task)

    def predict(self, parameters: Parameters, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Predict numbers (n,), or classes (n,), of equal scores the lowest."""
        scores = self.scores(parameters, X)
        return scores if self.kind == "regression" else scores.argmax(axis=1)

    def check(self, parameters: Parameters) -> None:
        """Refuse a model that is not this estimator's.

        Raises
        ------
        WrongEstimator
            It names another estimator, version or kind of task.
        ShapeMismatch
            Its arrays have other shapes.
        """
        if parameters.estimator != self.id:
            raise WrongEstimator("estimator", repr(parameters.estimator), repr(self.id))
        if parameters.version != self.version:
            raise WrongEstimator("version", parameters.version, self.version)
        task = parameters.task
        if (task.classes == 0) != (self.kind == "regression") or (task.width > 0) != self._has_width():
            raise WrongEstimator("task", task, f"one of {self.kind}")
        if parameters.shapes != self._shapes(task):
            raise ShapeMismatch(self.id, parameters.shapes, self._shapes(task))


def checked_features(X: npt.ArrayLike, features: int) -> Floats:
    """Features as float64, shape (n, features).

    Raises
    ------
    DataRefused
        Not numbers, not two-dimensional, not so many columns, no row, NaN, infinite, or beyond ±1e9.
    """
    try:
        table = np.ascontiguousarray(X, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataRefused("the features are not all numbers", "Encode categories first") from error
    if table.ndim != 2 or table.shape[1] != features:
        raise DataRefused(f"the features have the shape {table.shape}, but the model has {features} columns")
    if not len(table):
        raise DataRefused("there is no row")
    if not np.isfinite(table).all():
        raise DataRefused("a feature is NaN or infinite", "Fill in missing values first")
    if np.abs(table).max() > _LARGEST:
        raise DataRefused("a feature is beyond ±1e9", "Scale the columns first")
    return table


def checked_targets(y: npt.ArrayLike, rows: int, classes: int) -> npt.NDArray[Any]:
    """Targets as float64, or as int64 where there are classes.

    Raises
    ------
    DataRefused
        Not numbers, not as many as rows, NaN, infinite, or no class.
    """
    try:
        targets = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataRefused("the targets are not all numbers", "Number the classes from 0") from error
    if targets.shape != (rows,):
        raise DataRefused(f"there are {rows} rows, but the targets have the shape {targets.shape}")
    if not np.isfinite(targets).all():
        raise DataRefused("a target is NaN or infinite", "Leave such rows out")
    if not classes:
        if np.abs(targets).max() > _LARGEST:
            raise DataRefused("a target is beyond ±1e9", "Scale the targets first")
        return targets
    if ((targets < 0) | (targets >= classes) | (targets != np.rint(targets))).any():
        raise DataRefused(f"a target is no class from 0 to {classes - 1}", "Number the classes from 0")
    return targets.astype(np.int64)


def batches(rows: int, settings: Settings) -> Iterator[npt.NDArray[np.int64]]:
    """Row numbers of each step: for each epoch all rows in order, or in portions of a shuffled order.

    Examples
    --------
    >>> [len(part) for part in batches(5, Settings(batch=2, epochs=2))]
    [2, 2, 1, 2, 2, 1]
    """
    source = np.random.PCG64(settings.seed)
    for _ in range(settings.epochs):
        if not settings.batch or settings.batch >= rows:
            yield np.arange(rows, dtype=np.int64)
            continue
        order = random_order(rows, source)
        for start in range(0, rows, settings.batch):
            yield order[start : start + settings.batch]
