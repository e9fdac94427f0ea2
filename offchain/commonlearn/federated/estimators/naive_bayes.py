"""Gaussian naive Bayes: one round of averages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from commonlearn.federated.arithmetic import gram, log, softmax, tree_sum
from commonlearn.federated.estimators.base import Estimator, Floats
from commonlearn.federated.estimators.centroid import class_averages
from commonlearn.federated.parameters import Task
from commonlearn.federated.settings import Settings

__all__ = ["GaussianNaiveBayes"]


class GaussianNaiveBayes(Estimator):
    """Each feature normal within each class, independent of the others.

    Arrays: parts (classes,), sums per row (classes, features), sums of squares per row (classes, features), smoothing
    (1,): like counts and sums these merge exactly under an average weighted by rows. Means and variances are made
    when scoring; ``smoothing`` times the largest variance of a feature is added, as scikit-learn does it. Columns
    should be centred, or squares lose digits. A class without rows is never predicted.
    """

    id = "naive-bayes"
    rounds: ClassVar[Literal["many", "one"]] = "one"

    def _shapes(self, task: Task) -> tuple[tuple[int, ...], ...]:
        square = (task.classes, task.features)
        return (task.classes,), square, square, (1,)

    def _start(self, task: Task, settings: Settings) -> Sequence[Floats]:
        return [np.zeros(shape) for shape in self._shapes(task)]

    def _fit(self, arrays: Sequence[Floats], X: Floats, y: Any, task: Task, settings: Settings) -> Sequence[Floats]:
        parts, sums = class_averages(X, y, task.classes)
        squares = gram(np.eye(task.classes)[y], X * X) / len(X)
        return parts, sums, squares, np.array([settings.smoothing])

    def _scores(self, arrays: Sequence[Floats], X: Floats, task: Task) -> Floats:
        parts, sums, squares, smoothing = arrays
        present = parts > 0
        if not present.any():
            return np.full((len(X), task.classes), 1.0 / task.classes)
        share = np.where(present, parts, 1.0)[:, None]
        means, overall = sums / share, tree_sum(sums)
        spread = float(np.max(tree_sum(squares) - overall * overall))
        added = max(float(smoothing[0]) * spread, 1e-9)
        variances = np.maximum(squares / share - means * means, 0.0) + added
        scores = np.where(present, log(np.where(present, parts, 1.0)), -np.inf) + np.zeros((len(X), 1))
        constants = -0.5 * log(2.0 * math.pi * variances)
        for feature in range(task.features):
            distance = X[:, feature : feature + 1] - means[:, feature]
            scores += constants[:, feature] - 0.5 * (distance * distance / variances[:, feature])
        return softmax(scores)
