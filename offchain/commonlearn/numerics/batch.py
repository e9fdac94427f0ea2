"""Many decoded samples in compact arrays, for fast inference and replay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import scipy.sparse as sp

__all__ = ["EncodedBatch", "Encoding"]

# Products are made in blocks, so that their temporary arrays stay within the processor's cache and memory stays flat.
_BLOCK_FEATURES = 1 << 18
_EXACT_IN_FLOAT64 = 1 << 53

Number = TypeVar("Number", np.int64, np.float64)


class Encoding(IntEnum):
    """How a sample's features are written as bytes.

    Examples
    --------
    >>> Encoding.PRESENCE.unit, Encoding.SPARSE.unit, Encoding["DENSE"].unit
    (2, 4, 2)
    """

    PRESENCE = 0
    """Indices of the features that are there, 2 bytes each."""
    SPARSE = 1
    """Index and value of the features that are not zero, 2 + 2 bytes each."""
    DENSE = 2
    """Every feature's value, 2 bytes each."""

    @property
    def unit(self) -> int:
        """Bytes a feature."""
        return 4 if self is Encoding.SPARSE else 2


@dataclass(frozen=True, eq=False)
class EncodedBatch:
    """Samples that passed every check of their encoding.

    Made by :func:`~commonlearn.numerics.decode_many` from bytes, by
    :func:`~commonlearn.numerics.batch_from_matrix` from numbers. Immutable by
    convention: models share its arrays.

    Parameters
    ----------
    encoding : Encoding
        Encoding of all samples.
    dimension : int
        Number of features of the model, 1 to 65,536.
    indptr : ndarray of int64, shape (n + 1,)
        Sample ``i`` owns the entries ``indptr[i]`` to ``indptr[i + 1]`` of the other two.
    indices : ndarray of uint16, shape (entries,)
        Feature numbers, strictly increasing within a sample. Empty for dense samples, whose entries are all features
        in order.
    values : ndarray of int16, shape (entries,), or None
        Values; None where all are 1 (presence).

    Examples
    --------
    >>> from commonlearn.numerics import batch_from_matrix
    >>> batch = batch_from_matrix([[1, 0, 1], [0, 1, 0]], Encoding.PRESENCE)
    >>> len(batch), [sample.hex() for sample in batch.to_samples()]
    (2, ['00000002', '0001'])
    >>> batch.product(np.array([[5], [7], [-2]])).ravel().tolist()
    [3, 7]
    """

    encoding: Encoding
    dimension: int
    indptr: npt.NDArray[np.int64]
    indices: npt.NDArray[np.uint16]
    values: npt.NDArray[np.int16] | None

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def __getitem__(self, key: slice | npt.ArrayLike) -> EncodedBatch:
        """Select samples by a slice, positions or a mask, in that order."""
        rows = np.arange(len(self))[key]  # type: ignore[index]  # numpy types no array-like here, but takes them
        rows = np.atleast_1d(rows)
        lengths = np.diff(self.indptr)[rows]
        indptr = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(lengths, out=indptr[1:])
        # Entry k of the selection is entry k - (where its sample now starts) + (where its sample started before).
        entries = np.arange(indptr[-1]) + np.repeat(self.indptr[rows] - indptr[:-1], lengths)
        indices = self.indices if self.encoding is Encoding.DENSE else self.indices[entries]
        return EncodedBatch(
            self.encoding, self.dimension, indptr, indices, None if self.values is None else self.values[entries]
        )

    def rows(self) -> Iterator[tuple[npt.NDArray[np.intp] | slice, npt.NDArray[np.int64] | int]]:
        """Feature numbers (a slice over all of them if dense) and values (1 if presence) of each sample in turn."""
        starts = self.indptr.tolist()
        values = None if self.values is None else self.values.astype(np.int64)
        if self.encoding is Encoding.DENSE:
            assert values is not None
            for start, end in pairwise(starts):
                yield slice(None), values[start:end]
            return
        indices = self.indices.astype(np.intp)
        for start, end in pairwise(starts):
            yield indices[start:end], 1 if values is None else values[start:end]

    def value_sums(self) -> npt.NDArray[np.int64]:
        """Sum of each sample's values, shape (n,)."""
        if self.values is None:
            return np.diff(self.indptr)
        return (
            np.add.reduceat(self.values, self.indptr[:-1], dtype=np.int64) if len(self) else np.zeros(0, dtype=np.int64)
        )

    def largest_absolute_sum(self) -> int:
        """Largest sum of absolute values of any sample: bounds every product. 0 for an empty batch."""
        if not len(self):
            return 0
        if self.values is None:
            return int(np.diff(self.indptr).max())
        return int(np.add.reduceat(np.abs(self.values), self.indptr[:-1], dtype=np.int64).max())

    def mean_square(self) -> float:
        """Mean squared length of the samples; 0.0 for an empty batch."""
        squares = len(self.indices) if self.values is None else np.square(self.values.astype(np.float64)).sum()
        return float(squares) / max(1, len(self))

    def to_csr(self, dtype: npt.DTypeLike = np.int64) -> sp.csr_array:
        """The samples as a sparse matrix, shape (n, dimension)."""
        import scipy.sparse as sp  # 0.3 s, which programs in a sandbox do without

        if self.encoding is Encoding.DENSE:
            return sp.csr_array(self.to_dense().astype(dtype))
        values = np.ones(len(self.indices), dtype=dtype) if self.values is None else self.values.astype(dtype)
        narrow = (
            np.int32 if self.indptr[-1] <= np.iinfo(np.int32).max else np.int64
        )  # scikit-learn refuses wide indices
        parts = (values, self.indices.astype(narrow), self.indptr.astype(narrow))
        return sp.csr_array(parts, shape=(len(self), self.dimension))

    def to_dense(self) -> npt.NDArray[np.int64]:
        """The samples as a matrix, shape (n, dimension)."""
        if self.encoding is Encoding.DENSE:
            assert self.values is not None
            return self.values.reshape(len(self), self.dimension).astype(np.int64)
        return np.asarray(self.to_csr().toarray())

    def to_samples(self) -> list[bytes]:
        """The samples as the bytes that the contracts take."""
        if self.encoding is Encoding.SPARSE:
            assert self.values is not None
            pairs = np.empty((len(self.indices), 2), dtype=">u2")
            pairs[:, 0] = self.indices
            pairs[:, 1] = self.values.view(np.uint16)
            data = pairs.tobytes()
        elif self.encoding is Encoding.PRESENCE:
            data = self.indices.astype(">u2").tobytes()
        else:
            assert self.values is not None
            data = self.values.astype(">i2").tobytes()
        cuts = (self.indptr * self.encoding.unit).tolist()
        return [data[start:end] for start, end in pairwise(cuts)]

    def product(self, weights: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Product of the samples with weights: exact for integers.

        Parameters
        ----------
        weights : ndarray of int64 or float64, shape (dimension, columns)
            Integers such that :meth:`largest_absolute_sum` times the largest of them is below 2**63. Lanes of up to 32
            bits always are: 65,536 features of 15 bits times 32 bits make 63.

        Returns
        -------
        ndarray of the weights' type, shape (n, columns)
        """
        kind = weights.dtype
        result = np.zeros((len(self), weights.shape[1]), dtype=kind)
        largest = int(np.abs(weights).max(initial=0)) * self.largest_absolute_sum()
        # BLAS multiplies floats only; below 2**53 no partial sum is rounded, whatever the order of summing.
        by_blas = kind == np.float64 or largest < _EXACT_IN_FLOAT64
        for start, end in self._blocks():
            first, last = self.indptr[start], self.indptr[end]
            if self.encoding is Encoding.DENSE:
                assert self.values is not None
                block = self.values[first:last].reshape(end - start, self.dimension)
                precision = np.float64 if by_blas else np.int64
                result[start:end] = block.astype(precision) @ weights.astype(precision)
            elif weights.shape[1] == 1:
                terms = weights[:, 0].take(self.indices[first:last])
                if self.values is not None:
                    terms = terms * self.values[first:last]
                result[start:end, 0] = np.add.reduceat(terms, self.indptr[start:end] - first)
            else:
                values = (
                    np.ones(last - first, dtype=kind) if self.values is None else self.values[first:last].astype(kind)
                )
                import scipy.sparse as sp

                block_csr = sp.csr_array(
                    (values, self.indices[first:last].astype(np.int64), self.indptr[start : end + 1] - first),
                    shape=(end - start, self.dimension),
                )
                result[start:end] = block_csr @ weights
        return result

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Cuts the samples into runs of about equally many entries."""
        start, count = 0, len(self)
        while start < count:
            end = int(np.searchsorted(self.indptr, self.indptr[start] + _BLOCK_FEATURES, side="right")) - 1
            end = min(count, max(end, start + 1))
            yield start, end
            start = end
