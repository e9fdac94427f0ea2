"""A data owner: describes and lists its table, hands shards over, approves jobs, trains where data are local."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from commonlearn.chain.contracts import Call
from commonlearn.custody import (
    CustodyError,
    Schema,
    Shard,
    Table,
    derived_salts,
    disclose,
    make_template,
    quality,
    read_table,
    row_bytes,
    seal_shard,
    skewed_split,
)
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.role_settings import DataOwner as Settings
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.answering import Answering
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import DatasetEntry, Job, Ledger
from commonlearn.pod.roles.looking import LOOK
from commonlearn.pod.roles.seats import seats_of
from commonlearn.pod.roles.sheet import Sheet, SheetRefused
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.pod.roles.training import SLOW, Trainer
from commonlearn.pod.roles.trying import failure_on
from commonlearn.records import Custody, DatasetPhase, Description, JobPhase, KeyHolder, Privacy, ReplicaPhase
from commonlearn.sandbox import InvalidInput, Program
from commonlearn.storage import cid_from_digest

__all__ = ["DataOwner"]

_ROWS = "row salts"
_DESCRIBE = "describe"


class DataOwner(PersistentRole):
    """One table under one account.

    Parameters
    ----------
    desk : Desk
    settings : DataOwner
        ``[data_owner]``.
    """

    name = "data-owner"
    slow = SLOW | Answering.slow | {_DESCRIBE, "hand over", "review"}

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings
        self._trainer = Trainer(desk, self._rows)
        self._answering = Answering(desk, settings.answer_every, self._shard)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "register": self._desk.register,
            _DESCRIBE: self._describe,
            "list": self._list,
            "hand over": self._hand_over,
            "verify": self._verify,
            "dismiss": self._seat_call("dismiss"),
            "reoffer": self._reoffer,
            "open early": lambda action, _: self._desk.market.open_early(action.values["dataset"]),
            "retire": lambda action, _: self._desk.market.retire(action.values["dataset"]),
            "vacate": self._seat_call("vacate"),
            LOOK: self._desk.look,
            "review": self._review,
            "approve": self._approve,
            "show row": self._show_row,
            **self._answering.handlers,
            **self._trainer.handlers,
        }

    # ------------------------------------------------------------------------------------------------------- planning

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        ledger = self._desk.ledger(view)
        yield from self._desk.registration(ledger, view.account)
        yield Action(_DESCRIBE, _DESCRIBE, secrets=(_ROWS,))
        if memory.stages.get(_DESCRIBE) is not Stage.DONE or not self._desk.is_registered(ledger, view.account):
            return
        mine = self._own(ledger, view.account, memory)
        yield from self._released(ledger, view.account)
        if mine is None:
            if not self._settings.retire:
                # One that was retired is listed anew.
                listed = len(self._listed(ledger, view.account, memory))
                yield Action(f"list again {listed}" if listed else "list", "list", dict(memory.results[_DESCRIBE]))
            return
        if mine.description.custody is Custody.SHARDED:
            yield from seats_of(ledger, mine, self._settings, view.head.timestamp, memory)
            yield from self._answering.plan(mine)
        yield from self._spot_check(mine)
        if self._settings.retire:
            if not ledger.is_in_use(mine.number) and not (mine.check and mine.check.is_open):
                yield Action(f"dataset {mine.number} retire", "retire", {"dataset": mine.number})
        else:
            for job in ledger.jobs.values():
                if mine.number in job.datasets and job.phase is JobPhase.REQUESTED and mine.number not in job.approved:
                    yield from self._approval(job, mine, memory)
        yield from self._trainer.plan(ledger, view, memory)

    def is_over(self, view: View, memory: Memory) -> bool:
        ledger = self._desk.ledger(view)
        mine = [each for each in ledger.datasets.values() if each.owner.lower() == view.account.lower()]
        released = not any(True for _ in self._released(ledger, view.account))
        return self._settings.retire and released and all(each.phase is DatasetPhase.RETIRED for each in mine)

    def _released(self, ledger: Ledger, account: str) -> Iterable[Action]:
        """A local owner's own seats, whose bonds a retired dataset leaves locked."""
        for dataset, subset, index, seat in ledger.seats_of(account):
            if dataset.phase is DatasetPhase.RETIRED and seat.phase is ReplicaPhase.VERIFIED:
                values: dict[str, Any] = {"dataset": dataset.number, "subset": subset, "index": index}
                yield Action(f"{seat.name(dataset.number, subset, index)} leave", "vacate", values)

    def _listed(self, ledger: Ledger, account: str, memory: Memory) -> list[DatasetEntry]:
        roots = [bytes_of(each) for each in memory.results[_DESCRIBE]["roots"]]
        entries = ledger.datasets.values()
        return [each for each in entries if each.owner.lower() == account.lower() and each.roots == roots]

    def _own(self, ledger: Ledger, account: str, memory: Memory) -> DatasetEntry | None:
        listed = self._listed(ledger, account, memory)
        return next((each for each in listed if each.phase is not DatasetPhase.RETIRED), None)

    def _spot_check(self, mine: DatasetEntry) -> Iterable[Action]:
        check = mine.check
        if check is not None and check.is_open:
            asked = {"dataset": mine.number, "subset": check.subset, "row": check.row}
            yield Action(f"dataset {mine.number} row", "show row", asked, deadline=check.deadline)

    def _approval(self, job: Job, mine: DatasetEntry, memory: Memory) -> Iterable[Action]:
        name = f"job {job.number} dataset {mine.number}"
        yield Action(f"{name} review", "review", {"job": job.number})
        if memory.stages.get(f"{name} review") is Stage.DONE and memory.results[f"{name} review"]["approved"]:
            index = job.datasets.index(mine.number)
            yield Action(f"{name} approve", "approve", {"job": job.number, "index": index})

    # ---------------------------------------------------------------------------------------------------------- doing

    def _describe(self, _: Action, context: Context) -> Done:
        """Read the table, cut it, commit to its rows; publish schema and template, keep rows to oneself."""
        settings = self._settings
        schema = Schema.from_json(settings.schema_file.read_bytes())
        context.progress("reading the table")
        table = read_table(settings.source, schema, query=settings.db_query)
        salt = context.secrets[_ROWS]
        seed = int.from_bytes(hashlib.sha256(b"split" + salt).digest()[:8], "big")
        parts = [table]
        if settings.subsets > 1:
            parts = [table.rows(rows) for rows in skewed_split(table, settings.subsets, seed).subsets]
        roots, kept = [], []
        for subset, part in enumerate(parts):
            shard = Shard(bytes(32), bytes(20), subset, part, tuple(derived_salts(salt, subset, len(part))))
            roots.append("0x" + shard.root.hex())
            kept.append(self._desk.own.put(shard.to_bytes()))
        context.progress("making the template")
        template = make_template(table, secret=hashlib.sha256(b"template" + salt).digest())
        self._desk.objects.put(template.to_json().encode("ascii"))
        self._desk.objects.put(schema.to_json().encode("ascii"))
        return Done(
            {
                "roots": roots,
                "kept": kept,
                "schema": "0x" + schema.hash().hex(),
                "template": "0x" + template.hash().hex(),
                "quality": quality(table).millionths,
                "rows": min(map(len, parts)),
            }
        )

    def _list(self, action: Action, context: Context) -> Call:
        v, settings = action.values, self._settings
        custody = Custody[settings.custody.upper()]
        said = Description(
            context.view.account,
            bytes_of(v["schema"]),
            bytes_of(v["template"]),
            v["quality"],
            v["rows"],
            settings.price,
            custody,
            settings.replicas,
            settings.join_seconds,
            settings.owner_bond,
            settings.replica_bond,
            settings.check_bond,
        )
        bonds = settings.owner_bond + (len(v["roots"]) * settings.replica_bond if custody is Custody.LOCAL else 0)
        missing = self._desk.ledger(context.view).purse(context.view.account).missing(bonds)
        roots = [bytes_of(each) for each in v["roots"]]
        return self._desk.market.list_dataset(said, roots, settings.holders, value_wei=missing)

    def _shard(self, memory: Memory, ledger: Ledger, dataset: int, subset: int) -> Shard:
        schema = Schema.from_json(self._settings.schema_file.read_bytes())
        shard = Shard.from_bytes(self._desk.own.get(memory.results[_DESCRIBE]["kept"][subset]), schema)
        sender = bytes.fromhex(ledger.datasets[dataset].owner[2:])
        return Shard(dataset.to_bytes(32, "big"), sender, subset, shard.table, shard.salts)

    def _rows(self, memory: Memory, ledger: Ledger, dataset: int, subset: int) -> Table:
        return self._shard(memory, ledger, dataset, subset).table

    def _hand_over(self, action: Action, context: Context) -> Done:
        v, letters = action.values, self._desk.letters
        if letters is None:
            raise LookupError("set storage.letters: shards are handed over there")
        shard = self._shard(context.memory, self._desk.ledger(context.view), v["dataset"], v["subset"])
        letters.put(f"{v['dataset']}-{v['subset']}-{v['index']}", seal_shard(shard, bytes_of(v["key"])))
        return Done({"digest": "0x" + hashlib.sha256(shard.to_bytes()).hexdigest()})

    def _verify(self, action: Action, _: Context) -> Call:
        v = action.values
        return self._desk.market.verify(v["dataset"], v["subset"], v["index"], v["right"])

    def _reoffer(self, action: Action, _: Context) -> Call:
        v = action.values
        return self._desk.market.reoffer_seat(v["dataset"], v["subset"], v["index"], v["holder"])

    def _seat_call(self, name: str) -> Handler:
        """A call of a seat's that takes nothing else."""

        def call(action: Action, _: Context) -> Call:
            v = action.values
            made: Call = getattr(self._desk.market, name)(v["dataset"], v["subset"], v["index"])
            return made

        return call

    def _review(self, action: Action, context: Context) -> Done:
        """Look at a job before it is approved: its program, its terms."""
        job = self._desk.ledger(context.view).jobs[action.values["job"]]
        reason = ""
        if self._settings.programs and job.subject.program.hex() not in self._settings.programs:
            reason = "its program is not among those of the settings"
        elif job.terms.privacy is not Privacy.PLAIN or job.terms.key_holder is not KeyHolder.BUYER:
            reason = "it wants updates to be encrypted, which this pod cannot do"
        elif job.terms.environment != self._desk.environment and job.terms.custody is Custody.LOCAL:
            reason = "it wants other versions than this machine has"
        else:
            try:
                source, sheet = self._desk.program(job.subject.program)
                Program(source, job.subject.program.hex())  # what would not be run is not approved
                schema = self._desk.schema(job.subject.schema)
                sheet.prepared(schema)
                if job.terms.custody is Custody.LOCAL:
                    reason = self._failure(job, source, sheet, schema, context)
            except (SheetRefused, CustodyError, InvalidInput) as error:
                reason = error.user_message
        return Done({"approved": not reason, "reason": reason})

    def _failure(self, job: Job, source: bytes, sheet: Sheet, schema: Schema, context: Context) -> str:
        """Try a job's program on each of this owner's subsets: whose training fails is silent, and loses its bond."""
        ledger, me = self._desk.ledger(context.view), context.view.account.lower()
        mine = [each for number, each in ledger.datasets.items() if number in job.datasets and each.owner.lower() == me]
        places = [(dataset.number, subset) for dataset in mine for subset in range(len(dataset.roots))]
        if not places:
            return ""
        context.progress("trying the program")
        first = self._desk.objects.get(cid_from_digest(job.subject.model), sheet.limit)
        digest, limits = job.subject.program, self._desk.limits
        tried = (
            failure_on(
                self._rows(context.memory, ledger, *place),
                source,
                digest,
                sheet,
                schema,
                first,
                job.terms.train_seconds,
                limits,
                context,
            )
            for place in places
        )
        return next((reason for reason in tried if reason), "")

    def _approve(self, action: Action, _: Context) -> Call:
        return self._desk.market.approve(action.values["job"], action.values["index"])

    def _show_row(self, action: Action, context: Context) -> Call:
        v = action.values
        ledger = self._desk.ledger(context.view)
        shard = self._shard(context.memory, ledger, v["dataset"], v["subset"])
        shown = disclose(row_bytes(shard.table), shard.salts, v["row"])
        roots = ledger.datasets[v["dataset"]].roots
        return self._desk.market.answer_row(v["dataset"], roots, shown.row, shown.salt, shown.proof)
