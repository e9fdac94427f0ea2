"""Worth of coalitions: what a set of owners would have been worth together, in whole units, more being better.

Training anew for each coalition is the reference, but needs the owners 2^n times. Validators have the revealed updates
only, and there are two ways to make coalitions' models of these; ``docs/explanation-contributions.md`` measures them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy.typing as npt

from commonlearn.federated.errors import SettingRefused
from commonlearn.federated.estimators import Estimator
from commonlearn.federated.federation import Played, Round
from commonlearn.federated.metrics import Metric
from commonlearn.federated.parameters import Parameters
from commonlearn.federated.strategies import FedAvg

__all__ = ["Judge", "Worth", "final_round_worth", "grouped", "remembered", "retrained_worth", "rounds_worth"]

Worth = Callable[[frozenset[str]], int]
"""Takes owners' names and gives a whole number, more is better."""

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Judge:
    """What models are judged by.

    Parameters
    ----------
    learner : Estimator
    measure : Metric
    X, y : array-like
        The validators' committed rows.
    """

    learner: Estimator
    measure: Metric
    X: npt.ArrayLike
    y: npt.ArrayLike

    def gain(self, model: Parameters) -> int:
        """The metric of a model in millionths, turned so that more is better."""
        return self.measure.gain(self.measure.fixed(self.y, self.learner.scores(model, self.X)))

    def trivial(self, classes: int) -> int:
        """The same of the trivial model."""
        return self.measure.gain(self.measure.trivial(self.y, classes))


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


def grouped(worth: Worth, members: Mapping[str, Sequence[str]]) -> Worth:
    """Worth of owners whose updates come under several names, as those of subsets do.

    Parameters
    ----------
    worth : callable
        Of the updates' names.
    members : mapping of str to sequence of str
        Each owner's names.

    Examples
    --------
    >>> worth = grouped(len, {"north": ["north 0", "north 1"], "south": ["south 0"]})
    >>> worth(frozenset(["north"])), worth(frozenset(["north", "south"]))
    (2, 3)
    """
    return lambda names: worth(frozenset(member for name in names for member in members[name]))


def retrained_worth(train: Callable[[Iterable[str]], Parameters], judge: Judge, classes: int) -> Worth:
    """Gain of a model trained anew by a coalition; the empty one has the trivial model.

    Parameters
    ----------
    train : callable
        Takes owners' names, sorted, and gives a model.
    judge : Judge
    classes : int
        0 in regression.
    """
    return remembered(lambda names: judge.gain(train(sorted(names))) if names else judge.trivial(classes))


def final_round_worth(played: Played, judge: Judge) -> Worth:
    """Gain of the average of a coalition's last updates; the empty one has the trivial model.

    Near to training anew, and exact for estimators of one round. Blind to who only hands back the model that others
    trained, where there are several rounds: its update is as good as theirs.
    """
    last, classes = played.rounds[-1], played.final.task.classes
    return remembered(lambda names: judge.gain(_average(last, names)) if names else judge.trivial(classes))


def rounds_worth(played: Played, judge: Judge, least: int = 10_000) -> Worth:
    """Sum over rounds of what the average of a coalition's updates would have gained in that round.

    Song, Tong and Wei (2019, "MR"), with rounds left out that changed little (Liu et al. 2022, between-round
    truncation). Each round begins with the model that all had, so somebody who hands it back adds nothing, or less,
    by standing in the others' way. A model worse than the trivial one counts as that: to learn the targets' mean is
    nobody's merit, and the first model's distance from it not either. The empty coalition gains 0.

    Parameters
    ----------
    played : Played
    judge : Judge
    least : int, default 10,000
        A round counts if it changed the model's gain by more than so many millionths of the change of all.

    Examples
    --------
    >>> import numpy as np
    >>> from commonlearn.federated import Owner, Settings, estimator, metric, play, strategy
    >>> learner = estimator("logistic")
    >>> owners = [Owner(name, np.array([[-1.0], [1.0]]), np.array(y)) for name, y in [("a", [0, 1]), ("b", [1, 0])]]
    >>> played = play(learner, strategy("fedavg"), owners[:1], Settings(step=1.0), classes=2, rounds=2)
    >>> worth = rounds_worth(played, Judge(learner, metric("accuracy"), [[-2.0], [2.0]], [0, 1]))
    >>> worth(frozenset()), worth(frozenset("a"))
    (0, 500000)
    """
    if not 0 <= least < _MILLION:
        raise SettingRefused("least", f"{least} is not from 0 to 999,999 millionths")
    trivial = judge.trivial(played.final.task.classes)

    def gain(model: Parameters) -> int:
        return max(judge.gain(model), trivial)

    gains = [gain(round_.start) for round_ in played.rounds] + [gain(played.final)]
    whole = abs(gains[-1] - gains[0])
    counted = [
        (round_, before)
        for round_, before, after in zip(played.rounds, gains, gains[1:], strict=False)
        if abs(after - before) * _MILLION > least * whole
    ]

    def worth(names: frozenset[str]) -> int:
        drawn = ((each, before) for each, before in counted if any(update.owner in names for update in each.updates))
        return sum(gain(_average(each, names)) - before for each, before in drawn)

    return remembered(worth)


def _average(round_: Round, names: frozenset[str]) -> Parameters:
    # Whatever the job's strategy: Krum or a trimmed mean of one or two updates is not defined.
    updates = [update for update in round_.updates if update.owner in names]
    return FedAvg().aggregate(round_.start, updates).parameters if updates else round_.start
