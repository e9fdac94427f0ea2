"""Vectors of small integers inside 256-bit words, as the contracts store them.

A word holds ``256 // bits`` lanes; lane 0 is at the most significant end, so that with 8 bits the big-endian bytes of
a word are its lanes in order. Source: ``docs/ref-models.md``, "Words and lanes".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from commonlearn.errors import InvalidWord, MissingWords, TooManyWords, ValueOutOfRange

__all__ = [
    "WORD_BYTES",
    "bytes_to_words",
    "lane_range",
    "lanes_per_word",
    "pack_lanes",
    "unpack_lanes",
    "words_needed",
    "words_to_bytes",
]

WORD_BYTES = 32
_WORD_BITS = 256
_MIN_BITS, _MAX_BITS = 2, 32
# Widths whose lanes are whole machine integers: a word is then a plain big-endian array.
_NATIVE_WIDTHS = (8, 16, 32)


def lanes_per_word(bits: int) -> int:
    """Number of lanes in a word.

    Parameters
    ----------
    bits : int
        Width of a lane, 2 to 32.

    Returns
    -------
    int
        8 to 128.

    Raises
    ------
    ValueOutOfRange
        The width is not 2 to 32.

    Examples
    --------
    >>> lanes_per_word(8), lanes_per_word(24)
    (32, 10)
    """
    if not _MIN_BITS <= bits <= _MAX_BITS:
        raise ValueOutOfRange(bits, allowed="a lane width of 2 to 32 bits")
    return _WORD_BITS // bits


def words_needed(count: int, bits: int) -> int:
    """Number of words that ``count`` lanes of ``bits`` bits occupy.

    Examples
    --------
    >>> words_needed(1001, 8)
    32
    """
    return -(-count // lanes_per_word(bits))


def lane_range(bits: int, *, signed: bool = True) -> tuple[int, int]:
    """Lowest and highest value of a lane, both included.

    Examples
    --------
    >>> lane_range(8), lane_range(8, signed=False)
    ((-128, 127), (0, 255))
    """
    lanes_per_word(bits)
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)


def pack_lanes(lanes: npt.ArrayLike, bits: int, *, signed: bool = True) -> bytes:
    """Pack a vector of integers into words.

    Parameters
    ----------
    lanes : array-like of int, shape (n,)
        Values within :func:`lane_range`.
    bits : int
        Width of a lane, 2 to 32.
    signed : bool, default True
        Two's complement, or unsigned.

    Returns
    -------
    bytes
        ``words_needed(n, bits)`` words of 32 bytes, big-endian. Bits that belong to no lane are zero.

    Raises
    ------
    ValueOutOfRange
        A value does not fit; nothing wraps.

    Examples
    --------
    >>> pack_lanes([1, -1, 127], 8)[:4].hex()
    '01ff7f00'
    """
    per_word = lanes_per_word(bits)
    vector = np.asarray(lanes, dtype=np.int64).ravel()
    low, high = lane_range(bits, signed=signed)
    outside = (vector < low) | (vector > high)
    if outside.any():
        raise ValueOutOfRange(int(vector[outside][0]), allowed=f"{low} to {high}")
    words = -(-len(vector) // per_word)
    padded = np.zeros(words * per_word, dtype=np.int64)
    padded[: len(vector)] = vector
    if bits in _NATIVE_WIDTHS:
        # Casting keeps the low bits, which for both signs are the lane.
        return padded.astype(f">u{bits // 8}").tobytes()
    shifts = np.arange(bits - 1, -1, -1)
    spread = np.zeros((words, _WORD_BITS), dtype=np.uint8)
    spread[:, : per_word * bits] = ((padded[:, None] >> shifts) & 1).astype(np.uint8).reshape(words, per_word * bits)
    return np.packbits(spread, axis=1).tobytes()


def unpack_lanes(
    words: bytes, bits: int, count: int, *, signed: bool = True, strict: bool = True
) -> npt.NDArray[np.int64]:
    """Read a vector of integers out of words.

    Parameters
    ----------
    words : bytes
        Exactly ``words_needed(count, bits)`` words of 32 bytes.
    bits : int
        Width of a lane, 2 to 32.
    count : int
        Length of the vector.
    signed : bool, default True
        Two's complement, or unsigned.
    strict : bool, default True
        Refuse bits that belong to no lane; else ignore them, as the contracts do.

    Returns
    -------
    ndarray of int64, shape (count,)

    Raises
    ------
    MissingWords, TooManyWords
        The number of words is not what ``count`` lanes need.
    InvalidWord
        Bits are set that belong to no lane, and ``strict``.

    Examples
    --------
    >>> unpack_lanes(pack_lanes([1, -1, 127], 8), 8, 3).tolist()
    [1, -1, 127]
    """
    per_word = lanes_per_word(bits)
    required = -(-count // per_word)
    given = len(words) // WORD_BYTES
    if given < required:
        raise MissingWords(given, required)
    if len(words) != required * WORD_BYTES:
        raise TooManyWords(-(-len(words) // WORD_BYTES), required)
    if bits in _NATIVE_WIDTHS:
        sign = "i" if signed else "u"
        lanes = np.frombuffer(words, dtype=f">{sign}{bits // 8}").astype(np.int64)
    else:
        spread = np.unpackbits(np.frombuffer(words, dtype=np.uint8).reshape(required, WORD_BYTES), axis=1)
        rest = spread[:, per_word * bits :].any(axis=1)
        if strict and rest.any():
            raise InvalidWord(int(rest.argmax()), "has bits set below its last lane")
        weights = 1 << np.arange(bits - 1, -1, -1, dtype=np.int64)
        lanes = spread[:, : per_word * bits].reshape(required * per_word, bits) @ weights
        if signed:
            lanes = lanes - ((lanes >> (bits - 1)) << bits)
    if strict and lanes[count:].any():
        raise InvalidWord(required - 1, "has lanes set behind the last one of its vector")
    return lanes[:count]


def words_to_bytes(words: Sequence[int]) -> bytes:
    """Write words one after another, big-endian, 32 bytes each.

    Raises
    ------
    InvalidWord
        A number is negative or has more than 256 bits.

    Examples
    --------
    >>> words_to_bytes([1, 2])[31], len(words_to_bytes([1, 2]))
    (1, 64)
    """
    try:
        return b"".join(int(word).to_bytes(WORD_BYTES, "big") for word in words)
    except OverflowError:
        number = next(i for i, word in enumerate(words) if not 0 <= int(word) < 1 << _WORD_BITS)
        raise InvalidWord(number, "is not an unsigned 256-bit number") from None


def bytes_to_words(data: bytes) -> list[int]:
    """Read words from big-endian bytes; the reverse of :func:`words_to_bytes`.

    Raises
    ------
    InvalidWord
        The bytes are not a whole number of words.

    Examples
    --------
    >>> bytes_to_words(words_to_bytes([7, 1 << 255])) == [7, 1 << 255]
    True
    """
    if len(data) % WORD_BYTES:
        raise InvalidWord(len(data) // WORD_BYTES, f"has only {len(data) % WORD_BYTES} of {WORD_BYTES} bytes")
    return [int.from_bytes(data[i : i + WORD_BYTES], "big") for i in range(0, len(data), WORD_BYTES)]
