"""Terms of a job that is looked at and never requested."""

from __future__ import annotations

from commonlearn.records import JobTerms, Metric

__all__ = ["terms_of_a_job"]


def terms_of_a_job(**changed):
    """The least there is: one round, one subset, one juror, nothing at stake; with some said otherwise."""
    least = {
        "budget_wei": 1,
        "vote_bond_wei": 0,
        "challenge_bond_wei": 0,
        "bounty_wei": 0,
        "baseline": 0,
        "target": 1,
        "rounds": 1,
        "subsets_per_round": 1,
        "min_subsets": 1,
        "validators": 1,
        "metric": Metric.ACCURACY,
        "environment": bytes(32),
        "test_set": bytes(32),
    }
    return JobTerms(**{**least, **changed})
