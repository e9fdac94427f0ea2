"""The three algorithms in plain floating point, on data as they are: what fixed point is measured against.

Only the arithmetic differs from the exact models: no rounding of features or weights, no lanes, no saturation, no
integer logarithms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

__all__ = ["float_centroid", "float_naive_bayes", "float_perceptron"]

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


def float_perceptron(
    X: Any,
    y: Numbers,
    X_test: Any,
    *,
    classes: int,
    margin: float,
    intercept_value: float,
    orders: list[Numbers],
    average: bool,
) -> Numbers:
    """Perceptron with a margin, step 1.

    Parameters
    ----------
    X, X_test : ndarray or sparse matrix, shape (n, dimension)
    y : ndarray of int, shape (n,)
    classes : int
    margin : float
        In units of the score.
    intercept_value : float
        Value of the constant feature.
    orders : list of ndarray of int
        Order of the samples in each pass.
    average : bool
        Predict with the mean of the weights over all steps instead of the last.

    Returns
    -------
    ndarray of int, shape (n_test,)
    """
    features = _with_constant(X, intercept_value)
    columns = 1 if classes == 2 else classes
    weights = np.zeros((features.shape[1], columns))
    taught_sum, time = np.zeros_like(weights), 0
    starts, positions, values = features.indptr, features.indices, features.data
    for order in orders:
        before = time
        taught_any = False
        for i in order:
            entries = slice(starts[i], starts[i + 1])
            index, value, label = positions[entries], values[entries], y[i]
            scores = value @ weights[index]
            if columns == 1:
                lead, right = (scores[0] if label else -scores[0]), (scores[0] > 0) == bool(label)
                changes = [(0, 1.0 if label else -1.0)]
            else:
                others = scores.copy()
                others[label] = -np.inf
                rival = int(others.argmax())
                lead, right = scores[label] - scores[rival], int(scores.argmax()) == label
                changes = [(int(label), 1.0), (rival, -1.0)]
            if not right or lead < margin:
                taught_any = True
                for column, sign in changes:
                    weights[index, column] += sign * value
                    taught_sum[index, column] += time * sign * value
            time += 1
        if not taught_any and time > before:
            break
    final = weights - taught_sum / time if average else weights
    scores = _with_constant(X_test, intercept_value) @ final
    return np.asarray((scores[:, 0] > 0).astype(np.int64) if columns == 1 else scores.argmax(axis=1))


def float_centroid(X: Any, y: Numbers, X_test: Any, *, classes: int) -> Numbers:
    """Nearest centroid by Euclidean distance."""
    members = np.eye(classes)[y]
    means = np.asarray((X.T @ members).T) / members.sum(axis=0)[:, None]
    distances: Floats = (means**2).sum(axis=1) - 2.0 * np.asarray(X_test @ means.T)
    return np.asarray(distances.argmin(axis=1))


def float_naive_bayes(X: Any, y: Numbers, X_test: Any, *, classes: int, smoothing: float) -> Numbers:
    """Multinomial naive Bayes by natural logarithms."""
    members = np.eye(classes)[y]
    counts = np.asarray((X.T @ members).T) + smoothing
    logarithms = np.log(counts) - np.log(counts.sum(axis=1, keepdims=True))
    scores: Floats = np.log(members.sum(axis=0)) + np.asarray(X_test @ logarithms.T)
    return np.asarray(scores.argmax(axis=1))


def _with_constant(X: Any, value: float) -> sp.csr_array:
    constant = np.full((X.shape[0], 1), value)
    return sp.csr_array(sp.hstack([sp.csr_array(X), constant], format="csr", dtype=np.float64))
