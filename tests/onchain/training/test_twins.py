"""Contracts and twins of private training give the same numbers (requirement J-12)."""

from __future__ import annotations

from brownie.test import given
from hypothesis import strategies as st

from commonlearn.protocol import draw_subsets, released, share, strict_majority
from commonlearn.protocol.draws import random_order
from commonlearn.protocol.reputation import ONE, decayed, weight

words = st.binary(min_size=32, max_size=32)
scores = st.integers(-(2**62), 2**62)


@given(used=st.integers(0, 2**256 - 1), subsets=st.integers(1, 256), count=st.integers(1, 32), seed=words)
def test_draws_are_alike(arithmetic, used, subsets, count, seed):
    used &= (1 << subsets) - 1
    positions, after = arithmetic.draw(used, subsets, count, seed)
    assert (list(positions), after) == draw_subsets(used, subsets, count, seed)


@given(size=st.integers(1, 60), most=st.integers(1, 80), seed=words)
def test_orders_are_alike(arithmetic, size, most, seed):
    assert list(arithmetic.order(size, most, seed)) == list(random_order(size, seed))[:most]


@given(amount=st.integers(0, 2**96), weights=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20))
def test_shares_are_alike(arithmetic, amount, weights):
    assert list(arithmetic.share(amount, weights)) == share(amount, weights)


@given(amount=st.integers(0, 2**96), baseline=scores, target=scores, score=scores)
def test_releases_are_alike(arithmetic, amount, baseline, target, score):
    if baseline != target:
        assert arithmetic.released(amount, baseline, target, score) == released(amount, baseline, target, score)


@given(answers=st.lists(st.sampled_from([None, b"\1" * 32, b"\2" * 32]), max_size=16), extra=st.integers(0, 3))
def test_majorities_are_alike(arithmetic, answers, extra):
    asked = len(answers) + extra
    found, who = arithmetic.strictMajority([answer or bytes(32) for answer in answers], asked)
    wanted = strict_majority(answers, asked)
    assert bytes(found) == (wanted or bytes(32))
    assert who == sum(1 << i for i, answer in enumerate(answers) if wanted and answer == wanted)


@given(value=st.integers(0, 2**96 - 1), evidence=st.integers(0, 2**64 - 1), epochs=st.integers(0, 5_000))
def test_reputations_are_alike(arithmetic, value, evidence, epochs):
    assert arithmetic.weight(value) == weight(value)
    assert arithmetic.decayed(max(ONE, evidence), epochs) == decayed(max(ONE, evidence), epochs)
