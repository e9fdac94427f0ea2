"""Measurements behind the accuracies that the project states."""

from commonlearn.evaluation.accuracy import FAMILIES, AccuracyRow, accuracy_table
from commonlearn.evaluation.public_model import PublicModelResult, imdb_one_pass
from commonlearn.evaluation.tasks import TASKS, Task, load_task

__all__ = [
    "FAMILIES",
    "TASKS",
    "AccuracyRow",
    "PublicModelResult",
    "Task",
    "accuracy_table",
    "imdb_one_pass",
    "load_task",
]
