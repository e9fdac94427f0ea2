"""Matrices of whole numbers as encoded samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.errors import EmptySample, SampleDimension, SampleError, ValueOutOfRange
from commonlearn.numerics.batch import EncodedBatch, Encoding
from commonlearn.numerics.codec import MAX_DIMENSION
from commonlearn.numerics.fixed import VALUE_LIMIT

__all__ = ["batch_from_matrix", "encode_matrix"]


def encode_matrix(matrix: Any, encoding: Encoding) -> list[bytes]:
    """Encode each row of a matrix of integers.

    Parameters
    ----------
    matrix : array-like or sparse matrix of int, shape (n, dimension)
        Values from -32,767 to 32,767; for presence 0 or 1.
    encoding : Encoding
        How.

    Returns
    -------
    list of bytes, length n

    Raises
    ------
    EmptySample
        A row is all zeros and the encoding is not dense.
    ValueOutOfRange
        A value does not fit the encoding.
    SampleDimension
        There are no features, or more than 65,536.

    Examples
    --------
    >>> [row.hex() for row in encode_matrix([[0, 5], [-1, 0]], Encoding.SPARSE)]
    ['00010005', '0000ffff']
    """
    return batch_from_matrix(matrix, encoding).to_samples()


def batch_from_matrix(matrix: Any, encoding: Encoding) -> EncodedBatch:
    """Encode each row of a matrix, for models instead of contracts. As :func:`encode_matrix`.

    Examples
    --------
    >>> len(batch_from_matrix([[0, 5], [-1, 0]], Encoding.DENSE))
    2
    """
    import scipy.sparse as sp  # 0.3 s, which programs in a sandbox do without

    source: Any = matrix if sp.issparse(matrix) else np.atleast_2d(np.asarray(matrix))
    if source.ndim != 2:
        raise SampleError(f"the data have {source.ndim} dimensions. Give a matrix: one row a sample.")
    dimension = int(source.shape[1])
    if not 1 <= dimension <= MAX_DIMENSION:
        raise SampleDimension(2 * dimension, 2 * MAX_DIMENSION)
    if encoding is Encoding.DENSE:
        dense = np.asarray(source.toarray() if sp.issparse(source) else source)
        _check_values(dense.ravel(), VALUE_LIMIT, -VALUE_LIMIT, dimension)
        indptr = np.arange(len(dense) + 1, dtype=np.int64) * dimension
        return EncodedBatch(encoding, dimension, indptr, np.zeros(0, dtype=np.uint16), dense.astype(np.int16).ravel())
    csr = sp.csr_array(source, copy=True)  # the three repairs below work in place
    csr.sum_duplicates()
    csr.eliminate_zeros()
    csr.sort_indices()
    indptr = csr.indptr.astype(np.int64)
    empty = np.diff(indptr) == 0
    if empty.any():
        raise EmptySample(int(empty.argmax()))
    presence = encoding is Encoding.PRESENCE
    rows = np.repeat(np.arange(csr.shape[0]), np.diff(indptr))
    _check_values(csr.data, 1 if presence else VALUE_LIMIT, 0 if presence else -VALUE_LIMIT, rows)
    return EncodedBatch(
        encoding, dimension, indptr, csr.indices.astype(np.uint16), None if presence else csr.data.astype(np.int16)
    )


def _check_values(values: npt.NDArray[Any], highest: int, lowest: int, rows: npt.NDArray[np.int64] | int) -> None:
    """Raise for the first value outside the range or with a fraction.

    ``rows`` is the sample of each value, or the length of each sample.
    """
    refused = ~((values >= lowest) & (values <= highest) & (values == np.rint(values)))
    if refused.any():
        first = int(refused.argmax())
        sample = first // rows if isinstance(rows, int) else int(rows[first])
        raise ValueOutOfRange(values[first].item(), sample, allowed=f"whole numbers from {lowest} to {highest}")
