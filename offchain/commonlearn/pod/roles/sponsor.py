"""A sponsor: pays for the jobs that its settings name or describe, up to a limit; what a job leaves comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commonlearn.chain.contracts import Call
from commonlearn.pod.actions import Action, Context, Handler, Memory, View
from commonlearn.pod.role_settings import Sponsor as Settings
from commonlearn.pod.roles.advancing import expiry
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job, Ledger
from commonlearn.pod.roles.looking import LOOK
from commonlearn.protocol import funding
from commonlearn.records import JobPhase

__all__ = ["Sponsor", "missing_wei"]


def missing_wei(job: Job) -> int:
    """What a job waits for, in wei."""
    terms = job.terms
    return funding(terms.budget_wei, terms.bounty_wei, terms.rounds) - sum(job.paid.values())


class Sponsor(PersistentRole):
    """Money for others' jobs. It needs no registration.

    Parameters
    ----------
    desk : Desk
    settings : Sponsor
        ``[sponsor]``.
    """

    name = "sponsor"

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "fund": self._fund,
            LOOK: self._desk.look,
            "advance": lambda action, _: self._desk.market.advance(action.values["job"]),
        }

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        ledger, me = self._desk.ledger(view), view.account.lower()
        left = self._settings.most - self.bound_wei(ledger, me)
        for job in ledger.jobs.values():
            # Whoever paid sees to it that a job that never runs gives its money back.
            if me in job.paid:
                yield from expiry(job, view, memory)
            amount = min(left, self._part(job, me))
            if amount > 0:
                left -= amount
                values = {"job": job.number, "amount": str(amount)}
                yield Action(f"job {job.number} fund after {job.paid.get(me, 0)}", "fund", values)

    def is_over(self, view: View, memory: Memory) -> bool:
        ledger, settings, me = self._desk.ledger(view), self._settings, view.account.lower()
        if any(me in job.paid and not job.is_over for job in ledger.jobs.values()):
            return False
        named_only = settings.jobs and not (settings.buyers or settings.programs or settings.schemas)
        return settings.leave or bool(
            named_only and all(number in ledger.jobs and ledger.jobs[number].is_over for number in settings.jobs)
        )

    def bound_wei(self, ledger: Ledger, me: str) -> int:
        """What this account has paid into jobs, less what came back."""
        return sum(job.paid.get(me, 0) - job.refunded.get(me, 0) for job in ledger.jobs.values())

    def _part(self, job: Job, me: str) -> int:
        """How much of a job this account pays now."""
        settings = self._settings
        ready = (JobPhase.APPROVED,) if settings.approved_only else (JobPhase.REQUESTED, JobPhase.APPROVED)
        if settings.leave or job.phase not in ready or not self._matches(job):
            return 0
        part = missing_wei(job)
        if settings.most_per_job is not None:
            part = min(part, settings.most_per_job - job.paid.get(me, 0))
        return part

    def _matches(self, job: Job) -> bool:
        settings = self._settings
        if job.number in settings.jobs:
            return True
        buyers = {each.lower() for each in settings.buyers}
        rules = (
            (buyers, job.buyer.lower()),
            (settings.programs, job.subject.program.hex()),
            (settings.schemas, job.subject.schema.hex()),
        )
        return any(wanted for wanted, _ in rules) and all(found in wanted for wanted, found in rules if wanted)

    def _fund(self, action: Action, context: Context) -> Call:
        amount = int(action.values["amount"])
        credit = self._desk.ledger(context.view).purse(context.view.account).credit_wei
        return self._desk.market.fund(action.values["job"], amount, value_wei=max(0, amount - credit))
