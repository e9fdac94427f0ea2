"""Metrics as integers that validators agree on. L-07."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.federated import ESTIMATORS, METRICS, estimator, metric
from commonlearn.federated.errors import DataRefused, UnknownName
from commonlearn.federated.parameters import MAX_UNITS
from tests.support.federations import SETTINGS, data_for, rows


def case(seed: int, classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(seed)
    y = np.concatenate([np.arange(classes), source.integers(0, classes, 40)])
    scores = np.round(source.dirichlet(np.ones(classes), len(y)), 1) + 0.05  # ties on purpose
    return y, scores / scores.sum(axis=1, keepdims=True)


@given(st.integers(0, 10**6))
def test_they_are_those_of_scikit_learn(seed):
    """L-07."""
    y, scores = case(seed)
    wanted = {
        "accuracy": sklearn.metrics.accuracy_score(y, scores.argmax(axis=1)),
        "log-loss": sklearn.metrics.log_loss(y, scores),
        "auc": sklearn.metrics.roc_auc_score(y, scores[:, 1]),
    }
    for name, value in wanted.items():
        assert abs(metric(name).fixed(y, scores) - 1e6 * value) <= 0.51
    assert metric("mse").value(y, scores[:, 1]) == pytest.approx(np.mean((y - scores[:, 1]) ** 2), abs=1e-6)


@pytest.mark.parametrize("name", ["accuracy", "log-loss"])
def test_many_classes(name):
    y, scores = case(3, classes=5)
    wanted = {"accuracy": np.mean(scores.argmax(axis=1) == y), "log-loss": sklearn.metrics.log_loss(y, scores)}[name]
    assert metric(name).value(y, scores) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_better_model_gains_more(name):
    """L-07: whichever way the metric points."""
    measure = metric(name)
    y = np.array([0, 1] * 20)
    good, bad = np.where(y == 1, 0.9, 0.1), np.where(y == 1, 0.2, 0.7)
    if measure.kind == "classification":
        good, bad = (np.stack([1 - each, each], axis=1) for each in (good, bad))
    gains = [measure.gain(measure.fixed(y, each)) for each in (bad, good)]
    assert gains[0] < measure.gain(measure.trivial(y, 2)) < gains[1]


@pytest.mark.parametrize("name", sorted(METRICS))
def test_the_trivial_model_knows_the_targets_only(name):
    """L-07: mean or majority."""
    y = np.array([0, 0, 0, 1])
    assert (
        metric(name).trivial(y, 2) == {"mse": 187_500, "accuracy": 750_000, "log-loss": 562_335, "auc": 500_000}[name]
    )


@pytest.mark.parametrize(
    ("name", "y", "scores", "reason"),
    [
        ("accuracy", [], [], "do not fit"),
        ("accuracy", [0], [[0.5, 0.5], [0.5, 0.5]], "do not fit"),
        ("accuracy", [0], [0.5], "another shape"),
        ("mse", [0.0], [[0.5]], "another shape"),
        ("accuracy", [2], [[0.5, 0.5]], "no class"),
        ("accuracy", [0.5], [[0.5, 0.5]], "no class"),
        ("log-loss", [0], [[np.nan, 0.5]], "NaN"),
        ("mse", [np.inf], [0.5], "infinite"),
        ("auc", [0, 0], [[0.5, 0.5]] * 2, "one class has no rows"),
        ("auc", [0, 1], [[0.2, 0.3, 0.5]] * 2, "two classes"),
    ],
)
def test_what_cannot_be_measured_is_refused(name, y, scores, reason):
    """L-07."""
    with pytest.raises(DataRefused, match=reason):
        metric(name).fixed(y, scores)


def test_what_does_not_fit_the_chain_stops_at_its_end():
    """L-07, L-13: validators that could not vote on a bad model would be slashed for it."""
    assert metric("mse").fixed([0.0], [1e10]) == 2**63 - 1
    assert metric("mse").fixed([0.0], [1e300]) == 2**63 - 1
    assert metric("mse").fixed([0.0], [3e6]) == 9 * 10**18
    assert metric("log-loss").fixed([0], [[0.0, 1.0]]) == 34_538_776
    with pytest.raises(UnknownName):
        metric("f1")


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
@pytest.mark.parametrize("scale", [1, 1 << 24, (1 << 32) - 1])
def test_whatever_has_the_right_shape_can_be_scored(name, scale):
    """L-13: an owner whose own replica is the only one reveals any numbers that it likes."""
    X, _, test, y, classes = rows(data_for(name))
    learner, chance = estimator(name), np.random.default_rng(5)
    start = learner.initial(X.shape[1], classes, dataclasses.replace(SETTINGS[name], scale=scale))
    size = len(start.flat())
    largest = np.full(size, MAX_UNITS)
    hostile = [largest, -largest, np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.int64)]
    hostile += [chance.choice([-MAX_UNITS, -1, 0, 1, MAX_UNITS], size) for _ in range(40)]
    kinds = [each for each in METRICS.values() if each.kind == learner.kind and (each.id != "auc" or classes == 2)]
    for values in hostile:
        model = start.with_flat(values)
        for measure in kinds:
            found = measure.fixed(y, learner.scores(model, test))
            assert isinstance(found, int)
            assert abs(found) < 2**63
