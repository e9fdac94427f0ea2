"""Reference experiments of private training: published figures, hospitals, what contributions are paid."""

from commonlearn.evaluation.federation.deltaml import DELTAML_MSE, deltaml_blocks, deltaml_figure
from commonlearn.evaluation.federation.hospitals import Comparison, compare_hospitals, hospital_tables, hospitals_schema
from commonlearn.evaluation.federation.payouts import RULES, SCENES, WORTHS, payout_table

__all__ = [
    "DELTAML_MSE",
    "RULES",
    "SCENES",
    "WORTHS",
    "Comparison",
    "compare_hospitals",
    "deltaml_blocks",
    "deltaml_figure",
    "hospital_tables",
    "hospitals_schema",
    "payout_table",
]
