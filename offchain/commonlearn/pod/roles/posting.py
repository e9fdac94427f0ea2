"""Averaging rounds and posting the averages: the buyer's work, or that of whom the job's terms name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commonlearn.chain.contracts import Call
from commonlearn.federated import encode
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage
from commonlearn.pod.roles.averaging import average_of
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.records import JobPhase
from commonlearn.records import Stage as JobStage

__all__ = ["Posting"]


class Posting:
    """Averages of the rounds of jobs.

    Parameters
    ----------
    desk : Desk
    stop_below : float
        Rounds end once no weight changed by more; only the contract's buyer can end them.
    """

    slow = frozenset({"average"})

    def __init__(self, desk: Desk, stop_below: float = 0.0) -> None:
        self._desk, self._stop_below = desk, stop_below

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By kind."""
        return {"average": self.average, "post": self.post}

    def plan(self, job: Job, memory: Memory) -> Iterable[Action]:
        """Average what was agreed, publish it, post it."""
        found = job.current
        if job.phase is not JobPhase.RUNNING or job.stage is not JobStage.AGREED or found is None:
            return
        name = f"job {job.number} round {found.number}"
        values = {"job": job.number, "round": found.number}
        yield Action(f"{name} average", "average", values, deadline=job.deadline)
        if memory.stages.get(f"{name} average") is Stage.DONE:
            posted = {**values, **memory.results[f"{name} average"]}
            yield Action(f"{name} post", "post", posted, deadline=job.deadline)

    def average(self, action: Action, context: Context) -> Done:
        """Average, and publish the model."""
        ledger = self._desk.ledger(context.view)
        job = ledger.jobs[action.values["job"]]
        model, found, change = average_of(self._desk, ledger, job, action.values["round"])
        self._desk.objects.put(encode(model))
        return Done({"model": "0x" + found.hex(), "change": change, "last": change < self._stop_below})

    def post(self, action: Action, context: Context) -> Call:
        """Post it, with what is missing of the bond."""
        v, ledger = action.values, self._desk.ledger(context.view)
        missing = ledger.purse(context.view.account).missing(ledger.jobs[v["job"]].terms.challenge_bond_wei)
        return self._desk.market.aggregate(v["job"], bytes_of(v["model"]), v["last"], value_wei=missing)
