"""Floating-point arithmetic with the same bits on every machine.

Replicas that train the same model on the same rows must come to the same bytes, or honest ones look like cheats. Matrix
products of BLAS, numpy's own sums and its exponentials do not promise that: they choose an order of summation, fused
operations and polynomials by the processor. Single IEEE operations (+, −, ×, ÷, rounding, scaling by powers of two) do.
So here products are summed in an order that is written down, and exponential and logarithm are made of such operations.

It is slower than BLAS, which models of this size can bear.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["exp", "gram", "log", "mean_rows", "product", "sigmoid", "softmax", "tanh", "tree_sum"]

Floats = npt.NDArray[np.float64]

_LN2_HIGH, _LN2_LOW = float.fromhex("0x1.62e42fefa3800p-1"), float.fromhex("0x1.ef35793c76730p-45")
_INVERSE_LN2 = float.fromhex("0x1.71547652b82fep+0")
_HALF_ROOT = float.fromhex("0x1.6a09e667f3bcdp-1")
_EXP_TERMS = [1.0 / math.factorial(power) for power in range(13, -1, -1)]
_LOG_TERMS = [2.0 / power for power in range(21, 0, -2)]
_LOWEST, _HIGHEST = -700.0, 700.0


def tree_sum(values: npt.NDArray[Any]) -> Floats:
    """Sum over the first axis: the second half is added to the first until one row is left.

    An odd last row is added to the first one. The error grows with the logarithm of the number of rows only.

    Examples
    --------
    >>> tree_sum(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).tolist()
    [9.0, 12.0]
    """
    rest = np.asarray(values, dtype=np.float64)
    if not len(rest):
        return np.zeros(rest.shape[1:])
    while len(rest) > 1:
        half = len(rest) // 2
        folded = rest[:half] + rest[half : 2 * half]
        if len(rest) % 2:
            folded[0] += rest[-1]
        rest = folded
    return np.array(rest[0])


def product(left: Floats, right: Floats) -> Floats:
    """Matrix product, each entry summed from the first inner index to the last.

    Parameters
    ----------
    left : ndarray of float64, shape (n, k)
    right : ndarray of float64, shape (k, m)

    Returns
    -------
    ndarray of float64, shape (n, m)

    Examples
    --------
    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    total = np.zeros((len(left), right.shape[1]))
    for inner in range(right.shape[0]):
        total += left[:, inner : inner + 1] * right[inner]
    return total


def gram(left: Floats, right: Floats) -> Floats:
    """``left.T @ right``, each entry a :func:`tree_sum` over the rows.

    Parameters
    ----------
    left : ndarray of float64, shape (n, k)
    right : ndarray of float64, shape (n, m)

    Returns
    -------
    ndarray of float64, shape (k, m)

    Examples
    --------
    >>> gram(np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    if left.size * right.shape[1] <= 1 << 16:  # small: all at once
        return tree_sum(left[:, :, None] * right[:, None, :])
    return np.stack([tree_sum(left[:, column : column + 1] * right) for column in range(left.shape[1])])


def mean_rows(values: Floats) -> Floats:
    """Mean over the first axis, by :func:`tree_sum`."""
    return tree_sum(values) / np.float64(max(len(values), 1))


def exp(values: npt.ArrayLike) -> Floats:
    """Exponential, within two units in the last place; arguments stop at ±700.

    Examples
    --------
    >>> float(abs(exp(1.0) - math.e)) < 1e-15
    True
    """
    x = np.clip(np.asarray(values, dtype=np.float64), _LOWEST, _HIGHEST)
    power = np.rint(x * _INVERSE_LN2)
    rest = (x - power * _LN2_HIGH) - power * _LN2_LOW
    total = np.full_like(rest, _EXP_TERMS[0])
    for term in _EXP_TERMS[1:]:
        total = total * rest + term
    return np.asarray(np.ldexp(total, power.astype(np.int32)))


def log(values: npt.ArrayLike) -> Floats:
    """Natural logarithm of positive numbers, to some 1e-15.

    Examples
    --------
    >>> float(abs(log(10.0) - math.log(10.0))) < 1e-15
    True
    """
    mantissa, power = np.frexp(np.asarray(values, dtype=np.float64))
    small = mantissa < _HALF_ROOT
    mantissa, power = np.where(small, mantissa * 2.0, mantissa), power - small
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    square = ratio * ratio
    total = np.full_like(ratio, _LOG_TERMS[0])
    for term in _LOG_TERMS[1:]:
        total = total * square + term
    return np.asarray(power * _LN2_HIGH + (total * ratio + power * _LN2_LOW))


def sigmoid(values: npt.ArrayLike) -> Floats:
    """``1 / (1 + exp(-x))``.

    Examples
    --------
    >>> sigmoid([0.0, -800.0]).round(3).tolist()
    [0.5, 0.0]
    """
    x = np.asarray(values, dtype=np.float64)
    small = exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def tanh(values: npt.ArrayLike) -> Floats:
    """Hyperbolic tangent.

    Examples
    --------
    >>> tanh([0.0, 50.0, -50.0]).tolist()
    [0.0, 1.0, -1.0]
    """
    x = np.asarray(values, dtype=np.float64)
    small = exp(-2.0 * np.minimum(np.abs(x), _HIGHEST))
    return np.copysign((1.0 - small) / (1.0 + small), x)


def softmax(scores: Floats) -> Floats:
    """Probabilities of classes from their logarithms up to a constant.

    Parameters
    ----------
    scores : ndarray of float64, shape (n, classes)

    Returns
    -------
    ndarray of float64, shape (n, classes)
        Each row adds up to 1, but for rounding.

    Examples
    --------
    >>> softmax(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    raised = exp(scores - scores.max(axis=1, keepdims=True))
    total = np.zeros((len(raised), 1))
    for column in range(raised.shape[1]):
        total += raised[:, column : column + 1]
    return raised / total
