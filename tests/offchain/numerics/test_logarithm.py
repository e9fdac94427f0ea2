"""The integer logarithm.

Requirements M-01, M-11.
"""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.errors import ValueOutOfRange
from commonlearn.numerics import log2_q32, log2_q32_array
from commonlearn.numerics.logarithm import _COEFFICIENTS
from tests.offchain.models import oracle

# Every mantissa matters, and the ends of each power of two most.
POSITIVE = st.one_of(
    st.integers(1, 2**16),
    st.integers(1, 2**64 - 1),
    st.builds(lambda e, d: min(2**64 - 1, max(1, 2**e + d)), st.integers(0, 64), st.integers(-3, 3)),
)


@given(POSITIVE)
def test_fuzz_equals_the_oracle(value):
    assert log2_q32(value) == oracle.log2(value)


@given(st.integers(1, 2**80))
def test_fuzz_equals_the_oracle_beyond_64_bits(value):
    assert log2_q32(value) == oracle.log2(value)


@settings(max_examples=200)
@given(st.lists(POSITIVE, min_size=1))
def test_fuzz_many_at_once_equal_one_at_a_time(values):
    assert log2_q32_array(np.array(values, dtype=np.uint64)).tolist() == [log2_q32(value) for value in values]


def test_every_small_count_equals_one_at_a_time():
    values = 256 * np.arange(20_000) + 256
    assert log2_q32_array(values).tolist() == [log2_q32(value) for value in values.tolist()]


@given(POSITIVE)
def test_fuzz_the_error_is_below_the_stated_bound_and_never_upwards(value):
    with localcontext() as context:
        context.prec = 50
        error = Decimal(log2_q32(value)) / 2**32 - Decimal(value).ln() / Decimal(2).ln()
    assert -(Decimal(2) ** -27) < error < Decimal(10) ** -40  # the latter is the decimals' own error


def test_powers_of_two_are_exact():
    assert [log2_q32(1 << e) for e in range(100)] == [e << 32 for e in range(100)]


@given(st.integers(1, 2**64 - 2))
def test_fuzz_never_falls(value):
    assert log2_q32(value) <= log2_q32(value + 1)


def test_coefficients_are_those_of_the_series():
    with localcontext() as context:
        context.prec = 60
        exact = [Decimal(2**33) / (Decimal(2).ln() * (2 * i + 1)) for i in range(9)]
    assert list(_COEFFICIENTS) == [int(c.to_integral_value()) for c in exact]


@pytest.mark.parametrize("value", [0, -1])
def test_refuses_what_has_no_logarithm(value):
    with pytest.raises(ValueOutOfRange):
        log2_q32(value)
    with pytest.raises(ValueOutOfRange):
        log2_q32_array([1, value])


def test_keeps_shapes():
    assert log2_q32_array(np.ones((2, 3), dtype=np.int64)).shape == (2, 3)
    assert log2_q32_array([]).shape == (0,)
