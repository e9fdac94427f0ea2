"""Nearest centroid on saturating sums, compared exactly. Source: ``docs/ref-models.md``, "Nearest centroid"."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.errors import EmptyClass, MissingWords, TooManyWords, UnknownLabel
from commonlearn.models.configuration import Kind, ModelConfiguration
from commonlearn.models.exact.base import Samples, words_data
from commonlearn.models.exact.sums import SumModel
from commonlearn.numerics import EncodedBatch, lane_range, pack_lanes, unpack_lanes

__all__ = ["ExactCentroid"]

_COUNT_BITS, _NORM_BITS = 32, 184
_MOST_COUNT, _MOST_NORM = (1 << _COUNT_BITS) - 1, (1 << _NORM_BITS) - 1
# Error of norm / n**2 - 2 * product / n in floating point, relative to the sum of both terms' sizes: at most three
# roundings of 2**-53 in a term and one of the difference make 2**-51; the rest is room for the bound's own rounding.
_RELATIVE_ERROR = 2.0**-49
_BLOCK_ROWS = 4096
_MOST_CLASSES = 64
"""Classes cannot be added beyond this number."""


class ExactCentroid(SumModel):
    """The nearest-centroid contract, bit for bit.

    Parameters
    ----------
    configuration : ModelConfiguration
        Classes start without samples, so they are not predicted before they learned one.

    Attributes
    ----------
    sums : ndarray of int64, shape (dimension, classes)
        Sum of each class's samples, saturated.
    counts : list of int, length classes
        Samples in each sum.
    norms : list of int, length classes
        Squared length of each sum, below 2**184.
    active_at : list of int, length classes
        Unix time in seconds from which each class takes part; 0 for first classes.

    Examples
    --------
    >>> from commonlearn.numerics import Encoding, encode_dense
    >>> model = ExactCentroid(ModelConfiguration(Encoding.DENSE, weight_bits=16, classes=2, dimension=2))
    >>> [model.train_one(encode_dense(x), y) for x, y in (([9, 1], 0), ([-9, 1], 1), ([7, 3], 0))]
    [False, True, False]
    >>> model.predict_encoded([encode_dense([2, 0]), encode_dense([-2, 0])]).tolist()
    [0, 1]
    >>> model.scores_encoded(encode_dense([2, 0]))
    [144, 2, 118, 1]
    """

    kind = Kind.NEAREST_CENTROID

    def __init__(self, configuration: ModelConfiguration) -> None:
        super().__init__(configuration)
        self.counts = [0] * configuration.classes
        self.norms = [0] * configuration.classes
        self.active_at = [0] * configuration.classes

    @property
    def classes(self) -> int:
        return len(self.counts)

    def add_class(self, words: Sequence[int] | bytes, active_at: int) -> int:
        """Announce a class, as the contract does for the curator.

        Parameters
        ----------
        words : sequence of int, or bytes
            Header and lanes of the class. The header's time is ignored.
        active_at : int
            Unix time in seconds from which the class takes part (event ``ClassAdded``).

        Returns
        -------
        int
            Number of the new class.

        Raises
        ------
        MissingWords, TooManyWords
            Not exactly the words of one class.
        EmptyClass
            The class has no samples.
        """
        data = words_data(words)
        wanted = self.configuration.words_per_class()
        if len(data) < 32 * wanted:
            raise MissingWords(len(data) // 32, wanted)
        if len(data) > 32 * wanted:
            raise TooManyWords(len(data) // 32, wanted)
        header = int.from_bytes(data[:32], "big")
        if header >> _NORM_BITS & _MOST_COUNT == 0:
            raise EmptyClass(self.classes)
        header = header & ((1 << (_COUNT_BITS + _NORM_BITS)) - 1) | active_at << (_COUNT_BITS + _NORM_BITS)
        grown = type(self).from_words(self.configuration, self.words_bytes() + header.to_bytes(32, "big") + data[32:])
        self.__dict__.update(grown.__dict__)
        return self.classes - 1

    def predict_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.int64]:
        batch = self.decode(samples)
        taking_part = self._taking_part(now)
        result = np.zeros(len(batch), dtype=np.int64)
        if not taking_part:
            return result
        for start in range(0, len(batch), _BLOCK_ROWS):
            block = slice(start, min(start + _BLOCK_ROWS, len(batch)))
            products = batch[block].product(self.sums)[:, taking_part]
            result[block] = self._nearest(products, taking_part)
        return result

    def scores_encoded(self, sample: bytes, now: int | None = None) -> list[int]:
        products = self.decode([sample]).product(self.sums)[0].tolist()
        moment = self._moment(now)
        scores: list[int] = []
        for k in range(self.classes):
            active = self.active_at[k] <= moment
            scores += [self.norms[k] - 2 * self.counts[k] * products[k], self.counts[k]] if active else [0, 0]
        return scores

    def decision_encoded(self, samples: Samples, now: int | None = None) -> npt.NDArray[np.float64]:
        batch = self.decode(samples)
        scores = np.full((len(batch), self.classes), -np.inf)
        taking_part = self._taking_part(now)
        scores[:, taking_part] = -self._distances(batch.product(self.sums)[:, taking_part], taking_part)[0]
        return scores[:, 1] - scores[:, 0] if self.classes == 2 else scores

    def _moment(self, now: int | None) -> int:
        # Without added classes the time does not matter, and asking for it would only hide that.
        return now if now is not None else int(time.time()) if any(self.active_at) else 0

    def _taking_part(self, now: int | None) -> list[int]:
        moment = self._moment(now)
        return [k for k in range(self.classes) if self.counts[k] and self.active_at[k] <= moment]

    def _distances(
        self, products: npt.NDArray[np.int64], among: list[int]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Squared distances less what all share, and bounds of their errors, both of shape (n, len(among))."""
        counts = np.array([float(self.counts[k]) for k in among])
        own = np.array([float(self.norms[k]) for k in among]) / (counts * counts)
        crossed = 2.0 * products.astype(np.float64) / counts
        return own - crossed, _RELATIVE_ERROR * (own + np.abs(crossed))

    def _nearest(self, products: npt.NDArray[np.int64], among: list[int]) -> npt.NDArray[np.int64]:
        """Nearest of the classes ``among``: by floats where they decide, else exactly."""
        distances, errors = self._distances(products, among)
        best = distances.argmin(axis=1)
        rows = np.arange(len(best))
        close = distances - errors <= (distances[rows, best] + errors[rows, best])[:, None]
        nearest = np.asarray(among, dtype=np.int64)[best]
        for row in np.flatnonzero(close.sum(axis=1) > 1):
            nearest[row] = self._nearest_exactly(products[row].tolist(), among)
        return np.asarray(nearest)

    def _nearest_exactly(self, products: list[int], among: list[int]) -> int:
        nearest, least, size = 0, 0, 0
        for k, product in zip(among, products, strict=True):
            count = self.counts[k]
            numerator = self.norms[k] - 2 * count * product
            if not size or numerator * size * size < least * count * count:
                nearest, least, size = k, numerator, count
        return nearest

    def _check_labels(self, labels: npt.NDArray[Any], moments: npt.NDArray[np.int64] | None) -> None:
        super()._check_labels(labels, moments)
        moment: Any = self._moment(None) if moments is None else moments
        early = np.asarray(self.active_at)[labels.astype(np.int64)] > moment
        if early.any():
            raise UnknownLabel(labels[early][0].item(), self.classes)

    def _train(
        self, batch: EncodedBatch, labels: npt.NDArray[np.int64], moments: npt.NDArray[np.int64] | None
    ) -> npt.NDArray[np.bool_]:
        low, high = lane_range(self.configuration.weight_bits)
        taught = np.zeros(len(batch), dtype=bool)
        times = [self._moment(None)] * len(batch) if moments is None else moments.tolist()
        for i, ((features, values), label) in enumerate(zip(batch.rows(), labels.tolist(), strict=True)):
            rows = self.sums[features]
            products = (rows.sum(axis=0) if batch.values is None else values @ rows).tolist()
            among = self._taking_part(times[i])
            taught[i] = self._nearest_exactly([products[k] for k in among], among) != label
            old = rows[:, label]
            new = np.minimum(np.maximum(old + values, low), high)
            # |new - old| < 2**15 and |new + old| <= 2**32: 65,536 terms stay below 2**63.
            grown = self.norms[label] + int(((new - old) * (new + old)).sum())
            self.sums[features, label] = new  # last: `old` of dense samples is a view
            self.norms[label] = min(max(grown, 0), _MOST_NORM)
            self.counts[label] = min(self.counts[label] + 1, _MOST_COUNT)
        return taught

    def _count(self, old: npt.NDArray[np.int64], samples: list[int]) -> None:
        for k, (after, before) in enumerate(zip(_squares(self.sums), _squares(old), strict=True)):
            self.norms[k] = min(max(self.norms[k] + after - before, 0), _MOST_NORM)
            self.counts[k] = min(self.counts[k] + samples[k], _MOST_COUNT)

    def _check_count(self, given: int) -> None:
        per_class = self.configuration.words_per_class()
        required = self.configuration.required_words(self.kind)
        if given < required:
            raise MissingWords(given, required)
        most = max(self.configuration.classes, _MOST_CLASSES)
        added = given // per_class * per_class  # whole classes may have been added, up to 64
        if given != min(added, most * per_class):
            raise TooManyWords(given, min(added, most * per_class))

    def _read(self, data: bytes) -> None:
        size = 32 * self.configuration.words_per_class()
        starts = range(0, len(data), size)
        headers = [int.from_bytes(data[start : start + 32], "big") for start in starts]
        self.active_at = [header >> (_COUNT_BITS + _NORM_BITS) for header in headers]
        self.counts = [header >> _NORM_BITS & _MOST_COUNT for header in headers]
        self.norms = [header & _MOST_NORM for header in headers]
        bits, dimension = self.configuration.weight_bits, self.configuration.dimension
        rows = [unpack_lanes(data[start + 32 : start + size], bits, dimension, strict=False) for start in starts]
        self.sums = np.ascontiguousarray(np.stack(rows, axis=1))

    def _write(self) -> bytes:
        parts = []
        for k in range(self.classes):
            header = self.active_at[k] << (_COUNT_BITS + _NORM_BITS) | self.counts[k] << _NORM_BITS | self.norms[k]
            parts += [header.to_bytes(32, "big"), pack_lanes(self.sums[:, k], self.configuration.weight_bits)]
        return b"".join(parts)


def _squares(sums: npt.NDArray[np.int64]) -> list[int]:
    """Squared length of each column, exactly: halves of 16 bits keep every partial sum of 65,536 terms within int64."""
    high, low = sums >> 16, sums & 0xFFFF
    parts = ((high * high).sum(axis=0), (high * low).sum(axis=0), (low * low).sum(axis=0))
    return [(a << 32) + (b << 17) + c for a, b, c in zip(*(part.tolist() for part in parts), strict=True)]
