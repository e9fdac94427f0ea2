"""What was sent, written down before it is sent: the reason why an interruption never costs a second stake.

The order for each contribution is: sign with a nonce, write nonce, hash and signed bytes here (and have the disk
confirm it), only then send. A chain accepts at most one transaction for a nonce of an account. So after any
interruption there are three cases, told apart by looking at the chain, never by memory:

- the nonce is unused: the same bytes are sent again, or a replacement with the same nonce;
- it was used by our transaction: the contribution is done;
- it was used by another: ours can never happen, and only then is one with a new nonce made.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from commonlearn.client.errors import JournalBusy, JournalProblem

__all__ = ["Attempt", "Entry", "EntryState", "Job", "Journal", "job_key"]

_LAYOUT = 1
_BUSY_SECONDS = 5.0

_TABLES = """
CREATE TABLE jobs (id INTEGER PRIMARY KEY, key TEXT NOT NULL, first_block INTEGER NOT NULL, total INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0);
CREATE INDEX by_key ON jobs (key);
CREATE TABLE entries (job INTEGER NOT NULL, position INTEGER NOT NULL, sample BLOB NOT NULL, label INTEGER NOT NULL,
  state TEXT NOT NULL, tx_hash TEXT, PRIMARY KEY (job, position));
CREATE TABLE attempts (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, position INTEGER NOT NULL, nonce INTEGER NOT NULL,
  tx_hash TEXT, raw TEXT, fields TEXT NOT NULL, over INTEGER NOT NULL DEFAULT 0);
CREATE INDEX of_entry ON attempts (job, position)
"""


class EntryState(StrEnum):
    """Where one contribution of a job stands."""

    PLANNED = "planned"
    """No transaction of it can ever get into a block."""
    SENT = "sent"
    """A transaction was signed and perhaps sent."""
    DONE = "done"
    """A transaction of it is in a block and succeeded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One contribution of a job."""

    position: int
    sample: bytes
    label: int
    state: EntryState
    tx_hash: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One transaction for one contribution.

    Attributes
    ----------
    position : int
        The contribution.
    nonce : int
        The transaction's place in the account's order.
    tx_hash : str or None
        None while only the node, which signs, may know it.
    raw : str or None
        The signed bytes; None where the node signs.
    fields : str
        The transaction's fields as JSON.
    """

    position: int
    nonce: int
    tx_hash: str | None
    raw: str | None
    fields: str


@dataclass(frozen=True, slots=True)
class Job:
    """Contributions that belong together: one call of the user's.

    Attributes
    ----------
    id : int
    first_block : int
        The latest block when the job began; its transactions are in later ones.
    total : int
        Number of contributions.
    """

    id: int
    first_block: int
    total: int


def job_key(samples: Sequence[bytes], labels: Sequence[int], name: str | None) -> str:
    """What a job is recognised by when it is run again: its contributions in order, and the name that it was given."""
    digest = hashlib.sha256(repr(name).encode())
    for sample, label in zip(samples, labels, strict=True):
        digest.update(label.to_bytes(4, "big") + len(sample).to_bytes(8, "big") + sample)
    return digest.hexdigest()


class Journal:
    """The journal of one account for one model on one chain.

    Parameters
    ----------
    path : path
        The file; made with its folder when missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
            self._db.execute("PRAGMA synchronous = FULL")  # a confirmed write survives a power cut
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            raise JournalProblem(path, str(error)) from None

    def _prepare(self) -> None:
        with self._change():
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in _TABLES.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {_LAYOUT}")
            elif version != _LAYOUT:
                raise sqlite3.DatabaseError(f"it has layout {version}, this version writes {_LAYOUT}")

    @classmethod
    def path_of(cls, folder: Path, chain_id: int, genesis_hash: str, address: str, author: str) -> Path:
        """Where the journal of an account for a model lies. The first block tells chains of the same number apart."""
        return folder / f"{chain_id}-{genesis_hash[2:10]}-{address.lower()}-{author.lower()}.sqlite"

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the account for this process; the hold ends with the process, however that ends.

        Raises
        ------
        JournalBusy
            Another process holds it.
        """
        lock = sqlite3.connect(self.path.with_suffix(".lock"), timeout=0, isolation_level=None)
        try:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raise JournalBusy(self.path) from None
            yield
        finally:
            lock.close()

    # ----------------------------------------------------------------------------------------------------------- jobs

    def find(self, key: str, *, finished: bool) -> Job | None:
        """The latest job of a key."""
        row = self._db.execute(
            "SELECT id, first_block, total FROM jobs WHERE key = ? AND finished = ? ORDER BY id DESC LIMIT 1",
            (key, finished),
        ).fetchone()
        return None if row is None else Job(*row)

    def begin(self, key: str, samples: Sequence[bytes], labels: Sequence[int], first_block: int) -> Job:
        """Write a new job down."""
        with self._change():
            cursor = self._db.execute(
                "INSERT INTO jobs (key, first_block, total) VALUES (?, ?, ?)", (key, first_block, len(samples))
            )
            job = Job(int(cursor.lastrowid or 0), first_block, len(samples))
            rows = [
                (job.id, position, sample, label, EntryState.PLANNED)
                for position, (sample, label) in enumerate(zip(samples, labels, strict=True))
            ]
            self._db.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, NULL)", rows)
        return job

    def finish(self, job: Job) -> None:
        """All contributions of a job are made."""
        with self._change():
            self._db.execute("UPDATE jobs SET finished = 1 WHERE id = ?", (job.id,))

    # -------------------------------------------------------------------------------------------------------- entries

    def entries(self, job: Job, *states: EntryState) -> list[Entry]:
        """Contributions of a job in order, perhaps only those in some states."""
        marks = ",".join("?" * len(states))
        where = f"AND state IN ({marks})" if states else ""
        query = f"SELECT position, sample, label, state, tx_hash FROM entries WHERE job = ? {where} ORDER BY position"
        rows = self._db.execute(query, (job.id, *states))
        return [Entry(row[0], bytes(row[1]), row[2], EntryState(row[3]), row[4]) for row in rows]

    def count(self, job: Job, state: EntryState) -> int:
        """How many contributions of a job are in a state."""
        query = "SELECT count(*) FROM entries WHERE job = ? AND state = ?"
        return int(self._db.execute(query, (job.id, state)).fetchone()[0])

    def attempts(self, job: Job) -> dict[int, list[Attempt]]:
        """Transactions whose nonce is not known to be used by another; those of one contribution share a nonce."""
        found: dict[int, list[Attempt]] = {}
        query = "SELECT position, nonce, tx_hash, raw, fields FROM attempts WHERE job = ? AND over = 0 ORDER BY id"
        for row in self._db.execute(query, (job.id,)):
            found.setdefault(row[0], []).append(Attempt(*row))
        return found

    def done_elsewhere(self, job: Job) -> set[str]:
        """Hashes of the transactions by which contributions of other jobs are in blocks."""
        query = "SELECT tx_hash FROM entries WHERE tx_hash IS NOT NULL AND job != ?"
        return {row[0] for row in self._db.execute(query, (job.id,))}

    def claimed(self, job: Job) -> dict[str, set[int]]:
        """Hashes of all known transactions of contributions: this job's with positions, those of others with -1."""
        known = (
            "SELECT tx_hash, job, position FROM entries WHERE tx_hash IS NOT NULL "
            "UNION SELECT tx_hash, job, position FROM attempts WHERE tx_hash IS NOT NULL"
        )
        found: dict[str, set[int]] = {}
        for tx_hash, owner, position in self._db.execute(known):
            found.setdefault(tx_hash, set()).add(position if owner == job.id else -1)
        return found

    def record_attempts(self, job: Job, attempts: Sequence[Attempt]) -> None:
        """Write transactions down, before they are sent."""
        with self._change():
            rows = [(job.id, a.position, a.nonce, a.tx_hash, a.raw, a.fields) for a in attempts]
            self._db.executemany(
                "INSERT INTO attempts (job, position, nonce, tx_hash, raw, fields) VALUES (?, ?, ?, ?, ?, ?)", rows
            )
            sent = [(EntryState.SENT, job.id, a.position) for a in attempts]
            self._db.executemany("UPDATE entries SET state = ? WHERE job = ? AND position = ?", sent)

    def record_hashes(self, job: Job, hashes: Sequence[tuple[Attempt, str]]) -> None:
        """Write down by which hashes a node that signs has sent transactions."""
        with self._change():
            query = "UPDATE attempts SET tx_hash = ? WHERE job = ? AND position = ? AND nonce = ? AND tx_hash IS NULL"
            self._db.executemany(query, [(tx_hash, job.id, a.position, a.nonce) for a, tx_hash in hashes])

    def record_done(self, job: Job, done: Sequence[tuple[int, str]]) -> None:
        """Contributions are in blocks, by these transactions."""
        with self._change():
            query = "UPDATE entries SET state = ?, tx_hash = ? WHERE job = ? AND position = ?"
            self._db.executemany(query, [(EntryState.DONE, tx_hash, job.id, position) for position, tx_hash in done])

    def record_planned(self, job: Job, positions: Sequence[int]) -> None:
        """The nonces of these contributions' transactions are used up, so none can get into a block any more."""
        with self._change():
            mine = [(job.id, position) for position in positions]
            self._db.executemany("UPDATE attempts SET over = 1 WHERE job = ? AND position = ?", mine)
            rows = [(EntryState.PLANNED, *key) for key in mine]
            self._db.executemany("UPDATE entries SET state = ?, tx_hash = NULL WHERE job = ? AND position = ?", rows)

    def record_sent(self, job: Job, positions: Sequence[int]) -> None:
        """Contributions that were in blocks are not any more; their transactions may come back."""
        with self._change():
            rows = [(EntryState.SENT, job.id, position) for position in positions]
            self._db.executemany("UPDATE entries SET state = ?, tx_hash = NULL WHERE job = ? AND position = ?", rows)

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
