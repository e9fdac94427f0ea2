"""The rules of private training off chain: draws, majorities, money, reputation (requirements J-03, J-05, J-08, J-12).

`tests/onchain/training/test_twins.py` compares them with the contracts'.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonlearn.numerics import keccak256
from commonlearn.protocol import (
    Candidate,
    Reputation,
    draw_jury,
    draw_subsets,
    funding,
    parts,
    released,
    seal,
    seat_pay,
    share,
    strict_majority,
    vote_digest,
)
from commonlearn.protocol.draws import random_order
from commonlearn.protocol.reputation import EPOCH_SECONDS, ONE, UNIT_WEI, decayed, weight
from commonlearn.protocol.splitting import DEFAULT_SPLIT, DELTAML_SPLIT

seeds = st.binary(min_size=32, max_size=32)
HERE, THERE = "0x" + "11" * 20, "0x" + "22" * 20


@given(seeds)
def test_twenty_subsets_five_a_round_are_covered_in_exactly_four(seed):
    used, seen = 0, []
    for round_ in range(8):
        positions, used = draw_subsets(used, 20, 5, keccak256(seed + bytes([round_])))
        seen += positions
    assert sorted(seen[:20]) == sorted(seen[20:]) == list(range(20))


@given(seeds, st.integers(1, 256), st.lists(st.integers(1, 32), min_size=1, max_size=20))
def test_none_is_drawn_twice_before_all_were_once_nor_twice_in_a_round(seed, subsets, counts):
    used, epoch = 0, set()
    for round_, count in enumerate(counts):
        positions, used = draw_subsets(used, subsets, count, keccak256(seed + bytes([round_])))
        assert len(set(positions)) == len(positions) == min(count, subsets)
        for position in positions:
            if len(epoch) == subsets:
                epoch = set()
            assert position not in epoch
            epoch.add(position)
        assert used == sum(1 << position for position in epoch)


def test_all_subsets_are_drawn_alike_often():
    counts = [0] * 6
    for number in range(3_000):
        positions, _ = draw_subsets(0, 6, 2, keccak256(number.to_bytes(4, "big")))
        for position in positions:
            counts[position] += 1
    assert all(880 < count < 1_120 for count in counts), counts  # 1,000 each, four standard deviations


@given(seeds, st.integers(0, 100))
def test_a_random_order_is_a_permutation(seed, size):
    assert sorted(random_order(size, seed)) == list(range(size))


def test_juries_prefer_the_reputed_and_never_seat_the_ineligible():
    pool = [
        Candidate("good", 3 << 30),
        Candidate("fresh", 1 << 31),
        Candidate("bad", 1 << 29),
        Candidate("out", 0, False),
    ]
    firsts = [draw_jury(pool, 1, keccak256(number.to_bytes(4, "big")))[0] for number in range(2_000)]
    assert firsts.count("good") > firsts.count("fresh") > firsts.count("bad") > 0
    assert "out" not in firsts
    assert len(draw_jury(pool, 3, bytes(32))) == 3
    assert len(draw_jury(pool, 4, bytes(32))) == 3


@pytest.mark.parametrize(("replicas", "chance"), [(3, 0.104), (5, 0.058), (7, 0.033)])
def test_the_chance_of_a_wrong_majority_is_the_designs(replicas, chance):
    """With a fifth of the compute owners cheating alike."""
    wrong = Fraction(0)
    for cheats in range(1 << replicas):
        answers = [b"lie" if cheats >> i & 1 else b"truth" for i in range(replicas)]
        if strict_majority(answers, replicas) == b"lie":
            count = cheats.bit_count()
            wrong += Fraction(1, 5) ** count * Fraction(4, 5) ** (replicas - count)
    assert round(float(wrong), 3) == chance


def test_silence_counts_against_a_majority():
    assert strict_majority([b"a", b"a", None, None], 4) is None
    assert strict_majority([b"a", b"a", b"b"], 3) == b"a"
    assert strict_majority([], 0) is None


@given(st.integers(0, 2**96), st.lists(st.integers(0, 2**64), min_size=1, max_size=64))
def test_shares_add_up_to_the_wei(amount, weights):
    found = share(amount, weights)
    assert sum(found) == (amount if sum(weights) else 0)
    for part, weight_ in zip(found, weights, strict=True):
        assert 0 <= part - (amount * weight_ // sum(weights) if sum(weights) else 0) <= 1


@given(st.integers(1, 2**90))
def test_presets_split_a_budget(budget):
    assert sum(parts(budget, DEFAULT_SPLIT)) == sum(parts(budget, DELTAML_SPLIT)) == budget
    assert parts(budget, DELTAML_SPLIT)[1] <= 1


@given(st.integers(0, 2**90), *[st.integers(-(2**62), 2**62)] * 3)
def test_a_score_releases_its_part_and_nothing_for_harm(amount, baseline, target, score):
    if baseline == target:
        return
    part = Fraction(baseline - score, baseline - target)
    assert released(amount, baseline, target, score) == int(amount * min(max(part, Fraction(0)), Fraction(1)))


def test_pay_and_funding_follow_the_terms():
    assert parts(100_003) == (50_001, 20_001, 20_001, 10_000)
    assert seat_pay(100_003, 2, 2, 3, DEFAULT_SPLIT) == 1_666
    assert funding(100_003, 7, 2) == 100_003 + 7 * 24


@given(st.integers(ONE, 2**64 - 1), st.integers(0, 5_000))
def test_evidence_decays_by_a_fiftieth_an_epoch(evidence, epochs):
    exact = ONE + (evidence - ONE) * Fraction(98, 100) ** epochs
    assert abs(decayed(evidence, epochs) - exact) <= 1 + (evidence - ONE) * Fraction(64, 1 << 62)


def test_reputation_grows_by_success_and_falls_thrice_as_fast_by_lies():
    fresh = Reputation()
    assert fresh.score == ONE // 2
    good, late, liar = (getattr(fresh, what)(UNIT_WEI, 0) for what in ("succeeded", "timed_out", "was_wrong"))
    assert good.alpha == late.beta == 2 * ONE
    assert liar.beta == 4 * ONE
    assert good.score > fresh.score > late.score > liar.score
    assert good.at(3_000 * EPOCH_SECONDS).score == pytest.approx(fresh.score, abs=2)
    assert weight(10**30) > weight(10**18) > weight(1_000) >= 0


def test_a_seal_binds_all_that_it_names():
    ours = (31337, HERE, 1, 2, 3, HERE, b"\1" * 32, b"\2" * 32)
    others = (1, THERE, 2, 3, 4, THERE, b"\3" * 32, b"\4" * 32)
    seals = {seal(*ours)} | {seal(*(*ours[:i], others[i], *ours[i + 1 :])) for i in range(8)}
    assert len(seals) == 9


def test_a_vote_binds_job_score_and_weights():
    votes = {
        vote_digest(1, 5, [1, 2]),
        vote_digest(2, 5, [1, 2]),
        vote_digest(1, -5, [1, 2]),
        vote_digest(1, 5, [2, 1]),
    }
    assert len(votes) == 4
