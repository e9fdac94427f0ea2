"""What rules pay to honest owners, to one who inverts labels, to one who comes twice, and to one who does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.datasets import load_breast_cancer, load_diabetes

from commonlearn.federated import (
    Estimator,
    Metric,
    Owner,
    Parameters,
    Played,
    Round,
    Settings,
    Update,
    estimator,
    metric,
    strategy,
)
from commonlearn.federated.contribution import (
    Judge,
    Worth,
    deltaml_rule,
    exact_shapley,
    final_round_worth,
    leave_one_out,
    payout_shares,
    retrained_worth,
    rounds_worth,
)
from commonlearn.numerics import random_order

__all__ = ["RULES", "SCENES", "WORTHS", "payout_table"]

SCENES = ("honest", "inverted", "duplicated", "lazy")
"""All honest; the last of five owners has inverted labels; has the rows of the one before; hands the model back."""

WORTHS = ("retrained", "rounds", "final round")
"""See :mod:`commonlearn.federated.contribution`."""

RULES = ("deltaml", "leave-one-out", "shapley")

_OWNERS, _TRAINING = 5, 300


@dataclass(frozen=True, slots=True)
class _Lazy(Owner):
    """Has rows, and does not train on them."""


@dataclass(frozen=True, slots=True)
class _Task:
    """What is learned: estimator, metric, settings, rounds, and rows in a shuffled order."""

    learner: Estimator
    measure: Metric
    settings: Settings
    rounds: int
    classes: int
    X: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]

    def play(self, owners: list[Owner]) -> Played:
        """As :func:`play`, but who is lazy hands back what it got."""
        average, done = strategy("fedavg"), []
        model = self.learner.initial(self.X.shape[1], self.classes, self.settings)
        for _ in range(self.rounds):
            updates = tuple(
                Update(
                    owner.name,
                    len(owner.X),
                    model if isinstance(owner, _Lazy) else self.learner.train(model, owner.X, owner.y, self.settings),
                )
                for owner in owners
            )
            done.append(Round(model, updates))
            model = average.aggregate(model, updates).parameters
        return Played(tuple(done), model)


def payout_table(scene: str, task: str = "cancer", measure_id: str = "") -> dict[tuple[str, str], tuple[int, ...]]:
    """Play one scene: 60 rows to each of five owners, the rest to the validators.

    Parameters
    ----------
    scene : str
        One of :data:`SCENES`.
    task : {"cancer", "diabetes"}
        Scikit-learn's breast cancer with a logistic regression, five rounds of two epochs, log loss; or its diabetes
        with a linear regression, twenty rounds of two epochs, mean squared error.
    measure_id : str, optional
        Another metric.

    Returns
    -------
    dict of (worth, rule) to tuple of int
        Shares of the five owners in basis points.
    """
    given = _task(task, measure_id)
    rows = _TRAINING // _OWNERS
    blocks = [slice(rows * number, rows * (number + 1)) for number in range(_OWNERS)]
    owners = [Owner(f"owner {number + 1}", given.X[block], given.y[block]) for number, block in enumerate(blocks)]
    owners[-1] = _changed(scene, owners)
    names = [owner.name for owner in owners]
    judge = Judge(given.learner, given.measure, given.X[_TRAINING:], given.y[_TRAINING:])
    played = given.play(owners)

    def train(kept: Iterable[str]) -> Parameters:
        return given.play([owner for owner in owners if owner.name in set(kept)]).final

    worths: dict[str, Worth] = {
        "retrained": retrained_worth(train, judge, given.classes),
        "rounds": rounds_worth(played, judge),
        "final round": final_round_worth(played, judge),
    }
    rules: dict[str, Callable[[Worth], tuple[int, ...]]] = {
        "deltaml": lambda worth: deltaml_rule(names, worth),
        "leave-one-out": lambda worth: leave_one_out(names, worth),
        "shapley": lambda worth: exact_shapley(names, worth).values,
    }
    return {(worth, rule): payout_shares(value(worths[worth])) for worth in WORTHS for rule, value in rules.items()}


def _task(name: str, measure_id: str) -> _Task:
    X, y = (load_breast_cancer if name == "cancer" else load_diabetes)(return_X_y=True)
    order = random_order(len(X), np.random.PCG64(0))
    X, y = X[order], y[order]
    # rounded, as means and deviations may differ in their last bits from machine to machine
    X = np.round((X - X[:_TRAINING].mean(axis=0)) / X[:_TRAINING].std(axis=0), 6)
    if name == "cancer":
        settings = Settings(epochs=2, step=0.3, penalty=0.001)
        return _Task(estimator("logistic"), metric(measure_id or "log-loss"), settings, 5, 2, X, y)
    return _Task(estimator("linear"), metric(measure_id or "mse"), Settings(epochs=2, step=0.1), 20, 0, X, y)


def _changed(scene: str, owners: list[Owner]) -> Owner:
    last = owners[-1]
    return {
        "honest": last,
        "inverted": Owner(last.name, last.X, last.y.max() + last.y.min() - last.y),
        "duplicated": Owner(last.name, owners[-2].X, owners[-2].y),
        "lazy": _Lazy(last.name, last.X, last.y),
    }[scene]
