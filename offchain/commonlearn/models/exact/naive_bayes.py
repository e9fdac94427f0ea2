"""Multinomial naive Bayes in integer logarithms. Source: ``docs/ref-models.md``, "Multinomial naive Bayes"."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact.base import Features, Samples, Values
from commonlearn.models.exact.sums import SumModel
from commonlearn.numerics import (
    EncodedBatch,
    lane_range,
    log2_q32,
    log2_q32_array,
    pack_lanes,
    unpack_lanes,
    words_to_bytes,
)

__all__ = ["ExactNaiveBayes"]

_HALF = 64
_MOST = (1 << _HALF) - 1
_NO_DOCUMENTS = -(1 << 255)
# Logarithms are below 2**39 (of at most 256 * 2**64 + 2**48 < 2**73, so 73 * 2**32). With value sums below 2**23 the
# two sums that make a score are below 2**62 each and the prior below 2**39, so int64 holds every step; longer samples
# are scored with Python's integers.
_SAFE_SUM = 1 << 23
# Logarithms of the smallest counts are looked up while training; most counts are small.
_TABLE = 1 << 12


class ExactNaiveBayes(SumModel):
    """The naive Bayes contract, bit for bit.

    Parameters
    ----------
    configuration : ModelConfiguration
        All counts start at zero.

    Attributes
    ----------
    sums : ndarray of int64, shape (dimension, classes)
        Count of each feature in each class, saturated at its lane.
    documents : list of int, length classes
        Samples of each class, below 2**64.
    totals : list of int, length classes
        Sum of each class's counts, below 2**64.

    Examples
    --------
    >>> from commonlearn.numerics import Encoding, encode_presence
    >>> model = ExactNaiveBayes(ModelConfiguration(Encoding.PRESENCE, 16, classes=2, dimension=3, smoothing=256))
    >>> model.train_many([encode_presence([0, 1]), encode_presence([2])], [0, 1]).tolist()
    [False, True]
    >>> model.predict_encoded([encode_presence([1]), encode_presence([2])]).tolist()
    [0, 1]
    """

    kind = Kind.NAIVE_BAYES
    allow_negative = False

    def __init__(self, configuration: ModelConfiguration) -> None:
        super().__init__(configuration)
        self.documents = [0] * configuration.classes
        self.totals = [0] * configuration.classes

    def predict_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.int64]:
        batch = self.decode(samples)
        if self._fits(batch):
            return np.asarray(self._scores_fast(batch, self._logarithms()).argmax(axis=1))
        return np.array([_best(self._scores_exactly(row)) for row in _plain_rows(batch)], dtype=np.int64)

    def scores_encoded(self, sample: bytes, now: int | None = None) -> list[int]:
        return self._scores_exactly(next(_plain_rows(self.decode([sample]))))

    def decision_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.float64]:
        batch = self.decode(samples)
        rows = self._scores_fast(batch, self._logarithms()) if self._fits(batch) else None
        if rows is None:
            rows = np.array([self._scores_exactly(row) for row in _plain_rows(batch)], dtype=object)
        difference = rows[:, 1] - rows[:, 0] if self.classes == 2 and all(self.documents) else None
        return (rows if difference is None else difference).astype(np.float64) * 2.0**-32

    def _fits(self, batch: EncodedBatch) -> bool:
        return batch.largest_absolute_sum() < _SAFE_SUM and all(self.documents)

    def _logarithms(self) -> npt.NDArray[np.int64]:
        return log2_q32_array(256 * self.sums + self.configuration.smoothing)

    def _total_logarithm(self, k: int) -> int:
        return log2_q32(256 * self.totals[k] + self.configuration.smoothing * self.configuration.dimension)

    def _scores_fast(self, batch: EncodedBatch, logarithms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        prior = np.array([log2_q32(documents) for documents in self.documents], dtype=np.int64)
        norms = np.array([self._total_logarithm(k) for k in range(self.classes)], dtype=np.int64)
        return prior + batch.product(logarithms) - batch.value_sums()[:, None] * norms

    def _scores_exactly(self, row: tuple[list[int], list[int]]) -> list[int]:
        scores = []
        smoothing = self.configuration.smoothing
        for k in range(self.classes):
            if not self.documents[k]:
                scores.append(_NO_DOCUMENTS)  # as the contract: takes no part
                continue
            score = log2_q32(self.documents[k]) - sum(row[1]) * self._total_logarithm(k)
            for feature, value in zip(*row, strict=True):
                score += value * log2_q32(256 * int(self.sums[feature, k]) + smoothing)
            scores.append(score)
        return scores

    def _train(
        self, batch: EncodedBatch, labels: npt.NDArray[np.int64], moments: npt.NDArray[np.int64] | None
    ) -> npt.NDArray[np.bool_]:
        if batch.largest_absolute_sum() >= _SAFE_SUM:
            return self._train_exactly(batch, labels)
        taught = np.zeros(len(batch), dtype=bool)
        smoothing = self.configuration.smoothing
        table = log2_q32_array(256 * np.arange(_TABLE, dtype=np.int64) + smoothing)
        logarithms = self._logarithms()
        prior = [log2_q32(documents) if documents else None for documents in self.documents]
        norms = [self._total_logarithm(k) for k in range(self.classes)]
        sums = batch.value_sums().tolist()
        for i, ((features, values), label) in enumerate(zip(batch.rows(), labels.tolist(), strict=True)):
            rows = logarithms[features]
            products = (rows.sum(axis=0) if batch.values is None else values @ rows).tolist()
            scores = [
                _NO_DOCUMENTS if first is None else first + product - sums[i] * norm
                for first, product, norm in zip(prior, products, norms, strict=True)
            ]
            taught[i] = _best(scores) != label
            new = self._learn(features, values, label)
            small = new.max(initial=0) < _TABLE
            logarithms[features, label] = table[new] if small else log2_q32_array(256 * new + smoothing)
            prior[label] = log2_q32(self.documents[label])
            norms[label] = self._total_logarithm(label)
        return taught

    def _train_exactly(self, batch: EncodedBatch, labels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        taught = np.zeros(len(batch), dtype=bool)
        for i, (row, (features, values), label) in enumerate(
            zip(_plain_rows(batch), batch.rows(), labels.tolist(), strict=True)
        ):
            taught[i] = _best(self._scores_exactly(row)) != label
            self._learn(features, values, label)
        return taught

    def _learn(self, features: Features, values: Values, label: int) -> npt.NDArray[np.int64]:
        """Add one sample to its class; gives the new counts of its features."""
        most = lane_range(self.configuration.weight_bits, signed=False)[1]
        old = self.sums[features, label]
        new = np.minimum(old + values, most)
        self.totals[label] = min(self.totals[label] + int((new - old).sum()), _MOST)
        self.sums[features, label] = new  # last: `old` of dense samples is a view
        self.documents[label] = min(self.documents[label] + 1, _MOST)
        return np.asarray(new)

    def _count(self, old: npt.NDArray[np.int64], samples: list[int]) -> None:
        for k, grown in enumerate((self.sums - old).sum(axis=0).tolist()):
            self.totals[k] = min(self.totals[k] + grown, _MOST)
            self.documents[k] = min(self.documents[k] + samples[k], _MOST)

    def _read(self, data: bytes) -> None:
        classes = self.classes
        headers = 32 * ((classes + 1) // 2)
        halves = [int.from_bytes(data[start : start + 16], "big") for start in range(0, headers, 16)][:classes]
        self.documents = [half >> _HALF for half in halves]
        self.totals = [half & _MOST for half in halves]
        bits = self.configuration.weight_bits
        lanes = unpack_lanes(data[headers:], bits, self.sums.size, signed=False, strict=False)
        self.sums = lanes.reshape(self.sums.shape)

    def _write(self) -> bytes:
        halves = [documents << _HALF | total for documents, total in zip(self.documents, self.totals, strict=True)]
        halves += [0] * (len(halves) % 2)
        headers = words_to_bytes([high << 128 | low for high, low in zip(halves[0::2], halves[1::2], strict=True)])
        return headers + pack_lanes(self.sums, self.configuration.weight_bits, signed=False)


def _best(scores: list[int]) -> int:
    return scores.index(max(scores))


def _plain_rows(batch: EncodedBatch) -> Iterator[tuple[list[int], list[int]]]:
    for features, values in batch.rows():
        numbers = list(range(batch.dimension)) if isinstance(features, slice) else features.tolist()
        yield numbers, [1] * len(numbers) if isinstance(values, int) else values.tolist()
