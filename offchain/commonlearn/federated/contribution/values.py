"""Worth of coalitions: what a set of owners' updates would have been worth together, in whole units."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy.typing as npt

from commonlearn.federated.estimators import Estimator
from commonlearn.federated.federation import Played, coalition_model
from commonlearn.federated.metrics import Metric
from commonlearn.federated.strategies import Strategy

__all__ = ["Worth", "model_worth", "remembered"]

Worth = Callable[[frozenset[str]], int]
"""Takes owners' names and gives a whole number, more is better; of the empty set the trivial model's."""


def remembered(worth: Worth) -> Worth:
    """The same worth, asked once for each coalition.

    Examples
    --------
    >>> asked = []
    >>> worth = remembered(lambda names: asked.append(names) or len(names))
    >>> worth(frozenset("ab")), worth(frozenset("ba")), len(asked)
    (2, 2, 1)
    """
    known: dict[frozenset[str], int] = {}

    def ask(names: frozenset[str]) -> int:
        if names not in known:
            known[names] = worth(names)
        return known[names]

    return ask


def model_worth(
    played: Played,
    learner: Estimator,
    strategy: Strategy,
    measure: Metric,
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    rebuild: Callable[[Iterable[str]], Played] | None = None,
) -> Worth:
    """Worth of a coalition as the metric, in millionths and turned so that more is better, on committed rows.

    Parameters
    ----------
    played : Played
        The training.
    learner : Estimator
    strategy : Strategy
    measure : Metric
    X, y : array-like
        The validators' committed rows.
    rebuild : callable, optional
        Trains anew on these owners only. Without it the model is put together from revealed updates
        (:func:`coalition_model`), which validators can do.

    Returns
    -------
    callable
        See :data:`Worth`; answers are kept.
    """
    classes = played.final.task.classes

    def worth(names: frozenset[str]) -> int:
        if not names:
            return measure.gain(measure.trivial(y, classes))
        model = coalition_model(played, strategy, names) if rebuild is None else rebuild(sorted(names)).final
        return measure.gain(measure.fixed(y, learner.scores(model, X)))

    return remembered(worth)
