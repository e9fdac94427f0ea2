"""Who contributed what: worth of coalitions, Shapley values, other rules to compare with, shares to pay out."""

from commonlearn.federated.contribution.comparison import deltaml_rule, leave_one_out
from commonlearn.federated.contribution.shapley import (
    EXACT_OWNERS,
    Estimate,
    contributions,
    exact_shapley,
    sampled_shapley,
)
from commonlearn.federated.contribution.shares import BASIS_POINTS, largest_remainder, payout_shares
from commonlearn.federated.contribution.values import Worth, model_worth, remembered

__all__ = [
    "BASIS_POINTS",
    "EXACT_OWNERS",
    "Estimate",
    "Worth",
    "contributions",
    "deltaml_rule",
    "exact_shapley",
    "largest_remainder",
    "leave_one_out",
    "model_worth",
    "payout_shares",
    "remembered",
    "sampled_shapley",
]
