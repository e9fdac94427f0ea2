"""An aggregator that is not the buyer: averages for jobs whose terms name its account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commonlearn.pod.actions import Action, Handler, Memory, View
from commonlearn.pod.role_settings import Aggregator as Settings
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job
from commonlearn.pod.roles.posting import Posting

__all__ = ["Aggregator"]


class Aggregator(PersistentRole):
    """Paid by the aggregation part; its bond is at stake for each average until that is final.

    Parameters
    ----------
    desk : Desk
    settings : Aggregator
        ``[aggregator]``.
    """

    name = "aggregator"
    slow = Posting.slow

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings
        self._posting = Posting(desk)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {"register": self._desk.register, **self._posting.handlers}

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        ledger = self._desk.ledger(view)
        yield from self._desk.registration(ledger, view.account)
        for job in ledger.jobs.values():
            if self._is_mine(job, view.account):
                yield from self._posting.plan(job, memory)

    def is_over(self, view: View, memory: Memory) -> bool:
        jobs = self._desk.ledger(view).jobs.values()
        return self._settings.leave and all(job.is_over for job in jobs if self._is_mine(job, view.account))

    def _is_mine(self, job: Job, account: str) -> bool:
        settings, buyers = self._settings, {each.lower() for each in self._settings.buyers}
        if job.terms.aggregator.lower() != account.lower() or job.terms.challenge_bond_wei > settings.most_bond:
            return False
        return not buyers or job.buyer.lower() in buyers
