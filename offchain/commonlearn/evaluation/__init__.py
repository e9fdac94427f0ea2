"""Measurements behind the accuracies that the project states."""

from commonlearn.evaluation.accuracy import FAMILIES, AccuracyRow, accuracy_table
from commonlearn.evaluation.featurized import FEATURIZED_TASKS, FeaturizedRow, featurized_table
from commonlearn.evaluation.public_model import PublicModelResult, imdb_one_pass
from commonlearn.evaluation.tasks import TASKS, Task, load_task

__all__ = [
    "FAMILIES",
    "FEATURIZED_TASKS",
    "TASKS",
    "AccuracyRow",
    "FeaturizedRow",
    "PublicModelResult",
    "Task",
    "accuracy_table",
    "featurized_table",
    "imdb_one_pass",
    "load_task",
]
