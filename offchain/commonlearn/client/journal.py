"""What was sent, written down before it is sent: the reason why an interruption never costs a second stake.

The order for each transaction, of one contribution or of a batch, is: sign with a nonce, write nonce, hash and signed
bytes here (and have the disk confirm it), only then send. A chain accepts at most one transaction for a nonce of an
account. So after any interruption there are three cases, told apart by looking at the chain, never by memory:

- the nonce is unused: the same bytes are sent again, or a replacement with the same nonce and the same contributions;
- it was used by our transaction: its contributions are done, but for those that the contract itself left out;
- it was used by another: ours can never happen, and only then is one with a new nonce made.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from commonlearn.client.errors import JournalBusy, JournalProblem
from commonlearn.client.jobs import Attempt, Entry, EntryState, Job, Parcel, Settled

__all__ = ["Journal"]

_LAYOUT = 2
_BUSY_SECONDS = 5.0

_TABLES = """
CREATE TABLE jobs (id INTEGER PRIMARY KEY, key TEXT NOT NULL, first_block INTEGER NOT NULL, total INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0);
CREATE INDEX by_key ON jobs (key);
CREATE TABLE entries (job INTEGER NOT NULL, position INTEGER NOT NULL, sample BLOB NOT NULL, label INTEGER NOT NULL,
  state TEXT NOT NULL, tx_hash TEXT, place INTEGER NOT NULL DEFAULT 0, reason BLOB NOT NULL DEFAULT x'',
  PRIMARY KEY (job, position));
CREATE TABLE attempts (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, positions TEXT NOT NULL, nonce INTEGER NOT NULL,
  tx_hash TEXT, raw TEXT, fields TEXT NOT NULL, over INTEGER NOT NULL DEFAULT 0);
CREATE INDEX of_job ON attempts (job)
"""

_FROM_LAYOUT_1 = """
ALTER TABLE entries ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN reason BLOB NOT NULL DEFAULT x'';
ALTER TABLE attempts RENAME TO single_attempts;
CREATE TABLE attempts (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, positions TEXT NOT NULL, nonce INTEGER NOT NULL,
  tx_hash TEXT, raw TEXT, fields TEXT NOT NULL, over INTEGER NOT NULL DEFAULT 0);
INSERT INTO attempts SELECT id, job, '[' || position || ']', nonce, tx_hash, raw, fields, over FROM single_attempts;
DROP TABLE single_attempts;
CREATE INDEX of_job ON attempts (job)
"""
"""A journal may hold what is under way, so one of an earlier version is carried over, never replaced."""


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
            if version not in (0, 1, _LAYOUT):
                raise sqlite3.DatabaseError(f"it has layout {version}, this version writes {_LAYOUT}")
            for statement in {0: _TABLES, 1: _FROM_LAYOUT_1}.get(version, "").split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {_LAYOUT}")

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
            self._db.executemany(
                "INSERT INTO entries (job, position, sample, label, state) VALUES (?, ?, ?, ?, ?)", rows
            )
        return job

    def finish(self, job: Job) -> None:
        """All contributions of a job are made, or refused."""
        with self._change():
            self._db.execute("UPDATE jobs SET finished = 1 WHERE id = ?", (job.id,))

    # -------------------------------------------------------------------------------------------------------- entries

    def entries(self, job: Job, *states: EntryState) -> list[Entry]:
        """Contributions of a job in order, perhaps only those in some states."""
        marks = ",".join("?" * len(states))
        where = f"AND state IN ({marks})" if states else ""
        rows = self._db.execute(
            f"SELECT position, sample, label, state, tx_hash, place, reason FROM entries WHERE job = ? {where} "
            "ORDER BY position",
            (job.id, *states),
        )
        return [Entry(row[0], bytes(row[1]), row[2], EntryState(row[3]), row[4], row[5], bytes(row[6])) for row in rows]

    def count(self, job: Job, *states: EntryState) -> int:
        """How many contributions of a job are in some states."""
        marks = ",".join("?" * len(states))
        query = f"SELECT count(*) FROM entries WHERE job = ? AND state IN ({marks})"
        return int(self._db.execute(query, (job.id, *states)).fetchone()[0])

    def under_way(self, job: Job) -> list[Parcel]:
        """What was sent and is not settled: each contribution in exactly one parcel."""
        sent = {entry.position: entry for entry in self.entries(job, EntryState.SENT)}
        tried: dict[tuple[int, ...], list[Attempt]] = {}
        query = "SELECT positions, nonce, tx_hash, raw, fields FROM attempts WHERE job = ? AND over = 0 ORDER BY id"
        for positions, *rest in self._db.execute(query, (job.id,)):
            attempt = Attempt(tuple(json.loads(positions)), *rest)
            if attempt.positions[0] in sent:
                tried.setdefault(attempt.positions, []).append(attempt)
        return [
            Parcel(tuple(sent[position] for position in positions), tuple(attempts))
            for positions, attempts in tried.items()
        ]

    def done_elsewhere(self, job: Job) -> set[str]:
        """Hashes of the transactions by which contributions of other jobs are in blocks."""
        query = "SELECT tx_hash FROM entries WHERE tx_hash IS NOT NULL AND job != ?"
        return {row[0] for row in self._db.execute(query, (job.id,))}

    def claimed(self, job: Job) -> dict[str, set[int]]:
        """Hashes of all known transactions of contributions: this job's with positions, those of others with -1."""
        known = (
            "SELECT tx_hash, job, '[' || position || ']' FROM entries WHERE tx_hash IS NOT NULL "
            "UNION SELECT tx_hash, job, positions FROM attempts WHERE tx_hash IS NOT NULL"
        )
        found: dict[str, set[int]] = {}
        for tx_hash, owner, positions in self._db.execute(known):
            found.setdefault(tx_hash, set()).update(json.loads(positions) if owner == job.id else [-1])
        return found

    def record_attempts(self, job: Job, attempts: Sequence[Attempt]) -> None:
        """Write transactions down, before they are sent."""
        with self._change():
            rows = [(job.id, json.dumps(a.positions), a.nonce, a.tx_hash, a.raw, a.fields) for a in attempts]
            self._db.executemany(
                "INSERT INTO attempts (job, positions, nonce, tx_hash, raw, fields) VALUES (?, ?, ?, ?, ?, ?)", rows
            )
            sent = [(EntryState.SENT, job.id, position) for a in attempts for position in a.positions]
            self._db.executemany("UPDATE entries SET state = ? WHERE job = ? AND position = ?", sent)

    def record_hashes(self, job: Job, hashes: Sequence[tuple[Attempt, str]]) -> None:
        """Write down by which hashes a node that signs has sent transactions."""
        with self._change():
            query = "UPDATE attempts SET tx_hash = ? WHERE job = ? AND positions = ? AND nonce = ? AND tx_hash IS NULL"
            rows = [(tx_hash, job.id, json.dumps(a.positions), a.nonce) for a, tx_hash in hashes]
            self._db.executemany(query, rows)

    def record_settled(self, job: Job, settled: Sequence[Settled]) -> None:
        """Contributions are in blocks, or were left out of them, by these transactions."""
        with self._change():
            query = "UPDATE entries SET state = ?, tx_hash = ?, place = ?, reason = ? WHERE job = ? AND position = ?"
            rows = [
                (
                    EntryState.DONE if one.place >= 0 else EntryState.REFUSED,
                    *(one.tx_hash, one.place, one.reason, job.id, one.position),
                )
                for one in settled
            ]
            self._db.executemany(query, rows)

    def record_planned(self, job: Job, parcel: Parcel) -> None:
        """The nonce of a parcel's transactions is used up, so none can get into a block any more."""
        with self._change():
            self._db.execute(
                "UPDATE attempts SET over = 1 WHERE job = ? AND positions = ?", (job.id, json.dumps(parcel.positions))
            )
            self._back(job, parcel.positions, EntryState.PLANNED)

    def record_sent(self, job: Job, positions: Sequence[int]) -> None:
        """Contributions that were in blocks are not any more; their transactions may come back."""
        with self._change():
            self._back(job, positions, EntryState.SENT)

    def _back(self, job: Job, positions: Sequence[int], state: EntryState) -> None:
        query = "UPDATE entries SET state = ?, tx_hash = NULL, place = 0, reason = x'' WHERE job = ? AND position = ?"
        self._db.executemany(query, [(state, job.id, position) for position in positions])

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
