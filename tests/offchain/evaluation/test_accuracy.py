"""What fixed point costs."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import NearestCentroid

from commonlearn.evaluation import FAMILIES, TASKS, accuracy_table, featurized_table, imdb_one_pass, load_task
from commonlearn.evaluation.accuracy import AccuracyRow, measure
from commonlearn.evaluation.floating import float_centroid, float_naive_bayes, float_perceptron

MOST_POINTS = 0.2


def need(task):
    """Skip the test where the data are not."""
    folder = os.environ.get("COMMONLEARN_DATA", "")
    if task in ("imdb", "sms_spam", "heart_disease") and not (folder and (Path(folder) / task).is_dir()):
        pytest.skip(f"the data set {task} is not here: set COMMONLEARN_DATA")


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_fixed_point_costs_at_most_two_tenths_of_a_point(task):
    """Requirement M-13."""
    need(task)
    rows = accuracy_table([task])
    counts = task in ("imdb", "sms_spam", "digits")  # else naive Bayes has nothing to count
    families = [family for family in FAMILIES if counts or family != "naive-bayes"]
    assert [(row.task, row.family) for row in rows] == [(task, family) for family in families]
    for row in rows:
        assert row.cost_points <= MOST_POINTS, row
        assert row.fixed > row.reference - 0.01, row


def test_measures_the_same_twice():
    task = load_task("breast_cancer")
    few = replace(task, splits=task.splits[:3])
    for family in ("perceptron", "averaged-perceptron", "nearest-centroid"):
        assert measure(few, family) == measure(few, family)


def test_rows_are_ready_for_json():
    row = AccuracyRow("digits", "perceptron", 0.95, 0.951, 0.94, 1_797)
    assert row.to_dict() == {
        "task": "digits",
        "family": "perceptron",
        "fixed": 0.95,
        "floating": 0.951,
        "reference": 0.94,
        "predictions": 1_797,
        "cost_points": pytest.approx(0.1),
    }


@pytest.mark.parametrize("task", ["breast_cancer", "digits"])
def test_no_fold_tests_what_it_learned(task):
    for split in load_task(task).splits[:5]:
        assert len(split.y) + len(split.y_test) == {"breast_cancer": 569, "digits": 1_797}[task]


def test_sms_spam_has_no_text_in_both_parts():
    need("sms_spam")
    task = load_task("sms_spam")
    assert sum(len(split.y_test) + split.unpredictable for split in task.splits) == 5_171  # distinct texts


def test_the_floating_references_are_those_of_scikit_learn(rng):
    X, y = rng.poisson(3.0, size=(200, 8)).astype(float), rng.integers(0, 3, 200)
    np.testing.assert_array_equal(float_centroid(X, y, X, classes=3), NearestCentroid().fit(X, y).predict(X))
    np.testing.assert_array_equal(
        float_naive_bayes(X, y, X, classes=3, smoothing=1.0), MultinomialNB().fit(X, y).predict(X)
    )


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("average", [True, False])
def test_the_floating_perceptron_separates_what_can_be_separated(rng, classes, average):
    centres = np.array([[9.0, 0.0], [-9.0, 0.0], [0.0, 9.0]])[:classes]
    y = rng.integers(0, classes, 60)
    X = centres[y] + rng.normal(size=(60, 2))
    orders = [rng.permutation(60) for _ in range(20)]
    predicted = float_perceptron(
        X, y, X, classes=classes, margin=1.0, intercept_value=1.0, orders=orders, average=average
    )
    np.testing.assert_array_equal(predicted, y)


@pytest.mark.slow
def test_one_pass_over_imdb_reaches_the_stated_accuracies():
    need("imdb")
    result = imdb_one_pass()
    assert len(result.contract) == len(result.averaged) == len(result.taught) == 5
    assert np.mean(result.contract) >= 0.855  # 0.835 is asked for, 0.859 was measured
    assert np.mean(result.averaged) >= 0.860  # 0.850 is asked for, 0.864 was measured
    assert result.first == pytest.approx(0.836, abs=0.005)
    assert imdb_one_pass(orders=1).contract == result.contract[:1]


@pytest.mark.parametrize("task", ["breast_cancer", "digits"])
def test_featurisers_cost_little_against_floating_point(task):
    """Requirements F-08, F-09: and every featuriser of the task is measured."""
    rows = list(featurized_table([task]))
    wanted = {"breast_cancer": {"table-scaled", "table-pipeline"}, "digits": {"image-pixels", "image-hog"}}[task]
    assert {row.featurizer for row in rows} == wanted
    for row in rows:
        assert row.floating - row.fixed <= MOST_POINTS / 100, row
        assert row.fixed > 0.9, row


@pytest.mark.slow
def test_featurisers_of_texts_cost_little_against_floating_point():
    """Requirement F-08."""
    need("sms_spam")
    rows = list(featurized_table(["sms_spam"]))
    assert len(rows) == 8
    for row in rows:
        assert row.floating - row.fixed <= MOST_POINTS / 100, row
        assert row.fixed > 0.92, row
