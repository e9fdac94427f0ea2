"""A model that learns one numbered sample at a time, and the accuracy it has.

The integers are those of :mod:`commonlearn.models.exact`; here is only what makes single samples cheap.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from commonlearn.models.exact import ExactModel, ExactPerceptron
from commonlearn.numerics import EncodedBatch, Encoding
from commonlearn.simulation.material import Material

__all__ = ["Accuracy", "Learner", "learner_of"]

_FIRST_CLASSES = 0
"""A time at which the first classes, which are all that a simulation has, take part."""


class Accuracy(NamedTuple):
    """Part of the held-out test samples that is right, 0 to 1.

    Parameters
    ----------
    contract : float
        By the contract's weights.
    averaged : float or None
        By the mean of a perceptron's weights over its log, which is free to use; None for other models.
    """

    contract: float
    averaged: float | None


class Learner(ABC):
    """A model on its way.

    Parameters
    ----------
    material : Material
        Its first weights are copied.
    """

    def __init__(self, material: Material) -> None:
        first = material.model
        self.model = type(first).from_words(first.configuration, first.words_bytes())
        self._material = material

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.model.classes

    @abstractmethod
    def predict(self, sample: int) -> int:
        """Class number of a sample of the pool now."""

    @abstractmethod
    def sureness(self, sample: int) -> float:
        """By how much the predicted class leads; greater is surer, units of the model's scores."""

    @abstractmethod
    def learn(self, sample: int, label: int) -> bool:
        """Learn a sample; say whether it taught."""

    def measure(self) -> Accuracy:
        """Accuracy on the held-out samples; those without a known feature count as wrong."""
        material = self._material
        right = self.model.predict_encoded(material.test, _FIRST_CLASSES) == material.test_labels
        return Accuracy(int(np.count_nonzero(right)) / material.test_size, None)


class _RowLearner(Learner):
    """A perceptron of two classes, row by row."""

    model: ExactPerceptron

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self._rows = material.rows
        self._positive = material.test_labels == 1

    def predict(self, sample: int) -> int:
        features, values = self._rows[sample]
        return int(self.model.row_score(features, values) > 0)

    def sureness(self, sample: int) -> float:
        features, values = self._rows[sample]
        return abs(self.model.row_score(features, values))

    def learn(self, sample: int, label: int) -> bool:
        features, values = self._rows[sample]
        return self.model.learn_row(features, values, label) is not None

    def measure(self) -> Accuracy:
        intercept, average = self.model.configuration.intercept_value, self.model.average()[:, 0]
        both = np.stack([self.model.weights[:, 0].astype(np.float64), average], axis=1)
        # Products of lanes and values are far below 2**53, so floats are exact for the contract's column.
        scores = self._material.test_matrix @ both[1:] + intercept * both[0]
        right = np.count_nonzero((scores > 0) == self._positive[:, None], axis=0) / self._material.test_size
        return Accuracy(float(right[0]), float(right[1]))


class _AnyLearner(Learner):
    """Any model, one call of the twin a sample."""

    def predict(self, sample: int) -> int:
        return int(self.model.predict_encoded(self._one(sample), _FIRST_CLASSES)[0])

    def sureness(self, sample: int) -> float:
        decision: npt.NDArray[np.float64] = np.atleast_1d(
            self.model.decision_encoded(self._one(sample), _FIRST_CLASSES)[0]
        )
        if len(decision) == 1:
            return abs(float(decision[0]))
        second, first = np.sort(decision)[-2:]
        return float(first - second)

    def learn(self, sample: int, label: int) -> bool:
        return bool(self.model.train_many(self._one(sample), [label], _FIRST_CLASSES)[0])

    def _one(self, sample: int) -> EncodedBatch:
        pool = self._material.pool
        start, end = pool.indptr[sample], pool.indptr[sample + 1]
        return EncodedBatch(
            pool.encoding,
            pool.dimension,
            np.array([0, end - start]),
            pool.indices if pool.encoding is Encoding.DENSE else pool.indices[start:end],
            None if pool.values is None else pool.values[start:end],
        )


def learner_of(material: Material) -> Learner:
    """The cheapest learner for a material's model."""
    model: ExactModel = material.model
    if isinstance(model, ExactPerceptron) and model.classes == 2:
        return _RowLearner(material)
    return _AnyLearner(material)
