"""Nearest centroid: one round of averages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from commonlearn.federated.arithmetic import gram, mean_rows, softmax
from commonlearn.federated.estimators.base import Estimator, Floats
from commonlearn.federated.parameters import Task
from commonlearn.federated.settings import Settings

__all__ = ["NearestCentroid", "class_averages"]


def class_averages(X: Floats, y: Any, classes: int) -> tuple[Floats, Floats]:
    """Part of each class in the rows, and sums of its features divided by the number of *all* rows.

    Averaged over owners with their rows as weights, both are those of the pooled rows.

    Returns
    -------
    parts : ndarray, shape (classes,)
    sums : ndarray, shape (classes, features)

    Examples
    --------
    >>> [each.tolist() for each in class_averages(np.array([[1.0], [3.0]]), np.array([0, 1]), 2)]
    [[0.5, 0.5], [[0.5], [1.5]]]
    """
    member = np.eye(classes)[y]
    return mean_rows(member), gram(member, X) / len(X)


class NearestCentroid(Estimator):
    """The class whose mean is nearest (Euclidean). Arrays: parts (classes,), sums per row (classes, features).

    One round says all: sums and counts, kept per row, so that the average weighted by rows is that of the pooled rows
    (up to rounding). A class without rows is never predicted.
    """

    id = "centroid"
    rounds: ClassVar[Literal["many", "one"]] = "one"

    def _shapes(self, task: Task) -> tuple[tuple[int, ...], ...]:
        return (task.classes,), (task.classes, task.features)

    def _start(self, task: Task, settings: Settings) -> Sequence[Floats]:
        return [np.zeros(shape) for shape in self._shapes(task)]

    def _fit(self, arrays: Sequence[Floats], X: Floats, y: Any, task: Task, settings: Settings) -> Sequence[Floats]:
        return class_averages(X, y, task.classes)

    def _scores(self, arrays: Sequence[Floats], X: Floats, task: Task) -> Floats:
        parts, sums = arrays
        present = parts > 0
        means = sums / np.where(present, parts, 1.0)[:, None]
        distances = np.zeros((len(X), task.classes))
        for feature in range(task.features):
            apart = X[:, feature : feature + 1] - means[:, feature]
            distances += apart * apart
        if not present.any():
            return np.full((len(X), task.classes), 1.0 / task.classes)
        return softmax(np.where(present, -distances / 2, -np.inf))
