"""The log of a brownie transaction as plain names and fields, to be compared as a whole."""

from __future__ import annotations

from typing import Any


def logged(tx: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return all events of a transaction in order, each with all its fields.

    A comparison of the whole list fails on an event too many as well as on one that is missing, and on any field.
    """
    return [(event.name, {name: _plain(value) for name, value in event.items()}) for event in tx.events]


def _plain(value: Any) -> Any:
    if type(value).__name__ != "HexString":
        return value
    return b"" if str(value) == "0x00" else bytes(value)  # brownie gives no bytes as one; a lone zero byte never occurs
