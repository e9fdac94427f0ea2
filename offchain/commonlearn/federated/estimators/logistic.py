"""Logistic regression by gradient descent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from commonlearn.federated.arithmetic import gram, mean_rows, product, softmax
from commonlearn.federated.estimators.base import Estimator, Floats, batches
from commonlearn.federated.parameters import Task
from commonlearn.federated.settings import Settings

__all__ = ["LogisticRegression"]


class LogisticRegression(Estimator):
    """Multinomial: softmax of linear scores, log loss. Arrays: weights (features, classes), intercepts (classes,).

    Examples
    --------
    >>> from commonlearn.federated import Settings
    >>> model, settings = LogisticRegression(), Settings(epochs=100, step=1.0)
    >>> trained = model.train(model.initial(1, 2, settings), [[-1.0], [1.0]], [0, 1], settings)
    >>> model.predict(trained, [[-3.0], [0.5]]).tolist()
    [0, 1]
    """

    id = "logistic"

    def _shapes(self, task: Task) -> tuple[tuple[int, ...], ...]:
        return (task.features, task.classes), (task.classes,)

    def _start(self, task: Task, settings: Settings) -> Sequence[Floats]:
        return [np.zeros(shape) for shape in self._shapes(task)]

    def _fit(self, arrays: Sequence[Floats], X: Floats, y: Any, task: Task, settings: Settings) -> Sequence[Floats]:
        weights, intercepts = arrays
        wanted = np.eye(task.classes)[y]
        speed, intercept_speed = np.zeros_like(weights), np.zeros_like(intercepts)
        for rows in batches(len(X), settings):
            part = X[rows]
            error = self._scores([weights, intercepts], part, task) - wanted[rows]
            slope = gram(part, error) / len(part) + settings.penalty * weights
            speed = settings.momentum * speed - settings.step * slope
            intercept_speed = settings.momentum * intercept_speed - settings.step * mean_rows(error)
            weights, intercepts = weights + speed, intercepts + intercept_speed
        return weights, intercepts

    def _scores(self, arrays: Sequence[Floats], X: Floats, task: Task) -> Floats:
        return softmax(product(X, arrays[0]) + arrays[1])
