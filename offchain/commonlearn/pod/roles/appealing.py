"""Appeals: a jury's decision computed anew, and a second jury asked for where it is wrong.

The bond is what the second jury costs at most; it is lost if that jury decides as the first did. So nothing is appealed
that could not be computed with the job's own test set, libraries and arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from commonlearn.chain.contracts import Call
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.role_settings import Watcher as Settings
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import Job
from commonlearn.pod.roles.scoring import Scorer
from commonlearn.protocol import parts, vote_digest
from commonlearn.records import JobPhase, JobTerms
from commonlearn.records import Stage as JobStage

__all__ = ["Appeals", "appeal_cost"]


def appeal_cost(terms: JobTerms) -> int:
    """What an appeal locks, in wei (``IValidation``, ``appealCostOf``).

    Examples
    --------
    >>> from commonlearn.records import Metric
    >>> terms = JobTerms(budget_wei=1_000, vote_bond_wei=0, challenge_bond_wei=0, bounty_wei=0, baseline=0, target=1,
    ...                  rounds=1, subsets_per_round=1, min_subsets=1, validators=3, metric=Metric.ACCURACY,
    ...                  environment=bytes(32), test_set=bytes(32))
    >>> appeal_cost(terms)
    462
    """
    validation = parts(terms.budget_wei, terms.split)[2]
    return (2 * terms.validators + 1) * (validation // terms.validators)


class Appeals:
    """Decisions about one pool's test set.

    Parameters
    ----------
    desk : Desk
    settings : Watcher
        ``[watcher]``, with what an appeal needs.
    """

    slow = frozenset({"score anew"})

    def __init__(self, desk: Desk, settings: Settings) -> None:
        assert settings.test_set is not None
        assert settings.schema_file is not None
        assert settings.most_bond is not None
        self._desk, self._most_wei = desk, settings.most_bond
        self._scorer = Scorer(desk, settings.test_set, settings.schema_file)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By kind."""
        return {"score anew": self._score, "appeal": self._appeal, "leave undoubted": self._too_dear}

    def plan(self, job: Job, view: View, memory: Memory) -> Iterable[Action]:
        """Doubt a decision that can still be appealed."""
        if job.phase is not JobPhase.VALIDATING or job.stage is not JobStage.DECIDED or job.is_appealed:
            return
        if view.head.timestamp >= job.deadline or job.decision is None:
            return
        if job.terms.test_set != self._scorer.root or job.terms.environment != self._desk.environment:
            return
        name, values = f"watched job {job.number}", {"job": job.number}
        yield Action(f"{name} score anew", "score anew", values, deadline=job.deadline)
        if memory.stages.get(f"{name} score anew") is not Stage.DONE:
            return
        found = memory.results[f"{name} score anew"]
        if vote_digest(job.number, found["score"], found["weights"]) == job.decision:
            return
        cost = appeal_cost(job.terms)
        if cost > self._most_wei:
            dear = {**values, "cost": str(cost), "most": str(self._most_wei)}
            yield Action(f"{name} leave undoubted", "leave undoubted", dear)
        else:
            yield Action(f"{name} appeal", "appeal", values, deadline=job.deadline)

    def _score(self, action: Action, context: Context) -> Done:
        ledger = self._desk.ledger(context.view)
        score, weights = self._scorer.score(ledger, ledger.jobs[action.values["job"]], context.progress)
        return Done({"score": score, "weights": weights})

    def _appeal(self, action: Action, context: Context) -> Call:
        v, ledger = action.values, self._desk.ledger(context.view)
        cost = appeal_cost(ledger.jobs[v["job"]].terms)
        return self._desk.market.appeal(v["job"], value_wei=ledger.purse(context.view.account).missing(cost))

    def _too_dear(self, action: Action, _: Context) -> Done:
        """Kept for whoever reads the status page: the decision is wrong, and more would be locked than may be."""
        return Done({"reason": "the decision is wrong, but an appeal locks more than most_bond", **action.values})
