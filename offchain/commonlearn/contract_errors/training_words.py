"""Words for what refusals of private training carry."""

from __future__ import annotations

from enum import IntEnum

from commonlearn.records import Role

__all__ = ["ascii_of", "roles", "short", "words"]


def words(states: type[IntEnum], number: int) -> str:
    """Say a state in words.

    Examples
    --------
    >>> from commonlearn.records import Mismatch
    >>> words(Mismatch, 2), words(Mismatch, 99)
    ('not ready', 'unknown')
    """
    return states(number).name.lower().replace("_", " ") if number in list(states) else "unknown"


def roles(bits: int) -> str:
    """Say roles in words.

    Examples
    --------
    >>> roles(5)
    'data owner and buyer'
    """
    return " and ".join(role.name.lower().replace("_", " ") for role in Role if role & bits and role.name) or "nobody"


def short(hash_: bytes) -> str:
    """Abbreviate a hash.

    Examples
    --------
    >>> short(bytes(32))
    '0x00000000…'
    """
    return f"0x{bytes(hash_).hex()[:8]}…"


def ascii_of(name: bytes) -> str:
    """Read the text of a word.

    Examples
    --------
    >>> ascii_of(b"split" + bytes(27))
    'split'
    """
    return bytes(name).rstrip(bytes(1)).decode("ascii", "replace")
