"""The perceptron, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from commonlearn.federated.arithmetic import product, softmax
from commonlearn.federated.estimators.base import Estimator, Floats
from commonlearn.federated.parameters import Task
from commonlearn.federated.settings import Settings

__all__ = ["Perceptron"]

_SEEDS = 1 << 32


class Perceptron(Estimator):
    """Each class against the others: on a mistake, ``step`` times the sample is added to its weights or taken away.

    The passes are scikit-learn's ``SGDClassifier`` with the perceptron's loss, which goes from row to row in an order
    that comes from the seed and the number of the pass. Its sums are compiled ones: replicas need the same version, and
    the same kind of processor. Arrays: weights (features, classes), intercepts (classes,). Scores are the softmax of
    the margins, which orders classes but is no calibrated probability.

    Examples
    --------
    >>> from commonlearn.federated import Settings
    >>> model, settings = Perceptron(), Settings(epochs=5, step=1.0)
    >>> trained = model.train(model.initial(1, 2, settings), [[-1.0], [1.0]], [0, 1], settings)
    >>> model.predict(trained, [[-3.0], [0.5]]).tolist()
    [0, 1]
    """

    id = "perceptron"

    def _shapes(self, task: Task) -> tuple[tuple[int, ...], ...]:
        return (task.features, task.classes), (task.classes,)

    def _start(self, task: Task, settings: Settings) -> Sequence[Floats]:
        return [np.zeros(shape) for shape in self._shapes(task)]

    def _fit(self, arrays: Sequence[Floats], X: Floats, y: Any, task: Task, settings: Settings) -> Sequence[Floats]:
        from sklearn.linear_model import SGDClassifier  # a second's import, which other estimators do without

        weights, intercepts = (np.array(array) for array in arrays)
        for class_ in range(task.classes):
            own = (y == class_).astype(np.int64)
            learner = SGDClassifier(
                loss="perceptron",
                penalty="l2" if settings.penalty else None,
                alpha=settings.penalty,
                learning_rate="constant",
                eta0=settings.step,
            )
            # partial_fit, as fit refuses owners that have one class only; its first call makes room for the weights
            learner.partial_fit(X[:1], own[:1], classes=[0, 1])
            learner.coef_, learner.intercept_ = weights[None, :, class_].copy(), intercepts[class_ : class_ + 1].copy()
            for epoch in range(settings.epochs):
                learner.set_params(random_state=(settings.seed + epoch) % _SEEDS)
                learner.partial_fit(X, own)
            weights[:, class_], intercepts[class_] = learner.coef_[0], learner.intercept_[0]
        return weights, intercepts

    def _scores(self, arrays: Sequence[Floats], X: Floats, task: Task) -> Floats:
        return softmax(product(X, arrays[0]) + arrays[1])
