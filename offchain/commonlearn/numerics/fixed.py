"""From floating point to integers, with one stated rounding rule, and saturation.

Rounding is to the nearest integer, halves to the even neighbour (IEEE 754's default, :func:`numpy.rint`), so that it
favours no direction. What would leave the range stops at its end.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.errors import ValueOutOfRange
from commonlearn.numerics.lanes import lane_range

__all__ = ["VALUE_LIMIT", "fit_scale", "quantise", "saturate"]

VALUE_LIMIT = 32_767
"""Largest absolute value of a feature: int16 without -32,768, so that negating a value never overflows."""


def quantise(values: npt.ArrayLike, scale: float = 1.0, limit: int = VALUE_LIMIT) -> npt.NDArray[np.int64]:
    """Round ``values * scale`` to integers, halves to even, and stops at ``±limit``.

    Parameters
    ----------
    values : array-like of float
        Finite numbers; infinities stop at the limit.
    scale : float, default 1.0
        Units per 1.0.
    limit : int, default 32767
        Largest absolute value.

    Returns
    -------
    ndarray of int64
        Same shape.

    Raises
    ------
    ValueOutOfRange
        A value is not a number.

    Examples
    --------
    >>> quantise([0.5, 1.5, -2.5, 1e9], 1.0).tolist()
    [0, 2, -2, 32767]
    """
    scaled = np.asarray(values, dtype=np.float64) * scale
    if np.isnan(scaled).any():
        raise ValueOutOfRange(math.nan, allowed="a number; fill in missing values first")
    return np.clip(np.rint(scaled), -limit, limit).astype(np.int64)


def fit_scale(largest: float, target: int) -> float:
    """Largest power of two that keeps ``largest * scale`` within ``target``.

    A power of two makes scaling exact in floating point: only the rounding of :func:`quantise` loses anything.

    Parameters
    ----------
    largest : float
        Largest absolute value to expect, finite.
    target : int
        Where that value may at most land, at least 1.

    Returns
    -------
    float
        A power of two; 1.0 if ``largest`` is zero.

    Examples
    --------
    >>> fit_scale(3.0, 4096), fit_scale(1e6, 4096)
    (1024.0, 0.00390625)
    """
    if largest <= 0:
        return 1.0
    exponent = math.floor(math.log2(target) - math.log2(largest))
    # The logarithm of a subnormal or huge value may round across a power of two; the exact product decides.
    exponent = min(exponent, 1023)  # the largest power of two that a float holds, for subnormal data
    return math.ldexp(1.0, exponent if math.ldexp(largest, exponent) <= target else exponent - 1)


def saturate(values: npt.NDArray[Any], bits: int, *, signed: bool = True) -> npt.NDArray[Any]:
    """Stop each value at the nearest end of a lane's range. Nothing wraps.

    Examples
    --------
    >>> saturate(np.array([200, -200, 5]), 8).tolist()
    [127, -128, 5]
    """
    low, high = lane_range(bits, signed=signed)
    return np.asarray(np.clip(values, low, high))
