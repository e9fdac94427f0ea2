"""Rounds of training, played in memory: what pods do between one another, without chain, files or sandbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from commonlearn.federated.errors import DataRefused, SettingRefused
from commonlearn.federated.estimators import Estimator
from commonlearn.federated.parameters import Parameters
from commonlearn.federated.settings import Settings
from commonlearn.federated.strategies import Strategy, Update
from commonlearn.federated.strategies.base import divided

__all__ = ["Owner", "Played", "Round", "coarsened", "play"]


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner's rows.

    Parameters
    ----------
    name : str
    X : ndarray, shape (n, features)
    y : ndarray, shape (n,)
    """

    name: str
    X: npt.NDArray[Any]
    y: npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Round:
    """One round: the model that everybody began with, and what each made of it."""

    start: Parameters
    updates: tuple[Update, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A whole training.

    Parameters
    ----------
    rounds : tuple of Round
    final : Parameters
        After the last round.
    """

    rounds: tuple[Round, ...]
    final: Parameters


def play(
    learner: Estimator,
    strategy: Strategy,
    owners: Sequence[Owner],
    settings: Settings,
    *,
    classes: int,
    rounds: int,
    after: Callable[[int, Parameters], Parameters] | None = None,
) -> Played:
    """Train on all owners for some rounds.

    Parameters
    ----------
    learner : Estimator
    strategy : Strategy
    owners : sequence of Owner
        All take part in each round.
    settings : Settings
    classes : int
        0 in regression.
    rounds : int
        At least 1.
    after : callable, optional
        Takes a round's number, from 0, and its aggregate, and gives what the next round begins with.

    Examples
    --------
    >>> from commonlearn.federated import Settings, estimator, strategy
    >>> owners = [Owner("a", np.array([[0.0]]), np.array([0])), Owner("b", np.array([[4.0]]), np.array([1]))]
    >>> played = play(estimator("centroid"), strategy("fedavg"), owners, Settings(), classes=2, rounds=1)
    >>> estimator("centroid").predict(played.final, [[1.0], [3.0]]).tolist()
    [0, 1]
    """
    if not owners:
        raise DataRefused("there is no owner")
    if rounds < 1:
        raise SettingRefused("rounds", f"{rounds} is not at least 1")
    model, memory, done = learner.initial(owners[0].X.shape[1], classes, settings), None, []
    for number in range(rounds):
        updates = tuple(
            Update(owner.name, len(owner.X), learner.train(model, owner.X, owner.y, settings)) for owner in owners
        )
        done.append(Round(model, updates))
        aggregate = strategy.aggregate(model, updates, memory)
        model, memory = aggregate.parameters, aggregate.memory
        if after is not None:
            model = after(number, model)
    return Played(tuple(done), model)


def coarsened(parameters: Parameters, units: int) -> Parameters:
    """Round each weight to a multiple of ``1/units``, halves to even, and then to the model's own grid.

    Examples
    --------
    >>> from commonlearn.federated import Task, quantised
    >>> model = quantised("linear", 1, Task(1, 0), 10_000, [[0.1236], [0.0005]])
    >>> coarsened(model, 1000).floats()[0].tolist()
    [0.124]
    """
    coarse = divided(parameters.flat().astype(object) * units, parameters.scale)
    return parameters.with_flat(divided(coarse * parameters.scale, units).astype(np.int64))
