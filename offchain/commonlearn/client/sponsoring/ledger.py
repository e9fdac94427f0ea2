"""A relayer's ledger on disk: what it sent for whom and what that cost, so that no restart forgets limits or budget.

A transaction is written down, signed, before it is sent. A chain accepts one transaction for a nonce, and the contract
one for an author's number: so whatever is interrupted, nothing is paid twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from commonlearn.client.errors import JournalBusy, JournalProblem

__all__ = ["Line", "RelayLedger", "RelayState"]

_LAYOUT = 1
_TABLES = """
CREATE TABLE lines (digest TEXT PRIMARY KEY, author TEXT NOT NULL, state TEXT NOT NULL, reserved_wei TEXT NOT NULL,
  spent_wei TEXT NOT NULL DEFAULT '0', nonce INTEGER NOT NULL, tx_hash TEXT, raw TEXT,
  fields TEXT NOT NULL, id INTEGER, error TEXT, message TEXT);
CREATE TABLE attempts (author TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX by_author ON attempts (author, at)
"""


class RelayState(StrEnum):
    """Where a relayed contribution stands."""

    SENT = "sent"
    """A transaction was signed and perhaps sent."""
    DONE = "done"
    """It is in a block and succeeded."""
    FAILED = "failed"
    """It is in a block and failed, or never can get into one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One relayed contribution.

    Attributes
    ----------
    digest : str
        What was signed.
    author : str
    state : RelayState
    reserved_wei : int
        Most that it can cost while it is under way.
    spent_wei : int
        Fee and stake, once it is known.
    nonce : int
        Of the transaction.
    tx_hash, raw : str or None
        Of the signed transaction; None where the node signs and has not answered.
    fields : str
        The transaction's fields as JSON.
    id : int or None
        Number of the contribution.
    error, message : str or None
        Name of the error by which it failed, and what it means.
    """

    digest: str
    author: str
    state: RelayState
    reserved_wei: int
    spent_wei: int
    nonce: int
    tx_hash: str | None
    raw: str | None
    fields: str
    id: int | None = None
    error: str | None = None
    message: str | None = None


class RelayLedger:
    """The file; one process at a time writes to it.

    Parameters
    ----------
    path : Path
        Made if it is not there.

    Raises
    ------
    JournalBusy
        Another relayer uses it.
    JournalProblem
        It cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.2, check_same_thread=False)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("BEGIN EXCLUSIVE")
            self._db.execute("COMMIT")
            (layout,) = self._db.execute("PRAGMA user_version").fetchone()
            if layout == 0:
                self._db.executescript(f"{_TABLES}; PRAGMA user_version = {_LAYOUT}")
            elif layout != _LAYOUT:
                raise JournalProblem(path, f"it has layout {layout}, this version knows {_LAYOUT}")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise JournalBusy(path) from None
            raise JournalProblem(path, str(error)) from None
        except (sqlite3.DatabaseError, OSError) as error:
            raise JournalProblem(path, str(error)) from None

    def close(self) -> None:
        """Let others use the file."""
        self._db.close()

    def find(self, digest: str) -> Line | None:
        """A request by what was signed."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM lines WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else _line(row)

    def under_way(self) -> list[Line]:
        """What was signed and is not known to be over, in the order of the account's nonces."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM lines WHERE state = ? ORDER BY nonce", (RelayState.SENT,))
        return [_line(row) for row in rows]

    def times(self, author: str, since: float) -> list[float]:
        """When something was sent for an account after a Unix time in seconds, rising."""
        query = "SELECT at FROM attempts WHERE author = ? AND at > ? ORDER BY at"
        return [row[0] for row in self._db.execute(query, (author, since))]

    def spent_wei(self) -> int:
        """What was spent, and what may be spent by what is under way."""
        rows = self._db.execute("SELECT state, reserved_wei, spent_wei FROM lines")
        return sum(int(spent) + (int(reserved) if state == RelayState.SENT else 0) for state, reserved, spent in rows)

    def count(self) -> int:
        """How many contributions were made."""
        return int(self._db.execute("SELECT count(*) FROM lines WHERE state = ?", (RelayState.DONE,)).fetchone()[0])

    def record_sent(self, line: Line, at: float) -> None:
        """Write a transaction down before it is sent. One that failed before may be tried again."""
        with self._change():
            self._db.execute(
                "INSERT OR REPLACE INTO lines (digest, author, state, reserved_wei, spent_wei, nonce, tx_hash, raw, "
                "fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (line.digest, line.author, RelayState.SENT, str(line.reserved_wei), str(line.spent_wei), line.nonce,
                 line.tx_hash, line.raw, line.fields),
            )  # fmt: skip
            # Each try counts: an author who makes them fail would otherwise have as many as wanted.
            self._db.execute("INSERT INTO attempts VALUES (?, ?)", (line.author, at))

    def record_hash(self, digest: str, tx_hash: str) -> None:
        """Write down by which hash a node that signs has sent a transaction."""
        with self._change():
            self._db.execute("UPDATE lines SET tx_hash = ? WHERE digest = ?", (tx_hash, digest))

    def record_over(
        self,
        digest: str,
        state: RelayState,
        spent_wei: int,
        *,
        id_: int | None = None,
        error: str | None = None,
        message: str | None = None,
    ) -> None:
        """How it ended, and what it cost besides what earlier tries did."""
        with self._change():
            (before,) = self._db.execute("SELECT spent_wei FROM lines WHERE digest = ?", (digest,)).fetchone()
            self._db.execute(
                "UPDATE lines SET state = ?, spent_wei = ?, id = ?, error = ?, message = ? WHERE digest = ?",
                (state, str(int(before) + spent_wei), id_, error, message, digest),
            )

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


_COLUMNS = "digest, author, state, reserved_wei, spent_wei, nonce, tx_hash, raw, fields, id, error, message"


def _line(row: tuple[Any, ...]) -> Line:
    digest, author, state, reserved, spent, *rest = row
    return Line(digest, author, RelayState(state), int(reserved), int(spent), *rest)
