"""What a pod remembers, in one SQLite file: blocks, events, intents and what became of them, and secrets.

Every method that changes anything is one transaction: it is there entirely or not at all, whenever the process dies.
An intent and the secrets that it needs are stored before anything is done about it, a signed transaction before it is
sent.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets as randomness
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from commonlearn.pod.actions import ENDED, Action, Event, Head, Memory, Stage
from commonlearn.pod.errors import PodBusy, SecretMissing, StateProblem
from commonlearn.pod.outside import Signed
from commonlearn.pod.tables import LAYOUT, actions, attempts, blocks, events, identity, metadata, secrets

__all__ = ["Attempt", "Entry", "State"]

_KEPT_BLOCKS = 1024
"""Blocks whose hashes are kept: no re-organisation is as deep."""


@dataclass(frozen=True)
class Attempt:
    """A signed transaction of an action."""

    nonce: int
    hash: str
    raw: str
    sent_in: int
    fee_wei: int
    tip_wei: int


@dataclass(frozen=True)
class Entry:
    """An action and how far it has come; ``attempts`` are those whose number may still be used, oldest first."""

    id: int
    role: str
    action: Action
    stage: Stage
    tries: int
    wait_until: int
    block: int | None
    block_hash: str | None
    error: str | None
    result: Mapping[str, Any] | None
    attempts: tuple[Attempt, ...]


class State:
    """A pod's memory.

    Parameters
    ----------
    folder : Path
        Where ``pod.sqlite`` lies; it should be closed to others.
    chain_id : int
    genesis : str
        Hash of the chain's first block: a memory of one chain is not used on another.
    account : str
    clock : callable
        Unix time.

    Raises
    ------
    StateProblem
        It cannot be used, or is of another chain or account.
    PodBusy
        Another pod uses it.
    """

    def __init__(
        self, folder: Path, chain_id: int, genesis: str, account: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.path, self._clock = folder / "pod.sqlite", clock
        self._lock = _locked(folder / "pod.lock")
        try:
            self._engine = _opened(self.path)
            with self._change() as db:
                metadata.create_all(db)
                row = db.execute(select(identity)).first()
                wanted = (LAYOUT, chain_id, genesis, account)
                if row is None:
                    names = ("layout", "chain_id", "genesis", "account")
                    db.execute(identity.insert().values(id=1, **dict(zip(names, wanted, strict=True))))
                elif tuple(row)[1:] != wanted:
                    raise StateProblem(self.path, f"it is of {tuple(row)[1:]}, this pod of {wanted}")
        except SQLAlchemyError as error:
            self.close()
            raise StateProblem(self.path, str(error.__cause__ or error)) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the files."""
        if hasattr(self, "_engine"):
            self._engine.dispose()
        os.close(self._lock)

    # --------------------------------------------------------------------------------------------------- the chain

    def head(self) -> Head | None:
        """The last block that was followed."""
        with self._engine.connect() as db:
            row = db.execute(select(blocks).order_by(blocks.c.number.desc()).limit(1)).first()
        return None if row is None else Head(*row)

    def known_blocks(self) -> list[tuple[int, str]]:
        """Numbers and hashes of the last blocks that were followed, ascending."""
        with self._engine.connect() as db:
            return [tuple(row) for row in db.execute(select(blocks.c.number, blocks.c.hash).order_by(blocks.c.number))]

    def events(self) -> list[Event]:
        """All events up to the head, in order."""
        with self._engine.connect() as db:
            rows = db.execute(select(events).order_by(events.c.block, events.c.log_index)).all()
        return [Event(row.block, row.log_index, row.name, json.loads(row.details), row.contract) for row in rows]

    def extend(self, heads: Sequence[Head], found: Sequence[Event]) -> None:
        """Add blocks and what was told in and between them."""
        with self._change() as db:
            for head in heads:
                values = {"number": head.number, "hash": head.hash, "timestamp": head.timestamp}
                db.execute(insert(blocks).values(values).on_conflict_do_update(["number"], set_=values))
            for one in found:
                place = {"block": one.block, "log_index": one.log_index}
                values = {"contract": one.contract, "name": one.name, "details": _json(one.values)}
                db.execute(
                    insert(events).values(**place, **values).on_conflict_do_update(["block", "log_index"], set_=values)
                )
            newest = db.execute(select(func.max(blocks.c.number))).scalar()
            db.execute(blocks.delete().where(blocks.c.number <= (newest or 0) - _KEPT_BLOCKS))

    def truncate(self, last: int) -> None:
        """Forget what was told after a block: the later ones are no longer part of the chain. Actions stay."""
        with self._change() as db:
            db.execute(blocks.delete().where(blocks.c.number > last))
            db.execute(events.delete().where(events.c.block > last))

    # ------------------------------------------------------------------------------------------------------ intents

    def plan(self, role: str, wanted: Sequence[Action]) -> list[str]:
        """Note what should be done, with the secrets it needs, all at once.

        Returns
        -------
        list of str
            Keys that are new; the others are known already and stay as they are.
        """
        fresh = []
        with self._change() as db:
            for action in wanted:
                known = db.execute(select(actions).where(actions.c.key == action.key)).first()
                if known is not None:
                    self._repeated(db, known, action)
                    continue
                fresh.append(action.key)
                db.execute(
                    actions.insert().values(
                        key=action.key,
                        role=role,
                        kind=action.kind,
                        details=_json(action.values),
                        secrets=_json(action.secrets),
                        deadline=action.deadline,
                        stage=Stage.PLANNED.value,
                        planned_at=self._now(),
                        changed_at=self._now(),
                    )
                )
                for name in action.secrets:
                    value = randomness.token_bytes(32)
                    db.execute(
                        insert(secrets).values(name=name, value=value, action=action.key).on_conflict_do_nothing()
                    )
        return fresh

    def secrets(self, names: Sequence[str]) -> dict[str, bytes]:
        """Give secrets, 32 bytes each.

        Raises
        ------
        SecretMissing
            One was never stored.
        """
        with self._engine.connect() as db:
            rows = db.execute(select(secrets.c.name, secrets.c.value).where(secrets.c.name.in_(names))).all()
        found = {row.name: bytes(row.value) for row in rows}
        for name in names:
            if name not in found:
                raise SecretMissing(name)
        return found

    def open_entries(self) -> list[Entry]:
        """Actions that have not ended, the most urgent first."""
        return self._entries(actions.c.stage.not_in([stage.value for stage in ENDED]))

    def entry(self, key: str) -> Entry | None:
        """One action."""
        found = self._entries(actions.c.key == key)
        return found[0] if found else None

    def last_entries(self, count: int) -> list[Entry]:
        """The actions that changed last, newest first."""
        with self._engine.connect() as db:
            newest = db.execute(
                select(actions.c.id).order_by(actions.c.changed_at.desc(), actions.c.id.desc()).limit(count)
            )
            order = [row.id for row in newest]
        found = {entry.id: entry for entry in self._entries(actions.c.id.in_(order))}
        return [found[number] for number in order if number in found]

    def counts(self) -> dict[str, int]:
        """How many actions are in each stage."""
        with self._engine.connect() as db:
            rows = db.execute(select(actions.c.stage, func.count()).group_by(actions.c.stage)).all()
        return {stage.value: 0 for stage in Stage} | {row[0]: row[1] for row in rows}

    def memory(self) -> Memory:
        """What roles plan on."""
        columns = (actions.c.key, actions.c.stage, actions.c.result, actions.c.error)
        with self._engine.connect() as db:
            rows = db.execute(select(*columns)).all()
        return Memory(
            {row.key: Stage(row.stage) for row in rows},
            {row.key: json.loads(row.result) for row in rows if row.result is not None},
            {row.key: row.error for row in rows if row.error is not None},
        )

    # ------------------------------------------------------------------------------------------------------ effects

    def signed(self, entry: Entry, nonce: int, signed: Signed, block: int) -> None:
        """Note a signed transaction, before it is sent, and the block that was known then."""
        with self._change() as db:
            values = {"action": entry.id, "nonce": nonce, "hash": signed.hash, "raw": signed.raw, "sent_in": block}
            fees = {"fee_wei": str(signed.fee_wei), "tip_wei": str(signed.tip_wei)}
            db.execute(insert(attempts).values(**values, **fees).on_conflict_do_nothing())
            most = {"most_wei": str(signed.most_wei), "signed_at": self._now()}
            self._set(db, entry, stage=Stage.SIGNED.value, error=None, **most)

    def mined(self, entry: Entry, block: int, block_hash: str) -> None:
        """Note that it is in a block, and perhaps in another than before."""
        self._changed(entry, stage=Stage.MINED.value, block=block, block_hash=block_hash, wait_until=0)

    def unmined(self, entry: Entry) -> None:
        """Note that its block is no longer part of the chain."""
        self._changed(entry, stage=Stage.SIGNED.value, block=None, block_hash=None)

    def displaced(self, entry: Entry) -> None:
        """Note that something else has used its number for good: it is planned anew, with another."""
        with self._change() as db:
            db.execute(attempts.update().where(attempts.c.action == entry.id).values(dead=1))
            self._set(db, entry, stage=Stage.PLANNED.value, block=None, block_hash=None, wait_until=0)

    def done(self, entry: Entry, result: Mapping[str, Any] | None = None) -> None:
        """Note that it is done, and what it gave."""
        self._changed(entry, stage=Stage.DONE.value, error=None, result=None if result is None else _json(result))

    def ended(self, entry: Entry, stage: Stage, error: str) -> None:
        """Note that it ended otherwise, and why."""
        self._changed(entry, stage=stage.value, error=error)

    def later(self, entry: Entry, block: int, error: str | None = None) -> None:
        """Note that it is not tried again before a block, and, if it failed, why."""
        values: dict[str, Any] = {"wait_until": block}
        if error is not None:
            values |= {"error": error, "tries": entry.tries + 1}
        self._changed(entry, **values)

    def next_nonce(self, used: int) -> int:
        """The first number that neither the chain nor a transaction that was signed here has used."""
        live = select(func.max(attempts.c.nonce)).where(attempts.c.dead == 0)
        with self._engine.connect() as db:
            last = db.execute(live).scalar()
        return max(used, -1 if last is None else last + 1, 0)

    def committed_wei(self, since: float) -> int:
        """What transactions that were signed since then can have cost at most, ether sent along included."""
        with self._engine.connect() as db:
            rows = db.execute(select(actions.c.most_wei).where(actions.c.signed_at >= int(since))).scalars()
            return sum(map(int, rows))

    # -------------------------------------------------------------------------------------------------------- parts

    def _repeated(self, db: Connection, known: Any, action: Action) -> None:
        """Begin work anew that ended long enough ago; nothing that was ever signed."""
        if action.repeat is None or Stage(known.stage) not in ENDED or known.signed_at is not None:
            return
        if self._now() - known.changed_at < action.repeat:
            return
        anew = {"stage": Stage.PLANNED.value, "tries": 0, "wait_until": 0, "details": _json(action.values)}
        db.execute(
            actions.update()
            .where(actions.c.id == known.id)
            .values(changed_at=self._now(), deadline=action.deadline, **anew)
        )

    def _entries(self, where: Any) -> list[Entry]:
        urgent = (actions.c.deadline.is_(None), actions.c.deadline, actions.c.id)
        with self._engine.connect() as db:
            rows = db.execute(select(actions).where(where).order_by(*urgent)).all()
            live = select(attempts).where(attempts.c.dead == 0, attempts.c.action.in_([row.id for row in rows]))
            tried: dict[int, list[Attempt]] = {}
            for one in db.execute(live.order_by(attempts.c.id)):
                tried.setdefault(one.action, []).append(_attempt(one))
        return [
            Entry(
                row.id,
                row.role,
                Action(row.key, row.kind, json.loads(row.details), tuple(json.loads(row.secrets)), row.deadline),
                Stage(row.stage),
                row.tries,
                row.wait_until,
                row.block,
                row.block_hash,
                row.error,
                None if row.result is None else json.loads(row.result),
                tuple(tried.get(row.id, ())),
            )
            for row in rows
        ]

    def _changed(self, entry: Entry, **values: Any) -> None:
        with self._change() as db:
            self._set(db, entry, **values)

    def _set(self, db: Connection, entry: Entry, **values: Any) -> None:
        db.execute(actions.update().where(actions.c.id == entry.id).values(changed_at=self._now(), **values))

    def _now(self) -> int:
        return int(self._clock())

    @contextmanager
    def _change(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(writes=True) as db, db.begin():
            yield db


def _attempt(row: Any) -> Attempt:
    return Attempt(row.nonce, row.hash, row.raw, row.sent_in, int(row.fee_wei), int(row.tip_wei))


def _locked(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StateProblem(path, error.strerror or str(error)) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise PodBusy(path.parent) from None
    return descriptor


def _opened(path: Path) -> Engine:
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # sqlite3 would begin transactions too late by itself
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


def _json(value: Any) -> str:
    return json.dumps(value if not isinstance(value, Mapping) else dict(value), sort_keys=True, allow_nan=False)
