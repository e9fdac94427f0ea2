"""Logs: fetched in ranges that the node can bear, decoded, in the chain's order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.abi import EventType, event_of
from commonlearn.chain.errors import NodeUnreachable, RpcError
from commonlearn.chain.rpc import Rpc

__all__ = [
    "COLLABORATION_EVENTS",
    "FACTORY_EVENTS",
    "MARKET_EVENTS",
    "MODEL_EVENTS",
    "POINTS_EVENTS",
    "SPONSORED_EVENTS",
    "SPONSORSHIP_EVENTS",
    "Event",
    "address_topic",
    "decode_log",
    "events_in",
    "topic_of",
]

COLLABORATION_EVENTS = (
    "Described",
    "Opened",
    "Contributed",
    "BatchRecorded",
    "SampleRefused",
    "ClaimRefused",
    "Sponsored",
    "Refunded",
    "Forfeited",
    "Swept",
    "ExcessCredited",
    "Withdrawn",
)
POINTS_EVENTS = ("Voted", "Judged")
MARKET_EVENTS = (
    "Committed",
    "Drawn",
    "TestSampleRevealed",
    "PhaseChanged",
    "Ended",
    "Prepared",
    "Advanced",
    "Settled",
    "Finalised",
    "ParticipantCredited",
    "Trained",
    "Posted",
    "Disputed",
    "Bisected",
    "HalfChosen",
    "PostJudged",
    "PostAccepted",
)
SPONSORED_EVENTS = ("Sponsored",)
SPONSORSHIP_EVENTS = ("Relayed", "RelayRefused", "Deposited", "GasNoted", "Reimbursed", "PoolOpened", "PoolClosed")
MODEL_EVENTS = ("WordsUploaded", "Sealed", "ClassAdded")
FACTORY_EVENTS = ("Created",)

_HOMES = dict.fromkeys(COLLABORATION_EVENTS, "Collaboration") | dict.fromkeys(MODEL_EVENTS, "Perceptron")
_HOMES |= dict.fromkeys(POINTS_EVENTS, "PointsCollaboration")
_HOMES |= dict.fromkeys(MARKET_EVENTS, "MarketCollaboration")
_HOMES |= dict.fromkeys(SPONSORED_EVENTS, "Collaboration") | dict.fromkeys(SPONSORSHIP_EVENTS, "Sponsorship")
_HOMES |= dict.fromkeys(FACTORY_EVENTS, "CollaborationFactory")

_FIRST_RANGE = 1 << 40  # all at once: most nodes that limit a range say so cheaply
_LOST_IN_A_ROW = 2
"""After so many lost answers the node is gone; before, the answer may only have been too much for it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One decoded log.

    Attributes
    ----------
    name : str
        As in the contracts.
    address : str
        Who emitted it, lower case.
    values : dict
        Fields by their Solidity names.
    block_number, log_index : int
        Where it stands; events are ordered by these.
    block_hash, tx_hash : str
        What it is part of.
    """

    name: str
    address: str
    values: dict[str, Any]
    block_number: int
    log_index: int
    block_hash: str
    tx_hash: str

    @property
    def order(self) -> tuple[int, int]:
        """Sorts events as they happened."""
        return (self.block_number, self.log_index)


def event_type(name: str) -> EventType:
    """The interface of an event by its name."""
    return event_of(_HOMES[name], name)


def topic_of(name: str) -> str:
    """First topic of an event's logs."""
    return event_type(name).topic


def address_topic(address: str) -> str:
    """An address as an indexed field."""
    return "0x" + "0" * 24 + address[2:].lower()


def decode_log(log: dict[str, Any]) -> Event | None:
    """One log of a node; None when it is no event of this project's contracts."""
    name = _names_by_topic().get(log["topics"][0]) if log["topics"] else None
    if name is None:
        return None
    return Event(
        name=name,
        address=str(log["address"]).lower(),
        values=event_type(name).decode(log["topics"], log["data"]),
        block_number=int(log["blockNumber"], 16),
        log_index=int(log["logIndex"], 16),
        block_hash=str(log["blockHash"]),
        tx_hash=str(log["transactionHash"]),
    )


def _names_by_topic() -> dict[str, str]:
    if not _TOPICS:
        _TOPICS.update({topic_of(name): name for name in _HOMES})
    return _TOPICS


_TOPICS: dict[str, str] = {}


def events_in(
    rpc: Rpc,
    addresses: Sequence[str],
    names: Sequence[str],
    first_block: int,
    last_block: int,
    *,
    more_topics: Sequence[str | None] = (),
    first_range: int = _FIRST_RANGE,
    part_events: int | None = None,
) -> Iterator[tuple[int, list[Event]]]:
    """Events of a range of blocks, in parts that a node can bear.

    When the node refuses (too many blocks or too many results) or breaks down under an answer, parts get smaller until
    it answers, and grow again afterwards.

    Parameters
    ----------
    rpc : Rpc
        The node.
    addresses : sequence of str
        Contracts.
    names : sequence of str
        Events wanted.
    first_block, last_block : int
        Both included.
    more_topics : sequence of (str or None)
        Wanted values of the indexed fields, in order; None for any.
    first_range : int, optional
        Blocks of the first part; the whole range by default.
    part_events : int, optional
        About so many events a part are aimed at, so that each can be saved; without, parts only get larger.

    Yields
    ------
    last : int
        Up to which block the events so far are complete, so that work can be saved part by part.
    events : list of Event
        Those of the part, in order.

    Raises
    ------
    RpcError
        The node refuses even a single block.
    NodeUnreachable
        It is gone.
    """
    wanted = {"address": list(addresses), "topics": [[topic_of(name) for name in names], *more_topics]}
    start, size, lost = first_block, first_range, 0
    while start <= last_block:
        end = min(last_block, start + size - 1)
        try:
            logs = rpc.call("eth_getLogs", {**wanted, "fromBlock": hex(start), "toBlock": hex(end)})
        except RpcError:
            if end == start:
                raise
            size = max(1, (end - start + 1) // 4)
            continue
        except NodeUnreachable:
            lost += 1
            if end == start or lost >= _LOST_IN_A_ROW:
                raise
            size = max(1, (end - start + 1) // 4)
            continue
        # Logs of blocks that were taken back carry removed: true.
        decoded = (decode_log(log) for log in logs if not log.get("removed"))
        yield end, sorted((event for event in decoded if event is not None), key=lambda event: event.order)
        lost, read = 0, end - start + 1
        growth = 2.0 if part_events is None else min(4.0, part_events / max(1, len(logs)))
        start, size = end + 1, max(1, int((size if growth > 1 else read) * growth))
