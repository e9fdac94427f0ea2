"""Who contributed what: worth of coalitions, Shapley values, other rules to compare with, shares to pay out."""

from commonlearn.federated.contribution.comparison import deltaml_rule, leave_one_out
from commonlearn.federated.contribution.shapley import (
    EXACT_OWNERS,
    Estimate,
    contributions,
    exact_shapley,
    sampled_shapley,
)
from commonlearn.federated.contribution.shares import BASIS_POINTS, largest_remainder, payout_shares, payout_weights
from commonlearn.federated.contribution.values import (
    Judge,
    Worth,
    final_round_worth,
    grouped,
    remembered,
    retrained_worth,
    rounds_worth,
)

__all__ = [
    "BASIS_POINTS",
    "EXACT_OWNERS",
    "Estimate",
    "Judge",
    "Worth",
    "contributions",
    "deltaml_rule",
    "exact_shapley",
    "final_round_worth",
    "grouped",
    "largest_remainder",
    "leave_one_out",
    "payout_shares",
    "payout_weights",
    "remembered",
    "retrained_worth",
    "rounds_worth",
    "sampled_shapley",
]
