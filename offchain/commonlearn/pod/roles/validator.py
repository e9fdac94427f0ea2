"""A validator: enters the pool of its held-back rows, scores models and contributions on them, seals and reveals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commonlearn.chain.contracts import Call
from commonlearn.custody import Schema, Shard
from commonlearn.federated import estimator, metric
from commonlearn.federated.contribution import Judge, contributions, grouped, payout_weights, rounds_worth
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.role_settings import Validator as Settings
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.averaging import name_of, played
from commonlearn.pod.roles.buyer import METRICS
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.ledger import Job, Ledger
from commonlearn.protocol import VOTE_ROUND, seal, seed, vote_digest, vote_sitting
from commonlearn.records import JobPhase
from commonlearn.records import Stage as JobStage

__all__ = ["Validator"]

_NAMES = {number: name for name, number in METRICS.items()}


class Validator(PersistentRole):
    """A place in the pool of one held-back set, whose name is the Merkle root of its salted rows.

    Parameters
    ----------
    desk : Desk
    settings : Validator
        ``[validator]``.
    """

    name = "validator"
    slow = frozenset({"score"})

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings
        schema = Schema.from_json(settings.schema_file.read_bytes())
        self._tests = Shard.from_bytes(settings.test_set.read_bytes(), schema)
        self._root = self._tests.root

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "register": self._desk.register,
            "enrol": self._enrol,
            "score": self._score,
            "seal vote": self._seal,
            "reveal vote": self._reveal,
        }

    # ------------------------------------------------------------------------------------------------------- planning

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        ledger = self._desk.ledger(view)
        yield from self._desk.registration(ledger, view.account)
        if not self._desk.is_registered(ledger, view.account):
            return
        if view.account.lower() not in ledger.pools.get(self._root, set()):
            yield Action("enrol", "enrol")
            return
        for job in ledger.jobs.values():
            if job.phase is JobPhase.VALIDATING and view.account.lower() in job.jury:
                yield from self._vote(job, view, memory)

    def _vote(self, job: Job, view: View, memory: Memory) -> Iterable[Action]:
        if job.stage not in (JobStage.COMMITTING, JobStage.REVEALING):
            return
        me, sitting = view.account.lower(), vote_sitting(job.jury_attempt, job.is_appealed)
        scored, name = f"job {job.number} score", f"job {job.number} sitting {sitting}"
        values = {"job": job.number, "seat": job.jury.index(me), "sitting": sitting, "block": job.seed_block}
        is_late = job.stage is JobStage.COMMITTING and view.head.timestamp >= job.deadline
        if job.stage is JobStage.COMMITTING and not is_late and me not in job.votes_sealed:
            yield Action(scored, "score", values, deadline=job.deadline)
        if memory.stages.get(scored) is not Stage.DONE:
            return
        values |= memory.results[scored]
        salts = (f"{name} salt",)
        if me not in job.votes_sealed:
            if job.stage is JobStage.COMMITTING and not is_late:
                yield Action(f"{name} seal", "seal vote", values, salts, job.deadline)
        elif me not in job.votes_revealed and (job.stage is JobStage.REVEALING or is_late):
            until = job.deadline + (job.terms.reveal_seconds if is_late else 0)
            yield Action(f"{name} reveal", "reveal vote", values, salts, until)

    # ---------------------------------------------------------------------------------------------------------- doing

    def _enrol(self, _: Action, __: Context) -> Call:
        settings, market = self._settings, self._desk.market
        entering = market.enrol(self._root, settings.min_pay, settings.max_bond, settings.min_seconds)
        # A drawn seat must find its bond free.
        return market.batch([market.bond(settings.max_bond), entering]) if settings.max_bond else entering

    def _score(self, action: Action, context: Context) -> Done:
        """Score the final model, and what each dataset did for it: alike on every machine."""
        ledger = self._desk.ledger(context.view)
        job = ledger.jobs[action.values["job"]]
        context.progress("fetching models")
        training = played(self._desk, ledger, job)
        _, sheet = self._desk.program(job.subject.program)
        X, y = sheet.prepared(self._tests.table.schema).apply(self._tests.table)
        learner, measure = estimator(sheet.estimator), metric(_NAMES[job.terms.metric])
        context.progress("computing contributions")
        worth = grouped(rounds_worth(training, Judge(learner, measure, X, y)), self._members(ledger, job))
        drawn = seed(self._desk.block_hash(action.values["block"]), job.number, VOTE_ROUND)
        found = contributions([str(number) for number in job.datasets], worth, seed=drawn)
        score = measure.fixed(y, learner.scores(training.final, X))
        return Done({"score": score, "weights": list(payout_weights(found.values))})

    def _members(self, ledger: Ledger, job: Job) -> dict[str, list[str]]:
        return {
            str(number): [name_of(number, subset) for subset in range(len(ledger.datasets[number].roots))]
            for number in job.datasets
        }

    def _seal(self, action: Action, context: Context) -> Call:
        v, market = action.values, self._desk.market
        (salt,) = context.secrets.values()
        vote = vote_digest(v["job"], v["score"], v["weights"])
        sealed = seal(
            self._desk.chain_id,
            market.address,
            v["job"],
            VOTE_ROUND,
            v["sitting"],
            context.view.account,
            vote,
            salt,
        )
        return market.seal_vote(v["job"], v["seat"], sealed)

    def _reveal(self, action: Action, context: Context) -> Call:
        v = action.values
        (salt,) = context.secrets.values()
        return self._desk.market.reveal_vote(v["job"], v["seat"], v["score"], v["weights"], salt)
