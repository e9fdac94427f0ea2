"""A model's log on disk, as far as it was read. One SQLite file a model.

SQLite gives what a copy must have: a change is there entirely or not at all, whenever the process dies, and several
processes may read and write. Everything in it comes from the chain, so it can be deleted at any time.

Which blocks were read is kept as ranges, as a copy that begins with a snapshot knows the newest blocks first. With the
blocks' hashes goes what is needed to find, after a re-organisation, the last block that is still there; all records
after it are deleted (:meth:`LogStore.truncate`), all before it stay.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from commonlearn.archive.errors import CacheProblem
from commonlearn.archive.records import (
    ClassAddition,
    LoggedContribution,
    LoggedCredit,
    LoggedEnding,
    LoggedMarket,
    LoggedTraining,
    LoggedVote,
    LogPart,
)
from commonlearn.archive.schema import LAYOUT, LOG_TABLES, TABLES, rows_of
from commonlearn.records import Contribution, Ending, Status

__all__ = ["LogStore"]

_BUSY_SECONDS = 30.0
_EVER = (1 << 63) - 1
"""A block number above all others."""


class LogStore:
    """The log of one model.

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
                self._db = _opened(path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and "no such table" not in str(error):
                    raise  # locked, read-only or full: deleting would not help
                self.was_damaged = True
                path.unlink()
                self._db = _opened(path)
        except (sqlite3.Error, OSError) as error:
            raise CacheProblem(path, str(error)) from None

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # -------------------------------------------------------------------------------------------- what was read

    def covered(self) -> list[tuple[int, int]]:
        """Ranges of blocks that were read, both ends included, ascending and apart."""
        return [(int(a), int(b)) for a, b in self._db.execute("SELECT first, last FROM covered ORDER BY first")]

    def missing(self, first: int, last: int) -> list[tuple[int, int]]:
        """What was not read yet of a range of blocks, in ranges with both ends included."""
        gaps, start = [], first
        for read_first, read_last in self.covered():
            if read_first > last:
                break
            if read_first > start:
                gaps.append((start, read_first - 1))
            start = max(start, read_last + 1)
        return [*gaps, (start, last)] if start <= last else gaps

    def blocks(self) -> list[tuple[int, str]]:
        """Numbers and hashes of blocks of the chain that all records are of, ascending."""
        return [(int(a), str(b)) for a, b in self._db.execute("SELECT number, hash FROM blocks ORDER BY number")]

    @property
    def epoch(self) -> int:
        """How often records were deleted: what was read of the chain before that must not be written after it."""
        return int(self._db.execute("SELECT number FROM epoch").fetchone()[0])

    # ---------------------------------------------------------------------------------------------------- reading

    def contributions(
        self, *, author: str | None = None, before: int | None = None, after_id: int = -1
    ) -> Iterator[LoggedContribution]:
        """Contributions of the log in order, perhaps of one author, below a number, or above one."""
        where = "WHERE id > ? AND (? IS NULL OR author = ?) AND (? IS NULL OR id < ?) ORDER BY id"
        return self._contributions(where, (after_id, author, author, before, before))

    def learned(self, *, before: int) -> Iterator[LoggedContribution]:
        """Contributions below a number that markets taught to the model, in the order in which they were taught."""
        where = "WHERE id < ? AND id IN (SELECT id FROM trainings WHERE learned) ORDER BY id"
        return self._contributions(where, (before,))

    def last_learned(self) -> int | None:
        """Number of the last contribution that a market taught; None if there is none."""
        row = self._db.execute("SELECT max(id) FROM trainings WHERE learned").fetchone()
        return None if row[0] is None else int(row[0])

    def chosen(self, ids: Sequence[int]) -> Iterator[LoggedContribution]:
        """Some contributions of the log, as far as they are here, in order."""
        if not ids:
            return iter(())
        wanted = set(ids)
        return (one for one in self.contributions(after_id=min(wanted) - 1, before=max(wanted) + 1) if one.id in wanted)

    def contribution_count(self) -> int:
        """How many contributions of the log are here."""
        return int(self._db.execute("SELECT count(*) FROM contributions").fetchone()[0])

    def first_words(self) -> bytes:
        """The first words, as they were uploaded."""
        return b"".join(bytes(row[0]) for row in self._db.execute("SELECT words FROM first_words ORDER BY first"))

    def complete_at(self) -> int | None:
        """Block of the last of the first words; None if they are not here."""
        row = self._db.execute("SELECT max(block) FROM first_words").fetchone()
        return None if row[0] is None else int(row[0])

    def class_additions(self) -> list[ClassAddition]:
        """Announced classes of the log, in order."""
        return self._additions(_EVER)

    def votes(self) -> list[LoggedVote]:
        """Votes of the log, in order, and which of them were counted as right."""
        return self._votes(_EVER)

    def upto(self, first: int, last: int) -> LogPart:
        """The whole log from the creation to a block.

        Parameters
        ----------
        first, last : int
            Blocks of the creation and of the end, both included. See :meth:`missing` for whether all of them were read.
        """
        rows = self._rows
        place = "WHERE block <= ? ORDER BY block, log_index"
        return LogPart(
            contributions=list(self._contributions("WHERE block <= ? ORDER BY id", (last,))),
            additions=self._additions(last),
            first_words=[
                (int(a), bytes(b), int(c))
                for a, b, c in rows("first, words, block FROM first_words WHERE block <= ? ORDER BY first", last)
            ],
            trainings=[
                LoggedTraining(id_, bool(was), *at)
                for id_, was, *at in rows(
                    "id, learned, block, log_index FROM trainings WHERE block <= ? ORDER BY id", last
                )
            ],
            endings=[
                LoggedEnding(id_, Status(status), account, proven, int(bounty), *at)
                for id_, status, account, proven, bounty, *at in rows(
                    f"id, status, account, proven_gwei, bounty_wei, block, log_index FROM endings {place}", last
                )
            ],
            votes=self._votes(last),
            markets=[
                LoggedMarket(number, None if ending is None else Ending(ending), provider, int(bounty), *at)
                for number, ending, provider, bounty, *at in rows(
                    f"number, ending, provider, bounty_wei, block, log_index FROM markets {place}", last
                )
            ],
            credits=[
                LoggedCredit(market, account, int(deposit), int(balance), *at)
                for market, account, deposit, balance, *at in rows(
                    f"market, account, deposit_wei, balance_wei, block, log_index FROM credits {place}", last
                )
            ],
            first_block=first,
            last_block=last,
        )

    def _contributions(self, where: str, values: Sequence[Any]) -> Iterator[LoggedContribution]:
        query = (
            "SELECT id, author, label, taught, stake_wei, contributed_at, sample, block, log_index, tx_hash, payee, "
            f"batch, batch_count FROM contributions {where}"
        )
        for row in self._db.execute(query, values):
            contribution = Contribution(row[1], row[2], bool(row[3]), int(row[4]), row[5])
            yield LoggedContribution(row[0], contribution, bytes(row[6]), *row[7:])

    def _additions(self, last: int) -> list[ClassAddition]:
        what = "class, active_at, words, block, log_index FROM class_additions"
        found = self._rows(f"{what} WHERE block <= ? ORDER BY block, log_index", last)
        return [ClassAddition(row[0], row[1], bytes(row[2]), row[3], row[4]) for row in found]

    def _votes(self, last: int) -> list[LoggedVote]:
        what = "block, log_index, id, voter, kind, weight, fee, from_grant FROM votes"
        found = self._rows(f"{what} WHERE block <= ? ORDER BY block, log_index", last)
        return [
            LoggedVote(block, log_index, id_, voter, kind, weight, fee, bool(from_grant))
            for block, log_index, id_, voter, kind, weight, fee, from_grant in found
        ]

    def _rows(self, what: str, last: int) -> Iterator[Any]:
        return iter(self._db.execute(f"SELECT {what}", (last,)))

    # ---------------------------------------------------------------------------------------------------- writing

    def put(self, part: LogPart, *, epoch: int) -> bool:
        """Add a part of the log; again does no harm.

        Parameters
        ----------
        part : LogPart
            Of the chain that all records here are of.
        epoch : int
            As it was before the part was read.

        Returns
        -------
        bool
            Whether it was written: not if records were deleted meanwhile, as the chain had changed.
        """
        with self._change():
            if self.epoch != epoch:
                return False
            self._put(part)
        return True

    def truncate(self, last: int) -> None:
        """Forget all after a block: the later ones are no longer part of the chain."""
        with self._change():
            for name in LOG_TABLES:
                self._db.execute(f"DELETE FROM {name} WHERE block > ?", (last,))
            self._db.execute("DELETE FROM blocks WHERE number > ?", (last,))
            self._db.execute("DELETE FROM covered WHERE first > ?", (last,))
            self._db.execute("UPDATE covered SET last = ? WHERE last > ?", (last, last))
            self._db.execute("DELETE FROM state WHERE block > ?", (last,))
            self._db.execute("UPDATE epoch SET number = number + 1")

    def clear(self) -> None:
        """Forget everything."""
        with self._change():
            self._clear()

    def _clear(self) -> None:
        for name in (*LOG_TABLES, "blocks", "covered", "state", "identity"):
            self._db.execute(f"DELETE FROM {name}")
        self._db.execute("UPDATE epoch SET number = number + 1")

    def _put(self, part: LogPart) -> None:
        for table, rows in rows_of(part).items():
            if rows:
                places = ", ".join("?" * len(rows[0]))
                self._db.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({places})", rows)
        self._db.executemany("INSERT OR REPLACE INTO blocks VALUES (?, ?)", part.blocks.items())
        if part.first_block <= part.last_block:
            self._cover(part.first_block, part.last_block)

    def _cover(self, first: int, last: int) -> None:
        """Note that a range was read, joined with those that it touches."""
        touching = [(a, b) for a, b in self.covered() if a <= last + 1 and b >= first - 1]
        joined = (min([first, *(a for a, _ in touching)]), max([last, *(b for _, b in touching)]))
        self._db.executemany("DELETE FROM covered WHERE first = ?", [(a,) for a, _ in touching])
        self._db.execute("INSERT INTO covered VALUES (?, ?)", joined)

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version != LAYOUT:
            if version != 0:
                raise sqlite3.DatabaseError(f"layout {version}")
            db.execute("BEGIN IMMEDIATE")
            if db.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in TABLES.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {LAYOUT}")
            db.execute("COMMIT")
        db.execute("SELECT count(*) FROM state").fetchone()
    except BaseException:
        db.close()
        raise
    return db
