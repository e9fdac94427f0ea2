"""What fixed point costs.

Each family on each data set: in integers, in floating point, and scikit-learn's nearest relative.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import Perceptron as SklearnPerceptron
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import NearestCentroid as SklearnCentroid
from sklearn.utils import check_random_state

from commonlearn.evaluation.floating import float_centroid, float_naive_bayes, float_perceptron
from commonlearn.evaluation.tasks import TASKS, Split, Task, load_task
from commonlearn.models import MultinomialNaiveBayes, NearestCentroid, Perceptron

__all__ = ["FAMILIES", "AccuracyRow", "accuracy_table", "measure"]

FAMILIES = ("perceptron", "averaged-perceptron", "nearest-centroid", "naive-bayes")
"""What :func:`accuracy_table` measures. The perceptron by its last weights, and by the mean over its steps."""

_EPOCHS = 5
# The last weights of a perceptron hang on its last few samples, so one rounding anywhere moves a run by whole points,
# up or down: on few samples one order says nothing, the mean over several does.
_FEW_SAMPLES, _ORDERS = 1_000, 2


@dataclass(frozen=True)
class AccuracyRow:
    """One family on one data set; accuracies from 0 to 1.

    Attributes
    ----------
    task, family : str
    fixed : float
        The contract's integers.
    floating : float
        The same algorithm and order of samples in float64, on unrounded features.
    reference : float
        scikit-learn's nearest relative with its own defaults.
    predictions : int
        How many test predictions the means are over.
    """

    task: str
    family: str
    fixed: float
    floating: float
    reference: float
    predictions: int

    @property
    def cost_points(self) -> float:
        """What fixed point costs, in points of accuracy (hundredths); negative where it is better."""
        return 100 * (self.floating - self.fixed)

    def to_dict(self) -> dict[str, Any]:
        """Give the row with its cost, ready for JSON."""
        return {**asdict(self), "cost_points": self.cost_points}


def accuracy_table(
    tasks: Iterable[str] = TASKS, families: Iterable[str] = FAMILIES, *, download: bool = False
) -> list[AccuracyRow]:
    """Measure every family on every data set where it applies: naive Bayes only where features count something.

    Parameters
    ----------
    tasks : iterable of str, default all
    families : iterable of str, default all
    download : bool, default False
        Whether to download data that are not there.

    Returns
    -------
    list of AccuracyRow
        The same on every run.

    Raises
    ------
    DataNotFound
        Data are not there, and ``download`` is false.

    Examples
    --------
    >>> [row] = accuracy_table(["breast_cancer"], ["nearest-centroid"])
    >>> row.task, row.predictions, round(row.fixed, 2), abs(row.cost_points) <= 0.2
    ('breast_cancer', 5690, 0.93, True)
    """
    chosen = list(families)
    loaded = (load_task(name, download=download) for name in tasks)
    return [measure(task, family) for task in loaded for family in chosen if task.counts or family != "naive-bayes"]


def measure(task: Task, family: str) -> AccuracyRow:
    """Measure one family on one data set.

    Parameters
    ----------
    task : Task
    family : str
        One of :data:`FAMILIES`.

    Returns
    -------
    AccuracyRow
    """
    right = np.zeros(3, dtype=np.int64)
    total = 0
    for split in task.splits:
        orders = _ORDERS if "perceptron" in family and len(split.y) < _FEW_SAMPLES else 1
        for seed in range(orders):
            predictions = _PREDICTORS[family](split, task, seed)
            right += [int((prediction == split.y_test).sum()) for prediction in predictions]
            total += len(split.y_test) + split.unpredictable
    fixed, floating, reference = (right / total).tolist()
    return AccuracyRow(task.name, family, fixed, floating, reference, total)


Predictions = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]


def _perceptron(split: Split, task: Task, seed: int, *, average: bool) -> Predictions:
    model = Perceptron(encoding=task.encoding, n_epochs=_EPOCHS, average=average, random_state=seed)
    model.fit(split.X, split.y)
    configuration = model.to_configuration()
    # The same orders as the estimator draws; its margin and constant in units of unscaled features.
    random, scale = check_random_state(seed), model.quantiser_.scale
    floating = float_perceptron(
        split.X,
        split.y,
        split.X_test,
        classes=task.classes,
        margin=configuration.margin / scale**2,
        intercept_value=configuration.intercept_value / scale,
        orders=[random.permutation(len(split.y)) for _ in range(_EPOCHS)],
        average=average,
    )
    reference = SklearnPerceptron(random_state=seed).fit(split.X, split.y)
    return model.predict(split.X_test), floating, reference.predict(split.X_test)


def _centroid(split: Split, task: Task, seed: int) -> Predictions:
    model = NearestCentroid(encoding=task.encoding).fit(split.X, split.y)
    floating = float_centroid(split.X, split.y, split.X_test, classes=task.classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # pixels that are always blank, which harm neither side
        reference = SklearnCentroid().fit(split.X, split.y)
    return model.predict(split.X_test), floating, reference.predict(split.X_test)


def _naive_bayes(split: Split, task: Task, seed: int) -> Predictions:
    model = MultinomialNaiveBayes(encoding=task.encoding).fit(split.X, split.y)
    floating = float_naive_bayes(split.X, split.y, split.X_test, classes=task.classes, smoothing=model.smoothing)
    reference = MultinomialNB().fit(split.X, split.y)
    return model.predict(split.X_test), floating, reference.predict(split.X_test)


_PREDICTORS: dict[str, Any] = {
    "perceptron": partial(_perceptron, average=False),
    "averaged-perceptron": partial(_perceptron, average=True),
    "nearest-centroid": _centroid,
    "naive-bayes": _naive_bayes,
}
