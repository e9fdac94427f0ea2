"""Binary logarithm in units of 2**-32, identical to the contract's.

``log2(m)`` of the mantissa is taken as ``2/ln 2 * artanh((m - 1)/(m + 1))`` by its odd power series with nine terms.
The argument is below 1/3, so the first term left out is below ``(2/ln 2) * (1/3)**19 / 19 < 2**-32``; the floor
divisions add a few units, and the whole error is below 2**-27. Source: ``docs/ref-models.md``, "Multinomial naive
Bayes".
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from commonlearn.errors import ValueOutOfRange

__all__ = ["FRACTION_BITS", "log2_q32", "log2_q32_array"]

FRACTION_BITS = 32
_ONE = 1 << 31
_TERMS = 9

# 2**32 * 2 / ln 2 to far more digits than the nearest integer needs; a float's 53 bits would do, but leave the reader
# in doubt.
_TWO_OVER_LN2 = Fraction("2.88539008177792681471984936200378427485329")
_COEFFICIENTS = tuple(round((1 << 32) * _TWO_OVER_LN2 / (2 * i + 1)) for i in range(_TERMS))


def log2_q32(value: int) -> int:
    """Binary logarithm of a positive integer of any size.

    Parameters
    ----------
    value : int
        At least 1.

    Returns
    -------
    int
        Logarithm in units of 2**-32, below the exact value by less than 2**-27, never above it by more.

    Raises
    ------
    ValueOutOfRange
        The value is below 1.

    Examples
    --------
    >>> log2_q32(1), log2_q32(8) == 3 << 32
    (0, True)
    >>> round(log2_q32(10) / 2**32, 6)
    3.321928
    """
    if value < 1:
        raise ValueOutOfRange(value, allowed="1 and above")
    exponent = value.bit_length() - 1
    mantissa = value >> (exponent - 31) if exponent >= 31 else value << (31 - exponent)
    z = ((mantissa - _ONE) << 31) // (mantissa + _ONE)
    q = z * z >> 31
    t = 0
    for coefficient in reversed(_COEFFICIENTS):
        t = coefficient + (t * q >> 31)
    return (exponent << FRACTION_BITS) + (t * z >> 31)


def log2_q32_array(values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """:func:`log2_q32` of many integers at once, bit for bit.

    No step overflows 64 unsigned bits: the mantissa is below 2**32, so ``(m - 2**31) << 31`` is below 2**62; ``z`` is
    at most 2**31/3, so ``z*z`` is below 2**60; ``t`` is at most ``3 * 2**32`` (it is ``2**32 * log2(m) / z``), so ``t
    * q`` is below 2**63 and ``t * z`` is at most 2**63.

    Parameters
    ----------
    values : array-like of int
        Each from 1 to 2**64 - 1.

    Returns
    -------
    ndarray of int64
        Same shape, units of 2**-32.

    Raises
    ------
    ValueOutOfRange
        A value is below 1.

    Examples
    --------
    >>> log2_q32_array([1, 2, 10]).tolist() == [log2_q32(1), log2_q32(2), log2_q32(10)]
    True
    """
    numbers = np.asarray(values)
    if numbers.size and numbers.min() < 1:
        raise ValueOutOfRange(int(numbers.min()), allowed="1 and above")
    v = numbers.astype(np.uint64)
    # frexp is of the value rounded to 53 bits, which may be the next power of two: one step back where the bit is not
    # there.
    exponent = np.minimum(np.frexp(v.astype(np.float64))[1] - 1, 63).astype(np.uint64)
    exponent -= ((v >> exponent) == 0).astype(np.uint64)
    thirty_one, one = np.uint64(31), np.uint64(_ONE)
    right = np.where(exponent >= thirty_one, exponent, thirty_one) - thirty_one
    left = thirty_one - np.where(exponent <= thirty_one, exponent, thirty_one)
    mantissa = (v >> right) << left
    z = ((mantissa - one) << thirty_one) // (mantissa + one)
    q = (z * z) >> thirty_one
    t = np.zeros_like(z)
    for coefficient in reversed(_COEFFICIENTS):
        t = np.uint64(coefficient) + ((t * q) >> thirty_one)
    return np.asarray(((exponent << np.uint64(FRACTION_BITS)) + ((t * z) >> thirty_one)).astype(np.int64))
