"""Logs of private training as a pod keeps them: plain JSON, and back into records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from commonlearn.chain.training_events import decode_training_log
from commonlearn.pod.actions import Event
from commonlearn.records import Description, JobTerms, Subject

__all__ = ["bytes_of", "decode", "plain", "record"]


def plain(value: Any) -> Any:
    """A value as JSON has it: bytes as ``0x…``, records and tuples as lists.

    Examples
    --------
    >>> plain((b"a", [1]))
    ['0x61', [1]]
    """
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Description | JobTerms | Subject):
        return plain(value.as_tuple())
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def bytes_of(text: str) -> bytes:
    """Bytes out of ``0x…``."""
    return bytes.fromhex(text.removeprefix("0x"))


def record(kind: Any, values: Sequence[Any]) -> Any:
    """A record out of its list; hashes have 66 characters, addresses 42."""
    return kind.of([bytes_of(each) if isinstance(each, str) and len(each) == 66 else each for each in values])


def decode(log: Mapping[str, Any]) -> Event | None:
    """Read a node's log entry; None for what is not private training's."""
    found = decode_training_log(log)
    if found is None:
        return None
    values = {name: plain(value) for name, value in found.values.items()}
    return Event(found.block_number, found.log_index, found.name, values, found.address)
