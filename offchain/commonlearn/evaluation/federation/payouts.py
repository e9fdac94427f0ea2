"""What rules pay to honest owners, to one who inverts labels, to one who comes twice, and to one who does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_breast_cancer

from commonlearn.federated import (
    Owner,
    Parameters,
    Played,
    Round,
    Settings,
    Update,
    estimator,
    metric,
    play,
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

__all__ = ["RULES", "SCENES", "WORTHS", "payout_table"]

SCENES = ("honest", "inverted", "duplicated", "lazy")
"""All honest; the last of five owners has inverted labels; has the rows of the one before; hands the model back."""

WORTHS = ("retrained", "rounds", "final round")
"""See :mod:`commonlearn.federated.contribution`."""

RULES = ("deltaml", "leave-one-out", "shapley")

_OWNERS, _ROWS, _ROUNDS = 5, 60, 5
_SETTINGS = Settings(epochs=2, step=0.3, penalty=0.001)


@dataclass(frozen=True, slots=True)
class _Lazy(Owner):
    """Has rows, and does not train on them."""


def payout_table(scene: str, measure_id: str = "log-loss", seed: int = 0) -> dict[tuple[str, str], tuple[int, ...]]:
    """Play one scene: breast cancer's rows, 60 to each of five owners, the rest to the validators; logistic regression.

    Parameters
    ----------
    scene : str
        One of :data:`SCENES`.
    measure_id : str, default "log-loss"
        By which models are judged.
    seed : int, default 0
        Of the order of rows.

    Returns
    -------
    dict of (worth, rule) to tuple of int
        Shares of the five owners in basis points.
    """
    data, labels = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(data))
    data, labels = data[order], labels[order]
    training = _OWNERS * _ROWS
    X = (data - data[:training].mean(axis=0)) / data[:training].std(axis=0)
    owners = []
    for number in range(_OWNERS):
        rows = slice(_ROWS * number, _ROWS * (number + 1))
        owners.append(Owner(f"owner {number + 1}", X[rows], labels[rows]))
    owners[-1] = _changed(scene, owners)
    names = [owner.name for owner in owners]
    judge = Judge(estimator("logistic"), metric(measure_id), X[training:], labels[training:])
    played = _play(owners)

    def train(kept: Iterable[str]) -> Parameters:
        return _play([owner for owner in owners if owner.name in set(kept)]).final

    worths: dict[str, Worth] = {
        "retrained": retrained_worth(train, judge, 2),
        "rounds": rounds_worth(played, judge),
        "final round": final_round_worth(played, judge),
    }
    rules: dict[str, Callable[[Worth], tuple[int, ...]]] = {
        "deltaml": lambda worth: deltaml_rule(names, worth),
        "leave-one-out": lambda worth: leave_one_out(names, worth),
        "shapley": lambda worth: exact_shapley(names, worth).values,
    }
    return {(worth, rule): payout_shares(value(worths[worth])) for worth in WORTHS for rule, value in rules.items()}


def _changed(scene: str, owners: list[Owner]) -> Owner:
    last = owners[-1]
    return {
        "honest": last,
        "inverted": Owner(last.name, last.X, 1 - last.y),
        "duplicated": Owner(last.name, owners[-2].X, owners[-2].y),
        "lazy": _Lazy(last.name, last.X, last.y),
    }[scene]


def _play(owners: list[Owner]) -> Played:
    """As :func:`play`, but who is lazy hands back what it got."""
    if not any(isinstance(owner, _Lazy) for owner in owners):
        return play(estimator("logistic"), strategy("fedavg"), owners, _SETTINGS, classes=2, rounds=_ROUNDS)
    learner, average, done = estimator("logistic"), strategy("fedavg"), []
    model = learner.initial(owners[0].X.shape[1], 2, _SETTINGS)
    for _ in range(_ROUNDS):
        updates = tuple(
            Update(
                owner.name,
                len(owner.X),
                model if isinstance(owner, _Lazy) else learner.train(model, owner.X, owner.y, _SETTINGS),
            )
            for owner in owners
        )
        done.append(Round(model, updates))
        model = average.aggregate(model, updates).parameters
    return Played(tuple(done), model)
