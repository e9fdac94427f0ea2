"""What whoever holds a seat does in a round, local owner and compute owner alike: train, seal, reveal, judge."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from commonlearn.chain.contracts import Call
from commonlearn.custody import Table
from commonlearn.federated import decode, encode
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.errors import PodError
from commonlearn.pod.roles.averaging import average_of
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import NONE, Job, Ledger, Round
from commonlearn.pod.roles.running import MODEL, npy, run_on
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.protocol import seal
from commonlearn.records import JobPhase
from commonlearn.records import Stage as JobStage
from commonlearn.storage import cid_from_digest

__all__ = ["SLOW", "Trainer", "TrainingFailed", "npy"]

SLOW = frozenset({"train", "recompute"})


class TrainingFailed(PodError, RuntimeError):
    """A job's program gave no model that could be handed on."""

    def __init__(self, job: int, reason: str) -> None:
        super().__init__(f"The program of job {job} gave no model: {reason.rstrip('.')}. The seat stays silent.")
        self.job, self.reason = job, reason


class Trainer:
    """Seats of one account at work.

    Parameters
    ----------
    desk : Desk
    table_of : callable
        Takes the memory, a dataset and a subset, and gives the rows.
    """

    def __init__(self, desk: Desk, table_of: Callable[[Memory, Ledger, int, int], Table]) -> None:
        self._desk, self._table_of = desk, table_of

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By kind."""
        return {
            "train": self.train,
            "seal result": self.seal_result,
            "reveal result": self.reveal_result,
            "recompute": self.recompute,
            "judge": self.judge,
        }

    # ------------------------------------------------------------------------------------------------------- planning

    def plan(self, ledger: Ledger, view: View, memory: Memory) -> Iterable[Action]:
        """All that the seats have to do now."""
        for job in ledger.jobs.values():
            found = job.current
            if job.phase is not JobPhase.RUNNING or found is None:
                continue
            mine = [place for place, holder in found.assigned.items() if holder == view.account.lower()]
            for slot, index in mine:
                if job.stage in (JobStage.COMMITTING, JobStage.REVEALING):
                    yield from self._result(job, found, slot, index, view, memory)
                elif job.stage is JobStage.DISPUTED:
                    yield from self._judgement(job, found, slot, index, view, memory)

    def _result(self, job: Job, found: Round, slot: int, index: int, view: View, memory: Memory) -> Iterable[Action]:
        position = found.positions[slot]
        dataset, subset = job.places[position]
        trained = f"job {job.number} round {found.number} subset {dataset}.{subset} train"
        name = f"job {job.number} round {found.number}.{found.attempt} seat {dataset}.{subset}.{index}"
        values: dict[str, Any] = {
            "job": job.number,
            "round": found.number,
            "slot": slot,
            "index": index,
            "position": position,
            "seats": len(found.assigned),
        }
        is_sealed = (slot, index) in found.sealed
        is_late = job.stage is JobStage.COMMITTING and view.head.timestamp >= job.deadline
        if not is_sealed and not is_late and job.stage is JobStage.COMMITTING:
            yield Action(trained, "train", {**values, "dataset": dataset, "subset": subset}, deadline=job.deadline)
        if memory.stages.get(trained) is not Stage.DONE:
            return
        values |= memory.results[trained]
        salts = (f"{name} salt",)
        if not is_sealed and not is_late and job.stage is JobStage.COMMITTING:
            yield Action(f"{name} seal", "seal result", values, salts, job.deadline)
        elif is_sealed and (slot, index) not in found.revealed and (job.stage is JobStage.REVEALING or is_late):
            until = job.deadline + (job.terms.reveal_seconds if is_late else 0)
            yield Action(f"{name} reveal", "reveal result", values, salts, until)

    def _judgement(self, job: Job, found: Round, slot: int, index: int, view: View, memory: Memory) -> Iterable[Action]:
        agreed = found.agreed.get(found.positions[slot])
        if agreed is None or found.revealed.get((slot, index)) != agreed:
            return
        name = f"job {job.number} round {found.number}"
        yield Action(
            f"{name} recompute", "recompute", {"job": job.number, "round": found.number}, deadline=job.deadline
        )
        if memory.stages.get(f"{name} recompute") is Stage.DONE:
            computed = memory.results[f"{name} recompute"]["model"]
            values = {"job": job.number, "slot": slot, "index": index, "model": computed}
            yield Action(f"{name} seat {slot}.{index} judge", "judge", values, deadline=job.deadline)

    # ---------------------------------------------------------------------------------------------------------- doing

    def train(self, action: Action, context: Context) -> Done:
        """Run the job's program, shut in, on the seat's rows; keep what it leaves to oneself."""
        ledger = self._desk.ledger(context.view)
        job = ledger.jobs[action.values["job"]]
        if job.terms.environment != self._desk.environment:
            raise TrainingFailed(job.number, "it wants other versions than this machine has")
        source, sheet = self._desk.program(job.subject.program)
        schema = self._desk.schema(job.subject.schema)
        table = self._table_of(context.memory, ledger, action.values["dataset"], action.values["subset"])
        start = job.start_of(action.values["round"])
        before = None if start == NONE else self._desk.objects.get(cid_from_digest(start), sheet.limit)
        outcome = run_on(source, job.subject.program, sheet, schema, table, before, self._desk.limits, context)
        if not outcome.ok:
            raise TrainingFailed(job.number, str(outcome))
        model = outcome.outputs[MODEL]
        decode(model, sheet.limit)  # what would not be averaged is not sealed
        self._desk.own.put(model)
        return Done({"digest": "0x" + hashlib.sha256(model).hexdigest(), "seconds": round(outcome.seconds, 3)})

    def seal_result(self, action: Action, context: Context) -> Call:
        """Seal what was trained."""
        v = action.values
        (salt,) = context.secrets.values()
        digest = bytes_of(v["digest"])
        market = self._desk.market
        sealed = seal(
            self._desk.chain_id, market.address, v["job"], v["round"], v["position"], context.view.account, digest, salt
        )
        return market.seal_result(v["job"], v["slot"], v["index"], sealed)

    def reveal_result(self, action: Action, context: Context) -> Call:
        """Hand the update to everybody, then reveal."""
        v = action.values
        (salt,) = context.secrets.values()
        digest = bytes_of(v["digest"])
        self._desk.objects.put(self._desk.own.get(cid_from_digest(digest)))
        return self._desk.market.reveal_result(v["job"], v["slot"], v["index"], digest, salt, v["seats"])

    def recompute(self, action: Action, context: Context) -> Done:
        """Average a challenged round anew."""
        job = self._desk.ledger(context.view).jobs[action.values["job"]]
        model, digest, _ = average_of(self._desk, self._desk.ledger(context.view), job, action.values["round"])
        # It may become the model though neither of the quarrelling has published it.
        self._desk.objects.put(encode(model))
        return Done({"model": "0x" + digest.hex()})

    def judge(self, action: Action, _: Context) -> Call:
        """Vote on a challenged average."""
        v = action.values
        return self._desk.market.judge(v["job"], v["slot"], v["index"], bytes_of(v["model"]))
