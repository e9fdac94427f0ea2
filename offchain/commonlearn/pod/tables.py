"""What a pod remembers, as tables."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

__all__ = ["LAYOUT", "actions", "attempts", "blocks", "events", "identity", "metadata", "secrets"]

LAYOUT = 1
"""Number of this layout; a memory with another is not touched."""

metadata = MetaData()

identity = Table(
    "identity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("layout", Integer, nullable=False),
    Column("chain_id", Integer, nullable=False),
    Column("genesis", Text, nullable=False),
    Column("account", Text, nullable=False),
)

blocks = Table(
    "blocks",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("timestamp", Integer, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("block", Integer, primary_key=True),
    Column("log_index", Integer, primary_key=True),
    Column("contract", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("details", Text, nullable=False),
)

actions = Table(
    "actions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("secrets", Text, nullable=False),
    Column("deadline", Integer),
    Column("stage", Text, nullable=False, index=True),
    Column("result", Text),
    Column("error", Text),
    Column("tries", Integer, nullable=False, default=0),
    Column("wait_until", Integer, nullable=False, default=0),  # a block: not tried again before
    Column("block", Integer),  # where it was mined
    Column("block_hash", Text),
    Column("most_wei", Text, nullable=False, default="0"),  # what it can cost, ether sent along included
    Column("signed_at", Integer),
    Column("planned_at", Integer, nullable=False),
    Column("changed_at", Integer, nullable=False),
)

# A signed transaction, kept from before it is sent. Several of one number: the same with higher fees.
attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action", ForeignKey("actions.id"), nullable=False, index=True),
    Column("nonce", Integer, nullable=False, index=True),
    Column("hash", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("fee_wei", Text, nullable=False),
    Column("tip_wei", Text, nullable=False),
    Column("sent_in", Integer, nullable=False),  # number of the block that was known then
    Column("dead", Integer, nullable=False, default=0),  # its number was used by something else
    UniqueConstraint("hash"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("action", Text, nullable=False),
)
