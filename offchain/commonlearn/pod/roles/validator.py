"""A validator: enters the pool of its held-back rows, scores models and contributions on them, seals and reveals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commonlearn.chain.contracts import Call
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.role_settings import Validator as Settings
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job
from commonlearn.pod.roles.scoring import Scorer
from commonlearn.protocol import VOTE_ROUND, seal, vote_digest, vote_sitting
from commonlearn.records import JobPhase
from commonlearn.records import Stage as JobStage

__all__ = ["Validator"]


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
        self._scorer = Scorer(desk, settings.test_set, settings.schema_file)
        self._root = self._scorer.root

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "register": self._desk.register,
            "enrol": self._enrol,
            "resign": lambda _, __: self._desk.market.resign(self._root),
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
        is_enrolled = view.account.lower() in ledger.pools.get(self._root, set())
        left = ledger.resignations.get((self._root, view.account.lower()), 0)
        if self._settings.leave:
            if is_enrolled:
                yield Action(f"resign from {self._root.hex()[:8]} {left + 1}", "resign")
        elif not is_enrolled:
            pool = self._root.hex()[:8]  # another test set is another pool
            yield Action(f"enrol in {pool} again {left}" if left else f"enrol in {pool}", "enrol")
            return
        # Also who has left votes where it was drawn before.
        for job in ledger.jobs.values():
            if job.phase is JobPhase.VALIDATING and view.account.lower() in job.jury:
                yield from self._vote(job, view, memory)

    def is_over(self, view: View, memory: Memory) -> bool:
        ledger, me = self._desk.ledger(view), view.account.lower()
        if not self._settings.leave or me in ledger.pools.get(self._root, set()):
            return False
        # A jury that is armed can still draw who has left since.
        mine = (job for job in ledger.jobs.values() if job.terms.test_set == self._root)
        return not any(job.phase is JobPhase.VALIDATING for job in mine)

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

    def _enrol(self, _: Action, context: Context) -> Call:
        settings, market = self._settings, self._desk.market
        entering = market.enrol(self._root, settings.min_pay, settings.max_bond, settings.min_seconds)
        purse = self._desk.ledger(context.view).purse(context.view.account)
        wanted = settings.max_bond - purse.free_wei
        if wanted <= 0:
            return entering
        # A drawn seat must find its bond free.
        bond = market.bond(wanted, value_wei=purse.missing(settings.max_bond))
        return market.batch([bond, entering])

    def _score(self, action: Action, context: Context) -> Done:
        """Compute what to vote for."""
        ledger = self._desk.ledger(context.view)
        score, weights = self._scorer.score(ledger, ledger.jobs[action.values["job"]], context.progress)
        return Done({"score": score, "weights": weights})

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
