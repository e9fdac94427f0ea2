"""Samples as the bytes that contracts take and events carry, with strict checks in the contract's order.

Source: ``docs/ref-models.md``, "Samples".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.errors import (
    EmptySample,
    IndexNotIncreasing,
    IndexOutOfRange,
    SampleDimension,
    SampleError,
    SampleLength,
    ValueOutOfRange,
)
from commonlearn.numerics.batch import EncodedBatch, Encoding
from commonlearn.numerics.fixed import VALUE_LIMIT

__all__ = [
    "MAX_DIMENSION",
    "Encoding",
    "decode",
    "decode_many",
    "encode_dense",
    "encode_presence",
    "encode_sparse",
]

MAX_DIMENSION = 65_536
_REFUSED = -32_768


def encode_presence(indices: Sequence[int] | npt.NDArray[Any], dimension: int = MAX_DIMENSION) -> bytes:
    """Encode the features that are present.

    Parameters
    ----------
    indices : sequence of int
        Strictly increasing, each from 0 to ``dimension - 1``; at least one.
    dimension : int, default 65536
        Number of features of the model.

    Returns
    -------
    bytes
        2 bytes a feature.

    Raises
    ------
    EmptySample, IndexOutOfRange, IndexNotIncreasing

    Examples
    --------
    >>> encode_presence([3, 256]).hex()
    '00030100'
    """
    numbers = _checked_indices(indices, dimension)
    return numbers.astype(">u2").tobytes()


def encode_sparse(
    indices: Sequence[int] | npt.NDArray[Any], values: Sequence[int] | npt.NDArray[Any], dimension: int = MAX_DIMENSION
) -> bytes:
    """Encode the features that are not zero.

    Parameters
    ----------
    indices : sequence of int
        Strictly increasing, each from 0 to ``dimension - 1``; at least one.
    values : sequence of int
        As many, each from -32,767 to 32,767 and not 0.
    dimension : int, default 65536
        Number of features of the model.

    Returns
    -------
    bytes
        4 bytes a feature.

    Raises
    ------
    EmptySample, IndexOutOfRange, IndexNotIncreasing, ValueOutOfRange
    SampleLength
        There are not as many values as indices.

    Examples
    --------
    >>> encode_sparse([3], [-2]).hex()
    '0003fffe'
    """
    numbers = _checked_indices(indices, dimension)
    amounts = np.asarray(values, dtype=np.int64).ravel()
    if len(amounts) != len(numbers):
        raise SampleLength(2 * (len(amounts) + len(numbers)), Encoding.SPARSE.unit)
    refused = (np.abs(amounts) > VALUE_LIMIT) | (amounts == 0)
    if refused.any():
        raise ValueOutOfRange(int(amounts[refused][0]), allowed="-32767 to 32767 without 0")
    return np.stack([numbers, amounts & 0xFFFF], axis=1).astype(">u2").tobytes()


def encode_dense(values: Sequence[int] | npt.NDArray[Any], dimension: int | None = None) -> bytes:
    """Encode every feature's value.

    Parameters
    ----------
    values : sequence of int
        Each from -32,767 to 32,767; at least one.
    dimension : int, optional
        Number of features of the model; checked if given.

    Returns
    -------
    bytes
        2 bytes a feature.

    Raises
    ------
    EmptySample, SampleDimension, ValueOutOfRange

    Examples
    --------
    >>> encode_dense([1, 0, -1]).hex()
    '00010000ffff'
    """
    amounts = np.asarray(values, dtype=np.int64).ravel()
    if not len(amounts):
        raise EmptySample
    if dimension is not None and len(amounts) != dimension:
        raise SampleDimension(2 * len(amounts), 2 * dimension)
    refused = np.abs(amounts) > VALUE_LIMIT
    if refused.any():
        raise ValueOutOfRange(int(amounts[refused][0]))
    return amounts.astype(">i2").tobytes()


def decode(
    sample: bytes, encoding: Encoding, dimension: int, *, allow_negative: bool = True
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Decode one sample, with the contract's checks in the contract's order.

    Parameters
    ----------
    sample : bytes
        Encoded features.
    encoding : Encoding
        The model's encoding.
    dimension : int
        The model's number of features.
    allow_negative : bool, default True
        False for naive Bayes, which counts.

    Returns
    -------
    indices, values : ndarray of int64, shape (k,)
        Feature numbers and values (all 1 for presence).

    Raises
    ------
    EmptySample
        No bytes, though the encoding is not dense.
    SampleLength, SampleDimension
        Bytes are missing or trail.
    IndexOutOfRange, IndexNotIncreasing, ValueOutOfRange
        The first feature that breaks a rule, and the first rule that it breaks.

    Examples
    --------
    >>> [part.tolist() for part in decode(bytes.fromhex("0003fffe"), Encoding.SPARSE, 10)]
    [[3], [-2]]
    """
    if encoding is Encoding.DENSE:
        if len(sample) != 2 * dimension:
            raise SampleDimension(len(sample), 2 * dimension)
        values = np.frombuffer(sample, dtype=">i2").astype(np.int64)
        indices = np.arange(dimension, dtype=np.int64)
    else:
        if not sample:
            raise EmptySample
        if len(sample) % encoding.unit:
            raise SampleLength(len(sample), encoding.unit)
        fields = np.frombuffer(sample, dtype=">u2").astype(np.int64)
        if encoding is Encoding.PRESENCE:
            indices, values = fields, np.ones(len(fields), dtype=np.int64)
        else:
            indices, values = fields[0::2], fields[1::2].astype(np.int16).astype(np.int64)
    _check_features(indices, values, encoding, dimension, allow_negative)
    return indices, values


def _check_features(
    indices: npt.NDArray[np.int64],
    values: npt.NDArray[np.int64],
    encoding: Encoding,
    dimension: int,
    allow_negative: bool,
) -> None:
    """Raise for the first feature that breaks a rule; the rules of one feature in order of range, order, value."""
    outside = indices >= dimension
    unordered = np.zeros(len(indices), dtype=bool)
    unordered[1:] = indices[1:] <= indices[:-1]
    refused = values == _REFUSED
    if encoding is Encoding.SPARSE:
        refused |= values == 0
    broken = outside | unordered | refused
    if not broken.any() and not allow_negative:
        broken = refused = values < 0  # naive Bayes looks for these when all else is right
    if not broken.any():
        return
    first = int(broken.argmax())
    if outside[first]:
        raise IndexOutOfRange(int(indices[first]), dimension)
    if unordered[first]:
        raise IndexNotIncreasing(int(indices[first - 1]), int(indices[first]))
    lowest = "-32767" if allow_negative else "0"
    raise ValueOutOfRange(
        int(values[first]), allowed=f"{lowest} to 32767" + (" without 0" if encoding is Encoding.SPARSE else "")
    )


def decode_many(
    samples: Sequence[bytes], encoding: Encoding, dimension: int, *, allow_negative: bool = True
) -> EncodedBatch:
    r"""Decode many samples at once, with the same checks as :func:`decode`.

    Parameters
    ----------
    samples : sequence of bytes, length n
        Encoded features.
    encoding : Encoding
        The model's encoding.
    dimension : int
        The model's number of features.
    allow_negative : bool, default True
        False for naive Bayes.

    Returns
    -------
    EncodedBatch
        Length n.

    Raises
    ------
    SampleError
        As :func:`decode`, for the first sample that is malformed; ``sample`` is its position.

    Examples
    --------
    >>> batch = decode_many([b"\x00\x01", b"\x00\x00\x00\x02"], Encoding.PRESENCE, 3)
    >>> batch.to_dense().tolist()
    [[0, 1, 0], [1, 0, 1]]
    """
    for position, sample in enumerate(samples):
        if not isinstance(sample, bytes | bytearray | memoryview):
            raise SampleError(f"{sample!r:.60} is no bytes. Encode it first.", position)
    lengths = np.fromiter(map(len, samples), dtype=np.int64, count=len(samples))
    unit = encoding.unit
    dense = encoding is Encoding.DENSE
    bad_length = lengths != 2 * dimension if dense else (lengths == 0) | (lengths % unit != 0)
    # Checks go sample by sample: only those before the first bad length can hold an earlier fault.
    sound = int(bad_length.argmax()) if bad_length.any() else len(samples)
    data = b"".join(samples[:sound])
    indptr = np.zeros(sound + 1, dtype=np.int64)
    np.cumsum(lengths[:sound] // unit, out=indptr[1:])
    values: npt.NDArray[np.int16] | None
    if encoding is Encoding.DENSE:
        indices = np.zeros(0, dtype=np.uint16)
        values = np.frombuffer(data, dtype=">i2").astype(np.int16)
    else:
        fields = np.frombuffer(data, dtype=">u2").astype(np.uint16)
        if encoding is Encoding.SPARSE:
            indices, values = np.ascontiguousarray(fields[0::2]), np.ascontiguousarray(fields[1::2]).view(np.int16)
        else:
            indices, values = fields, None
    broken = _broken_entries(indices, values, indptr, encoding, dimension, allow_negative)
    first = sound
    if broken.any():
        first = int(np.searchsorted(indptr, broken.argmax(), side="right")) - 1
    if first < len(samples):
        try:
            decode(samples[first], encoding, dimension, allow_negative=allow_negative)
        except SampleError as error:
            raise _at(error, first) from None
    return EncodedBatch(encoding, dimension, indptr, indices, values)


def _broken_entries(
    indices: npt.NDArray[np.uint16],
    values: npt.NDArray[np.int16] | None,
    indptr: npt.NDArray[np.int64],
    encoding: Encoding,
    dimension: int,
    allow_negative: bool,
) -> npt.NDArray[np.bool_]:
    """Which entries break any rule."""
    broken = np.zeros(len(indices) if values is None else len(values), dtype=bool)
    if encoding is not Encoding.DENSE:
        broken |= indices >= dimension
        unordered = indices[1:] <= indices[:-1]
        starts = indptr[1:-1]
        unordered[starts[(starts > 0) & (starts < len(indices))] - 1] = False
        broken[1:] |= unordered
    if values is not None:
        broken |= values == _REFUSED
        if encoding is Encoding.SPARSE:
            broken |= values == 0
        if not allow_negative:
            broken |= values < 0
    return broken


def _at(error: SampleError, position: int) -> SampleError:
    """The same error, saying which sample it is about."""
    located = type(error).__new__(type(error))
    located.__dict__.update(error.__dict__)
    SampleError.__init__(located, error.user_message, position)
    return located


def _checked_indices(indices: Sequence[int] | npt.NDArray[Any], dimension: int) -> npt.NDArray[np.int64]:
    numbers = np.asarray(indices, dtype=np.int64).ravel()
    if not len(numbers):
        raise EmptySample
    outside = (numbers < 0) | (numbers >= min(dimension, MAX_DIMENSION))
    unordered = np.zeros(len(numbers), dtype=bool)
    unordered[1:] = numbers[1:] <= numbers[:-1]
    broken = outside | unordered
    if broken.any():
        first = int(broken.argmax())
        if outside[first]:
            raise IndexOutOfRange(int(numbers[first]), dimension)
        raise IndexNotIncreasing(int(numbers[first - 1]), int(numbers[first]))
    return numbers
