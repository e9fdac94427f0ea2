"""Orders by chance that everybody draws alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["random_order"]


def random_order(count: int, source: np.random.PCG64) -> npt.NDArray[np.int64]:
    """Put the numbers from 0 in the order of as many raw 64-bit words of a PCG64.

    Raw words are what numpy keeps for ever; the methods of its generators may change with a version.

    Parameters
    ----------
    count : int
    source : numpy.random.PCG64
        It moves on by ``count`` words.

    Returns
    -------
    ndarray of int64, shape (count,)

    Examples
    --------
    >>> random_order(5, np.random.PCG64(1)).tolist()
    [2, 4, 0, 3, 1]
    """
    return np.argsort(source.random_raw(count), kind="stable").astype(np.int64)
