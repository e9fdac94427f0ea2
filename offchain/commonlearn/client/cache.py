"""A model's copy on disk: its state as of one block, and its log as far as it was read. One SQLite file a model.

SQLite gives what a cache must have: a change is there entirely or not at all, whenever the process dies, and several
processes may read and write. Everything in it comes from the chain, so it can be deleted at any time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commonlearn.chain.incentives import INCENTIVES, SELF_ASSESSMENT, incentive_of
from commonlearn.client.errors import AmbiguousCache, CacheProblem, NotCached
from commonlearn.records import Contribution

__all__ = ["CachedState", "ClassAddition", "Identity", "LoggedContribution", "ModelCache"]

_LAYOUT = 2
_BUSY_SECONDS = 30.0

_TABLES = """
CREATE TABLE identity (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), content TEXT NOT NULL,
  metadata BLOB NOT NULL);
CREATE TABLE state (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), words BLOB NOT NULL,
  contributions INTEGER NOT NULL, block INTEGER NOT NULL, block_hash TEXT NOT NULL, timestamp INTEGER NOT NULL);
CREATE TABLE reading (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), snapshot_block INTEGER NOT NULL,
  read_through INTEGER NOT NULL);
CREATE TABLE contributions (id INTEGER PRIMARY KEY, block INTEGER NOT NULL, log_index INTEGER NOT NULL,
  tx_hash TEXT NOT NULL, author TEXT NOT NULL, label INTEGER NOT NULL, taught INTEGER NOT NULL,
  stake_wei TEXT NOT NULL, contributed_at INTEGER NOT NULL, sample BLOB NOT NULL, payee TEXT NOT NULL,
  batch INTEGER, batch_count INTEGER NOT NULL);
CREATE INDEX by_author ON contributions (author, id);
CREATE TABLE learned (id INTEGER PRIMARY KEY);
CREATE TABLE first_words (first INTEGER PRIMARY KEY, words BLOB NOT NULL);
CREATE TABLE class_additions (block INTEGER NOT NULL, log_index INTEGER NOT NULL, class INTEGER NOT NULL,
  active_at INTEGER NOT NULL, words BLOB NOT NULL, PRIMARY KEY (block, log_index));
"""
_NAMES = ("identity", "state", "reading", "contributions", "learned", "first_words", "class_additions")


@dataclass(frozen=True)
class Identity:
    """What never changes about a model.

    Attributes
    ----------
    chain_id : int
    genesis_hash : str
        Tells chains of the same number apart.
    address, model_address : str
        The collaboration and its model.
    created_at_block : int
    kind : str
        Selects the twin.
    configuration : int
    terms : Any
        Its incentive's rules.
    metadata : bytes
        Deflated description.
    """

    chain_id: int
    genesis_hash: str
    address: str
    model_address: str
    created_at_block: int
    kind: str
    configuration: int
    terms: Any
    metadata: bytes


@dataclass(frozen=True)
class CachedState:
    """The model as of one block."""

    words: bytes
    contributions: int
    block: int
    block_hash: str
    timestamp: int


@dataclass(frozen=True)
class LoggedContribution:
    """One contribution from the log, with its sample and where it stands.

    Attributes
    ----------
    id : int
    contribution : Contribution
    sample : bytes
    block, log_index : int
    tx_hash : str
    payee : str
        Who gets the stake back if somebody else paid it; empty if its author did.
    batch : int or None
        Number of the first contribution of the batch that it came in; None if it came alone.
    batch_count : int
        How many contributions that batch has.
    """

    id: int
    contribution: Contribution
    sample: bytes
    block: int
    log_index: int
    tx_hash: str
    payee: str = ""
    batch: int | None = None
    batch_count: int = 1


@dataclass(frozen=True)
class ClassAddition:
    """One announced class from the log."""

    number: int
    active_at: int
    words: bytes
    block: int
    log_index: int


class ModelCache:
    """The copy of one model.

    Parameters
    ----------
    path : path
        The file; made with its folder when missing, and replaced when it is damaged or of another layout.

    Raises
    ------
    CacheProblem
        It cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.was_damaged = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._db = self._open()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
                    raise  # locked, read-only or full: deleting would not help
                self.was_damaged = True
                path.unlink()
                self._db = self._open()
        except (sqlite3.Error, OSError) as error:
            raise CacheProblem(path, str(error)) from None

    @classmethod
    def path_of(cls, folder: Path, chain_id: int, address: str) -> Path:
        """Where the copy of a model lies."""
        return folder / f"{chain_id}-{address.lower()}.sqlite"

    @classmethod
    def find(cls, folder: Path, address: str, chain_id: int | None = None) -> ModelCache:
        """The copy of a model by its address alone.

        Raises
        ------
        NotCached
            There is none.
        AmbiguousCache
            There are several, of different chains.
        """
        found = sorted(folder.glob(f"{'*' if chain_id is None else chain_id}-{address.lower()}.sqlite"))
        if not found:
            raise NotCached(address, folder)
        if len(found) > 1:
            raise AmbiguousCache(address, [int(path.name.split("-")[0]) for path in found])
        return cls(found[0])

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # -------------------------------------------------------------------------------------------------------- reading

    def identity(self) -> Identity | None:
        """What never changes; None in an empty copy."""
        row = self._db.execute("SELECT content, metadata FROM identity").fetchone()
        if row is None:
            return None
        content = json.loads(row[0])
        content["configuration"] = int(content["configuration"], 16)
        incentive = INCENTIVES[content.pop("incentive", SELF_ASSESSMENT.id)]
        content["terms"] = incentive.load(content["terms"])
        return Identity(metadata=bytes(row[1]), **content)

    def state(self) -> CachedState | None:
        """The model; None in an empty copy."""
        row = self._db.execute("SELECT words, contributions, block, block_hash, timestamp FROM state").fetchone()
        return None if row is None else CachedState(bytes(row[0]), *row[1:])

    def unread(self) -> tuple[int, int] | None:
        """Blocks, both included, of which the log was not read yet; None when it is complete."""
        row = self._db.execute("SELECT read_through + 1, snapshot_block FROM reading").fetchone()
        return None if row is None or row[0] > row[1] else (int(row[0]), int(row[1]))

    def contributions(
        self, *, author: str | None = None, before: int | None = None, after_id: int = -1
    ) -> Iterator[LoggedContribution]:
        """Contributions of the log in order, perhaps of one author, below a number, or above one."""
        where = "WHERE id > ? AND (? IS NULL OR author = ?) AND (? IS NULL OR id < ?) ORDER BY id"
        return self._contributions(where, (after_id, author, author, before, before))

    def learned(self, *, before: int) -> Iterator[LoggedContribution]:
        """Contributions below a number that markets taught to the model, in the order in which they were taught."""
        return self._contributions("NATURAL JOIN learned WHERE id < ? ORDER BY id", (before,))

    def last_learned(self) -> int | None:
        """Number of the last contribution that a market taught; None if there is none."""
        row = self._db.execute("SELECT max(id) FROM learned").fetchone()
        return None if row[0] is None else int(row[0])

    def chosen(self, ids: Sequence[int]) -> Iterator[LoggedContribution]:
        """Some contributions of the log, as far as they are here, in order."""
        if not ids:
            return iter(())
        wanted = set(ids)
        return (one for one in self.contributions(after_id=min(wanted) - 1, before=max(wanted) + 1) if one.id in wanted)

    def _contributions(self, where: str, values: Sequence[Any]) -> Iterator[LoggedContribution]:
        query = (
            "SELECT id, author, label, taught, stake_wei, contributed_at, sample, block, log_index, tx_hash, payee, "
            f"batch, batch_count FROM contributions {where}"
        )
        for row in self._db.execute(query, values):
            contribution = Contribution(row[1], row[2], bool(row[3]), int(row[4]), row[5])
            yield LoggedContribution(row[0], contribution, bytes(row[6]), *row[7:])

    def contribution_count(self) -> int:
        """How many contributions of the log are here."""
        return int(self._db.execute("SELECT count(*) FROM contributions").fetchone()[0])

    def first_words(self) -> bytes:
        """The first words, as they were uploaded."""
        return b"".join(bytes(row[0]) for row in self._db.execute("SELECT words FROM first_words ORDER BY first"))

    def class_additions(self) -> list[ClassAddition]:
        """Announced classes of the log, in order."""
        rows = self._db.execute(
            "SELECT class, active_at, words, block, log_index FROM class_additions ORDER BY block, log_index"
        )
        return [ClassAddition(row[0], row[1], bytes(row[2]), row[3], row[4]) for row in rows]

    # -------------------------------------------------------------------------------------------------------- writing

    def replace(self, identity: Identity, state: CachedState) -> None:
        """Begin anew with a snapshot."""
        content = {
            "chain_id": identity.chain_id,
            "genesis_hash": identity.genesis_hash,
            "address": identity.address,
            "model_address": identity.model_address,
            "created_at_block": identity.created_at_block,
            "kind": identity.kind,
            "configuration": hex(identity.configuration),
            "incentive": incentive_of(identity.terms).id,
            "terms": identity.terms.as_dict(),
        }
        with self._change():
            for name in _NAMES:
                self._db.execute(f"DELETE FROM {name}")
            self._db.execute("INSERT INTO identity VALUES (1, ?, ?)", (json.dumps(content), identity.metadata))
            self._put_state(state)
            self._db.execute("INSERT INTO reading VALUES (1, ?, ?)", (state.block, identity.created_at_block - 1))

    def advance(
        self,
        expected: CachedState,
        state: CachedState,
        contributions: Sequence[LoggedContribution],
        additions: Sequence[ClassAddition],
        learned: Sequence[int] = (),
    ) -> bool:
        """Go on to a later block, unless another process was faster.

        Parameters
        ----------
        expected : CachedState
            What the new state was computed from.
        state : CachedState
            The new one.
        contributions, additions, learned : sequences
            The log in between.

        Returns
        -------
        bool
            Whether it was written.
        """
        with self._change():
            row = self._db.execute("SELECT block, block_hash FROM state").fetchone()
            if row != (expected.block, expected.block_hash):
                return False
            self._put_state(state)
            self._put_log(contributions, additions, learned)
        return True

    def backfill(
        self,
        read_through: int,
        contributions: Sequence[LoggedContribution],
        additions: Sequence[ClassAddition],
        first_words: Sequence[tuple[int, bytes]],
        learned: Sequence[int] = (),
    ) -> None:
        """Add a part of the log from before the snapshot."""
        with self._change():
            self._put_log(contributions, additions, learned)
            self._db.executemany("INSERT OR IGNORE INTO first_words VALUES (?, ?)", first_words)
            self._db.execute("UPDATE reading SET read_through = max(read_through, ?)", (read_through,))

    def clear(self) -> None:
        """Forget everything."""
        with self._change():
            for name in _NAMES:
                self._db.execute(f"DELETE FROM {name}")

    # -------------------------------------------------------------------------------------------------------- private

    def _put_state(self, state: CachedState) -> None:
        values = (state.words, state.contributions, state.block, state.block_hash, state.timestamp)
        self._db.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?)", values)

    def _put_log(
        self,
        contributions: Sequence[LoggedContribution],
        additions: Sequence[ClassAddition],
        learned: Sequence[int],
    ) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO contributions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            map(_row, contributions),
        )
        self._db.executemany("INSERT OR IGNORE INTO learned VALUES (?)", [(id_,) for id_ in learned])
        rows = [(a.block, a.log_index, a.number, a.active_at, a.words) for a in additions]
        self._db.executemany("INSERT OR IGNORE INTO class_additions VALUES (?, ?, ?, ?, ?)", rows)

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version != _LAYOUT:
                if version != 0:
                    raise sqlite3.DatabaseError(f"layout {version}")
                db.execute("BEGIN IMMEDIATE")
                if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in _TABLES.split(";"):
                        db.execute(statement)
                    db.execute(f"PRAGMA user_version = {_LAYOUT}")
                db.execute("COMMIT")
            db.execute("SELECT count(*) FROM state").fetchone()
        except BaseException:
            db.close()
            raise
        return db


def _row(logged: LoggedContribution) -> tuple[Any, ...]:
    c = logged.contribution
    where = (logged.block, logged.log_index, logged.tx_hash)
    what = (c.author, c.label, int(c.taught), str(c.stake_wei), c.contributed_at, logged.sample)
    return (logged.id, *where, *what, logged.payee, logged.batch, logged.batch_count)
