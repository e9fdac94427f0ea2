"""What private training told: its logs, with structures as records.

Its contract has events of the same names as others of the package (``Deposited``, ``Withdrawn``), so it has a table of
its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from commonlearn.chain.abi import EventType, event_of
from commonlearn.chain.compiled import artifact
from commonlearn.chain.events import Event
from commonlearn.chain.training_views import with_checksums
from commonlearn.records import Description, JobTerms, Subject

__all__ = ["TRAINING_EVENTS", "decode_training_log", "training_event"]

_CONTRACT = "TrainingMarket"
TRAINING_EVENTS = tuple(
    sorted(
        entry["name"]
        for entry in artifact(_CONTRACT)["abi"]
        if entry["type"] == "event" and entry["name"] != "EIP712DomainChanged"
    )
)
"""Names of all that it tells."""

_STRUCTURES: Mapping[tuple[str, str], Any] = {
    ("DatasetListed", "description"): Description,
    ("JobRequested", "terms"): JobTerms,
    ("JobRequested", "subject"): Subject,
}


def training_event(name: str) -> EventType:
    """The interface of one of its events."""
    return event_of(_CONTRACT, name)


@cache
def _by_topic() -> dict[str, str]:
    return {training_event(name).topic: name for name in TRAINING_EVENTS}


def decode_training_log(log: Mapping[str, Any]) -> Event | None:
    """Read a node's log entry; None when it is no event of private training.

    Returns
    -------
    Event or None
        ``terms``, ``subject`` and ``description`` are records; all else as Solidity names and types it.
    """
    name = _by_topic().get(log["topics"][0]) if log["topics"] else None
    if name is None:
        return None
    values = training_event(name).decode(log["topics"], log["data"])
    for field, value in values.items():
        structure = _STRUCTURES.get((name, field))
        if structure is not None:
            values[field] = structure.of(with_checksums(value))
    return Event(
        name=name,
        address=str(log["address"]).lower(),
        values=values,
        block_number=int(log["blockNumber"], 16),
        log_index=int(log["logIndex"], 16),
        block_hash=str(log["blockHash"]),
        tx_hash=str(log["transactionHash"]),
    )
