"""How an estimator turns real numbers into encoded samples: one encoding and one scale, fixed when it first learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from commonlearn.errors import InvalidConfiguration
from commonlearn.numerics import EncodedBatch, Encoding, batch_from_matrix, fit_scale, quantise

__all__ = ["Quantiser", "fit_quantiser", "lane_target"]


@dataclass(frozen=True)
class Quantiser:
    """Encode matrices of real numbers.

    Parameters
    ----------
    encoding : Encoding
        How samples are written.
    scale : float
        Units per 1.0. One for all features, so that distances and angles keep their proportions.

    Examples
    --------
    >>> Quantiser(Encoding.DENSE, 4.0).encode(np.array([[0.25, -1.0]])).to_dense().tolist()
    [[1, -4]]
    """

    encoding: Encoding
    scale: float = 1.0

    def encode(self, X: Any) -> EncodedBatch:
        """Round ``X * scale`` to whole numbers, halves to even, stops at ±32,767, and encodes each row.

        Parameters
        ----------
        X : ndarray or sparse matrix, shape (n, dimension)

        Returns
        -------
        EncodedBatch

        Raises
        ------
        EmptySample
            A row has no feature left, and the encoding is not dense.
        ValueOutOfRange
            Presence features are not 0 or 1.
        """
        if self.encoding is Encoding.PRESENCE:
            return batch_from_matrix(X, self.encoding)
        if not sp.issparse(X):
            return batch_from_matrix(quantise(X, self.scale), self.encoding)
        rounded = sp.csr_array(X, copy=True)
        rounded.sum_duplicates()
        rounded.data = quantise(rounded.data, self.scale)
        return batch_from_matrix(rounded, self.encoding)


def fit_quantiser(X: Any, encoding: str | Encoding, scale: str | float, target: int) -> Quantiser:
    """Chooses encoding and scale for the data that an estimator first learns.

    Parameters
    ----------
    X : ndarray or sparse matrix, shape (n, dimension)
    encoding : {"auto", "presence", "sparse", "dense"} or Encoding
        "auto": sparse matrices without empty rows are written as presence if all their values are 1, else as sparse;
        all others as dense.
    scale : "auto" or float
        Units per 1.0. "auto": the largest power of two that keeps the data within ``target``; whole numbers are only
        ever scaled down.
    target : int
        See ``scale``.

    Returns
    -------
    Quantiser

    Raises
    ------
    InvalidConfiguration
        A choice does not exist.

    Examples
    --------
    >>> fit_quantiser(np.array([[0.5, 3.0]]), "auto", "auto", 4096)
    Quantiser(encoding=<Encoding.DENSE: 2>, scale=1024.0)
    >>> fit_quantiser(sp.csr_array([[0, 1], [1, 1]]), "auto", "auto", 4096)
    Quantiser(encoding=<Encoding.PRESENCE: 0>, scale=1.0)
    """
    values = X.data if sp.issparse(X) else np.asarray(X).ravel()
    chosen = _encoding(X, values, encoding)
    if chosen is Encoding.PRESENCE:
        return Quantiser(chosen)
    if scale == "auto":
        largest = float(np.abs(values).max(initial=0.0))
        factor = fit_scale(largest, target)
        whole = bool((values == np.rint(values)).all())
        return Quantiser(chosen, min(1.0, factor) if whole else factor)
    if isinstance(scale, str) or not 0 < scale < float("inf"):
        raise InvalidConfiguration(None, f"scale is {scale!r}, but must be 'auto' or a positive number.")
    return Quantiser(chosen, float(scale))


def _encoding(X: Any, values: Any, encoding: str | Encoding) -> Encoding:
    if isinstance(encoding, Encoding):
        return encoding
    if encoding != "auto":
        try:
            return Encoding[encoding.upper()]
        except KeyError:
            raise InvalidConfiguration(
                None, f"encoding is {encoding!r}, but must be 'auto', 'presence', 'sparse' or 'dense'."
            ) from None
    if not sp.issparse(X) or (sp.csr_array(X != 0).sum(axis=1) == 0).any():
        return Encoding.DENSE
    return Encoding.PRESENCE if ((values == 0) | (values == 1)).all() else Encoding.SPARSE


def lane_target(weight_bits: int) -> int:
    """Tell where the largest value may land, so that lanes of this width take many samples.

    Half the lane's bits, less two, are for the value; the rest is room for about ``2**(weight_bits/2)`` samples of the
    largest value.

    Examples
    --------
    >>> [lane_target(bits) for bits in (4, 8, 16, 32)]
    [1, 4, 64, 16384]
    """
    return 1 << max(0, weight_bits // 2 - 2)
