"""The configuration word."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.errors import InvalidConfiguration, UnknownModelKind
from commonlearn.models import Kind, ModelConfiguration
from commonlearn.numerics import Encoding
from tests.offchain.models.strategies import configurations

VALID = {"encoding": Encoding.SPARSE, "weight_bits": 8, "classes": 3, "dimension": 1000}


def test_fields_lie_where_the_specification_says():
    word = ModelConfiguration(
        Encoding.DENSE, 16, 0x0102 % 256, 0x10000, 0x0304, 0x0506, 0x0708090A0B0C0D0E, 0x0F101112, 0x13141516
    ).to_int()
    assert f"{word:064x}" == "02100002000100000304050607080" + "90a0b0c0d0e0f1011121314151600000000"


@given(kind=st.sampled_from(Kind), data=st.data())
def test_fuzz_the_word_and_the_fields_are_the_same(kind, data):
    configuration = data.draw(configurations(kind, max_dimension=65_536))
    configuration.check(kind)
    word = configuration.to_int()
    assert 0 <= word < 1 << 256
    assert ModelConfiguration.from_int(word) == configuration
    assert isinstance(ModelConfiguration.from_int(word).encoding, Encoding)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("encoding", 3),
        ("weight_bits", 2),
        ("weight_bits", 24),
        ("weight_bits", 33),
        ("classes", 1),
        ("classes", 257),
        ("dimension", 0),
        ("dimension", 65_537),
        ("step", -1),
        ("step", 65_536),
        ("intercept_value", 65_536),
        ("margin", 1 << 64),
        ("smoothing", 1 << 32),
        ("notice_seconds", 1 << 32),
        ("dimension", 1.5),
        ("dimension", "1000"),
        ("dimension", None),
    ],
)
def test_refuses_fields_out_of_range_by_name(field, value):
    with pytest.raises(InvalidConfiguration, match=field):
        ModelConfiguration(**{**VALID, field: value})


def test_numbers_of_numpy_do_not_overflow_the_word():
    plain = ModelConfiguration(**VALID, margin=1 << 40)
    assert (
        ModelConfiguration(**{**VALID, "dimension": np.int32(1000)}, margin=np.int64(1 << 40)).to_int()
        == plain.to_int()
    )


@pytest.mark.parametrize("word", [-1, 1 << 256])
def test_refuses_what_is_no_word(word):
    with pytest.raises(InvalidConfiguration):
        ModelConfiguration.from_int(word)


def test_refuses_set_unused_bits_and_broken_fields_with_the_word():
    word = ModelConfiguration(**VALID).to_int()
    for broken in (word | 1, word | 3 << 248):
        with pytest.raises(InvalidConfiguration) as refused:
            ModelConfiguration.from_int(broken)
        assert refused.value.configuration == broken


@pytest.mark.parametrize(
    ("kind", "fields", "named"),
    [
        (Kind.PERCEPTRON, {}, "step"),
        (Kind.PERCEPTRON, {"step": 1, "intercept_value": 32_768}, "intercept_value"),
        (Kind.PERCEPTRON, {"step": 1, "smoothing": 1}, "smoothing"),
        (Kind.PERCEPTRON, {"step": 1, "notice_seconds": 1}, "notice_seconds"),
        (Kind.NEAREST_CENTROID, {"step": 1}, "step"),
        (Kind.NEAREST_CENTROID, {"intercept_value": 1}, "intercept_value"),
        (Kind.NEAREST_CENTROID, {"margin": 1}, "margin"),
        (Kind.NEAREST_CENTROID, {"smoothing": 1}, "smoothing"),
        (Kind.NAIVE_BAYES, {}, "smoothing"),
        (Kind.NAIVE_BAYES, {"smoothing": 1, "step": 1}, "step"),
        (Kind.NAIVE_BAYES, {"smoothing": 1, "notice_seconds": 1}, "notice_seconds"),
    ],
)
def test_each_kind_refuses_what_it_cannot_run_with(kind, fields, named):
    with pytest.raises(InvalidConfiguration, match=f"{named} is"):
        ModelConfiguration(**VALID, **fields).check(kind)


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        (Kind.PERCEPTRON, {"classes": 2}, 32),  # 1,001 lanes, 32 to a word
        (Kind.PERCEPTRON, {}, 94),  # 3,003 lanes
        (Kind.NEAREST_CENTROID, {}, 3 * (1 + 32)),
        (Kind.NAIVE_BAYES, {}, 2 + 94),
        (Kind.NAIVE_BAYES, {"classes": 2, "weight_bits": 32}, 1 + 250),
    ],
)
def test_counts_the_words_of_each_layout(kind, fields, words):
    assert ModelConfiguration(**{**VALID, **fields}).required_words(kind) == words


def test_an_unknown_kind_is_named():
    with pytest.raises(UnknownModelKind, match="svm/1"):
        ModelConfiguration(**VALID).check("svm/1")
