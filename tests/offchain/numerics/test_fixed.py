"""Rounding and saturation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.errors import ValueOutOfRange
from commonlearn.numerics import fit_scale, quantise, saturate


def test_rounds_halves_to_even_in_both_directions():
    assert quantise([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999]).tolist() == [0, 2, 2, 0, -2, -2, 0]


def test_stops_at_the_limit_and_takes_infinities():
    assert quantise([4e4, -4e4, math.inf, -math.inf, 32_767.4]).tolist() == [32_767, -32_767, 32_767, -32_767, 32_767]
    assert quantise([5.0, -5.0], 1.0, limit=3).tolist() == [3, -3]


def test_refuses_what_is_no_number():
    with pytest.raises(ValueOutOfRange, match="missing"):
        quantise([1.0, math.nan])


@given(st.floats(-1e6, 1e6), st.integers(-10, 10))
def test_fuzz_is_within_half_a_unit(value, exponent):
    scale = 2.0**exponent
    if abs(value * scale) <= 32_767:
        assert abs(int(quantise(value, scale)) - value * scale) <= 0.5


@given(st.floats(min_value=1e-300, max_value=1e300), st.integers(1, 2**15))
def test_fuzz_the_scale_is_the_largest_power_of_two_that_fits(largest, target):
    scale = fit_scale(largest, target)
    assert math.frexp(scale)[0] == 0.5
    assert largest * scale <= target
    assert largest * scale * 2 > target


@pytest.mark.parametrize("largest", [5e-324, 1.7e308])
def test_extreme_data_have_a_finite_scale(largest):
    scale = fit_scale(largest, 4096)
    assert 0 < scale < math.inf
    assert largest * scale <= 4096


def test_zeros_need_no_scale():
    assert fit_scale(0.0, 4096) == 1.0


@given(st.integers(2, 32), st.booleans(), st.lists(st.integers(-(2**40), 2**40), min_size=1))
def test_fuzz_saturation_is_the_nearest_value_of_the_range(bits, signed, values):
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    assert saturate(np.array(values), bits, signed=signed).tolist() == [min(max(value, low), high) for value in values]
