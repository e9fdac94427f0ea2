"""All estimators: scikit-learn's own checks, and what they promise beyond them.

Requirement P-08.
"""

import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from commonlearn.errors import (
    EmptySample,
    InvalidConfiguration,
    MissingWords,
    NotFitted,
    UnknownLabel,
    UnknownModelKind,
    ValueOutOfRange,
)
from commonlearn.models import (
    AveragedPerceptron,
    Kind,
    ModelConfiguration,
    MultinomialNaiveBayes,
    NearestCentroid,
    Perceptron,
    model_from_snapshot,
)
from commonlearn.numerics import Encoding, encode_presence

ESTIMATORS = [Perceptron, AveragedPerceptron, NearestCentroid, MultinomialNaiveBayes]
by_estimator = pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: estimator.__name__)


# Integers cost none of scikit-learn's checks, so there is no list of expected failures.
@parametrize_with_checks([estimator() for estimator in ESTIMATORS])
def test_scikit_learn_conformance(estimator, check):
    check(estimator)


@pytest.fixture
def texts():
    """Presence features of two easy classes, and labels."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 80)
    X = (rng.random((80, 12)) < np.where(y[:, None] == (np.arange(12) % 2), 0.6, 0.1)).astype(int)
    X[:, 0] = 1
    return sp.csr_array(X), np.array(["bad", "good"])[y]


@by_estimator
def test_goes_on_from_its_own_words(estimator, texts):
    X, y = texts
    model = estimator().fit(X, y)
    again = estimator.from_words(model.to_configuration().to_int(), model.words(), classes=model.classes_)
    assert again.words() == model.words()
    assert again.words_hash() == model.words_hash()
    samples = model.encode(X).to_samples()
    np.testing.assert_array_equal(again.predict_encoded(samples), model.predict_encoded(samples))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.score(X, y) == model.score(X, y) > 0.8


@by_estimator
def test_writes_zeros_and_ones_of_sparse_matrices_as_presence(estimator, texts):
    X, y = texts
    assert estimator().fit(X, y).to_configuration().encoding is Encoding.PRESENCE
    assert estimator().fit(X * 2, y).to_configuration().encoding is Encoding.SPARSE
    assert estimator().fit(X.toarray(), y).to_configuration().encoding is Encoding.DENSE
    with_empty_row = sp.csr_array(np.vstack([X.toarray(), np.zeros((1, 12))]))
    assert estimator().fit(with_empty_row, [*y, "bad"]).to_configuration().encoding is Encoding.DENSE


@by_estimator
def test_presence_refuses_other_values_and_empty_rows(estimator, texts):
    X, y = texts
    model = estimator().fit(X, y)
    with pytest.raises(EmptySample) as refused:
        model.predict(sp.csr_array(np.vstack([X.toarray()[:2], np.zeros((1, 12))])))
    assert refused.value.sample == 2
    with pytest.raises(ValueOutOfRange):
        model.predict(X * 2)


@by_estimator
def test_predictions_at_the_two_levels_agree(estimator, texts):
    X, y = texts
    model = estimator().fit(X, y)
    numbers = model.predict_encoded(model.encode(X).to_samples())
    np.testing.assert_array_equal(model.classes_[numbers], model.predict(X))
    decisions = model.decision_function(X)
    np.testing.assert_array_equal(model.classes_[(decisions > 0).astype(int)], model.predict(X))


@by_estimator
def test_partial_fit_teaches_as_contributions_do(estimator, texts):
    X, y = texts
    model = estimator().partial_fit(X[:30], y[:30], classes=["good", "bad"])
    other = estimator.from_words(model.to_configuration(), model.words(), classes=model.classes_)
    model.partial_fit(X[30:], y[30:])
    other.train_many(other.encode(X[30:]).to_samples(), np.searchsorted(model.classes_, y[30:]))
    assert model.words() == other.words()


@by_estimator
def test_partial_fit_needs_all_labels_at_first(estimator, texts):
    X, y = texts
    with pytest.raises(InvalidConfiguration, match="classes"):
        estimator().partial_fit(X, y)
    with pytest.raises(UnknownLabel) as refused:
        estimator().partial_fit(X, y, classes=["bad", "ugly"])
    assert refused.value.values == ("good", 2)
    model = estimator().partial_fit(X, y, classes=["bad", "good"])
    before = model.words()
    with pytest.raises(UnknownLabel):
        model.partial_fit(X[:2], ["bad", "ugly"])
    with pytest.raises(InvalidConfiguration, match="classes"):
        model.partial_fit(X, y, classes=["bad", "good", "ugly"])
    assert model.words() == before


@by_estimator
@pytest.mark.parametrize("use", ["predict", "decision_function", "words", "words_hash", "to_configuration"])
def test_says_that_it_has_not_learned(estimator, use):
    model = estimator()
    with pytest.raises(NotFitted, match=estimator.__name__) as refused:
        getattr(model, use)(*([[[1.0]]] if use in ("predict", "decision_function") else []))
    assert isinstance(refused.value, NotFittedError)


@by_estimator
def test_needs_two_to_256_classes(estimator):
    with pytest.raises(InvalidConfiguration, match="class"):
        estimator().fit([[1.0], [2.0]], ["one", "one"])
    with pytest.raises(InvalidConfiguration, match="257 class"):
        estimator().fit(np.tile(np.arange(257.0), 2)[:, None] + 1.0, np.tile(np.arange(257), 2))


@by_estimator
def test_takes_256_classes(estimator):
    X = np.tile(np.repeat(np.eye(16), 16, axis=0) * 10 + np.tile(np.eye(16), (16, 1)), (2, 1))
    model = estimator().fit(X, np.tile(np.arange(256), 2))
    assert model.to_configuration().classes == 256
    assert len(model.words()) == model.to_configuration().required_words(model.kind)
    assert set(model.predict(X)) <= set(range(256))


@by_estimator
def test_refuses_more_than_65536_features(estimator):
    with pytest.raises((InvalidConfiguration, ValueError), match=r"65536|features"):
        estimator().fit(sp.csr_array(([1.0, 1.0], ([0, 1], [0, 65_536])), shape=(2, 65_537)), [0, 1])


@by_estimator
def test_fits_the_same_twice_and_when_cloned(estimator):
    rng = np.random.default_rng(11)
    X, y = np.abs(rng.normal(size=(60, 4))), rng.integers(0, 3, 60)
    model = estimator().fit(X, y)
    assert model.words() == estimator().fit(X, y).words() == clone(model).fit(X, y).words()


@by_estimator
def test_survives_pickling_and_copying(estimator, texts):
    X, y = texts
    model = estimator().fit(X, y)
    words = model.words()
    for other in (pickle.loads(pickle.dumps(model)), model.copy()):
        other.train_many(other.encode(X).to_samples(), [0] * X.shape[0])
        assert other.words() != words
    assert model.words() == words


def test_stops_later_values_at_the_ends_of_the_range():
    X, y = np.array([[1.0, 0.5], [-1.0, -0.5]]), [1, 0]
    model = NearestCentroid().fit(X, y)
    assert model.encode([[1e12, -1e12]]).to_dense().tolist() == [[32_767, -32_767]]


def test_works_in_a_pipeline():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(100, 3)) * [1, 1e3, 1e-3] + [0, 1e4, 0]
    y = X[:, 1] > 1e4
    assert make_pipeline(StandardScaler(), Perceptron()).fit(X, y).score(X, y) > 0.95


@pytest.mark.parametrize(
    ("kind", "estimator"), list(zip(Kind, [Perceptron, NearestCentroid, MultinomialNaiveBayes], strict=True))
)
def test_a_snapshot_names_its_twin(kind, estimator, texts):
    model = estimator().fit(*texts)
    twin = model_from_snapshot(kind.value, model.to_configuration().to_int(), model.words(), classes=["bad", "good"])
    assert type(twin) is estimator
    assert twin.classes_.tolist() == ["bad", "good"]
    assert twin.words() == model.words()


def test_a_snapshot_of_an_unknown_kind_names_the_known_ones():
    with pytest.raises(UnknownModelKind, match=r"perceptron/2.*perceptron/1") as refused:
        model_from_snapshot("perceptron/2", 0, [])
    assert refused.value.kind == "perceptron/2"


def test_a_snapshot_that_does_not_fit_itself_is_refused():
    configuration = ModelConfiguration(Encoding.PRESENCE, 8, 2, 100, step=1)
    with pytest.raises(MissingWords):
        model_from_snapshot("perceptron/1", configuration, [0])
    with pytest.raises(InvalidConfiguration, match="step"):
        model_from_snapshot("nearest-centroid/1", configuration, [0])


@pytest.mark.parametrize("classes", [["a"], ["a", "a"], ["a", "b", "c"]])
def test_labels_must_match_the_classes(classes):
    configuration = ModelConfiguration(Encoding.PRESENCE, 8, 2, 1, step=1)
    with pytest.raises(UnknownLabel):
        model_from_snapshot("perceptron/1", configuration, [0], classes=classes)


def test_class_numbers_are_the_labels_where_none_are_given():
    configuration = ModelConfiguration(Encoding.PRESENCE, 8, 2, 1, step=1)
    twin = model_from_snapshot("perceptron/1", configuration, [1 << 240])
    assert twin.classes_.tolist() == [0, 1]
    assert twin.predict_encoded([encode_presence([0])]).tolist() == [1]
