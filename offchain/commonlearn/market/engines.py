"""How the working model of a replay learns: the twins of ``contracts/replay``.

Source: ``docs/ref-market.md``, "Engines".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from commonlearn.market.scores import pack_scores, slice_depth, unpack_scores
from commonlearn.market.testset import pack_tests
from commonlearn.models.exact import ExactModel, ExactPerceptron
from commonlearn.numerics import Encoding
from commonlearn.numerics.batch import EncodedBatch

__all__ = ["Engine", "ModelEngine", "PerceptronEngine"]

_FIRST_CLASSES = 0
"""A time at which the first classes, which are all that a market has, take part."""


class Engine(Protocol):
    """A working model, its test set, and the contributions that it can learn."""

    prepared: bytes
    """What the contract's ``prepare`` makes of the test set."""

    def load(self, words: bytes, scores: bytes) -> None:
        """Take over the words and scores of a state."""

    def learn(self, number: int) -> int | None:
        """Learn a contribution; give the number of test samples that are right then, or None when nothing changed."""

    def words(self) -> bytes:
        """The working model."""

    def scores(self) -> bytes:
        """The scores as the contract packs them."""

    def correct(self) -> int:
        """How many test samples the working model has right."""


class ModelEngine:
    """Any model, asked for every test sample after each contribution: the twin of ``ModelReplay``.

    Parameters
    ----------
    model : ExactModel
        With its starting words.
    tests, contributions : EncodedBatch
        Decoded for this model.
    test_labels, labels : sequence of int
        Their classes.
    samples : sequence of bytes
        The test samples as they were encoded.
    implementation : bytes
        The address whose code is copied, 20 bytes.
    """

    def __init__(
        self,
        model: ExactModel,
        samples: Sequence[bytes],
        tests: EncodedBatch,
        test_labels: Sequence[int],
        contributions: EncodedBatch,
        labels: Sequence[int],
        implementation: bytes,
    ) -> None:
        self.prepared = pack_tests(samples, test_labels, implementation)
        self._model = type(model).from_words(model.configuration, model.words_bytes())
        self._tests, self._test_labels = tests, np.asarray(test_labels, dtype=np.int64)
        self._contributions, self._labels = contributions, labels

    def load(self, words: bytes, scores: bytes) -> None:
        self._model = type(self._model).from_words(self._model.configuration, words)

    def learn(self, number: int) -> int | None:
        self._model.train_many(self._contributions[number : number + 1], [self._labels[number]], _FIRST_CLASSES)
        return self.correct()

    def words(self) -> bytes:
        return self._model.words_bytes()

    def scores(self) -> bytes:
        return b""

    def correct(self) -> int:
        return int(np.count_nonzero(self._model.predict_encoded(self._tests, _FIRST_CLASSES) == self._test_labels))


class PerceptronEngine:
    """A perceptron of two classes that keeps the scores of its test samples: the twin of ``PerceptronReplay``.

    Parameters
    ----------
    model : ExactPerceptron
        With its starting words.
    samples : sequence of bytes
        The test samples as they were encoded.
    tests, contributions : EncodedBatch
        Decoded for this model.
    test_labels, labels : sequence of int
        Their classes.
    """

    def __init__(
        self,
        model: ExactPerceptron,
        samples: Sequence[bytes],
        tests: EncodedBatch,
        test_labels: Sequence[int],
        contributions: EncodedBatch,
        labels: Sequence[int],
    ) -> None:
        self.prepared = pack_tests(samples, test_labels)
        self._model = ExactPerceptron.from_words(model.configuration, model.words_bytes())
        self._rows = list(contributions.rows())
        self._labels = labels
        self._positive = np.asarray(test_labels, dtype=np.int64) == 1
        self._values = _by_feature(tests)
        self._scores = self._model.raw_scores(tests)[:, 0]
        self._depth = slice_depth(model.configuration, max(map(len, samples), default=0))

    def load(self, words: bytes, scores: bytes) -> None:
        self._model = ExactPerceptron.from_words(self._model.configuration, words)
        self._scores = unpack_scores(scores, len(self._positive), self._depth)

    def learn(self, number: int) -> int | None:
        features, values = self._rows[number]
        change = self._model.learn_row(features, values, self._labels[number])
        if change is None:
            return None
        intercept = self._model.configuration.intercept_value
        self._scores += change.constant * intercept + self._effect(features, change.weights)
        return self.correct()

    def words(self) -> bytes:
        return self._model.words_bytes()

    def scores(self) -> bytes:
        return pack_scores(self._scores, self._depth)

    def correct(self) -> int:
        return int(np.count_nonzero((self._scores > 0) == self._positive))

    def _effect(self, features: npt.NDArray[np.intp] | slice, change: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """What changes of weights add to each test sample's score."""
        rows = self._values[features]
        most, least = int(change.max()), int(change.min())
        if most == least and self._values.dtype == np.uint8:  # of presence samples, unless a weight reached an end
            return np.asarray(most * rows.sum(axis=0, dtype=np.int64))
        return np.asarray(change @ rows.astype(np.int64))


def _by_feature(tests: EncodedBatch) -> npt.NDArray[np.uint8] | npt.NDArray[np.int16]:
    """Values of the test samples, shape (dimension, tests): a contribution needs whole rows of it."""
    shape = (tests.dimension, len(tests))
    if tests.encoding is Encoding.DENSE:
        assert tests.values is not None
        return np.ascontiguousarray(tests.values.reshape(len(tests), tests.dimension).T)
    columns = np.repeat(np.arange(len(tests)), np.diff(tests.indptr))
    if tests.values is None:
        presence = np.zeros(shape, dtype=np.uint8)
        presence[tests.indices, columns] = 1
        return presence
    values = np.zeros(shape, dtype=np.int16)
    values[tests.indices, columns] = tests.values
    return values
