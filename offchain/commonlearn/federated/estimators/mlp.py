"""A small multi-layer perceptron: one hidden layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from commonlearn.federated.arithmetic import gram, mean_rows, product, softmax, tanh
from commonlearn.federated.estimators.base import Estimator, Floats, batches
from commonlearn.federated.parameters import Task
from commonlearn.federated.settings import Settings

__all__ = ["SmallMlp"]


class SmallMlp(Estimator):
    """``softmax(tanh(X·A + a)·B + b)``, trained by gradient descent with momentum.

    Arrays: A (features, width), a (width,), B (width, classes), b (classes,). First weights come from the seed (Glorot
    and Bengio 2010, uniform), so that all owners begin alike: averages of networks that began apart mean nothing
    (McMahan et al. 2017, section 2).

    Examples
    --------
    >>> from commonlearn.federated import Settings
    >>> net, settings = SmallMlp(), Settings(epochs=500, step=0.5, momentum=0.9, width=4, seed=1)
    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
    >>> net.predict(net.train(net.initial(2, 2, settings), X, y, settings), X).tolist()
    [0, 1, 1, 0]
    """

    id = "mlp"

    def _has_width(self) -> bool:
        return True

    def _shapes(self, task: Task) -> tuple[tuple[int, ...], ...]:
        return (task.features, task.width), (task.width,), (task.width, task.classes), (task.classes,)

    def _start(self, task: Task, settings: Settings) -> Sequence[Floats]:
        source, arrays = np.random.PCG64(settings.seed), []
        for shape in self._shapes(task):
            if len(shape) == 1:
                arrays.append(np.zeros(shape))
                continue
            # raw words, which numpy keeps for ever, rather than its generators' methods, which may change
            unit = (source.random_raw(math.prod(shape)) >> np.uint64(11)).astype(np.float64) * 2.0**-53
            arrays.append((2.0 * unit.reshape(shape) - 1.0) * math.sqrt(6.0 / sum(shape)))
        return arrays

    def _fit(self, arrays: Sequence[Floats], X: Floats, y: Any, task: Task, settings: Settings) -> Sequence[Floats]:
        values = list(arrays)
        wanted, speeds = np.eye(task.classes)[y], [np.zeros_like(array) for array in arrays]
        for rows in batches(len(X), settings):
            first, first_bias, second, second_bias = values
            part = X[rows]
            hidden = tanh(product(part, first) + first_bias)
            error = softmax(product(hidden, second) + second_bias) - wanted[rows]
            back = product(error, second.T) * (1.0 - hidden * hidden)
            slopes = [
                gram(part, back) / len(part) + settings.penalty * first,
                mean_rows(back),
                gram(hidden, error) / len(part) + settings.penalty * second,
                mean_rows(error),
            ]
            speeds = [
                settings.momentum * speed - settings.step * slope for speed, slope in zip(speeds, slopes, strict=True)
            ]
            values = [value + speed for value, speed in zip(values, speeds, strict=True)]
        return values

    def _scores(self, arrays: Sequence[Floats], X: Floats, task: Task) -> Floats:
        first, first_bias, second, second_bias = arrays
        return softmax(product(tanh(product(X, first) + first_bias), second) + second_bias)
