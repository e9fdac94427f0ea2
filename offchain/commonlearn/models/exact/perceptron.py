"""Perceptron with a margin on saturating lanes. Source: ``docs/ref-models.md``, "Perceptron"."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from commonlearn.errors import MissingWords, TooManyWords
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact.base import ExactModel, Features, Samples, Values
from commonlearn.numerics import EncodedBatch, lane_range, pack_lanes, unpack_lanes

__all__ = ["ExactPerceptron", "RowChange"]


class RowChange(NamedTuple):
    """What one sample changed in a two-class perceptron.

    Parameters
    ----------
    constant : int
        Change of the constant feature's weight.
    weights : ndarray of int64
        Changes of the weights of the sample's features, in their order.
    """

    constant: int
    weights: npt.NDArray[np.int64]


class ExactPerceptron(ExactModel):
    """The perceptron contract, bit for bit.

    Every score fits int64: at most 65,537 features of 15 bits times lanes of 31 bits are below 2**62, and the
    difference of two scores is below 2**63.

    Parameters
    ----------
    configuration : ModelConfiguration
        Weights start at zero.

    Attributes
    ----------
    weights : ndarray of int64, shape (dimension + 1, columns)
        The constant feature's first.
    taught_sum : ndarray of float64, shape (dimension + 1, columns)
        What averaging needs: each change of a weight, times the number of contributions before it.
    contributions : int
        How many contributions were learned here (the average is over these).

    Examples
    --------
    >>> from commonlearn.numerics import Encoding, encode_presence
    >>> configuration = ModelConfiguration(Encoding.PRESENCE, 8, 2, dimension=4, step=1, intercept_value=1, margin=2)
    >>> model = ExactPerceptron(configuration)
    >>> model.train_one(encode_presence([0, 3]), 1), model.train_one(encode_presence([0, 3]), 1)
    (True, False)
    >>> model.predict_encoded([encode_presence([3]), encode_presence([1])]).tolist()
    [1, 1]
    >>> hex(model.words()[0] >> 216)
    '0x101000001'
    """

    kind = Kind.PERCEPTRON

    def __init__(self, configuration: ModelConfiguration) -> None:
        super().__init__(configuration)
        self._columns = configuration.columns(self.kind)
        self.weights = np.zeros((configuration.dimension + 1, self._columns), dtype=np.int64)
        self.taught_sum = np.zeros(self.weights.shape, dtype=np.float64)
        self.contributions = 0
        self._range = lane_range(configuration.weight_bits)

    def raw_scores(self, samples: Samples) -> npt.NDArray[np.int64]:
        """Exact scores, shape (n, columns)."""
        batch = self.decode(samples)
        return np.asarray(batch.product(self.weights[1:]) + self.configuration.intercept_value * self.weights[0])

    def predict_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.int64]:
        scores = self.raw_scores(samples)
        if self._columns == 1:
            return (scores[:, 0] > 0).astype(np.int64)
        return np.asarray(scores.argmax(axis=1))  # the lowest-numbered of equals, as the contract's

    def scores_encoded(self, sample: bytes, now: int | None = None) -> list[int]:
        return [int(score) for score in self.raw_scores([sample])[0]]

    def decision_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.float64]:
        scores = self.raw_scores(samples).astype(np.float64)
        return scores[:, 0] if self._columns == 1 else scores

    def row_score(self, features: Features, values: Values) -> int:
        """Score of one decoded sample of a two-class model, as :meth:`EncodedBatch.rows` gives it."""
        weights = self.weights[:, 0]
        terms = weights[1:][features]
        if not isinstance(values, int):
            terms = terms * values
        return self.configuration.intercept_value * int(weights[0]) + int(terms.sum())

    def learn_row(self, features: Features, values: Values, label: int) -> RowChange | None:
        """Learn one decoded sample of a two-class model: the contract's rule, for whoever learns one at a time.

        Parameters
        ----------
        features, values
            As :meth:`EncodedBatch.rows` gives them.
        label : int
            0 or 1; not checked here.

        Returns
        -------
        RowChange or None
            How weights changed; None if the sample taught nothing.
        """
        c = self.configuration
        # Views of the one column; the constant feature apart, so that samples' numbers index the rest as they are.
        column = self.weights[:, 0]
        weights, constant = column[1:], int(column[0])
        old = weights[features]
        score = c.intercept_value * constant + int((old if isinstance(values, int) else old * values).sum())
        time = self.contributions
        self.contributions = time + 1
        if (score > 0) == bool(label) and (score if label else -score) >= c.margin:
            return None
        low, high = self._range
        change = c.step if label else -c.step
        new = np.minimum(np.maximum(old + change * values, low), high)
        moved = new - old  # before the weights change: `old` of dense samples is a view
        weights[features] = new
        first = min(max(constant + change * c.intercept_value, low), high)
        column[0] = first
        if time:
            taught_sum = self.taught_sum[:, 0]
            taught_sum[1:][features] += time * moved
            taught_sum[0] += time * (first - constant)
        return RowChange(first - constant, moved)

    def average(self) -> npt.NDArray[np.float64]:
        """Give the mean of the weights after each contribution, those that taught nothing included.

        Before the first contribution these are the weights themselves.

        Source: Freund and Schapire, "Large margin classification using the perceptron algorithm" (1999).

        Returns
        -------
        ndarray of float64, shape (dimension + 1, columns)
        """
        # A change by contribution t (from 0) is in the weights after t, ..., T - 1: in all but t of the T terms.
        return self.weights - self.taught_sum / max(1, self.contributions)

    def restore_history(self, contributions: int, taught_sum: npt.NDArray[np.float64]) -> None:
        """Take over the two numbers that averaging needs besides the words, such as from a client's cache.

        Parameters
        ----------
        contributions : int
            As :attr:`contributions` was.
        taught_sum : ndarray of float64, shape (dimension + 1, columns)
            As :attr:`taught_sum` was.

        Raises
        ------
        MissingWords, TooManyWords
            It is of another shape, so of another model.
        """
        if taught_sum.shape != self.weights.shape:
            error = MissingWords if taught_sum.size < self.weights.size else TooManyWords
            raise error(taught_sum.size, self.weights.size)
        self.contributions, self.taught_sum = contributions, taught_sum.astype(np.float64)

    def _read(self, data: bytes) -> None:
        bits = self.configuration.weight_bits
        self.weights = unpack_lanes(data, bits, self.weights.size, strict=False).reshape(self.weights.shape)

    def _write(self) -> bytes:
        return pack_lanes(self.weights, self.configuration.weight_bits)

    def _train(
        self, batch: EncodedBatch, labels: npt.NDArray[np.int64], moments: npt.NDArray[np.int64] | None
    ) -> npt.NDArray[np.bool_]:
        return self._train_two(batch, labels) if self._columns == 1 else self._train_more(batch, labels)

    def _train_two(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        learn, rows = self.learn_row, zip(batch.rows(), labels.tolist(), strict=True)
        taught = (learn(features, values, label) is not None for (features, values), label in rows)
        return np.fromiter(taught, dtype=bool, count=len(batch))

    def _train_more(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        c = self.configuration
        constant, weights = self.weights[0], self.weights[1:]
        constant_sum, weights_sum = self.taught_sum[0], self.taught_sum[1:]
        low, high = lane_range(c.weight_bits)
        taught = np.zeros(len(batch), dtype=bool)
        for i, ((features, values), label) in enumerate(zip(batch.rows(), labels.tolist(), strict=True)):
            rows = weights[features]
            scores = c.intercept_value * constant + (rows.sum(axis=0) if batch.values is None else values @ rows)
            best = int(scores.argmax())
            own = int(scores[label])
            scores[label] = np.iinfo(np.int64).min  # below every score, see the class
            rival = int(scores.argmax())
            if best == label and own - int(scores[rival]) >= c.margin:
                continue
            taught[i] = True
            time = self.contributions + i
            for column, change in ((label, c.step), (rival, -c.step)):
                old = rows[:, column]
                new = np.minimum(np.maximum(old + change * values, low), high)
                weights_sum[features, column] += time * (new - old)  # before the weights change, as above
                weights[features, column] = new
                first = min(max(int(constant[column]) + change * c.intercept_value, low), high)
                constant_sum[column] += time * (first - int(constant[column]))
                constant[column] = first
        self.contributions += len(batch)
        return taught
