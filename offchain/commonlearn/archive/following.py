"""The one follower of a model's log: fetched in parts, sorted, and checked to be of one chain.

After every part the node is asked for one later block, the *anchor*. If it still has that, it had it while it gave the
part. So all parts are of the anchor's chain, also when the process dies between two of them, and the blocks whose
hashes a store holds are on the chain up to one of them and off it from there on, which makes that one quick to find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from commonlearn.archive.errors import BlocksReplaced
from commonlearn.archive.records import LogPart
from commonlearn.archive.sorting import LOGGED, log_of
from commonlearn.chain.connection import Block
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.events import events_in

__all__ = ["common_block", "follow", "hash_at"]

_FIRST_RANGE = 64
"""Blocks of the first part. Parts grow fourfold while they hold little, so ten reach over millions of blocks."""
_PART_EVENTS = 10_000
"""About as many events are read before they are saved: a second's work, and 10 MB."""


def follow(
    contract: CollaborationContract, first: int, last: int, *, anchor: tuple[int, str]
) -> Iterator[tuple[LogPart, Block]]:
    """Read a model's log from block to block.

    Parameters
    ----------
    contract : CollaborationContract
    first, last : int
        Blocks, both included.
    anchor : (int, str)
        Number and hash of a block, not before the last, of the chain that the log is wanted of.

    Yields
    ------
    part : LogPart
        The next blocks' records; together they cover all blocks without gaps.
    block : Block
        The part's last.

    Raises
    ------
    BlocksReplaced
        The anchor was taken back; parts that were given before that are of its chain.
    ReplayMismatch, NodeUnreachable, RpcError
        The log contradicts itself, or the node does not give it.
    """
    connection = contract.connection
    parts = events_in(
        connection.rpc,
        (contract.address, contract.model.address),
        LOGGED,
        first,
        last,
        first_range=_FIRST_RANGE,
        part_events=_PART_EVENTS,
    )
    for reached, events in parts:
        try:
            block = connection.block(reached)
        except LookupError:
            raise BlocksReplaced(reached) from None
        part = log_of(events, first, reached)
        part.blocks[reached] = block.hash
        if (block.hash if reached == anchor[0] else hash_at(connection, anchor[0])) != anchor[1]:
            raise BlocksReplaced(anchor[0])
        yield part, block
        first = reached + 1


class HasHash(Protocol):
    """A block, as far as it matters here."""

    @property
    def hash(self) -> str:
        """Its hash."""


class HasBlocks(Protocol):
    """A chain, as far as it matters here."""

    def block(self, number: int, /) -> HasHash:
        """A block by its number; LookupError if there is none."""


def hash_at(connection: HasBlocks, block: int) -> str | None:
    """Hash of a block; None where the chain has none of this number."""
    try:
        return connection.block(block).hash
    except LookupError:
        return None


def common_block(connection: HasBlocks, known: Sequence[tuple[int, str]]) -> int | None:
    """The latest of some blocks that is still part of the chain.

    Parameters
    ----------
    connection : HasBlocks
        A connection, or anything else that gives blocks.
    known : sequence of (int, str)
        Numbers and hashes of blocks of one chain, ascending.

    Returns
    -------
    int or None
        Its number; None if none of them is.
    """

    def is_there(position: int) -> bool:
        number, hash_ = known[position]
        return hash_at(connection, number) == hash_

    # Re-organisations are shallow, so the end is looked at first; whatever their depth, a few questions suffice.
    gone, there, step = len(known), -1, 1
    while gone > 0 and there < 0:
        probe = max(0, gone - step)
        if is_there(probe):
            there = probe
        else:
            gone, step = probe, step * 2
    if there < 0:
        return None
    while gone - there > 1:
        middle = (there + gone) // 2
        there, gone = (middle, gone) if is_there(middle) else (there, middle)
    return known[there][0]
