"""Sums whose parts nobody sees: each pair of owners shares a mask, which one adds and the other takes away.

As in Bonawitz et al. (2017, section 4), without its recovery from drop-outs: when an owner drops out before it has sent
its sums, the others begin anew under another context. Owners must not collude: all but one together know the last
one's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import nacl.bindings
import nacl.exceptions
import numpy as np
import numpy.typing as npt

from commonlearn.custody.errors import SumsRefused

__all__ = ["masked", "unmasked_total"]

Integers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]


def masked(sums: Integers, private: bytes, public: bytes, others: Sequence[bytes], context: bytes) -> Words:
    """Put the masks shared with all others onto an owner's sums.

    Parameters
    ----------
    sums : ndarray of int64, shape (k,)
    private, public : bytes
        Own X25519 keys, 32 bytes each.
    others : sequence of bytes
        The other owners' public keys; at least two.
    context : bytes
        Of this sum only (dataset, job, attempt): under the same context masks would repeat, and differences show.

    Returns
    -------
    ndarray of uint64, shape (k,)
        Looks like chance to everybody who lacks one of the masks.

    Raises
    ------
    SumsRefused
        There are fewer than three owners, or one twice, or a key is none.

    Examples
    --------
    >>> from commonlearn.custody import new_key
    >>> keys = [new_key() for _ in range(3)]
    >>> publics = [public for _, public in keys]
    >>> parts = {
    ...     public: masked(np.array([value, -value]), private, public, [p for p in publics if p != public], b"job 1")
    ...     for value, (private, public) in zip([1, 2, 4], keys)
    ... }
    >>> unmasked_total(parts, publics).tolist()
    [7, -7]
    """
    if len(others) < 2 or len({public, *others}) != len(others) + 1:
        raise SumsRefused("masks need at least three different owners")
    total = np.asarray(sums, dtype=np.int64).astype(np.uint64)
    for other in others:
        try:
            shared = nacl.bindings.crypto_scalarmult(private, other)
        except (nacl.exceptions.CryptoError, RuntimeError):
            raise SumsRefused("an owner's public key is none: everybody could take its mask away") from None
        low, high = sorted((public, other))
        stream = hashlib.shake_256(b"commonlearn mask" + shared + low + high + context).digest(8 * len(total))
        mask = np.frombuffer(stream, dtype=">u8").astype(np.uint64)
        total = total + mask if public < other else total - mask  # wraps: sums are taken modulo 2^64
    return total


def unmasked_total(parts: Mapping[bytes, Words], owners: Sequence[bytes]) -> Integers:
    """Add up all owners' masked sums; the masks cancel.

    Raises
    ------
    SumsRefused
        An owner's are missing or of another length: the total would be noise.
    """
    if set(parts) != set(owners) or len({len(part) for part in parts.values()}) != 1:
        raise SumsRefused("those of an owner are missing or of another length; begin anew without it")
    total = np.zeros(len(next(iter(parts.values()))), dtype=np.uint64)
    for part in parts.values():
        total = total + part
    return total.astype(np.int64)
