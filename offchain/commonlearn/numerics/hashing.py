"""The one hash of Ethereum, and the running hash over a model's words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from commonlearn.numerics.lanes import WORD_BYTES

__all__ = ["keccak256", "words_hash"]


def keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it (not the later SHA3-256).

    Examples
    --------
    >>> keccak256(b"").hex()[:8]
    'c5d24601'
    """
    return bytes(_backend()(data))


@cache
def _backend() -> Callable[[bytes], bytes]:
    # Programs in the sandbox import this package for its arithmetic, and have no library for hashes there.
    from eth_hash.auto import keccak

    return keccak


def words_hash(configuration: int, words: bytes) -> bytes:
    """Running hash that a contract fixes at the seal.

    It starts at the configuration and takes each word in turn, so it does not depend on the chunks of the upload, and
    an interrupted upload can be checked before it goes on.

    Parameters
    ----------
    configuration : int
        The model's configuration word.
    words : bytes
        Whole words, big-endian.

    Returns
    -------
    bytes
        32 bytes.

    Examples
    --------
    >>> words_hash(5, b"") == (5).to_bytes(32, "big")
    True
    """
    running = configuration.to_bytes(WORD_BYTES, "big")
    for start in range(0, len(words), WORD_BYTES):
        running = keccak256(running + words[start : start + WORD_BYTES])
    return running
