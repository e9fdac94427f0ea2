"""Scores of test samples as the perceptron's engine packs them.

Source: ``docs/ref-market.md``, "Scores".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from commonlearn.models.configuration import ModelConfiguration
from commonlearn.numerics import Encoding

__all__ = ["pack_scores", "slice_depth", "unpack_scores"]

_BLOCK = 256
_LANES = 4


def slice_depth(configuration: ModelConfiguration, longest: int) -> int | None:
    """How many bits of each score are kept; None for samples with values, whose scores have 64.

    Parameters
    ----------
    configuration : ModelConfiguration
    longest : int
        Bytes of the longest test sample.

    Examples
    --------
    40 features and the constant, each with a weight from -128 to 127: from -5,249 (less 1) to 5,248.

    >>> slice_depth(ModelConfiguration(Encoding.PRESENCE, 8, 2, 1000, step=1, intercept_value=1), 80)
    14
    """
    if configuration.encoding is not Encoding.PRESENCE:
        return None
    most = (longest // 2 + configuration.intercept_value) << (configuration.weight_bits - 1)
    return 1 + most.bit_length()


def pack_scores(scores: npt.NDArray[np.int64], depth: int | None) -> bytes:
    """Scores as words.

    Parameters
    ----------
    scores : ndarray of int64, shape (n,)
    depth : int or None
        Of :func:`slice_depth`.

    Returns
    -------
    bytes
        With a depth, for each 256 samples so many words: bit ``t`` of word ``z`` is bit ``z`` of sample ``t``'s score
        less 1. Without, four two's complement lanes a word, the first at the top.

    Examples
    --------
    >>> unpack_scores(pack_scores(np.array([5, -3, 0]), 14), 3, 14).tolist()
    [5, -3, 0]
    """
    if depth is None:
        padded = np.zeros(-(-len(scores) // _LANES) * _LANES, dtype=">i8")
        padded[: len(scores)] = scores
        return padded.tobytes()
    blocks = -(-len(scores) // _BLOCK)
    lessened = np.zeros(blocks * _BLOCK, dtype=np.int64)
    lessened[: len(scores)] = scores - 1
    bits = (lessened.reshape(blocks, 1, _BLOCK) >> np.arange(depth).reshape(1, depth, 1) & 1).astype(np.uint8)
    return np.packbits(bits[:, :, ::-1], axis=2).tobytes()


def unpack_scores(data: bytes, count: int, depth: int | None) -> npt.NDArray[np.int64]:
    """The opposite of :func:`pack_scores`; ``count`` is the number of samples."""
    if depth is None:
        return np.frombuffer(data, dtype=">i8").astype(np.int64)[:count]
    octets = np.frombuffer(data, dtype=np.uint8).reshape(-1, depth, _BLOCK // 8)
    bits = np.unpackbits(octets, axis=2)[:, :, ::-1].astype(np.int64)
    weights = np.int64(1) << np.arange(depth, dtype=np.int64)
    weights[-1] = -weights[-1]
    return np.asarray((bits * weights.reshape(1, depth, 1)).sum(axis=1).reshape(-1)[:count] + 1)
