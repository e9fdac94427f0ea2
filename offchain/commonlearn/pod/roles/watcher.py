"""A watcher: computes each posted average anew, challenges the wrong ones, and moves jobs on that nobody moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commonlearn.chain.contracts import Call
from commonlearn.federated import encode
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.role_settings import Watcher as Settings
from commonlearn.pod.roles.advancing import advances
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.averaging import average_of
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.ledger import Job
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.records import JobPhase
from commonlearn.records import Stage as JobStage

__all__ = ["Watcher"]


class Watcher(PersistentRole):
    """Nobody's party; paid by bounties, and by half of the bond of who posts a wrong average.

    Parameters
    ----------
    desk : Desk
    settings : Watcher
        ``[watcher]``.
    """

    name = "watcher"
    slow = frozenset({"recompute average"})

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "recompute average": self._recompute,
            "challenge": self._challenge,
            "advance": lambda action, _: self._desk.market.advance(action.values["job"]),
            "settle": self._settle,
        }

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        for job in self._desk.ledger(view).jobs.values():
            if job.phase is JobPhase.RUNNING and job.stage is JobStage.AGGREGATED:
                yield from self._doubt(job, memory)
            if self._settings.advances:
                for action in advances(job, view):
                    # A key of its own: the same pod may be the job's buyer.
                    yield Action(f"watched {action.key}", action.kind, action.values)

    def _doubt(self, job: Job, memory: Memory) -> Iterable[Action]:
        found = job.rounds[job.round]
        assert found.posted is not None
        name = f"watched job {job.number} round {found.number}"
        values = {"job": job.number, "round": found.number}
        yield Action(f"{name} recompute", "recompute average", values, deadline=job.deadline)
        if memory.stages.get(f"{name} recompute") is Stage.DONE:
            right = memory.results[f"{name} recompute"]["model"]
            if bytes_of(right) != found.posted:
                claim = {"job": job.number, "model": right, "bond": str(job.terms.challenge_bond_wei)}
                yield Action(f"{name} challenge", "challenge", claim, deadline=job.deadline)

    def _recompute(self, action: Action, context: Context) -> Done:
        ledger = self._desk.ledger(context.view)
        model, right, _ = average_of(self._desk, ledger, ledger.jobs[action.values["job"]], action.values["round"])
        # Who posted something else will hardly have published this one, and the next round begins with it.
        self._desk.objects.put(encode(model))
        return Done({"model": "0x" + right.hex()})

    def _challenge(self, action: Action, _: Context) -> Call:
        v = action.values
        return self._desk.market.challenge(v["job"], bytes_of(v["model"]), value_wei=int(v["bond"]))

    def _settle(self, action: Action, _: Context) -> Call:
        v = action.values
        return self._desk.market.settle(v["job"], v["score"], v["weights"])
