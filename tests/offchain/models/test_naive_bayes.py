"""Naive Bayes: no underflow, no overflow, counts, totals.

Requirements M-01, M-08, M-11.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import MultinomialNB

from commonlearn.errors import InvalidConfiguration, SampleError, ValueOutOfRange
from commonlearn.models import Kind, ModelConfiguration, MultinomialNaiveBayes
from commonlearn.models.exact import ExactNaiveBayes
from commonlearn.numerics import Encoding, batch_from_matrix, encode_dense, encode_presence, encode_sparse
from tests.offchain.models.oracle import NaiveBayesOracle
from tests.offchain.models.strategies import replays


def presence(**changes):
    return ModelConfiguration(
        **{"encoding": Encoding.PRESENCE, "weight_bits": 16, "classes": 2, "dimension": 4, "smoothing": 256, **changes}
    )


def test_many_typical_features_do_not_underflow():
    # Products of probabilities in fixed point reach zero from five typical features on; sums of logarithms do not.
    dimension = 1_000
    model = ExactNaiveBayes(presence(dimension=dimension))
    odd, even = encode_presence(range(1, dimension, 2)), encode_presence(range(0, dimension, 2))
    model.train_many([odd, even], [1, 0])
    scores = model.scores_encoded(odd)
    assert model.predict_encoded([odd, even]).tolist() == [1, 0]
    # Each of the 500 features has count 1 here and 0 there: log2 of 2 against log2 of 1.
    assert (scores[1] - scores[0]) / 2**32 == pytest.approx(500, abs=1e-4)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("dimension", [257, 1_200])
def test_long_samples_equal_the_oracle(classes, dimension):
    # From 257 features on, scores are made with Python's integers; at 1,200 their sums do not fit int64 any more.
    value = 32_767
    configuration = ModelConfiguration(Encoding.DENSE, 32, classes, dimension, smoothing=2**32 - 1)
    rng = np.random.default_rng(dimension)
    samples = [encode_dense(rng.integers(value - 5, value + 1, dimension)) for _ in range(4)]
    labels = [k % classes for k in range(4)]
    model = ExactNaiveBayes(configuration)
    model.documents, model.totals = [2**64 - 1] * classes, [2**64 - 1 - k for k in range(classes)]
    model.sums[:] = rng.integers(0, 2**32, model.sums.shape)
    oracle = NaiveBayesOracle(configuration, model.words())
    assert model.predict_encoded(samples).tolist() == [oracle.predict(sample) for sample in samples]
    assert model.scores_encoded(samples[0]) == oracle.scores(samples[0])
    assert model.train_many(samples, labels).tolist() == [
        oracle.train(sample, label) for sample, label in zip(samples, labels, strict=True)
    ]
    assert model.words() == oracle.words


def test_the_longest_sample_that_is_scored_in_int64_equals_the_oracle():
    dimension = 256
    configuration = ModelConfiguration(Encoding.DENSE, 32, 2, dimension, smoothing=2**32 - 1)
    model = ExactNaiveBayes(configuration)
    model.documents, model.totals = [2**64 - 1] * 2, [2**64 - 1] * 2
    model.sums[:] = 2**32 - 1
    sample = encode_dense([32_767] * dimension)
    oracle = NaiveBayesOracle(configuration, model.words())
    batch = model.decode([sample])
    assert batch.largest_absolute_sum() < 2**23
    fast = model._scores_fast(batch, model._logarithms())[0].tolist()
    assert fast == oracle.scores(sample) == model.scores_encoded(sample)


def test_a_score_below_every_int64_is_not_taken_for_a_great_one():
    dimension = 1_200  # 1,200 * 32,767 * 72 * 2**32 is above 2**63
    model = ExactNaiveBayes(ModelConfiguration(Encoding.DENSE, 32, 2, dimension, smoothing=1))
    model.documents, model.totals = [1, 1], [2**64 - 1, 0]
    sample = encode_dense([32_767] * dimension)
    assert model.scores_encoded(sample)[0] < -(2**63)
    assert model.predict_encoded([sample]).tolist() == [1]
    assert not model.train_one(sample, 1)


@pytest.mark.parametrize("start", [4_094, 4_095, 4_096])
def test_counts_at_the_end_of_the_table_of_logarithms_equal_the_oracle(start):
    configuration = ModelConfiguration(Encoding.PRESENCE, 16, 2, 2, smoothing=77)
    model = ExactNaiveBayes(configuration)
    model.sums[:], model.totals, model.documents = start, [2 * start] * 2, [start] * 2
    oracle = NaiveBayesOracle(configuration, model.words())
    samples, labels = [encode_presence([0]), encode_presence([0, 1])] * 2, [1, 0, 1, 1]
    expected = [oracle.train(sample, label) for sample, label in zip(samples, labels, strict=True)]
    assert model.train_many(samples, labels).tolist() == expected
    assert model.words() == oracle.words


def test_counts_totals_and_documents_stop_at_the_ends_of_their_range():
    model = ExactNaiveBayes(ModelConfiguration(Encoding.SPARSE, 4, 2, 2, smoothing=1))
    model.train_many([encode_sparse([0, 1], [10, 1])] * 2, [1, 1])
    assert model.sums.tolist() == [[0, 15], [0, 2]]
    assert (model.documents, model.totals) == ([0, 2], [0, 17])  # what the counts really grew
    model.documents[1], model.totals[1] = 2**64 - 1, 2**64 - 2
    model.train_many([encode_sparse([1], [9])], [1])
    assert (model.documents[1], model.totals[1]) == (2**64 - 1, 2**64 - 1)


def test_a_class_without_documents_takes_no_part():
    model = ExactNaiveBayes(presence(classes=3))
    sample = encode_presence([0])
    assert model.scores_encoded(sample) == [-(1 << 255)] * 3
    assert model.predict_encoded([sample]).tolist() == [0]
    model.train_one(sample, 2)
    assert model.predict_encoded([sample]).tolist() == [2]


def test_equal_scores_are_the_lowest_numbered_class():
    model = ExactNaiveBayes(presence(classes=3))
    model.train_many([encode_presence([0])] * 3, [2, 1, 0])
    assert model.predict_encoded([encode_presence([1])]).tolist() == [0]


@pytest.mark.parametrize("encoding", [Encoding.SPARSE, Encoding.DENSE])
def test_refuses_negative_values_from_bytes_and_from_batches(encoding):
    model = ExactNaiveBayes(presence(encoding=encoding, dimension=2))
    batch = batch_from_matrix([[1, 2], [3, -4]], encoding)
    for samples in (batch, batch.to_samples()):
        with pytest.raises(ValueOutOfRange) as refused:
            model.train_many(samples, [0, 1])
        assert (refused.value.value, refused.value.sample) == (-4, 1)
    assert set(model.words()) == {0}


@settings(max_examples=80)
@given(data=st.data())
def test_fuzz_adding_at_once_equals_training_in_order(data):
    configuration, _, pairs = data.draw(replays(Kind.NAIVE_BAYES, max_samples=12))
    one, other = (
        ExactNaiveBayes(configuration),
        ExactNaiveBayes(configuration),
    )  # counts only grow: saturation is no matter
    samples, labels = [sample for sample, _ in pairs], np.array([label for _, label in pairs], dtype=np.int64)
    one.train_many(samples, labels)
    other.add_samples(samples, labels)
    assert one.words() == other.words()


def test_counts_give_what_floating_point_gives():
    rng = np.random.default_rng(3)
    X = rng.poisson(np.array([[5, 1, 2, 1], [1, 5, 1, 2], [2, 2, 5, 5]])[rng.integers(0, 3, 300)])
    y = rng.integers(0, 3, 300)
    model, reference = MultinomialNaiveBayes(smoothing=0.5).fit(X, y), MultinomialNB(alpha=0.5).fit(X, y)
    np.testing.assert_array_equal(model.predict(X), reference.predict(X))
    own, theirs = model.decision_function(X) * np.log(2), reference.predict_joint_log_proba(X)
    constant = np.log(np.bincount(y).sum())  # the prior is log2 of documents, without their sum
    np.testing.assert_allclose(own - constant, theirs, atol=1e-5)


def test_fractions_scale_values_and_smoothing_alike():
    X, y = np.array([[0.5, 0.25], [0.25, 0.5]]), [0, 1]
    configuration = MultinomialNaiveBayes(smoothing=1.0).fit(X, y).to_configuration()
    assert configuration.smoothing == 256 * 256  # the largest power of two that keeps 0.5 within 255 is 256
    assert MultinomialNaiveBayes().fit(X, y).model_.sums.tolist() == [[128, 64], [64, 128]]


def test_the_estimator_refuses_negative_numbers_and_no_smoothing():
    with pytest.raises(SampleError, match="Negative values in data"):
        MultinomialNaiveBayes().fit([[-1.0], [1.0]], [0, 1])
    with pytest.raises(InvalidConfiguration, match="smoothing"):
        MultinomialNaiveBayes(smoothing=0.0).fit([[1.0], [2.0]], [0, 1])
    fitted = MultinomialNaiveBayes().fit([[1.0], [2.0]], [0, 1])
    with pytest.raises(SampleError, match="Negative values in data"):
        fitted.predict([[-1.0]])
