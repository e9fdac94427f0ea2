"""The log of votes, kept beside a model's copy: read once, continued, and read anew after a re-organisation."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.events import POINTS_EVENTS, Event, events_in
from commonlearn.client.errors import CacheProblem, ChainMovedOn

__all__ = ["LoggedVote", "VoteLog"]

_TABLES = """
CREATE TABLE IF NOT EXISTS votes (block INTEGER NOT NULL, log_index INTEGER NOT NULL, id INTEGER NOT NULL,
  voter TEXT NOT NULL, kind TEXT NOT NULL, weight INTEGER NOT NULL, fee INTEGER NOT NULL, from_grant INTEGER NOT NULL,
  PRIMARY KEY (block, log_index));
CREATE TABLE IF NOT EXISTS reading (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), genesis_hash TEXT NOT NULL,
  block INTEGER NOT NULL, block_hash TEXT NOT NULL);
"""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class LoggedVote:
    """One vote from the log, or that it was counted as right.

    Attributes
    ----------
    block, log_index : int
        Where it stands.
    id : int
        Contribution.
    voter : str
    kind : str
        "confirm", "contest", or "judged".
    weight, fee : int
        Hundredths of a point; 0 where it was only counted.
    from_grant : bool
        Whether a founder's grant paid.
    """

    block: int
    log_index: int
    id: int
    voter: str
    kind: str
    weight: int
    fee: int
    from_grant: bool


class VoteLog:
    """The votes of one model on disk. May be deleted at any time.

    Parameters
    ----------
    path : Path
        Its file; made when missing, and replaced when it is damaged.

    Raises
    ------
    CacheProblem
        It cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            try:
                self._db = _opened(path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise  # locked, read-only or full: deleting would not help
                path.unlink()
                self._db = _opened(path)
        except (sqlite3.Error, OSError) as error:
            raise CacheProblem(path, str(error)) from None

    @classmethod
    def beside(cls, copy: Path) -> VoteLog:
        """The log that belongs to a model's copy."""
        return cls(copy.with_suffix(".votes.sqlite"))

    def synchronise(
        self, contract: CollaborationContract, *, on_progress: Callable[[int, int], None] | None = None
    ) -> list[LoggedVote]:
        """Read on to the latest block; give all votes in order.

        Raises
        ------
        ChainMovedOn
            Blocks are taken back again and again.
        """
        for _ in range(_TRIES):
            if self._read_on(contract, on_progress):
                return self._all()
            self._clear()
        raise ChainMovedOn

    def _read_on(self, contract: CollaborationContract, on_progress: Callable[[int, int], None] | None) -> bool:
        """Whether what was read before, and now, is still part of the chain."""
        connection = contract.connection
        row = self._db.execute("SELECT genesis_hash, block, block_hash FROM reading").fetchone()
        start = contract.created_at_block
        if row is not None:
            if row[0] != connection.genesis_hash or _hash_at(contract, row[1]) != row[2]:
                return False
            start = row[1] + 1
        head = connection.block()
        for reached, events in events_in(connection.rpc, (contract.address,), POINTS_EVENTS, start, head.number):
            block_hash = head.hash if reached == head.number else connection.block(reached).hash
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO votes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_row, events))
                values = (connection.genesis_hash, reached, block_hash)
                self._db.execute("INSERT OR REPLACE INTO reading VALUES (1, ?, ?, ?)", values)
            if on_progress is not None:
                on_progress(reached, head.number)
        return _hash_at(contract, head.number) == head.hash

    def _all(self) -> list[LoggedVote]:
        rows = self._db.execute("SELECT * FROM votes ORDER BY block, log_index")
        return [
            LoggedVote(block, log_index, id_, voter, kind, weight, fee, bool(from_grant))
            for block, log_index, id_, voter, kind, weight, fee, from_grant in rows
        ]

    def _clear(self) -> None:
        with self._db:
            self._db.execute("DELETE FROM votes")
            self._db.execute("DELETE FROM reading")


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=30.0)
    try:
        db.executescript(_TABLES)
        db.execute("SELECT count(*) FROM votes").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def _hash_at(contract: CollaborationContract, block: int) -> str | None:
    try:
        return contract.connection.block(block).hash
    except LookupError:
        return None


def _row(event: Event) -> tuple[int | str, ...]:
    v = event.values
    place = (event.block_number, event.log_index, v["id"], v["voter"])
    if event.name == "Judged":
        return (*place, "judged", 0, 0, 0)
    return (*place, "confirm" if v["confirms"] else "contest", v["weight"], v["fee"], int(v["fromGrant"]))
