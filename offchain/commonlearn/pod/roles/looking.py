"""Times that no event tells: until when seats may be joined, until when a job waits for approvals and money.

A plan may look at events and memory alone; so the chain is asked by an action, whose result is remembered.
"""

from __future__ import annotations

from commonlearn.pod.actions import Action, Memory
from commonlearn.pod.roles.entries import DatasetEntry, Job

__all__ = ["LOOK", "look_at_job", "look_at_offers", "seen"]

LOOK = "look"
"""Kind of such actions; :meth:`commonlearn.pod.roles.desk.Desk.look` does them."""
_AGAIN = 3_600


def look_at_offers(dataset: DatasetEntry) -> Action:
    """Until when seats may be joined; another offer of a seat moves that for all."""
    key = f"dataset {dataset.number} offers of block {dataset.offered_in} look"
    return Action(key, LOOK, {"dataset": dataset.number}, repeat=_AGAIN)


def look_at_job(job: Job) -> Action:
    """Until when a job waits for approvals and money."""
    return Action(f"job {job.number} look", LOOK, {"job": job.number}, repeat=_AGAIN)


def seen(memory: Memory, look: Action) -> int | None:
    """What was found: Unix time, None if it was not looked at yet.

    Examples
    --------
    >>> look = Action("job 1 look", "look")
    >>> seen(Memory(), look), seen(Memory(results={"job 1 look": {"until": 5}}), look)
    (None, 5)
    """
    found = memory.results.get(look.key)
    return None if found is None else int(found["until"])
