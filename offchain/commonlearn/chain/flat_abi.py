"""Logs of simple fields as values, fast: whoever follows a chain decodes hundreds of thousands of them.

`eth_abi` decodes everything and takes some 150 microseconds a contribution; this takes 10 and knows whole numbers,
truth values, addresses, 32 bytes, and bytes of any length. A test holds one to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from eth_utils.address import to_checksum_address

__all__ = ["FlatDecoder"]

_WORD = 32
_DIGITS = 2 * _WORD

Reader = Callable[[int], Any]


@dataclass(frozen=True)
class FlatDecoder:
    """Decodes an event of simple fields.

    Attributes
    ----------
    readers : tuple of (callable or None)
        Makes a field of its word, in the interface's order; None for bytes of any length, whose word says where they
        are.
    indexed : tuple of bool
        Which fields are topics.
    """

    readers: tuple[Reader | None, ...]
    indexed: tuple[bool, ...]

    @classmethod
    def of(cls, types: Sequence[str], indexed: Sequence[bool]) -> Self | None:
        """The decoder of an event; None where a field is not simple.

        Examples
        --------
        >>> decoder = FlatDecoder.of(["uint256", "bool"], [True, False])
        >>> decoder.decode(["0x" + "ee" * 32, "0x" + "07".zfill(64)], "0x" + "1".zfill(64))
        [7, True]
        >>> FlatDecoder.of(["uint256[]"], [False]) is None
        True
        """
        readers: list[Reader | None] = []
        for kind, at in zip(types, indexed, strict=True):
            if kind == "bytes" and not at:
                readers.append(None)
                continue
            reader = _reader(kind)
            if reader is None:
                return None
            readers.append(reader)
        return cls(tuple(readers), tuple(indexed))

    def decode(self, topics: Sequence[str], data: str) -> list[Any]:
        """Values of all fields, in the interface's order.

        Parameters
        ----------
        topics : sequence of str
            ``0x…``; the first names the event.
        data : str
            ``0x…``

        Raises
        ------
        ValueError
            Words are missing, or a word is out of its type's range.
        """
        values = []
        topic, at = 1, 2
        for reader, is_topic in zip(self.readers, self.indexed, strict=True):
            if is_topic:
                if topic >= len(topics):
                    raise ValueError("a topic is missing")
                word = int(topics[topic], 16)
                topic += 1
            else:
                digits = data[at : at + _DIGITS]
                if len(digits) != _DIGITS:
                    raise ValueError("the data end within a word")
                word = int(digits, 16)
                at += _DIGITS
            values.append(_bytes_at(data, word) if reader is None else reader(word))
        return values


def _bytes_at(data: str, offset: int) -> bytes:
    start = 2 + 2 * offset
    length = data[start : start + _DIGITS]
    if len(length) != _DIGITS:
        raise ValueError("the data end before the bytes")
    start += _DIGITS
    found = bytes.fromhex(data[start : start + 2 * int(length, 16)])
    if len(found) != int(length, 16):
        raise ValueError("the data end within the bytes")
    return found


def _reader(kind: str) -> Reader | None:
    if kind == "bool":
        return _truth
    if kind == "address":
        return _address
    if kind == "bytes32":
        return _bytes32
    if kind.startswith("uint") and kind[4:].isdigit():
        return _number(int(kind[4:]))
    return None


def _truth(word: int) -> bool:
    if word > 1:
        raise ValueError("a truth value is neither 0 nor 1")
    return word == 1


@lru_cache(maxsize=1 << 16)
def _address(word: int) -> str:
    if word >> 160:
        raise ValueError("an address has more than 20 bytes")
    return str(to_checksum_address(f"0x{word:040x}"))


def _bytes32(word: int) -> bytes:
    return word.to_bytes(_WORD, "big")


def _number(bits: int) -> Reader:
    def read(word: int) -> int:
        if word >> bits:
            raise ValueError(f"a number has more than {bits} bits")
        return word

    return read
