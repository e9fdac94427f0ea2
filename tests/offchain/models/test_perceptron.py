"""The perceptron: margin, ties, saturation, averaging, speed.

Requirements M-01, M-08, M-09, P-09.
"""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.errors import InvalidConfiguration, MissingWords, TooManyWords
from commonlearn.models import AveragedPerceptron, Kind, ModelConfiguration, Perceptron
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics import EncodedBatch, Encoding, encode_dense, encode_presence, encode_sparse
from tests.offchain.models.strategies import replays


def presence(**changes):
    return ModelConfiguration(
        **{"encoding": Encoding.PRESENCE, "weight_bits": 8, "classes": 2, "dimension": 4, "step": 1, **changes}
    )


def test_the_intercept_shares_its_word_with_the_first_features():
    model = ExactPerceptron(presence(intercept_value=3, dimension=40))
    model.train_one(encode_presence([0, 39]), 1)
    first, second = (word.to_bytes(32, "big") for word in model.words())
    assert first[:3] == bytes([3, 1, 0])
    assert second[40 + 1 - 32 - 1] == 1


def test_a_score_of_zero_is_class_0():
    model = ExactPerceptron(presence(step=1))
    assert model.predict_encoded([encode_presence([0])]).tolist() == [0]
    assert not model.train_one(encode_presence([0]), 0)
    assert model.train_one(encode_presence([0]), 1)


def test_equal_scores_of_more_classes_are_the_lowest_numbered():
    model = ExactPerceptron(presence(classes=4))
    assert model.predict_encoded([encode_presence([0])]).tolist() == [0]
    assert model.train_one(encode_presence([0]), 2)
    # Class 2 gained, and of the equal others the lowest-numbered was its rival.
    assert model.weights[1].tolist() == [-1, 0, 1, 0]


@pytest.mark.parametrize(("margin", "taught"), [(0, 0), (1, 0), (2, 1), (3, 2)])
def test_a_right_answer_inside_the_margin_teaches(margin, taught):
    model = ExactPerceptron(presence(margin=margin))
    sample = encode_presence([0])
    model.train_one(sample, 1)
    assert model.train_many([sample] * 5, [1] * 5).sum() == taught


@pytest.mark.parametrize("bits", [4, 8, 16, 32])
def test_weights_stop_at_the_ends_of_their_range(bits):
    model = ExactPerceptron(
        ModelConfiguration(Encoding.SPARSE, bits, 2, 1, step=65_535, intercept_value=32_767, margin=2**64 - 1)
    )
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    sample = encode_sparse([0], [-32_767])
    model.train_many([sample] * 3, [1] * 3)
    assert model.weights.ravel().tolist() == [high, low]
    model.train_many([sample] * 6, [0] * 6)
    assert model.weights.ravel().tolist() == [low, high]


def test_the_largest_possible_scores_do_not_overflow():
    dimension = 65_536
    configuration = ModelConfiguration(
        Encoding.DENSE, 32, 3, dimension, step=1, intercept_value=32_767, margin=2**64 - 1
    )
    model = ExactPerceptron(configuration)
    model.weights[:, 0], model.weights[:, 1] = -(2**31), 2**31 - 1
    sample = encode_dense([32_767] * dimension)
    exact = [32_767 * (dimension + 1) * weight for weight in (-(2**31), 2**31 - 1, 0)]
    assert model.scores_encoded(sample) == exact
    assert model.predict_encoded([sample]).tolist() == [1]
    assert model.train_one(sample, 1)
    assert model.weights[0].tolist() == [-(2**31), 2**31 - 1, -32_767]


@settings(max_examples=60)
@given(data=st.data())
def test_fuzz_the_average_is_the_mean_over_all_contributions(data):
    configuration, words, pairs = data.draw(replays(Kind.PERCEPTRON))
    model, plain = (ExactPerceptron.from_words(configuration, words) for _ in range(2))
    np.testing.assert_array_equal(model.average(), plain.weights)
    states = []
    for sample, label in pairs:
        plain.train_one(sample, label)
        states.append(plain.weights.copy())
    model.train_many([sample for sample, _ in pairs], [label for _, label in pairs])
    if states:
        mean = np.mean(states, axis=0)
        np.testing.assert_allclose(model.average(), mean, rtol=0, atol=1e-6 * (1 + np.abs(mean).max()))


def test_the_average_goes_on_from_a_restored_history():
    rng = np.random.default_rng(1)
    samples = [encode_presence(sorted(rng.choice(4, 2, replace=False).tolist())) for _ in range(40)]
    labels = rng.integers(0, 2, 40)
    whole = ExactPerceptron(presence())
    whole.train_many(samples, labels)
    half = ExactPerceptron(presence())
    half.train_many(samples[:15], labels[:15])
    rest = ExactPerceptron.from_words(presence(), half.words())
    rest.restore_history(half.contributions, half.taught_sum)
    rest.train_many(samples[15:], labels[15:])
    np.testing.assert_array_equal(rest.average(), whole.average())
    assert rest.words() == whole.words()


def test_a_history_of_another_model_is_refused():
    with pytest.raises(MissingWords):
        ExactPerceptron(presence()).restore_history(1, np.zeros((4, 1)))
    with pytest.raises(TooManyWords):
        ExactPerceptron(presence()).restore_history(1, np.zeros((6, 1)))


def test_averaged_learns_the_same_words_and_predicts_by_the_mean():
    configuration = presence(dimension=2, margin=1)
    words = ExactPerceptron(configuration).words()
    plain, averaged = (model.from_words(configuration, words) for model in (Perceptron, AveragedPerceptron))
    replay = [(encode_presence([0]), 1)] * 3 + [(encode_presence([0]), 0)] * 1
    for sample, label in replay:
        assert plain.train_one(sample, label) == averaged.train_one(sample, label)
    assert plain.words() == averaged.words()
    # Weights of feature 0 after each contribution: 1, 1, 1, 0.
    assert plain.predict_encoded([encode_presence([0])]).tolist() == [0]
    assert averaged.predict_encoded([encode_presence([0])]).tolist() == [1]
    assert averaged.decision_encoded([encode_presence([0])]).tolist() == [0.75]
    np.testing.assert_array_equal(
        plain.averaged().decision_encoded([encode_presence([0])]), averaged.decision_encoded([encode_presence([0])])
    )


def test_averaged_is_independent_of_its_origin():
    model = Perceptron.from_words(presence(), [0])
    averaged = model.averaged()
    averaged.train_one(encode_presence([0]), 1)
    assert model.words() == [0] != averaged.words()


def test_fit_ends_with_the_rounded_mean():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 5))
    y = (X[:, 0] + 0.3 * rng.normal(size=200) > 0).astype(int)
    last, mean = (Perceptron(average=average).fit(X, y) for average in (False, True))
    np.testing.assert_array_equal(mean.model_.weights, np.rint(last.model_.average()))
    assert mean.model_.contributions == 0


def test_fit_keeps_the_last_weights_where_rounding_would_erase_the_mean():
    # Only the last sample teaches: the mean of the weight is 1/4, which rounds to nothing.
    X, y = np.array([[-1.0], [-1.0], [-1.0], [1.0]]), [0, 0, 0, 1]
    model = Perceptron(intercept_value=0, margin=0, n_epochs=1, shuffle=False, scale=1.0).fit(X, y)
    assert model.model_.average()[1] == 0.25
    assert model.predict(X).tolist() == y


def test_fit_stops_when_a_pass_teaches_nothing():
    X, y = np.array([[1.0], [-1.0]]), [1, 0]
    assert Perceptron(margin=0, n_epochs=50).fit(X, y).n_iter_ < 5


def test_auto_margin_is_twice_the_move_of_an_average_sample():
    X, y = np.array([[3, 4], [0, 5], [5, 0]]), [0, 1, 1]
    configuration = Perceptron(step=7).fit(X, y).to_configuration()
    assert configuration.margin == 2 * 7 * (25 + 1)


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_epochs": 0},
        {"step": 0},
        {"step": 1.5},
        {"margin": -1},
        {"margin": "wide"},
        {"weight_bits": 33},
        {"weight_bits": "wide"},
        {"intercept_value": 32_768},
        {"scale": 0},
        {"scale": "big"},
        {"encoding": "packed"},
    ],
)
def test_refuses_parameters_out_of_range_by_name(parameters):
    with pytest.raises(InvalidConfiguration, match=next(iter(parameters))):
        Perceptron(**parameters).fit([[1.0], [-1.0]], [1, 0])


def test_predicts_half_a_million_reviews_a_second():
    rng = np.random.default_rng(0)
    n, words, dimension = 25_000, 100, 1_000
    starts = np.arange(n + 1, dtype=np.int64) * words
    indices = np.sort(rng.permuted(np.tile(np.arange(dimension), (500, 1)), axis=1)[:, :words], axis=1)
    batch = EncodedBatch(
        Encoding.PRESENCE, dimension, starts, np.tile(indices, (n // 500, 1)).ravel().astype(np.uint16), None
    )
    model = ExactPerceptron(presence(dimension=dimension, intercept_value=1))
    model.weights[:, 0] = rng.integers(-128, 128, dimension + 1)
    fastest = min(_seconds(model, batch) for _ in range(5))
    assert n / fastest > 500_000


def _seconds(model, batch):
    start = time.perf_counter()
    model.predict_encoded(batch)
    return time.perf_counter() - start
