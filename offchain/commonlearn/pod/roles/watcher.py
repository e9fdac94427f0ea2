"""A watcher: computes averages and decisions anew, challenges and appeals wrong ones, and moves jobs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commonlearn.chain.contracts import Call
from commonlearn.federated import encode
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.role_settings import Watcher as Settings
from commonlearn.pod.roles.advancing import advances, expiry
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.appealing import Appeals
from commonlearn.pod.roles.averaging import average_of
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job
from commonlearn.pod.roles.looking import LOOK
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
    slow = frozenset({"recompute average"}) | Appeals.slow

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings
        self._appeals = Appeals(desk, settings) if settings.appeal else None

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "recompute average": self._recompute,
            "challenge": self._challenge,
            "advance": lambda action, _: self._desk.market.advance(action.values["job"]),
            "settle": self._settle,
            LOOK: self._desk.look,
            **({} if self._appeals is None else self._appeals.handlers),
        }

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        for job in self._desk.ledger(view).jobs.values():
            if not self._settings.leave:
                if job.phase is JobPhase.RUNNING and job.stage is JobStage.AGGREGATED:
                    yield from self._doubt(job, memory)
                if self._appeals is not None:
                    yield from self._appeals.plan(job, view, memory)
            if self._settings.advances:
                yield from expiry(job, view, memory)
                for action in advances(job, view):
                    # A key of its own: the same pod may be the job's buyer.
                    yield Action(f"watched {action.key}", action.kind, action.values)

    def is_over(self, view: View, memory: Memory) -> bool:
        return self._settings.leave and not self._desk.ledger(view).purse(view.account).locked_wei

    def _doubt(self, job: Job, memory: Memory) -> Iterable[Action]:
        found = job.rounds[job.round]
        assert found.posted is not None
        name = f"watched job {job.number} round {found.number}"
        values = {"job": job.number, "round": found.number}
        yield Action(f"{name} recompute", "recompute average", values, deadline=job.deadline)
        if memory.stages.get(f"{name} recompute") is Stage.DONE:
            right = memory.results[f"{name} recompute"]["model"]
            if bytes_of(right) != found.posted:
                claim = {"job": job.number, "model": right}
                yield Action(f"{name} challenge", "challenge", claim, deadline=job.deadline)

    def _recompute(self, action: Action, context: Context) -> Done:
        ledger = self._desk.ledger(context.view)
        model, right, _ = average_of(self._desk, ledger, ledger.jobs[action.values["job"]], action.values["round"])
        # Who posted something else will hardly have published this one, and the next round begins with it.
        self._desk.objects.put(encode(model))
        return Done({"model": "0x" + right.hex()})

    def _challenge(self, action: Action, context: Context) -> Call:
        v, ledger = action.values, self._desk.ledger(context.view)
        missing = ledger.purse(context.view.account).missing(ledger.jobs[v["job"]].terms.challenge_bond_wei)
        return self._desk.market.challenge(v["job"], bytes_of(v["model"]), value_wei=missing)

    def _settle(self, action: Action, _: Context) -> Call:
        v = action.values
        return self._desk.market.settle(v["job"], v["score"], v["weights"])
