"""A buyer, who averages too: submits a program, pays, averages, moves its job on, and takes the model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from commonlearn.chain.contracts import Call
from commonlearn.custody import Schema
from commonlearn.federated import encode, estimator
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.errors import ConfigProblem
from commonlearn.pod.role_settings import Buyer as Settings
from commonlearn.pod.roles.advancing import advances, expiry
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job, Ledger
from commonlearn.pod.roles.looking import LOOK
from commonlearn.pod.roles.posting import Posting
from commonlearn.pod.roles.scoring import METRICS
from commonlearn.pod.roles.sheet import read_sheet
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.pod.roles.trying import try_program
from commonlearn.protocol import funding, mismatch
from commonlearn.records import NOBODY, Custody, JobPhase, JobTerms, Mismatch, Role, Subject
from commonlearn.records import Stage as JobStage
from commonlearn.storage import cid_from_digest

__all__ = ["Buyer", "terms_of"]

_TRIED_AGAIN = 3_600


def terms_of(settings: Settings, environment: bytes) -> JobTerms:
    """The job's rules, as the contract has them."""
    said = settings.terms
    data, compute, validation, aggregation = said.split
    return JobTerms(
        aggregator=said.aggregator or NOBODY,
        budget_wei=said.budget,
        vote_bond_wei=said.vote_bond,
        challenge_bond_wei=said.challenge_bond,
        bounty_wei=said.bounty,
        baseline=said.baseline,
        target=said.target,
        min_quality=said.min_quality,
        data_bps=data,
        compute_bps=compute,
        validation_bps=validation,
        aggregation_bps=aggregation,
        rounds=said.rounds,
        subsets_per_round=said.subsets_per_round,
        min_subsets=said.min_subsets,
        validators=said.validators,
        draw_delay=said.draw_delay,
        custody=Custody[settings.custody.upper()],
        metric=METRICS[said.metric],
        approve_seconds=said.approve_seconds,
        train_seconds=said.train_seconds,
        reveal_seconds=said.reveal_seconds,
        aggregate_seconds=said.aggregate_seconds,
        challenge_seconds=said.challenge_seconds,
        vote_seconds=said.vote_seconds,
        environment=environment,
        test_set=bytes_of(said.test_set),
    )


class Buyer(PersistentRole):
    """One job, from the trial of its program to its model.

    Parameters
    ----------
    desk : Desk
    settings : Buyer
        ``[buyer]``.
    """

    name = "buyer"
    slow = frozenset({"publish", "try", "collect"}) | Posting.slow

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings
        self._posting = Posting(desk, settings.stop_below)
        self._program = _read("program", settings.program)
        self._schema = _read("schema_file", settings.schema_file)
        # With another program in the settings, another job is asked for.
        self._publish_key = f"publish {hashlib.sha256(self._program + self._schema).hexdigest()[:8]}"

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "register": self._desk.register,
            "publish": self._publish,
            "try": self._try,
            "request": self._request,
            LOOK: self._desk.look,
            **self._posting.handlers,
            "advance": lambda action, _: self._desk.market.advance(action.values["job"]),
            "settle": self._settle,
            "collect": self._collect,
        }

    # ------------------------------------------------------------------------------------------------------- planning

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        ledger = self._desk.ledger(view)
        yield from self._desk.registration(ledger, view.account)
        key = self._publish_key
        yield Action(key, "publish")
        if memory.stages.get(key) is not Stage.DONE or not self._desk.is_registered(ledger, view.account):
            return
        published = memory.results[key]
        mine = self._own(ledger, view.account, memory)
        if not mine:
            chosen = self._suitable(ledger, bytes_of(published["schema"]))
            if len(chosen) == self._settings.datasets and self._has_jury(ledger) and self._has_aggregator(ledger):
                yield from self._asking(ledger, published, chosen, memory)
        for job in mine:
            yield from self._job(job, view, memory)

    def is_over(self, view: View, memory: Memory) -> bool:
        mine = self._own(self._desk.ledger(view), view.account, memory)
        collected = (
            not job.finals or memory.stages.get(f"job {job.number} collect") in (Stage.DONE, Stage.FAILED)
            for job in mine
            if job.phase is JobPhase.CLOSED
        )
        return bool(mine) and all(job.is_over for job in mine) and all(collected)

    def _own(self, ledger: Ledger, account: str, memory: Memory) -> list[Job]:
        """Jobs of the program that the settings name."""
        program = memory.results.get(self._publish_key, {}).get("program")
        if program is None:
            return []
        jobs = ledger.jobs.values()
        return [
            job for job in jobs if job.buyer.lower() == account.lower() and job.subject.program == bytes_of(program)
        ]

    def _asking(
        self, ledger: Ledger, published: Mapping[str, Any], chosen: list[int], memory: Memory
    ) -> Iterable[Action]:
        """Ask for a job once its program does on each template what it should."""
        program, passed = bytes_of(published["program"]).hex()[:8], True
        for number in chosen if self._settings.trial else ():
            trial = f"try program {program} on dataset {number}"
            template = "0x" + ledger.datasets[number].description.template.hex()
            values = {**published, "dataset": number, "template": template}
            # It is the program that is wrong, or this machine (no sandbox): the latter can be mended.
            yield Action(trial, "try", values, repeat=_TRIED_AGAIN)
            passed = passed and memory.stages.get(trial) is Stage.DONE
        if passed:
            yield Action(f"request for program {program}", "request", {**published, "datasets": chosen})

    def _has_aggregator(self, ledger: Ledger) -> bool:
        named = self._settings.terms.aggregator
        return named is None or Role.AGGREGATOR in ledger.roles.get(named.lower(), Role(0))

    def _suitable(self, ledger: Ledger, schema: bytes) -> list[int]:
        """Datasets that the job may name, in ascending order."""
        settings, owners = self._settings, {each.lower() for each in self._settings.owners}
        wanted = Custody[settings.custody.upper()]
        found = []
        for number, dataset in sorted(ledger.datasets.items()):
            said = dataset.description
            why = mismatch(
                dataset.phase,
                dataset.is_faulty,
                said.custody,
                said.schema,
                said.quality,
                wanted_custody=wanted,
                wanted_schema=schema,
                min_quality=settings.terms.min_quality,
            )
            if why is Mismatch.NONE and (not owners or dataset.owner.lower() in owners):
                found.append(number)
        return found[: settings.datasets]

    def _has_jury(self, ledger: Ledger) -> bool:
        terms = self._settings.terms
        return len(ledger.pools.get(bytes_of(terms.test_set), ())) >= terms.validators

    def _job(self, job: Job, view: View, memory: Memory) -> Iterable[Action]:
        if self._averages(job, view):
            yield from self._posting.plan(job, memory)
        yield from expiry(job, view, memory)
        yield from advances(job, view)
        if job.phase is JobPhase.CLOSED and job.finals:
            yield Action(f"job {job.number} collect", "collect", {"job": job.number})

    def _averages(self, job: Job, view: View) -> bool:
        """Whether nobody else does: none is named, or the time of who is named is nearly over."""
        if job.terms.aggregator.lower() in (NOBODY.lower(), view.account.lower()):
            return True
        # Without an average the buyer would have stalled, and pay for a job that is not scored.
        late = job.deadline - job.terms.aggregate_seconds // 4
        return self._settings.stand_in and job.stage is JobStage.AGREED and view.head.timestamp >= late

    # ---------------------------------------------------------------------------------------------------------- doing

    def _publish(self, _: Action, __: Context) -> Done:
        """Put program, schema and first model where everybody finds them."""
        source = self._program
        sheet = read_sheet(source)
        schema = Schema.from_json(self._schema)
        features = sheet.prepared(schema).features
        first = estimator(sheet.estimator).initial(features, schema.classes, sheet.training_settings())
        digests = []
        for content in (source, schema.to_json().encode("ascii"), encode(first)):
            self._desk.objects.put(content)
            digests.append("0x" + hashlib.sha256(content).hexdigest())
        return Done(dict(zip(("program", "schema", "model"), digests, strict=True)))

    def _try(self, action: Action, context: Context) -> Done:
        """Run the program on what a dataset shows of itself."""
        v = action.values
        source, sheet = self._desk.program(bytes_of(v["program"]))
        schema = self._desk.schema(bytes_of(v["schema"]))
        first = self._desk.objects.get(cid_from_digest(bytes_of(v["model"])), sheet.limit)
        template = self._desk.template(bytes_of(v["template"]))
        program, limits = bytes_of(v["program"]), self._desk.limits
        try_program(v["dataset"], source, program, sheet, schema, template, first, limits, context)
        return Done({"rows": len(template.sample)})

    def _request(self, action: Action, context: Context) -> Call:
        v = action.values
        terms = terms_of(self._settings, self._desk.environment)
        subject = Subject(bytes_of(v["schema"]), bytes_of(v["program"]), bytes_of(v["model"]))
        money = funding(terms.budget_wei, terms.bounty_wei, terms.rounds)
        if self._settings.funds is not None:
            money = min(money, self._settings.funds)
        credit = self._desk.ledger(context.view).purse(context.view.account).credit_wei
        return self._desk.market.request(terms, subject, v["datasets"], money, value_wei=max(0, money - credit))

    def _settle(self, action: Action, _: Context) -> Call:
        v = action.values
        return self._desk.market.settle(v["job"], v["score"], v["weights"])

    def _collect(self, action: Action, context: Context) -> Done:
        """Write the model into a file, checked against its hash."""
        final = self._desk.ledger(context.view).jobs[action.values["job"]].finals[-1].final
        assert final is not None
        content = self._desk.objects.get(cid_from_digest(final))
        path = self._settings.result
        if path is not None:
            aside = path.with_name(f"{path.name}.part")
            aside.write_bytes(content)
            os.replace(aside, path)
        return Done({"model": "0x" + final.hex(), "bytes": len(content), "file": str(path or "")})


def _read(key: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigProblem(f"buyer.{key}", f"{path}: {error.strerror}", "Name a file that the pod can read.") from None
