"""Lanes inside words.

Requirement M-08.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.errors import InvalidWord, MissingWords, TooManyWords, ValueOutOfRange
from commonlearn.numerics import (
    bytes_to_words,
    lane_range,
    lanes,
    lanes_per_word,
    pack_lanes,
    unpack_lanes,
    words_needed,
    words_to_bytes,
)


@st.composite
def vectors(draw):
    """Lane width, sign and values."""
    bits, signed = draw(st.integers(2, 32)), draw(st.booleans())
    low, high = lane_range(bits, signed=signed)
    values = st.one_of(st.integers(low, high), st.sampled_from([low, high, 0]))
    return bits, signed, draw(st.lists(values, max_size=200))


def lane(words, bits, n):
    """Lane ``n`` as the specification places it: bits [256 - bits*(i+1), 256 - bits*i) of its word, unsigned."""
    per_word = 256 // bits
    return words[n // per_word] >> (256 - bits * (n % per_word + 1)) & ((1 << bits) - 1)


@given(vectors())
def test_fuzz_lanes_lie_where_the_specification_says(vector):
    bits, signed, values = vector
    words = bytes_to_words(pack_lanes(values, bits, signed=signed))
    assert len(words) == words_needed(len(values), bits) == -(-len(values) // (256 // bits))
    assert [lane(words, bits, n) for n in range(len(values))] == [value % (1 << bits) for value in values]
    rest = range(len(values), len(words) * (256 // bits))
    assert all(lane(words, bits, n) == 0 for n in rest)
    assert all(word % (1 << 256 % bits) == 0 for word in words)


@given(vectors())
def test_fuzz_unpacking_undoes_packing(vector):
    bits, signed, values = vector
    packed = pack_lanes(values, bits, signed=signed)
    assert unpack_lanes(packed, bits, len(values), signed=signed).tolist() == values


@pytest.mark.parametrize("bits", [8, 16, 32])
@pytest.mark.parametrize("signed", [True, False])
def test_the_short_cut_for_whole_bytes_equals_the_long_way(bits, signed, rng, monkeypatch):
    low, high = lane_range(bits, signed=signed)
    values = rng.integers(low, high + 1, 101)
    short = pack_lanes(values, bits, signed=signed)
    monkeypatch.setattr(lanes, "_NATIVE_WIDTHS", ())
    assert pack_lanes(values, bits, signed=signed) == short
    assert unpack_lanes(short, bits, 101, signed=signed).tolist() == values.tolist()


@given(vectors(), st.booleans())
def test_fuzz_refuses_values_out_of_range_instead_of_wrapping(vector, above):
    bits, signed, values = vector
    low, high = lane_range(bits, signed=signed)
    wrong = high + 1 if above else low - 1
    with pytest.raises(ValueOutOfRange) as refused:
        pack_lanes([*values, wrong], bits, signed=signed)
    assert refused.value.value == wrong


@pytest.mark.parametrize("bits", [-1, 0, 1, 33, 256])
def test_refuses_other_widths(bits):
    with pytest.raises(ValueOutOfRange, match="2 to 32"):
        lanes_per_word(bits)
    with pytest.raises(ValueOutOfRange):
        lane_range(bits)


def test_refuses_a_wrong_number_of_words():
    with pytest.raises(MissingWords) as missing:
        unpack_lanes(bytes(32), 8, 33)
    assert missing.value.values == (1, 2)
    for length in (65, 96):
        with pytest.raises(TooManyWords) as many:
            unpack_lanes(bytes(length), 8, 33)
        assert many.value.values == (3, 2)


def test_refuses_or_ignores_bits_of_no_lane():
    below, behind = words_to_bytes([1]), words_to_bytes([1 << 240])
    with pytest.raises(InvalidWord, match="below its last lane"):
        unpack_lanes(below, 24, 1)
    with pytest.raises(InvalidWord, match="behind the last one"):
        unpack_lanes(behind, 8, 1)
    assert unpack_lanes(below, 24, 1, strict=False).tolist() == [0]
    assert unpack_lanes(behind, 8, 1, strict=False).tolist() == [0]


@given(st.lists(st.integers(0, 2**256 - 1)))
def test_fuzz_words_and_bytes_are_the_same(words):
    data = words_to_bytes(words)
    assert len(data) == 32 * len(words)
    assert bytes_to_words(data) == words


def test_refuses_what_is_no_word():
    with pytest.raises(InvalidWord, match="Word 1 "):
        words_to_bytes([0, -1])
    with pytest.raises(InvalidWord, match="Word 2 "):
        words_to_bytes([0, 0, 1 << 256])
    with pytest.raises(InvalidWord, match="Word 1 has only 1 of 32 bytes"):
        bytes_to_words(bytes(33))
