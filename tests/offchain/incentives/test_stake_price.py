"""What a contribution costs in stake.

Requirement I-03.
"""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.errors import ValueOutOfRange
from commonlearn.incentives.stake_price import StakePrice, decayed, price, raised

GWEI = 10**9
EXCESS = st.integers(0, 2**80 - 1)
HALF_LIFE = st.integers(1, 2**32 - 1)
FLOOR = st.integers(1, 2**60).map(lambda n: n * GWEI)
GROWTH = st.integers(0, 10_000)


@given(EXCESS, st.integers(0, 2**40 - 1), HALF_LIFE)
def test_fuzz_follows_the_quadratic_between_halvings_rounded_up(excess, elapsed, half_life):
    halvings, rest = divmod(elapsed, half_life)
    x = Fraction(rest, half_life)
    assert decayed(excess, elapsed, half_life) == math.ceil((excess >> halvings) * (1 - x * (11 - 3 * x) / 16))


@given(st.integers(0, 2**20), st.integers(1, 2**20))
def test_fuzz_is_within_a_hundredth_of_the_exact_decay(elapsed, half_life):
    exact = 2**79 * 0.5 ** (elapsed / half_life)
    if exact > 2**40:  # below, whole wei are coarse
        assert decayed(2**79, elapsed, half_life) == pytest.approx(exact, rel=0.01)


@given(EXCESS, st.integers(0, 2**20), st.integers(0, 2**20), st.integers(1, 2**16))
def test_fuzz_falls_with_quiet(excess, elapsed, more, half_life):
    assert decayed(excess, elapsed + more, half_life) <= decayed(excess, elapsed, half_life) <= excess


@given(EXCESS, HALF_LIFE, st.integers(0, 95))
def test_fuzz_halves_with_each_half_life(excess, half_life, halvings):
    assert decayed(excess, halvings * half_life, half_life) == excess >> halvings


def test_is_gone_in_the_end():
    assert decayed(2**80 - 1, 96 * 60, 60) == 0
    assert decayed(2**80 - 1, 80 * 60, 60) == 0
    assert decayed(2**80 - 1, 79 * 60, 60) == 1


@given(FLOOR, EXCESS)
def test_fuzz_is_a_whole_number_of_gwei_never_below_what_is_due(floor, excess):
    stake = price(floor, excess)
    assert stake % GWEI == 0
    assert 0 <= stake - (floor + excess) < GWEI


@given(FLOOR, EXCESS, GROWTH)
def test_fuzz_one_contribution_raises_the_next_by_its_part(floor, excess, growth):
    stake = price(floor, excess)
    after = price(floor, raised(stake, floor, growth))
    assert after == -(-(stake + stake * growth // 10_000) // GWEI) * GWEI


@given(FLOOR, GROWTH, st.integers(1, 10_000), st.lists(st.integers(0, 20_000), max_size=12))
def test_fuzz_the_state_follows_the_formulas(floor, growth, half_life, pauses):
    state, excess, last, now = StakePrice(floor, growth, half_life), 0, 0, 0
    for pause in pauses:
        now += pause
        stake = price(floor, decayed(excess, now - last, half_life))
        excess, last = raised(stake, floor, growth), now
        state, paid = state.contribute(now)
        assert paid == stake
    assert (state.excess_wei, state.last_time) == (excess, last)
    assert state.at(now + 96 * half_life) == floor


def test_a_burst_costs_more_and_more_and_is_forgotten():
    state = StakePrice(floor_wei=10**14, growth_bps=500, half_life_seconds=3_600)
    paid = []
    for _ in range(10):
        state, stake = state.contribute(0)
        paid.append(stake)
    assert paid == sorted(set(paid))
    assert paid[-1] == pytest.approx(1.05**9 * 10**14, rel=1e-3)
    assert state.at(3_600) - 10**14 == pytest.approx((paid[-1] * 1.05 - 10**14) / 2, rel=1e-3)


@pytest.mark.parametrize(("excess", "elapsed", "half_life"), [(-1, 0, 1), (1, -1, 1), (1, 1, 0)])
def test_refuses_what_cannot_be(excess, elapsed, half_life):
    with pytest.raises(ValueOutOfRange):
        decayed(excess, elapsed, half_life)
