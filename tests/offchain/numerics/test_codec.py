"""Samples as bytes: what is well formed, what is not, and by which error.

Requirement M-06.
"""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.errors import (
    EmptySample,
    IndexNotIncreasing,
    IndexOutOfRange,
    SampleDimension,
    SampleError,
    SampleLength,
    ValueOutOfRange,
)
from commonlearn.numerics import Encoding, decode, decode_many, encode_dense, encode_presence, encode_sparse
from tests.offchain.models import oracle

P, S, D = Encoding
DIMENSION = 10


def u16(*numbers):
    return struct.pack(f">{len(numbers)}H", *numbers)


def refusal(function, *arguments, **options):
    """The error that a call raises, or None."""
    try:
        function(*arguments, **options)
    except SampleError as error:
        return error
    return None


def outcome(function, *arguments, **options):
    """What a call gives: its result, or which error with which fields."""
    try:
        return function(*arguments, **options)
    except SampleError as error:
        return type(error), error.values


MALFORMED = [
    (P, b"", EmptySample, ()),
    (S, b"", EmptySample, ()),
    (D, b"", SampleDimension, (0, 20)),
    (P, b"\x00", SampleLength, (1, 2)),
    (P, u16(1) + b"\x00", SampleLength, (3, 2)),
    (S, u16(1), SampleLength, (2, 4)),
    (S, u16(1, 1, 2), SampleLength, (6, 4)),
    (D, bytes(19), SampleDimension, (19, 20)),
    (D, bytes(22), SampleDimension, (22, 20)),
    (P, u16(10), IndexOutOfRange, (10, 10)),
    (P, u16(65_535), IndexOutOfRange, (65_535, 10)),
    (S, u16(10, 1), IndexOutOfRange, (10, 10)),
    (P, u16(3, 3), IndexNotIncreasing, (3, 3)),
    (P, u16(3, 2), IndexNotIncreasing, (3, 2)),
    (S, u16(3, 1, 2, 1), IndexNotIncreasing, (3, 2)),
    (S, u16(3, 0), ValueOutOfRange, (0,)),
    (S, u16(3, 0x8000), ValueOutOfRange, (-32_768,)),
    (D, u16(*[0] * 9, 0x8000), ValueOutOfRange, (-32_768,)),
    # The whole length before any feature, features in order, and of one feature range, order, value.
    (P, u16(99) + b"\x00", SampleLength, (3, 2)),
    (P, u16(3, 2, 99), IndexNotIncreasing, (3, 2)),
    (P, u16(3, 99, 2), IndexOutOfRange, (99, 10)),
    (S, u16(99, 0), IndexOutOfRange, (99, 10)),
    (S, u16(3, 1, 3, 0), IndexNotIncreasing, (3, 3)),
    (S, u16(3, 0, 3, 1), ValueOutOfRange, (0,)),
]


@pytest.mark.parametrize(("encoding", "sample", "error", "fields"), MALFORMED)
def test_a_malformed_sample_has_its_own_error(encoding, sample, error, fields):
    with pytest.raises(error) as refused:
        decode(sample, encoding, DIMENSION)
    assert type(refused.value) is error
    assert refused.value.values == fields
    assert refused.value.sample is None


@pytest.mark.parametrize(("encoding", "sample", "error", "fields"), MALFORMED)
def test_a_malformed_sample_among_others_is_found(encoding, sample, error, fields):
    good = {P: u16(1, 2), S: u16(1, 5), D: bytes(20)}[encoding]
    with pytest.raises(error) as refused:
        decode_many([good, good, sample, good, b"\x00"], encoding, DIMENSION)
    assert (refused.value.values, refused.value.sample) == (fields, 2)
    assert str(refused.value).startswith("Sample 2: ")


def test_naive_bayes_refuses_negative_values():
    for encoding, sample in ((S, u16(3, 0xFFFF)), (D, u16(*[0] * 9, 0xFFFF))):
        assert outcome(decode, sample, encoding, DIMENSION, allow_negative=False) == (ValueOutOfRange, (-1,))
        decode(sample, encoding, DIMENSION)


@st.composite
def almost_samples(draw):
    """Bytes that are often a sample, and often nearly one."""
    encoding = draw(st.sampled_from(Encoding))
    small = st.one_of(st.integers(0, 4), st.sampled_from([9, 10, 0x7FFF, 0x8000, 0xFFFF]))
    numbers = draw(st.lists(small, max_size=8))
    if draw(st.booleans()):
        numbers = sorted(numbers)
    if encoding is D and draw(st.booleans()):
        numbers = (numbers + [1] * DIMENSION)[:DIMENSION]
    return encoding, u16(*numbers) + draw(st.sampled_from([b"", b"", b"", b"\x01"]))


@settings(max_examples=400)
@given(almost_samples(), st.booleans())
def test_fuzz_decoding_equals_the_oracle(case, counts):
    encoding, sample = case
    mine = outcome(decode, sample, encoding, DIMENSION, allow_negative=not counts)
    theirs = outcome(oracle.decode, sample, int(encoding), DIMENSION, counts=counts)
    if isinstance(theirs, list):
        indices, values = mine
        assert list(zip(indices.tolist(), values.tolist(), strict=True)) == theirs
    else:
        assert mine == theirs


@settings(max_examples=200)
@given(st.sampled_from(Encoding), st.lists(almost_samples(), max_size=8), st.booleans())
def test_fuzz_decoding_many_equals_decoding_each(encoding, cases, counts):
    samples = [sample for _, sample in cases]
    each = [outcome(decode, sample, encoding, DIMENSION, allow_negative=not counts) for sample in samples]
    broken = [i for i, result in enumerate(each) if isinstance(result[0], type)]
    error = refusal(decode_many, samples, encoding, DIMENSION, allow_negative=not counts)
    if error is not None:
        assert (type(error), error.values) == each[broken[0]]
        assert error.sample == broken[0]
        return
    assert not broken
    batch = decode_many(samples, encoding, DIMENSION, allow_negative=not counts)
    assert batch.to_samples() == samples
    for row, (indices, values) in zip(batch.to_dense(), each, strict=True):
        expected = np.zeros(DIMENSION, dtype=int)
        expected[indices] = values
        assert row.tolist() == expected.tolist()


@given(st.sets(st.integers(0, 65_535), min_size=1), st.data())
def test_fuzz_encoding_and_decoding_are_inverse(features, data):
    indices = sorted(features)
    value = st.integers(-32_767, 32_767)
    values = data.draw(st.lists(value.filter(bool), min_size=len(indices), max_size=len(indices)))
    assert decode(encode_presence(indices), P, 65_536)[0].tolist() == indices
    assert [part.tolist() for part in decode(encode_sparse(indices, values), S, 65_536)] == [indices, values]
    assert decode(encode_dense(values), D, len(values))[1].tolist() == values


@pytest.mark.parametrize("index", [-1, 65_536, 2**32])
def test_encoding_refuses_an_index_instead_of_wrapping_it(index):
    # 2**32 aliasing feature 0 is a defect of a peer.
    with pytest.raises(IndexOutOfRange):
        encode_presence([index])
    with pytest.raises(IndexOutOfRange):
        encode_sparse([index], [1])


@pytest.mark.parametrize("value", [-32_768, 32_768, 2**16 + 1])
def test_encoding_refuses_a_value_instead_of_wrapping_it(value):
    for refused in (lambda: encode_sparse([0], [value]), lambda: encode_dense([value])):
        with pytest.raises(ValueOutOfRange) as error:
            refused()
        assert error.value.value == value


def test_encoding_refuses_what_decoding_would():
    assert outcome(encode_presence, []) == (EmptySample, ())
    assert outcome(encode_sparse, [], []) == (EmptySample, ())
    assert outcome(encode_dense, []) == (EmptySample, ())
    assert outcome(encode_presence, [2, 2]) == (IndexNotIncreasing, (2, 2))
    assert outcome(encode_presence, [5], 5) == (IndexOutOfRange, (5, 5))
    assert outcome(encode_sparse, [2, 1], [1, 1]) == (IndexNotIncreasing, (2, 1))
    assert outcome(encode_sparse, [2], [0]) == (ValueOutOfRange, (0,))
    assert outcome(encode_sparse, [1, 2], [1]) == (SampleLength, (6, 4))
    assert outcome(encode_dense, [1, 2], 3) == (SampleDimension, (4, 6))


@given(st.lists(st.binary(max_size=6), min_size=1), st.sampled_from([P, S]))
def test_fuzz_any_bytes_are_a_sample_or_a_named_error(samples, encoding):
    error = refusal(decode_many, samples, encoding, 65_536)
    if error is None:
        assert decode_many(samples, encoding, 65_536).to_samples() == samples
    else:
        assert error.sample is not None
        assert refusal(decode, samples[error.sample], encoding, 65_536) is not None
