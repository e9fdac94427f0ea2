"""Decoding, logarithms and prices: contract and Python give the same numbers and the same errors (requirements M-01,
M-06, I-03)."""

from __future__ import annotations

import numpy as np
from brownie.test import given
from hypothesis import strategies as st

from commonlearn.incentives.stake_price import StakePrice, decayed, price, raised
from commonlearn.models.configuration import ModelConfiguration
from commonlearn.numerics import Encoding, decode, log2_q32, log2_q32_array
from tests.support.twins import malformed_samples, outcome, random_sample, spoil, thrown

GWEI = 10**9


@given(
    encoding=st.sampled_from(list(Encoding)),
    dimension=st.one_of(st.integers(4, 80), st.sampled_from([255, 256, 257])),
    bits=st.sampled_from([4, 8, 16, 32]),
    columns=st.integers(1, 256),
    constant=st.one_of(st.none(), st.integers(0, 32_767)),
    seed=st.integers(0, 2**32 - 1),
)
def test_samples_decode_alike(codec, encoding, dimension, bits, columns, constant, seed):
    rng = np.random.default_rng(seed)
    configuration = ModelConfiguration(encoding, bits, 2, dimension)
    sound = [random_sample(rng, configuration, allow_negative=True) for _ in range(12)]
    samples = sound + [spoil(rng, sample, configuration) for sample in sound]
    samples += malformed_samples(configuration, allow_negative=True).values()
    shift = 0 if constant is None else 1
    stride = bits * columns

    entries, errors = codec.decodeMany(samples, configuration.to_int(), stride, shift, constant or 0)

    def expected(sample: bytes) -> list[int]:
        indices, values = (part.tolist() for part in decode(sample, encoding, dimension))
        found = [(index + shift) * stride << 16 | value & 0xFFFF for index, value in zip(indices, values, strict=True)]
        return found if constant is None else [constant, *found]

    for sample, found, error in zip(samples, entries, errors, strict=True):
        wanted = outcome(lambda sample=sample: expected(sample))
        assert (thrown(bytes(error)) or list(found)) == wanted, sample.hex()


@given(values=st.lists(st.integers(0, 127).flatmap(lambda bits: st.integers(1, 2 << bits)), min_size=1, max_size=200))
def test_logarithms_are_alike(logarithm, values):
    values = [min(value, 2**128 - 1) for value in values]
    found = list(logarithm.log2(values))
    assert found == [log2_q32(value) for value in values]
    short = [value for value in values if value < 2**64]
    if short:
        wanted = [result for value, result in zip(values, found, strict=True) if value < 2**64]
        assert log2_q32_array(np.array(short, dtype=np.uint64)).tolist() == wanted


def test_logarithms_are_alike_where_each_coefficient_shows(logarithm):
    # The greatest mantissas in which a coefficient that is off by one, up or down, changes the result.
    values = [4294967295, 4294967284, 4294967203, 4294967176, 4294965191, 4294964341, 4294957892, 4294952893]
    values += [4294910894, 4294878176, 4293137730, 4293080217, 4274023651, 4267183872, 4248917478, 4183096972]
    assert list(logarithm.log2(values)) == [log2_q32(value) for value in values]


def test_logarithms_are_alike_around_the_powers_of_two(logarithm):
    values = [2**e + d for e in range(1, 128) for d in (-1, 0, 1)]
    assert list(logarithm.log2(values)) == [log2_q32(value) for value in values]


@given(
    floor_gwei=st.integers(1, (2**80 - 1) // GWEI),
    growth_bps=st.one_of(st.integers(0, 10_000), st.just(10_000)),
    half_life=st.one_of(st.integers(1, 10_000), st.integers(1, 2**32 - 1)),
    quiet=st.lists(st.one_of(st.integers(0, 10), st.integers(0, 10**6), st.integers(0, 2**39)), max_size=40),
)
def test_the_course_of_stakes_is_alike(stake_price, floor_gwei, growth_bps, half_life, quiet):
    twin = StakePrice(floor_gwei * GWEI, growth_bps, half_life)
    now, wanted = 0, []
    for seconds in quiet:
        now += seconds
        twin, paid = twin.contribute(now)
        wanted.append(paid)
    found = stake_price.course(floor_gwei * GWEI, growth_bps, half_life, quiet)
    assert list(found) == wanted


@given(
    excess=st.integers(0, 80).flatmap(lambda bits: st.integers(0, (1 << bits) - 1)),
    half_life=st.one_of(st.integers(1, 100), st.integers(1, 2**32 - 1)),
    halvings=st.fractions(0, 100),
    floor_gwei=st.integers(1, (2**80 - 1) // GWEI),
    growth_bps=st.integers(0, 10_000),
)
def test_each_step_of_the_price_is_alike(stake_price, excess, half_life, halvings, floor_gwei, growth_bps):
    elapsed = int(halvings * half_life)
    left = decayed(excess, elapsed, half_life)
    assert stake_price.decayed(excess, elapsed, half_life) == left
    stake = price(floor_gwei * GWEI, left)
    assert stake_price.price(floor_gwei * GWEI, left) == stake
    assert stake_price.raised(stake, floor_gwei * GWEI, growth_bps) == raised(stake, floor_gwei * GWEI, growth_bps)
