"""A buyer, who averages too: submits a program, pays, averages, moves its job on, and takes the model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping

from commonlearn.chain.contracts import Call
from commonlearn.custody import Schema
from commonlearn.federated import encode, estimator
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.role_settings import Buyer as Settings
from commonlearn.pod.roles.advancing import advances
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.averaging import average_of
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.ledger import Job, Ledger
from commonlearn.pod.roles.sheet import read_sheet
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.protocol import funding, mismatch
from commonlearn.records import Custody, JobPhase, JobTerms, Metric, Mismatch, Subject
from commonlearn.records import Stage as JobStage
from commonlearn.storage import cid_from_digest

__all__ = ["METRICS", "Buyer", "terms_of"]

METRICS = {
    "mse": Metric.MEAN_SQUARED_ERROR,
    "accuracy": Metric.ACCURACY,
    "log-loss": Metric.LOG_LOSS,
    "auc": Metric.AREA_UNDER_CURVE,
}


def terms_of(settings: Settings, environment: bytes) -> JobTerms:
    """The job's rules, as the contract has them."""
    said = settings.terms
    data, compute, validation, aggregation = said.split
    return JobTerms(
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
    """One job, from its request to its model.

    Parameters
    ----------
    desk : Desk
    settings : Buyer
        ``[buyer]``.
    """

    name = "buyer"
    slow = frozenset({"publish", "average", "collect"})

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "register": self._desk.register,
            "publish": self._publish,
            "request": self._request,
            "average": self._average,
            "post": self._post,
            "advance": lambda action, _: self._desk.market.advance(action.values["job"]),
            "settle": self._settle,
            "collect": self._collect,
        }

    # ------------------------------------------------------------------------------------------------------- planning

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        ledger = self._desk.ledger(view)
        yield from self._desk.registration(ledger, view.account)
        yield Action("publish", "publish")
        if memory.stages.get("publish") is not Stage.DONE or not self._desk.is_registered(ledger, view.account):
            return
        published = memory.results["publish"]
        program = bytes_of(published["program"])
        mine = [
            job
            for job in ledger.jobs.values()
            if job.buyer.lower() == view.account.lower() and job.subject.program == program
        ]
        if not mine:
            chosen = self._suitable(ledger, bytes_of(published["schema"]))
            if len(chosen) == self._settings.datasets and self._has_jury(ledger):
                yield Action("request", "request", {**published, "datasets": chosen})
        for job in mine:
            yield from self._job(job, view, memory)

    def _suitable(self, ledger: Ledger, schema: bytes) -> list[int]:
        """Datasets that the job may name, in ascending order."""
        settings, owners = self._settings, {each.lower() for each in self._settings.owners}
        wanted = Custody[settings.custody.upper()]
        found = []
        for number, dataset in sorted(ledger.datasets.items()):
            said = dataset.description
            why = mismatch(
                dataset.phase,
                False,
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
        found = job.current
        if job.phase is JobPhase.RUNNING and job.stage is JobStage.AGREED and found is not None:
            name = f"job {job.number} round {found.number}"
            values = {"job": job.number, "round": found.number}
            yield Action(f"{name} average", "average", values, deadline=job.deadline)
            if memory.stages.get(f"{name} average") is Stage.DONE:
                posted = {**values, **memory.results[f"{name} average"]}
                yield Action(f"{name} post", "post", posted, deadline=job.deadline)
        yield from advances(job, view)
        if job.phase is JobPhase.CLOSED and job.finals:
            yield Action(f"job {job.number} collect", "collect", {"job": job.number})

    # ---------------------------------------------------------------------------------------------------------- doing

    def _publish(self, _: Action, __: Context) -> Done:
        """Put program, schema and first model where everybody finds them."""
        source = self._settings.program.read_bytes()
        sheet = read_sheet(source)
        schema = Schema.from_json(self._settings.schema_file.read_bytes())
        features = sheet.prepared(schema).features
        first = estimator(sheet.estimator).initial(features, schema.classes, sheet.training_settings())
        digests = []
        for content in (source, schema.to_json().encode("ascii"), encode(first)):
            self._desk.objects.put(content)
            digests.append("0x" + hashlib.sha256(content).hexdigest())
        return Done(dict(zip(("program", "schema", "model"), digests, strict=True)))

    def _request(self, action: Action, _: Context) -> Call:
        v = action.values
        terms = terms_of(self._settings, self._desk.environment)
        subject = Subject(bytes_of(v["schema"]), bytes_of(v["program"]), bytes_of(v["model"]))
        money = funding(terms.budget_wei, terms.bounty_wei, terms.rounds)
        return self._desk.market.request(terms, subject, v["datasets"], money)

    def _average(self, action: Action, context: Context) -> Done:
        ledger = self._desk.ledger(context.view)
        job = ledger.jobs[action.values["job"]]
        model, found, change = average_of(self._desk, ledger, job, action.values["round"])
        self._desk.objects.put(encode(model))
        return Done({"model": "0x" + found.hex(), "change": change, "last": change < self._settings.stop_below})

    def _post(self, action: Action, _: Context) -> Call:
        v = action.values
        return self._desk.market.aggregate(v["job"], bytes_of(v["model"]), v["last"])

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
