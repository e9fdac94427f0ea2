"""Who is paid for what. L-08, L-09."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.evaluation.federation import payout_table
from commonlearn.federated import Owner, Played, Round, Settings, Update, estimator, metric, play, strategy
from commonlearn.federated.contribution import (
    BASIS_POINTS,
    Judge,
    contributions,
    deltaml_rule,
    exact_shapley,
    final_round_worth,
    largest_remainder,
    leave_one_out,
    payout_shares,
    payout_weights,
    retrained_worth,
    rounds_worth,
    sampled_shapley,
)
from commonlearn.federated.errors import DataRefused, SettingRefused, TooManyOwners
from commonlearn.federated.parameters import MAX_UNITS
from tests.support.federations import SETTINGS, owners_of, rows, train_together

NAMES = tuple("abcdef")


@st.composite
def games(draw: st.DrawFn, most: int = 5) -> tuple[tuple[str, ...], dict[frozenset[str], int]]:
    names = NAMES[: draw(st.integers(1, most))]
    worth = {}
    for bits in range(1 << len(names)):
        group = frozenset(name for place, name in enumerate(names) if bits >> place & 1)
        worth[group] = draw(st.integers(-(10**9), 10**9))
    return names, worth


def by_definition(names, worth) -> list[Fraction]:
    totals = dict.fromkeys(names, 0)
    for order in permutations(names):
        for place, name in enumerate(order):
            totals[name] += worth[frozenset(order[: place + 1])] - worth[frozenset(order[:place])]
    return [Fraction(totals[name], math.factorial(len(names))) for name in names]


@given(games())
@settings(max_examples=50, deadline=None)
def test_exact_values_are_means_over_all_orders(game):
    """L-08: and so add up to the whole, but for rounding of each."""
    names, worth = game
    found = exact_shapley(names, worth.__getitem__)
    assert list(found.values) == [round(value) for value in by_definition(names, worth)]
    whole = worth[frozenset(names)] - worth[frozenset()]
    assert abs(sum(found.values) - whole) <= len(names) / 2
    assert found.errors == (0,) * len(names)


@given(games(), st.permutations(range(5)))
@settings(max_examples=30, deadline=None)
def test_the_order_in_which_owners_are_named_does_not_matter(game, order):
    """L-08."""
    names, worth = game
    turned = [names[place] for place in order if place < len(names)]
    found = dict(zip(names, exact_shapley(names, worth.__getitem__).values, strict=True))
    again = dict(zip(turned, exact_shapley(turned, worth.__getitem__).values, strict=True))
    assert found == again


def test_equals_get_the_same_and_who_adds_nothing_gets_nothing():
    """L-08."""
    worth = lambda who: 100 * len(who & {"a", "b"}) ** 2  # noqa: E731
    assert exact_shapley("abc", worth).values == (200, 200, 0)


def test_six_owners_are_exact_and_seven_are_not():
    """L-08."""
    asked = set()
    contributions("abcdef", lambda who: asked.add(who) or 0, seed=b"")
    assert len(asked) == 64
    with pytest.raises(TooManyOwners):
        exact_shapley("abcdefg", len)
    assert contributions("abcdefg", len, seed=b"").orders > 0
    for wrong in ("", "aa"):
        with pytest.raises(DataRefused):
            exact_shapley(wrong, len)


@given(games(), st.binary(max_size=8))
@settings(max_examples=30, deadline=None)
def test_samples_come_near_the_exact_values(game, seed):
    """L-08: within five standard errors, and one for rounding, where nobody does harm."""
    names, parts = game
    worth = {who: sum(abs(part) for group, part in parts.items() if group <= who) for who in parts}
    exact = exact_shapley(names, worth.__getitem__).values
    found = sampled_shapley(names, worth.__getitem__, seed=seed, most_orders=300)
    # an estimate of an error from a game of few orders can be too small: at least a twentieth of the game's span
    span = max(worth.values()) - min(worth.values())
    for value, wanted, error in zip(found.values, exact, found.errors, strict=True):
        assert abs(value - wanted) <= 5 * error + span // 10 + 1


def test_the_same_seed_gives_the_same_integers():
    """L-08: whoever computes them, in whatever order owners are named."""
    worth = lambda who: 1000 * math.isqrt(10**6 * sum(map(ord, who)))  # noqa: E731
    names = "abcdefghij"
    first = sampled_shapley(names, worth, seed=b"block", most_orders=50)
    assert first == sampled_shapley(names, worth, seed=b"block", most_orders=50)
    turned = sampled_shapley(names[::-1], worth, seed=b"block", most_orders=50)
    assert dict(zip(turned.owners, turned.values, strict=True)) == dict(zip(names, first.values, strict=True))
    assert first.values != sampled_shapley(names, worth, seed=b"other", most_orders=50).values
    assert first.values[:3] == (3289520, 3048300, 2831120)


def test_samples_stop_when_they_are_good_enough_and_cut_what_is_settled():
    """L-08."""
    asked = []
    worth = lambda who: asked.append(who) or min(len(who), 2) * 1000  # noqa: E731
    found = sampled_shapley("abcdefgh", worth, seed=b"s", wanted_error=200, most_orders=5000)
    assert found.orders < 5000
    assert max(found.errors) <= 200
    assert max(len(who) for who in asked if len(who) < 8) == 2  # worth all after two: nobody is asked further
    for wrong in ({"tolerance": -1}, {"least_orders": 1}, {"least_orders": 10, "most_orders": 5}):
        with pytest.raises(SettingRefused):
            sampled_shapley("ab", worth, seed=b"", **wrong)


@given(st.lists(st.integers(-(10**12), 10**12), max_size=12))
def test_shares_add_up_and_nobody_below_zero_is_paid(values):
    """L-09."""
    shares = payout_shares(values)
    assert sum(shares) == (BASIS_POINTS if any(value > 0 for value in values) else 0)
    assert all(share == 0 for share, value in zip(shares, values, strict=True) if value <= 0)
    whole = sum(value for value in values if value > 0)
    for share, value in zip(shares, values, strict=True):
        if value > 0:
            assert abs(Fraction(share) - Fraction(value * BASIS_POINTS, whole)) < 1


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=9), st.integers(0, 10**20))
def test_the_largest_remainder_splits_to_the_wei(weights, total):
    """L-09."""
    parts = largest_remainder(weights, total)
    assert sum(parts) == (total if sum(weights) else 0)
    for one in range(len(weights)):
        for other in range(len(weights)):
            if weights[one] > weights[other]:
                assert parts[one] >= parts[other]


def test_weights_fit_the_chain():
    """L-09."""
    assert payout_weights([5, -5, 0]) == (5, 0, 0)
    assert payout_weights([1 << 70, 1, -(1 << 70)]) == ((1 << 64) - 1, 1, 0)


def test_an_update_made_to_break_the_jury_only_costs_its_owner():
    """L-13: scores beyond what the chain holds count as the worst, and the others are paid."""
    learner, measure, honest = estimator("linear"), metric("mse"), owners_of("linear", 4)
    played = play(learner, strategy("fedavg"), honest, SETTINGS["linear"], classes=0, rounds=1)
    (found,) = played.rounds
    hostile = found.start.with_flat(np.full(len(found.start.flat()), MAX_UNITS))
    broken = Round(found.start, (*found.updates, Update("hostile", 2**32 - 1, hostile)))
    _, _, X, y, _ = rows("diabetes")
    final = strategy("krum").aggregate(broken.start, broken.updates).parameters
    worth = rounds_worth(Played((broken,), final), Judge(learner, measure, X, y))
    values = contributions([update.owner for update in broken.updates], worth, seed=b"").values
    *good, bad = payout_weights(values)
    assert min(good) > 0 == bad


class TestOnModels:
    """L-09: with models that were really trained."""

    @pytest.mark.parametrize("worth", ["retrained", "rounds", "final round"])
    @pytest.mark.parametrize("task", ["cancer", "diabetes"])
    def test_who_inverts_labels_is_paid_nothing_though_deltaml_paid_it_most(self, worth, task):
        """L-09: a defect of DeltaML's contract."""
        table = payout_table("inverted", task)
        assert table[worth, "shapley"][-1] == 0
        assert table[worth, "leave-one-out"][-1] == 0
        assert max(table[worth, "deltaml"]) == table[worth, "deltaml"][-1] > 2100

    @pytest.mark.parametrize("worth", ["retrained", "rounds", "final round"])
    def test_duplicates_share_alike_and_are_not_left_without(self, worth):
        table = payout_table("duplicated")
        assert abs(table[worth, "shapley"][3] - table[worth, "shapley"][4]) <= 1
        assert table[worth, "shapley"][4] > 1500 > 100 > table[worth, "leave-one-out"][4]

    def test_who_hands_the_model_back_is_paid_nothing_round_by_round(self):
        """L-09: but is paid like others where only last updates count, which the page says."""
        table = payout_table("lazy")
        assert table["rounds", "shapley"][-1] == 0
        assert table["final round", "shapley"][-1] > 1500

    @pytest.mark.parametrize("worth", ["rounds", "final round"])
    def test_honest_owners_get_about_what_retraining_would_give_them(self, worth):
        table = payout_table("honest")
        for found, wanted in zip(table[worth, "shapley"], table["retrained", "shapley"], strict=True):
            assert abs(found - wanted) < 350

    def test_worth_of_all_is_that_of_the_model(self):
        _, _, X, y, classes = rows("wine")
        learner, measure, owners = estimator("logistic"), metric("log-loss"), owners_of("logistic")
        played = play(learner, strategy("fedavg"), owners, SETTINGS["logistic"], classes=classes, rounds=5)
        assert played.final == train_together("logistic")
        judge, everybody = Judge(learner, measure, X, y), frozenset(owner.name for owner in owners)
        last, by_round = final_round_worth(played, judge), rounds_worth(played, judge, least=0)
        assert last(everybody) == judge.gain(played.final)
        assert last(frozenset()) == judge.trivial(classes) == measure.gain(measure.trivial(y, classes))
        assert by_round(everybody) == judge.gain(played.final) - judge.trivial(classes)
        assert judge.gain(played.rounds[0].start) < judge.trivial(classes)  # and counts as that
        assert by_round(frozenset()) == 0
        with pytest.raises(SettingRefused):
            rounds_worth(played, judge, least=-1)

    def test_eight_owners_by_samples(self):
        """L-08: near the exact values of 256 models, which this test can afford, within four standard errors."""
        _, _, X, y, classes = rows("wine")
        learner, owners = estimator("naive-bayes"), owners_of("naive-bayes", 8)
        played = play(learner, strategy("fedavg"), owners, Settings(), classes=classes, rounds=1)
        worth, names = rounds_worth(played, Judge(learner, metric("log-loss"), X, y)), [owner.name for owner in owners]
        found = contributions(names, worth, seed=b"block hash")
        assert found.orders == 2000
        for name, value, error in zip(names, found.values, found.errors, strict=True):
            others, exact = [other for other in names if other != name], Fraction(0)
            for size in range(8):
                for group in map(frozenset, combinations(others, size)):
                    exact += Fraction(worth(group | {name}) - worth(group), 8 * math.comb(7, size))
            assert abs(value - exact) <= 4 * error + 1
            assert 0 < error < 40_000
        assert abs(sum(found.values) - worth(frozenset(names))) <= len(names)

    def test_one_round_estimators_need_no_retraining(self):
        """Coalitions' models out of updates are those trained anew, up to a unit of rounding."""
        _, _, X, y, classes = rows("wine")
        learner, owners = estimator("centroid"), owners_of("centroid")
        judge = Judge(learner, metric("log-loss"), X, y)

        def train(names):
            kept = [owner for owner in owners if owner.name in set(names)]
            return play(learner, strategy("fedavg"), kept, Settings(), classes=classes, rounds=1).final

        names = [owner.name for owner in owners]
        played = play(learner, strategy("fedavg"), owners, Settings(), classes=classes, rounds=1)
        anew, rebuilt = retrained_worth(train, judge, classes), final_round_worth(played, judge)
        assert exact_shapley(names, anew) == exact_shapley(names, rebuilt)
        assert leave_one_out(names, anew) == leave_one_out(names, rebuilt)
        assert deltaml_rule(names, anew) == deltaml_rule(names, rebuilt)


def test_a_training_needs_owners_and_rounds():
    for owners, number in (([], 1), ([Owner("a", rows("wine")[0], rows("wine")[1])], 0)):
        with pytest.raises((DataRefused, SettingRefused)):
            play(estimator("centroid"), strategy("fedavg"), owners, Settings(), classes=3, rounds=number)
