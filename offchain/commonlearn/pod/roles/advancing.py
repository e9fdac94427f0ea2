"""Moving a job on when its time has come; anybody may, and is paid the bounty."""

from __future__ import annotations

from collections.abc import Iterable

from commonlearn.pod.actions import Action, Memory, View
from commonlearn.pod.roles.entries import Job
from commonlearn.pod.roles.looking import look_at_job, seen
from commonlearn.protocol import vote_digest
from commonlearn.records import JobPhase, Stage

__all__ = ["advances", "expiry"]


def expiry(job: Job, view: View, memory: Memory) -> Iterable[Action]:
    """What ends a job that was not approved, or not paid, in time; its sponsors get their money back.

    Parameters
    ----------
    job : Job
    view : View
        Its head's time decides.
    memory : Memory
        Holds until when the job waits, once that was looked at.
    """
    if not job.is_waiting:
        return
    look = look_at_job(job)
    yield look
    until = seen(memory, look)
    if until is not None and view.head.timestamp >= until:
        yield Action(f"job {job.number} expire", "advance", {"job": job.number})


def advances(job: Job, view: View) -> Iterable[Action]:
    """What moves a job on now: ``advance``, or ``settle`` where the agreed shares are known.

    Parameters
    ----------
    job : Job
    view : View
        Its head's number and time decide what is due.
    """
    number, time = view.head.number, view.head.timestamp
    name = f"job {job.number} {job.phase.name.lower()} {job.stage.name.lower()} {job.round} until"
    values = {"job": job.number}
    running = job.phase in (JobPhase.RUNNING, JobPhase.VALIDATING)
    if running and job.stage is Stage.ARMED:
        # The hash of a block is known from the next one on.
        if number >= job.draw_block:
            yield Action(f"{name} {job.draw_block} advance", "advance", values)
    elif running and job.stage in (Stage.COMMITTING, Stage.REVEALING):
        until = job.deadline
        found = job.votes_sealed if job.phase is JobPhase.VALIDATING else (job.current and job.current.sealed)
        if job.stage is Stage.COMMITTING and found:
            until += job.terms.reveal_seconds
        if time >= until:
            yield Action(f"{name} {job.deadline} advance", "advance", values)
    elif running and job.stage in (Stage.AGREED, Stage.AGGREGATED, Stage.DISPUTED):
        if time >= job.deadline:
            yield Action(f"{name} {job.deadline} advance", "advance", values)
    elif job.stage is Stage.DECIDED or (job.phase is JobPhase.SETTLING and job.decision is not None):
        if time < job.deadline and job.stage is Stage.DECIDED:
            return
        for score, weights in job.votes.values():
            if vote_digest(job.number, score, weights) == job.decision:
                shown = {**values, "score": score, "weights": weights}
                yield Action(f"job {job.number} settle", "settle", shown)
                return
    elif job.phase is JobPhase.SETTLING and time >= job.deadline:
        yield Action(f"{name} {job.deadline} advance", "advance", values)
