"""All exact models against the oracle, bit for bit, and what they have in common.

Requirements M-01, M-06, M-07.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.errors import (
    EmptySample,
    InvalidConfiguration,
    InvalidWord,
    MissingWords,
    SampleDimension,
    SampleError,
    TooManyWords,
    UnknownLabel,
)
from commonlearn.models import Kind, ModelConfiguration
from commonlearn.models.exact import ExactCentroid, ExactNaiveBayes, ExactPerceptron
from commonlearn.numerics import Encoding, decode_many, encode_presence, keccak256
from tests.offchain.models.oracle import ORACLES
from tests.offchain.models.strategies import replays

EXACT = [ExactPerceptron, ExactCentroid, ExactNaiveBayes]
by_model = pytest.mark.parametrize("model_type", EXACT, ids=lambda model: model.kind.value)


def small(model_type, **changes):
    """A valid presence configuration of four features."""
    own = {Kind.PERCEPTRON: {"step": 1, "intercept_value": 1}, Kind.NAIVE_BAYES: {"smoothing": 256}}
    fields = {"encoding": Encoding.PRESENCE, "weight_bits": 8, "classes": 2, "dimension": 4}
    return ModelConfiguration(**{**fields, **own.get(model_type.kind, {}), **changes})


@by_model
@settings(max_examples=150)
@given(data=st.data())
def test_fuzz_one_at_a_time_equals_the_oracle(model_type, data):
    configuration, words, pairs = data.draw(replays(model_type.kind))
    model, oracle = model_type.from_words(configuration, words), ORACLES[model_type.kind](configuration, words)
    for sample, label in pairs:
        assert model.scores_encoded(sample) == oracle.scores(sample)
        assert model.predict_encoded([sample]).tolist() == [oracle.predict(sample)]
        assert model.train_one(sample, label) == oracle.train(sample, label)
        assert model.words() == oracle.words


@by_model
@settings(max_examples=150)
@given(data=st.data())
def test_fuzz_many_at_once_equals_the_oracle(model_type, data):
    configuration, words, pairs = data.draw(replays(model_type.kind, max_samples=12))
    model, oracle = model_type.from_words(configuration, words), ORACLES[model_type.kind](configuration, words)
    samples, labels = [sample for sample, _ in pairs], [label for _, label in pairs]
    assert model.predict_encoded(samples).tolist() == [oracle.predict(sample) for sample in samples]
    taught = [oracle.train(sample, label) for sample, label in pairs]
    assert model.train_many(samples, labels).tolist() == taught
    assert model.words() == oracle.words
    assert model.predict_encoded(samples).tolist() == [oracle.predict(sample) for sample in samples]


@by_model
@settings(max_examples=60)
@given(data=st.data())
def test_fuzz_a_decoded_batch_gives_what_bytes_give(model_type, data):
    configuration, words, pairs = data.draw(replays(model_type.kind))
    samples, labels = [sample for sample, _ in pairs], [label for _, label in pairs]
    first, second = (model_type.from_words(configuration, words) for _ in range(2))
    batch = first.decode(samples)
    assert first.train_many(batch, labels).tolist() == second.train_many(samples, labels).tolist()
    assert first.words() == second.words()
    assert first.predict_encoded(batch).tolist() == second.predict_encoded(samples).tolist()


@by_model
@settings(max_examples=60)
@given(data=st.data())
def test_fuzz_decisions_agree_with_predictions(model_type, data):
    configuration, words, pairs = data.draw(replays(model_type.kind))
    samples = [sample for sample, _ in pairs]
    model = model_type.from_words(configuration, words)
    decisions, predictions = model.decision_encoded(samples), model.predict_encoded(samples)
    if configuration.classes == 2:
        assert decisions.shape == (len(samples),)
        decisions = np.stack([np.zeros(len(samples)), decisions], axis=1)
    best = decisions.max(axis=1)
    chosen = decisions[np.arange(len(samples)), predictions]
    # Floats may round two exact scores to one, or a hair past one another; never further.
    assert (chosen >= best - 1e-9 * np.abs(decisions).max(axis=1, initial=1.0)).all()


@by_model
@settings(max_examples=100)
@given(data=st.data())
def test_fuzz_words_come_back_as_they_went_in(model_type, data):
    configuration, words, _ = data.draw(replays(model_type.kind, max_samples=0))
    model = model_type.from_words(configuration, words)
    assert model.words() == words
    assert model_type.from_words(configuration, model.words_bytes()).words() == words
    running = configuration.to_int().to_bytes(32, "big")
    for word in words:
        running = keccak256(running + word.to_bytes(32, "big"))
    assert model.words_hash() == running


@by_model
def test_a_blank_model_has_zero_words(model_type):
    configuration = small(model_type)
    assert model_type(configuration).words() == [0] * configuration.required_words(model_type.kind)


@by_model
def test_refuses_a_wrong_number_of_words(model_type):
    configuration = small(model_type)
    required = configuration.required_words(model_type.kind)
    with pytest.raises(MissingWords) as missing:
        model_type.from_words(configuration, [0] * (required - 1))
    assert missing.value.values == (required - 1, required)
    with pytest.raises(TooManyWords) as many:
        model_type.from_words(configuration, [0] * (required + 1))
    assert many.value.values == (required + 1, required)


@by_model
@pytest.mark.parametrize("word", [-1, 1 << 256])
def test_refuses_what_is_no_word(model_type, word):
    configuration = small(model_type)
    words = [0] * (configuration.required_words(model_type.kind) - 1) + [word]
    with pytest.raises(InvalidWord, match=f"Word {len(words) - 1} "):
        model_type.from_words(configuration, words)


@by_model
def test_refuses_part_of_a_word(model_type):
    with pytest.raises(InvalidWord, match="5 of 32 bytes"):
        model_type.from_words(small(model_type), bytes(32 + 5))


@by_model
def test_refuses_a_configuration_with_a_field_of_another_model(model_type):
    other = {"notice_seconds": 1} if model_type is not ExactCentroid else {"margin": 1}
    with pytest.raises(InvalidConfiguration, match=next(iter(other))):
        model_type(small(model_type, **other))


@by_model
@pytest.mark.parametrize("label", [-1, 2, 256, 1.0, "1", None])
def test_refuses_an_unknown_label_and_learns_nothing(model_type, label):
    model = model_type(small(model_type))
    with pytest.raises(UnknownLabel) as refused:
        model.train_many([encode_presence([0])] * 2, [1, label] if isinstance(label, int) else [label, label])
    assert refused.value.values == (label, 2)
    assert set(model.words()) == {0}


@by_model
def test_refuses_a_malformed_sample_among_good_ones_and_learns_nothing(model_type):
    model = model_type(small(model_type))
    with pytest.raises(EmptySample) as refused:
        model.train_many([encode_presence([0]), b"", encode_presence([1])], [1, 1, 1])
    assert refused.value.sample == 1
    assert set(model.words()) == {0}


@by_model
def test_refuses_labels_that_do_not_match_the_samples(model_type):
    with pytest.raises(SampleError, match="2 samples, but labels of shape"):
        model_type(small(model_type)).train_many([encode_presence([0])] * 2, [1])


@by_model
@pytest.mark.parametrize("samples", [b"\x00\x00", [None], ["00"]], ids=["bytes", "none", "text"])
def test_refuses_what_is_no_list_of_bytes(model_type, samples):
    with pytest.raises(SampleError):
        model_type(small(model_type)).predict_encoded(samples)


@by_model
def test_refuses_a_batch_of_another_shape(model_type):
    model = model_type(small(model_type))
    with pytest.raises(SampleDimension):
        model.predict_encoded(decode_many([encode_presence([0])], Encoding.PRESENCE, 5))
    with pytest.raises(SampleError, match="encoded as DENSE"):
        model.predict_encoded(decode_many([bytes(8)], Encoding.DENSE, 4))


@by_model
def test_an_empty_list_is_no_error(model_type):
    model = model_type(small(model_type))
    assert model.predict_encoded([]).shape == (0,)
    assert model.train_many([], []).shape == (0,)
    assert model.decision_encoded([]).shape == (0,)


def test_the_unused_half_of_a_header_and_unused_bits_survive_training():
    configuration = ModelConfiguration(Encoding.PRESENCE, 32, 3, 2, smoothing=256)
    dirty = (1 << 128) - 1
    words = [1 << 192 | 1 << 64, 1 << 192 | dirty, (1 << 256) - 1]
    model = ExactNaiveBayes.from_words(configuration, words)
    oracle = ORACLES[Kind.NAIVE_BAYES](configuration, words)
    model.train_one(encode_presence([1]), 2)
    oracle.train(encode_presence([1]), 2)
    assert model.words() == oracle.words
    assert model.words()[1] & dirty == dirty
