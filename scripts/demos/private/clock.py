"""The chain's clock of the demo: put forward when nobody who is honest has anything left to do but to wait.

Deadlines are long, as between hospitals, so that a slow machine makes nobody late; and nobody waits for them.
"""

from __future__ import annotations

from collections.abc import Set

from commonlearn.pod.roles.ledger import Job, Ledger
from commonlearn.records import JobPhase, Stage
from scripts.local_node import LocalNode

__all__ = ["put_forward", "waits_until"]

_ACTIVE = (JobPhase.RUNNING, JobPhase.VALIDATING)


def waits_until(job: Job, cheats: Set[str]) -> int | None:
    """When a job goes on, if it only waits for time to pass: for objections, or for reveals of cheats.

    Parameters
    ----------
    job : Job
    cheats : set of str
        Addresses in lower case of those whose reveals need not be awaited.

    Returns
    -------
    int or None
        Unix seconds; None while somebody honest has something to do.
    """
    if job.phase not in _ACTIVE:
        return None
    if job.stage in (Stage.AGGREGATED, Stage.DECIDED):
        return job.deadline
    found = job.current
    if job.phase is JobPhase.RUNNING and job.stage is Stage.REVEALING and found is not None:
        awaited = {found.assigned[seat] for seat in found.sealed - found.revealed.keys()}
        if awaited and awaited <= cheats:
            return job.deadline
    return None


def put_forward(node: LocalNode, ledger: Ledger, cheats: Set[str] = frozenset()) -> int:
    """Let time pass on the chain, if all that is left is to wait.

    Returns
    -------
    int
        Seconds; 0 if there was no reason to.
    """
    for job in ledger.jobs.values():
        until = waits_until(job, cheats)
        if until is not None and (missing := until - node.timestamp()) > 0:
            node.increase_time(missing)
            return missing
    return 0
