"""Canonical bytes: one for each model, and nothing else is read. L-02, L-03."""

from __future__ import annotations

import contextlib
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from commonlearn.federated import ESTIMATORS, Task, coarsened, decode, digest, encode, quantised
from commonlearn.federated.errors import MalformedParameters, NotFinite, OutOfRange, ParametersTooLarge
from commonlearn.federated.parameters import MAX_UNITS, Parameters
from tests.support.federations import train_alone

SMALL = quantised("linear", 1, Task(2, 0), 1000, [[0.5, -0.25], [3.0]])
_HEAD = 4 + 1 + 6


@st.composite
def models(draw: st.DrawFn) -> Parameters:
    shape = st.one_of(st.tuples(st.integers(1, 4)), st.tuples(st.integers(1, 3), st.integers(1, 3)))
    whole = st.integers(-MAX_UNITS, MAX_UNITS)
    parts = [draw(arrays(np.int64, each, elements=whole)) for each in draw(st.lists(shape, min_size=1, max_size=4))]
    name = draw(st.text("abcz09-", min_size=1, max_size=32))
    task = Task(draw(st.integers(1, 2**32 - 1)), draw(st.sampled_from([0, 2, 65535])), draw(st.integers(0, 99)))
    return Parameters(name, draw(st.integers(1, 65535)), task, draw(st.integers(1, 2**32 - 1)), tuple(parts))


@given(models())
def test_a_model_comes_back_from_its_bytes(model):
    """L-02."""
    assert decode(encode(model)) == model
    assert encode(decode(encode(model))) == encode(model)


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_trained_models_come_back_and_score_the_same(name):
    """L-02."""
    model = train_alone(name)
    back = decode(encode(model))
    assert back == model
    assert digest(back) == digest(model)
    assert all(map(np.array_equal, back.floats(), model.floats()))


@given(st.binary(max_size=200))
def test_bytes_of_chance_are_refused(data):
    """L-02: with an error that has a name."""
    for bytes_ in (data, b"CLP1" + data, encode(SMALL)[:_HEAD] + data):
        with contextlib.suppress(MalformedParameters):
            assert encode(decode(bytes_)) == bytes_


@given(st.integers(0, 61), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_another_model(place, value):
    """L-02: no two sequences of bytes are one model."""
    data = bytearray(encode(SMALL))
    before, data[place] = data[place], value
    try:
        assert (decode(bytes(data)) == SMALL) == (before == value)
    except MalformedParameters:
        assert before != value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "end within the head"),
        (b"CLP2" + encode(SMALL)[4:], "begin with CLP1"),
        (encode(SMALL)[:-1], "24 bytes of values are announced, 23"),
        (encode(SMALL) + b"\0", "24 bytes of values are announced, 25"),
        (encode(SMALL)[:20], "end within the head"),
        (encode(SMALL).replace(b"linear", b"LINEAR"), "name"),
        (encode(SMALL)[:-8] + struct.pack(">q", MAX_UNITS + 1), "beyond"),
        (encode(SMALL)[:-8] + struct.pack(">q", -(2**63)), "beyond"),
        (encode(SMALL)[:_HEAD] + bytes(2) + encode(SMALL)[_HEAD + 2 :], "is 0"),
        (b"CLP1\x01a" + struct.pack(">HIHIIB", 1, 1, 0, 0, 1, 0), "is 0"),
        (b"CLP1\x01a" + struct.pack(">HIHIIB", 1, 1, 1, 0, 1, 1), "end within"),
        (b"CLP1\x01a" + struct.pack(">HIHIIBB", 1, 1, 0, 0, 1, 1, 3) + bytes(12), "3 dimensions"),
        (b"CLP1\x01a" + struct.pack(">HIHIIBBI", 1, 1, 0, 0, 1, 1, 1, 0), "empty"),
        (b"CLP1\x01a" + struct.pack(">HIHIIBBI", 1, 1, 1, 0, 1, 1, 1, 1) + bytes(8), "one class"),
        (b"CLP1\x01a" + struct.pack(">HIHIIBBII", 1, 1, 0, 0, 1, 1, 2, 2**32 - 1, 2**32 - 1), "announced"),
    ],
)  # fmt: skip
def test_what_is_not_canonical_is_refused(data, reason):
    """L-02: also lengths that would take all memory."""
    with pytest.raises(MalformedParameters, match=reason):
        decode(data)


def test_a_model_beyond_the_limit_is_refused_unread():
    """L-02: parameters are no place to hide data in."""
    with pytest.raises(ParametersTooLarge) as caught:
        decode(encode(SMALL), limit=61)
    assert (caught.value.size, caught.value.limit) == (62, 61)
    assert decode(encode(SMALL), limit=62) == SMALL


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_no_number_is_refused(bad):
    """L-03."""
    with pytest.raises(NotFinite) as caught:
        quantised("linear", 1, Task(1, 0), 1, [[1.0], [bad]])
    assert caught.value.array == 1


def test_what_float64_cannot_hold_exactly_is_refused():
    """L-03."""
    assert quantised("linear", 1, Task(1, 0), 1, [[2.0**50]]).arrays[0].tolist() == [2**50]
    for value in (2.0**51, -(2.0**51)):
        with pytest.raises(OutOfRange):
            quantised("linear", 1, Task(1, 0), 1, [[value]])
    with pytest.raises(OutOfRange):
        SMALL.with_flat(np.array([2**50 + 1, 0, 0], dtype=object))


@given(models())
def test_rounding_twice_changes_nothing(model):
    """L-02: integers survive the way through floats, whatever the scale."""
    again = quantised(model.estimator, model.version, model.task, model.scale, model.floats())
    assert again == model


def test_a_coarser_grid():
    model = quantised("linear", 1, Task(3, 0), 1 << 24, [[0.0005, 1.2345, -7.0], [0.1]])
    assert [round(value, 6) for value in coarsened(model, 1000).floats()[0]] == [0.001, 1.234, -7.0]


def test_equality_and_hash_are_those_of_the_bytes():
    same = decode(encode(SMALL))
    assert {SMALL, same} == {SMALL}
    assert SMALL.with_flat(SMALL.flat() + 1) != SMALL
    assert SMALL != "model"
