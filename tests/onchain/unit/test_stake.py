"""What a contribution costs: exactly what the Python twin says, rising with haste and falling with quiet.

Requirement I-03.
"""

from dataclasses import replace

import pytest

from commonlearn.incentives.stake_price import decayed, price, raised
from tests.support.collaborations import DEFAULT_TERMS, next_time, pass_time, stake_at
from tests.support.plain_model import PlainModel

FLOOR, GROWTH, HALF_LIFE = DEFAULT_TERMS.floor_wei, DEFAULT_TERMS.growth_bps, DEFAULT_TERMS.half_life_seconds


def test_the_first_costs_the_floor(plain):
    assert plain.contract.stakeNow() == FLOOR


def test_it_never_falls_below_the_floor(plain):
    pass_time(10**9)
    assert plain.contract.stakeNow() == FLOOR


def test_a_burst_costs_what_the_twin_says(plain, alice):
    excess, last = 0, None
    for _ in range(12):
        at = next_time()
        wanted = price(FLOOR, decayed(excess, 0 if last is None else at - last, HALF_LIFE))
        assert stake_at(plain.contract, at) == wanted
        given = plain.echo(alice)
        assert (given.stake_wei, given.contributed_at) == (wanted, at)
        excess, last = raised(wanted, FLOOR, GROWTH), at
    assert given.stake_wei > 1.6 * FLOOR


@pytest.mark.parametrize("growth", [0, 1, 333, 10_000])
@pytest.mark.parametrize("pauses", [[1, 7, 1_800, 3_600, 5_000, 86_400, 1, 1]])
def test_with_pauses_it_costs_what_the_twin_says(factory, perceptron, alice, growth, pauses):
    terms = replace(DEFAULT_TERMS, growth_bps=growth, floor_wei=7 * 10**9, half_life_seconds=1_799)
    model = PlainModel.create(factory, perceptron, terms)
    excess, last = 0, None
    for pause in pauses:
        if pause > 1:
            pass_time(pause - 1)
        at = next_time()
        wanted = price(terms.floor_wei, 0 if last is None else decayed(excess, at - last, 1_799))
        given = model.echo(alice)
        assert given.stake_wei == wanted
        excess, last = raised(wanted, terms.floor_wei, growth), at


@pytest.mark.parametrize("elapsed", [0, 1, 1_799, 1_800, 3_599, 3_600, 3_601, 7_200, 9_000, 36_000, 345_600, 2**32])
def test_quiet_halves_the_excess(plain, alice, elapsed):
    for _ in range(5):
        given = plain.echo(alice)
    excess = raised(given.stake_wei, FLOOR, GROWTH)
    at = given.contributed_at + elapsed
    assert stake_at(plain.contract, at) == price(FLOOR, decayed(excess, elapsed, HALF_LIFE))


def test_stake_now_is_what_the_latest_block_would_have_asked(plain, alice):
    given = plain.echo(alice)
    assert plain.contract.stakeNow() == price(FLOOR, raised(given.stake_wei, FLOOR, GROWTH))
    pass_time(HALF_LIFE)
    assert plain.contract.stakeNow() == price(FLOOR, raised(given.stake_wei, FLOOR, GROWTH) // 2)


def test_stakes_are_whole_gwei(plain, alice):
    for pause in (1, 999, 12_345):
        pass_time(pause)
        assert plain.echo(alice).stake_wei % 10**9 == 0


def test_claims_do_not_change_the_stake(plain, alice):
    first = plain.echo(alice)
    plain.refund(first, at=plain.refund_from(first))
    at = next_time()
    excess = raised(first.stake_wei, FLOOR, GROWTH)
    assert stake_at(plain.contract, at) == price(FLOOR, decayed(excess, at - first.contributed_at, HALF_LIFE))


def test_without_growth_it_stays_at_the_floor(factory, perceptron, alice):
    model = PlainModel.create(factory, perceptron, replace(DEFAULT_TERMS, growth_bps=0))
    assert {model.echo(alice).stake_wei for _ in range(5)} == {FLOOR}
