"""A model's parameters as whole numbers, and the one sequence of bytes that stands for them.

Everybody who hashes a model must hash the same bytes. So weights are rounded to a grid of ``1/scale`` before anything
is done with them (halves to even), and :func:`encode` has one result. All numbers are big-endian:

===========  =======================================================================
bytes        what
===========  =======================================================================
4            ``CLP1``
1 + k        length and ASCII name of the estimator, ``[a-z0-9-]``, 1 to 32 characters
2            the estimator's version
4, 2, 4      features, classes (0 in regression), width (hidden units; 0 where unused)
4            scale: units per 1.0
1            number of arrays
per array    1 byte dimensions (1 or 2), 4 bytes for each length
8 each       the arrays in order, row by row, signed
===========  =======================================================================

Integers stay within ±2^50, so that each survives the way through float64 at any scale. What an estimator keeps per
array is its own business; arrays of sums are kept as averages per row, so that averaging models weighted by rows
merges them.
"""

from __future__ import annotations

import hashlib
import math
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.federated.errors import MalformedParameters, NotFinite, OutOfRange, ParametersTooLarge

__all__ = ["DEFAULT_SCALE", "MAX_BYTES", "MAX_UNITS", "Parameters", "Task", "decode", "digest", "encode", "quantised"]

DEFAULT_SCALE = 1 << 24
"""Units per 1.0 where a job says nothing else: a power of two, so that scaling is exact."""

MAX_BYTES = 1 << 20
"""Largest model where a job says nothing else: 1 MiB, 131,000 weights."""

MAX_UNITS = 1 << 50
"""Largest absolute value of an integer: divided by any scale and multiplied again in float64, it comes back."""

_MAGIC = b"CLP1"
_NAME = re.compile(rb"[a-z0-9-]{1,32}\Z")
_FIXED = struct.Struct(">HIHIIB")

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """The outer measures of a model.

    Parameters
    ----------
    features : int
        Columns of ``X``, at least 1.
    classes : int
        At least 2; 0 for regression.
    width : int, default 0
        Hidden units, where an estimator has some.
    """

    features: int
    classes: int
    width: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """A model: an estimator's name and version, its task, and arrays of int64 in units of ``1/scale``.

    Parameters
    ----------
    estimator : str
        Name in the registry.
    version : int
        Of the estimator's arithmetic, from 1.
    task : Task
        Features, classes, width.
    scale : int
        Units per 1.0, from 1 to 2^32 - 1.
    arrays : tuple of ndarray of int64
        One- or two-dimensional; never written to.

    Examples
    --------
    >>> model = quantised("linear", 1, Task(2, 0), 1000, [np.array([0.5, -0.25]), np.array([3.0])])
    >>> decode(encode(model)) == model, len(encode(model))
    (True, 62)
    """

    estimator: str
    version: int
    task: Task
    scale: int
    arrays: tuple[Integers, ...]

    def floats(self) -> tuple[Floats, ...]:
        """The arrays as floating point, each value the nearest float64 to its fraction."""
        return tuple(array / np.float64(self.scale) for array in self.arrays)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the arrays."""
        return tuple(array.shape for array in self.arrays)

    @property
    def kind(self) -> tuple[object, ...]:
        """What must be equal in models that are averaged."""
        return self.estimator, self.version, self.task, self.scale, self.shapes

    def flat(self) -> Integers:
        """All values, one after the other.

        Returns
        -------
        ndarray of int64, shape (k,)
            A copy.
        """
        return np.concatenate([array.ravel() for array in self.arrays])

    def with_flat(self, values: npt.NDArray[Any]) -> Parameters:
        """The same model with other values, in the order of :meth:`flat`.

        Raises
        ------
        OutOfRange
            A value is beyond ±2^50.
        """
        ends = np.cumsum([array.size for array in self.arrays])[:-1]
        parts = np.split(_within(np.asarray(values), self.scale), ends)
        arrays = tuple(part.reshape(array.shape) for part, array in zip(parts, self.arrays, strict=True))
        return Parameters(self.estimator, self.version, self.task, self.scale, arrays)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Parameters):
            return NotImplemented
        return self.kind == other.kind and all(map(np.array_equal, self.arrays, other.arrays))

    def __hash__(self) -> int:
        return hash(digest(self))


def quantised(estimator: str, version: int, task: Task, scale: int, arrays: Sequence[npt.ArrayLike]) -> Parameters:
    """Round floating-point arrays to the grid, halves to even.

    Parameters
    ----------
    estimator, version, task, scale
        As in :class:`Parameters`.
    arrays : sequence of array-like of float
        Finite, within ±2^50 units.

    Raises
    ------
    NotFinite
        A value is NaN or infinite.
    OutOfRange
        A value is beyond ±2^50 units.

    Examples
    --------
    >>> quantised("linear", 1, Task(1, 0), 1000, [[0.0625], [2.0]]).arrays[0].tolist()
    [62]
    """
    whole = []
    for number, array in enumerate(arrays):
        values = np.asarray(array, dtype=np.float64)
        if not np.isfinite(values).all():
            raise NotFinite(number)
        whole.append(_within(np.rint(values * scale), scale))
    return Parameters(estimator, version, task, scale, tuple(whole))


def encode(parameters: Parameters) -> bytes:
    r"""Give the canonical bytes of a model.

    Examples
    --------
    >>> encode(quantised("linear", 1, Task(1, 0), 2, [[1.5], [-0.5]]))[:11]
    b'CLP1\x06linear'
    """
    name, task = parameters.estimator.encode("ascii"), parameters.task
    head = [_MAGIC, bytes([len(name)]), name]
    head.append(
        _FIXED.pack(
            parameters.version, task.features, task.classes, task.width, parameters.scale, len(parameters.arrays)
        )
    )
    head += [struct.pack(f">B{array.ndim}I", array.ndim, *array.shape) for array in parameters.arrays]
    return b"".join(head + [array.astype(">i8").tobytes() for array in parameters.arrays])


def decode(data: bytes, limit: int = MAX_BYTES) -> Parameters:
    """Read canonical bytes; whatever :func:`encode` would not have written is refused.

    Parameters
    ----------
    data : bytes
        From anybody.
    limit : int, default 2^20
        Most bytes that a model may have.

    Raises
    ------
    ParametersTooLarge
        There are more bytes than that.
    MalformedParameters
        Bytes are missing, trail, or break a rule.

    Examples
    --------
    >>> decode(b"CLP1")
    Traceback (most recent call last):
    ...
    commonlearn.federated.errors.MalformedParameters: These bytes are no model: they end within the head. ...
    """
    if len(data) > limit:
        raise ParametersTooLarge(len(data), limit)
    if data[:4] != _MAGIC[: len(data)]:
        raise MalformedParameters("they do not begin with CLP1")
    place = 4
    try:
        (length,) = struct.unpack_from(">B", data, place)
        name = data[place + 1 : place + 1 + length]
        place += 1 + length
        version, features, classes, width, scale, count = _FIXED.unpack_from(data, place)
        place += _FIXED.size
        shapes = []
        for _ in range(count):
            (dimensions,) = struct.unpack_from(">B", data, place)
            if dimensions not in (1, 2):
                raise MalformedParameters(f"an array has {dimensions} dimensions")
            shapes.append(struct.unpack_from(f">{dimensions}I", data, place + 1))
            place += 1 + 4 * dimensions
    except struct.error:
        raise MalformedParameters("they end within the head") from None
    if not _NAME.match(name):
        raise MalformedParameters("the estimator's name has characters that are not allowed")
    if not version or not features or classes == 1 or not scale or not count:
        raise MalformedParameters("version, features, scale or the number of arrays is 0, or there is one class")
    sizes = [math.prod(shape) for shape in shapes]
    if not all(sizes):
        raise MalformedParameters("an array is empty")
    if len(data) - place != 8 * sum(sizes):
        raise MalformedParameters(f"{8 * sum(sizes)} bytes of values are announced, {len(data) - place} are there")
    values = np.frombuffer(data, dtype=">i8", offset=place).astype(np.int64)
    if (values > MAX_UNITS).any() or (values < -MAX_UNITS).any():
        raise MalformedParameters("a value is beyond ±2^50")
    parts = np.split(values, np.cumsum(sizes)[:-1])
    arrays = tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))
    return Parameters(name.decode("ascii"), version, Task(features, classes, width), scale, arrays)


def digest(parameters: Parameters) -> bytes:
    """SHA-256 of the canonical bytes: what replicas seal and agree on.

    Examples
    --------
    >>> digest(quantised("linear", 1, Task(1, 0), 2, [[1.5], [-0.5]])).hex()[:8]
    '89f74eb3'
    """
    return hashlib.sha256(encode(parameters)).digest()


def _within(values: npt.NDArray[Any], scale: int) -> Integers:
    outside = (values > MAX_UNITS) | (values < -MAX_UNITS)
    if outside.any():
        raise OutOfRange(float(values[outside][0]) / scale, MAX_UNITS / scale)
    return values.astype(np.int64)
