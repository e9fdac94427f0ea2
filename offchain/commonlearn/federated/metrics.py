"""How good a model is, as a number that the chain can hold.

A metric is computed on scores and true targets, and rounded to millionths, halves to even: two validators with the same
rows have the same integer. What an int64 does not hold stops at its end: a model as bad as that may be somebody's
attempt to leave validators without a vote. Each metric says whether more or less of it is better; :meth:`Metric.gain`
turns it so that more is. The trivial model, which knows the targets' mean or frequencies but no feature, is where
contributions start.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from commonlearn.federated.arithmetic import log, mean_rows
from commonlearn.federated.errors import DataRefused, UnknownName

__all__ = ["METRICS", "METRIC_SCALE", "Accuracy", "Auc", "LogLoss", "MeanSquaredError", "Metric", "metric"]

METRIC_SCALE = 1_000_000
"""Units per 1.0 of a metric on the chain."""

_LARGEST = (1 << 63) - 1
Floats = npt.NDArray[np.float64]


class Metric(ABC):
    """A measure of scores against targets.

    Attributes
    ----------
    id : str
        Name in the registry.
    kind : {"regression", "classification"}
        Which estimators it measures.
    higher_is_better : bool
        Its orientation.
    """

    id: ClassVar[str]
    kind: ClassVar[Literal["regression", "classification"]]
    higher_is_better: ClassVar[bool]

    @abstractmethod
    def _value(self, y: npt.NDArray[Any], scores: Floats) -> float | Fraction:
        """The metric of checked arrays."""

    def fixed(self, y: npt.ArrayLike, scores: npt.ArrayLike) -> int:
        """The metric in millionths.

        Parameters
        ----------
        y : array-like, shape (n,)
            True numbers or classes.
        scores : array-like, shape (n,) or (n, classes)
            As an estimator gives them.

        Raises
        ------
        DataRefused
            Shapes do not fit, a value is not finite, or the metric is not defined for these targets.

        Examples
        --------
        >>> metric("accuracy").fixed([0, 1, 1], [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
        666667
        """
        targets, table = np.asarray(y, dtype=np.float64), np.asarray(scores, dtype=np.float64)
        if targets.ndim != 1 or not len(targets) or len(table) != len(targets):
            raise DataRefused(f"targets of the shape {targets.shape} do not fit scores of the shape {table.shape}")
        if table.ndim != (1 if self.kind == "regression" else 2):
            raise DataRefused(f"{self.id} needs scores of another shape than {table.shape}")
        if not (np.isfinite(targets).all() and np.isfinite(table).all()):
            raise DataRefused("a target or score is NaN or infinite")
        if self.kind == "classification":
            if ((targets < 0) | (targets >= table.shape[1]) | (targets != np.rint(targets))).any():
                raise DataRefused(f"a target is no class from 0 to {table.shape[1] - 1}")
            targets = targets.astype(np.int64)
        with np.errstate(over="ignore"):
            found = self._value(targets, table)
        if math.isinf(found):
            return _LARGEST
        return max(-_LARGEST, min(round(Fraction(found) * METRIC_SCALE), _LARGEST))

    def value(self, y: npt.ArrayLike, scores: npt.ArrayLike) -> float:
        """The metric as people read it: :meth:`fixed` over a million."""
        return self.fixed(y, scores) / METRIC_SCALE

    def gain(self, fixed: int) -> int:
        """The same turned so that more is better.

        Examples
        --------
        >>> metric("mse").gain(5), metric("auc").gain(5)
        (-5, 5)
        """
        return fixed if self.higher_is_better else -fixed

    def trivial(self, y: npt.ArrayLike, classes: int) -> int:
        """The metric of the trivial model on these rows: their mean, or their classes' frequencies.

        Parameters
        ----------
        y : array-like, shape (n,)
            True numbers or classes.
        classes : int
            0 in regression.

        Examples
        --------
        >>> metric("accuracy").trivial([0, 0, 1], 2), metric("mse").trivial([1.0, 3.0], 0)
        (666667, 1000000)
        """
        targets = np.asarray(y, dtype=np.float64)
        if self.kind == "regression":
            return self.fixed(targets, np.full(len(targets), float(mean_rows(targets))))
        counts = np.bincount(targets.astype(np.int64), minlength=classes)
        return self.fixed(targets, np.tile(counts / len(targets), (len(targets), 1)))


class MeanSquaredError(Metric):
    """Mean of squared differences."""

    id = "mse"
    kind: ClassVar[Literal["regression", "classification"]] = "regression"
    higher_is_better = False

    def _value(self, y: npt.NDArray[Any], scores: Floats) -> float | Fraction:
        error = scores - y
        return float(mean_rows(error * error))


class Accuracy(Metric):
    """Part of rows whose highest score is that of their class; of equal scores the lowest class counts."""

    id = "accuracy"
    kind: ClassVar[Literal["regression", "classification"]] = "classification"
    higher_is_better = True

    def _value(self, y: npt.NDArray[Any], scores: Floats) -> float | Fraction:
        return Fraction(int((scores.argmax(axis=1) == y).sum()), len(y))


class LogLoss(Metric):
    """Mean of minus the logarithm of the true class's probability, which is taken to be 1e-15 at least."""

    id = "log-loss"
    kind: ClassVar[Literal["regression", "classification"]] = "classification"
    higher_is_better = False

    def _value(self, y: npt.NDArray[Any], scores: Floats) -> float | Fraction:
        own = np.clip(scores[np.arange(len(y)), y], 1e-15, 1.0)
        return float(mean_rows(-log(own)))


class Auc(Metric):
    """Chance that a row of class 1 scores above one of class 0, ties counted half. Two classes only."""

    id = "auc"
    kind: ClassVar[Literal["regression", "classification"]] = "classification"
    higher_is_better = True

    def _value(self, y: npt.NDArray[Any], scores: Floats) -> float | Fraction:
        if scores.shape[1] != 2:
            raise DataRefused(f"auc is for two classes, not {scores.shape[1]}", "Take accuracy or log-loss")
        ones, zeros = scores[y == 1, 1], np.sort(scores[y == 0, 1])
        if not len(ones) or not len(zeros):
            raise DataRefused("auc is not defined where one class has no rows", "Take more rows to validate on")
        below, upto = np.searchsorted(zeros, ones, "left"), np.searchsorted(zeros, ones, "right")
        return Fraction(int(below.sum()) + int(upto.sum()), 2 * len(ones) * len(zeros))


METRICS: dict[str, Metric] = {each.id: each for each in (MeanSquaredError(), Accuracy(), LogLoss(), Auc())}
"""All metrics by name."""


def metric(name: str) -> Metric:
    """Look up a metric.

    Raises
    ------
    UnknownName
        There is none of that name.

    Examples
    --------
    >>> metric("log-loss").higher_is_better
    False
    """
    try:
        return METRICS[name]
    except KeyError:
        raise UnknownName("metric", name, list(METRICS)) from None
