"""What a watch has computed and sent, so that it goes on after a restart. One SQLite file an account and model."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commonlearn.chain.signers import SignedTransaction
from commonlearn.chain.transactions import Prepared
from commonlearn.client.errors import JournalProblem

__all__ = ["Action", "WatchStore"]

_LAYOUT = 1
_HASH = 32
_TABLES = """
CREATE TABLE hashes (start_hash BLOB PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE actions (id INTEGER PRIMARY KEY, market INTEGER NOT NULL, what TEXT NOT NULL, nonce INTEGER NOT NULL,
  tx_hash TEXT, raw TEXT, fields TEXT NOT NULL, outcome TEXT)
"""


@dataclass(frozen=True, slots=True)
class Action:
    """One transaction of a watch.

    Attributes
    ----------
    id : int
    market : int
    what : str
        In words.
    prepared : Prepared
        The transaction.
    tx_hash : str or None
        None while only the node may know it.
    outcome : str or None
        How it ended; None while it is under way.
    """

    id: int
    market: int
    what: str
    prepared: Prepared
    tx_hash: str | None
    outcome: str | None


class WatchStore:
    """The file.

    Parameters
    ----------
    path : Path
        Made with its folder when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=5.0, isolation_level=None)
            self._db.execute("PRAGMA synchronous = FULL")
            with self._change():
                version = self._db.execute("PRAGMA user_version").fetchone()[0]
                if version not in (0, _LAYOUT):
                    raise sqlite3.DatabaseError(f"it has layout {version}, this version writes {_LAYOUT}")
                if version == 0:
                    for statement in _TABLES.split(";"):
                        self._db.execute(statement)
                    self._db.execute(f"PRAGMA user_version = {_LAYOUT}")
        except (sqlite3.Error, OSError) as error:
            raise JournalProblem(path, str(error)) from None

    @classmethod
    def path_of(cls, folder: Path, chain_id: int, genesis_hash: str, address: str, account: str) -> Path:
        """Where the file of an account for a model lies."""
        return folder / f"watch-{chain_id}-{genesis_hash[2:10]}-{address.lower()}-{account.lower()}.sqlite"

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # --------------------------------------------------------------------------------------------------------- hashes

    def hashes(self, start_hash: bytes) -> list[bytes] | None:
        """The hashes of a replay's states; None if they were not computed yet."""
        row = self._db.execute("SELECT content FROM hashes WHERE start_hash = ?", (start_hash,)).fetchone()
        if row is None:
            return None
        content = bytes(row[0])
        return [content[i : i + _HASH] for i in range(0, len(content), _HASH)]

    def keep_hashes(self, start_hash: bytes, hashes: Sequence[bytes]) -> None:
        """Keep what was computed."""
        with self._change():
            self._db.execute("INSERT OR REPLACE INTO hashes VALUES (?, ?)", (start_hash, b"".join(hashes)))

    # -------------------------------------------------------------------------------------------------------- actions

    def begin(self, market: int, what: str, prepared: Prepared) -> int:
        """Write a transaction down, before it is sent; gives its number here."""
        signed = prepared.signed
        tx_hash, raw = (None, None) if signed is None else (signed.hash, signed.raw)
        with self._change():
            cursor = self._db.execute(
                "INSERT INTO actions (market, what, nonce, tx_hash, raw, fields) VALUES (?, ?, ?, ?, ?, ?)",
                (market, what, prepared.nonce, tx_hash, raw, json.dumps(prepared.fields)),
            )
        return int(cursor.lastrowid or 0)

    def end(self, action: int, outcome: str, tx_hash: str | None = None) -> None:
        """Write down how a transaction ended."""
        with self._change():
            query = "UPDATE actions SET outcome = ?, tx_hash = coalesce(?, tx_hash) WHERE id = ?"
            self._db.execute(query, (outcome, tx_hash, action))

    def actions(self, *, under_way: bool = False) -> list[Action]:
        """All transactions in order, or those whose end is not known."""
        where = "WHERE outcome IS NULL" if under_way else ""
        rows = self._db.execute(
            f"SELECT id, market, what, tx_hash, raw, fields, outcome FROM actions {where} ORDER BY id"
        )
        found = []
        for id_, market, what, tx_hash, raw, fields, outcome in rows:
            signed = None if raw is None else SignedTransaction(raw, tx_hash)
            found.append(Action(id_, market, what, Prepared(json.loads(fields), signed), tx_hash, outcome))
        return found

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
