"""Linear regression by gradient descent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from commonlearn.federated.arithmetic import gram, mean_rows, product
from commonlearn.federated.estimators.base import Estimator, Floats, batches
from commonlearn.federated.parameters import Task
from commonlearn.federated.settings import Settings

__all__ = ["LinearRegression"]


class LinearRegression(Estimator):
    """Least squares: ``w -= step * mean((w·x + b - y) * x)``, and likewise ``b``.

    The gradient is that of half the mean squared error, as DeltaML has it (equation 6.3). Arrays: weights (features,),
    intercept (1,).

    Examples
    --------
    >>> from commonlearn.federated import Settings
    >>> line, settings = LinearRegression(), Settings(epochs=200, step=0.5)
    >>> model = line.train(line.initial(1, 0, settings), [[-1.0], [0.0], [1.0]], [1.0, 3.0, 5.0], settings)
    >>> line.predict(model, [[2.0]]).round(3).tolist()
    [7.0]
    """

    id = "linear"
    kind: ClassVar[Literal["regression", "classification"]] = "regression"

    def _shapes(self, task: Task) -> tuple[tuple[int, ...], ...]:
        return (task.features,), (1,)

    def _start(self, task: Task, settings: Settings) -> Sequence[Floats]:
        return [np.zeros(shape) for shape in self._shapes(task)]

    def _fit(self, arrays: Sequence[Floats], X: Floats, y: Any, task: Task, settings: Settings) -> Sequence[Floats]:
        weights, intercept = arrays
        for rows in batches(len(X), settings):
            part = X[rows]
            error = self._scores([weights, intercept], part, task) - y[rows]
            slope = gram(part, error[:, None])[:, 0] / len(part) + settings.penalty * weights
            weights = weights - settings.step * slope
            intercept = intercept - settings.step * mean_rows(error)
        return weights, intercept

    def _scores(self, arrays: Sequence[Floats], X: Floats, task: Task) -> Floats:
        weights, intercept = arrays
        return np.asarray(product(X, weights[:, None])[:, 0] + intercept[0])
