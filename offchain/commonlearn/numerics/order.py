"""Orders by chance that everybody draws alike."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["RawWords", "random_order"]


class RawWords(Protocol):
    """What gives words of 64 bits by chance: a bit generator of numpy's, or one's own."""

    def random_raw(self, size: int, /) -> Any:
        """So many words, as an array of uint64."""


def random_order(count: int, source: RawWords) -> npt.NDArray[np.int64]:
    """Put the numbers from 0 in the order of as many raw 64-bit words of a PCG64.

    Raw words are what numpy keeps for ever; the methods of its generators may change with a version.

    Parameters
    ----------
    count : int
    source : RawWords
        A ``numpy.random.PCG64``, say; it moves on by ``count`` words.

    Returns
    -------
    ndarray of int64, shape (count,)

    Examples
    --------
    >>> random_order(5, np.random.PCG64(1)).tolist()
    [2, 4, 0, 3, 1]
    """
    return np.argsort(source.random_raw(count), kind="stable").astype(np.int64)
