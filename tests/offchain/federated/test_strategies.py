"""Every strategy of the registry keeps the same promises; robust ones withstand what they say. L-05, L-06."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from operator import mul

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.federated import ESTIMATORS, STRATEGIES, Parameters, Task, Update, estimator, metric, strategy
from commonlearn.federated.errors import SettingRefused, TooFewUpdates, UnknownName, UpdateRefused
from commonlearn.federated.parameters import MAX_UNITS
from commonlearn.federated.strategies.base import divided
from tests.support.federations import SETTINGS, data_for, owners_of, rows, train_alone

whole = st.integers(-(2**50), 2**50)


def model(values: list[int]) -> Parameters:
    return Parameters("linear", 1, Task(len(values) - 1, 0), 10, (np.array(values[:-1]), np.array(values[-1:])))


updates_strategy = st.lists(
    st.tuples(st.integers(1, 2**32 - 1), st.lists(whole, min_size=3, max_size=3)), min_size=5, max_size=9
)


def as_updates(drawn) -> list[Update]:
    return [Update(f"owner {place}", count, model(values)) for place, (count, values) in enumerate(drawn)]


@pytest.fixture(params=sorted(STRATEGIES))
def combine(request):
    return strategy(request.param)


@settings(deadline=None)
@given(drawn=updates_strategy, chance=st.randoms(use_true_random=False), memory=st.lists(whole, min_size=3, max_size=3))
@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_the_order_of_updates_does_not_matter(name, drawn, chance, memory):
    """L-05: who disputes an aggregate comes to the same bytes."""
    updates = as_updates(drawn)
    shuffled = list(updates)
    chance.shuffle(shuffled)
    start = model([0, 0, 0])
    first = strategy(name).aggregate(start, updates, model([value // 8 for value in memory]))
    assert first == strategy(name).aggregate(start, shuffled, model([value // 8 for value in memory]))


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_equal_models_average_to_themselves(combine, name):
    """L-05."""
    same = train_alone(name)
    updates = [Update(f"owner {place}", 1 + 7 * place, same) for place in range(5)]
    assert combine.aggregate(same, updates).parameters == same


def test_what_does_not_belong_is_refused(combine):
    """L-05."""
    good = [Update(f"owner {place}", 1, model([1, 2, place])) for place in range(5)]
    start = model([0, 0, 0])
    with pytest.raises(UpdateRefused, match="twice"):
        combine.aggregate(start, [*good, good[0]])
    for rows_ in (0, -1, 2**32):
        with pytest.raises(UpdateRefused, match="rows"):
            combine.aggregate(start, [*good, Update("late", rows_, model([1, 2, 3]))])
    others = model([1, 2]), dataclasses.replace(model([1, 2, 3]), scale=11), dataclasses.replace(start, version=2)
    for other in others:
        with pytest.raises(UpdateRefused, match="'late' is refused: its model is of another kind"):
            combine.aggregate(start, [*good, Update("late", 1, other)])
        with pytest.raises(UpdateRefused, match="another kind"):
            combine.aggregate(start, good, other)
    with pytest.raises(TooFewUpdates):
        combine.aggregate(start, [])


@settings(deadline=None)
@given(updates_strategy)
def test_averages_are_exact(drawn):
    """L-05: against fractions of Python."""
    found = strategy("fedavg").aggregate(model([0, 0, 0]), as_updates(drawn)).parameters.flat().tolist()
    weights = sum(count for count, _ in drawn)
    wanted = [round(Fraction(sum(count * values[place] for count, values in drawn), weights)) for place in range(3)]
    assert found == wanted


@given(st.integers(-(10**40), 10**40), st.integers(1, 10**20))
def test_division_rounds_halves_to_even(numerator, denominator):
    assert divided(np.array([numerator], dtype=object), denominator)[0] == round(Fraction(numerator, denominator))


def test_momentum_goes_on_in_the_same_direction():
    push = strategy("fedavg-momentum", momentum=500)
    start, update = model([0, 0, 0]), lambda base: [Update("a", 1, base.with_flat(base.flat() + 100))]
    first = push.aggregate(start, update(start))
    assert first.parameters.flat().tolist() == [100] * 3
    second = push.aggregate(first.parameters, update(first.parameters), first.memory)
    assert second.parameters.flat().tolist() == [250] * 3
    assert second.memory.flat().tolist() == [150] * 3
    still = strategy("fedavg-momentum", momentum=0).aggregate(first.parameters, update(first.parameters), first.memory)
    assert still.parameters == strategy("fedavg").aggregate(first.parameters, update(first.parameters)).parameters


@settings(deadline=None)
@given(st.lists(whole, min_size=10, max_size=10), st.lists(whole, min_size=2, max_size=2))
def test_a_trimmed_mean_stays_within_what_honest_owners_sent(honest, bad):
    """L-06: whatever two of twelve send."""
    updates = as_updates([(1, [value] * 3) for value in [*honest, *bad]])
    found = strategy("trimmed-mean", trim=200).aggregate(model([0, 0, 0]), updates).parameters.flat()
    assert (found >= min(honest)).all()
    assert (found <= max(honest)).all()


@given(
    st.lists(st.integers(-100, 100), min_size=7, max_size=7),
    st.lists(st.integers(10**6, 2**50), min_size=2, max_size=2),
)
def test_krum_takes_an_honest_update(honest, far):
    """L-06: two of nine, far away, are never taken."""
    updates = as_updates([(1, [value, value, -value]) for value in [*honest, *far]])
    found = strategy("krum", faulty=2).aggregate(model([0, 0, 0]), updates).parameters.flat().tolist()
    assert found[0] in honest


@pytest.mark.parametrize(("name", "options"), [("krum", {"faulty": 1}), ("trimmed-mean", {"trim": 200})])
def test_robust_strategies_learn_beside_a_bad_owner_where_the_mean_does_not(name, options):
    """L-06: one of five sends its weights turned round and a hundred times too large."""
    learner, setting = estimator("logistic"), SETTINGS["logistic"]
    X, _, tests, y, classes = rows(data_for("logistic"))
    measure = metric("accuracy")

    def accuracy(combine) -> int:
        current = learner.initial(X.shape[1], classes, setting)
        for _ in range(3):
            updates = [
                Update(owner.name, len(owner.X), learner.train(current, owner.X, owner.y, setting))
                for owner in owners_of("logistic", 5)
            ]
            bad = updates[0].parameters
            updates[0] = Update("bad", updates[0].rows, bad.with_flat(bad.flat() * -100))
            current = combine.aggregate(current, updates).parameters
        return measure.fixed(y, learner.scores(current, tests))

    assert accuracy(strategy(name, **options)) > 900_000
    assert accuracy(strategy("fedavg")) < 500_000


def test_numbers_of_updates_that_are_needed():
    """L-06: a strategy does not promise what it cannot keep."""
    updates = as_updates([(1, [1, 2, 3])] * 4)
    with pytest.raises(TooFewUpdates) as caught:
        strategy("krum", faulty=1).aggregate(model([0, 0, 0]), updates)
    assert (caught.value.found, caught.value.needed) == (4, 5)
    with pytest.raises(TooFewUpdates):
        strategy("trimmed-mean").aggregate(model([0, 0, 0]), updates[:2])
    assert strategy("trimmed-mean", trim=0).aggregate(model([0, 0, 0]), updates[:1]).parameters == model([1, 2, 3])


def test_an_update_at_the_end_of_the_range_does_not_stop_the_average():
    """L-13: momentum would carry it beyond, and nobody could average any more."""
    averages = strategy("fedavg-momentum", momentum=999)
    current, memory = model([0, 0, 0]), None
    for sign in (1, 1, -1, -1, 1):
        found = averages.aggregate(current, as_updates([(1, [sign * MAX_UNITS, 1, 0])]), memory)
        current, memory = found.parameters, found.memory
        assert abs(current.flat()).max() <= MAX_UNITS
        assert abs(memory.flat()).max() <= MAX_UNITS


@given(st.lists(st.tuples(st.integers(1, 2**32 - 1), st.integers(0, 50)), min_size=1, max_size=5), st.data())
@settings(max_examples=60, deadline=None)
def test_means_are_exact_in_machine_words_and_beyond(parts, data):
    """L-05: each value is the mean rounded once, halves to even, whichever way it is computed."""
    values = [[data.draw(st.integers(-(2**bits), 2**bits)) for _ in range(3)] for _, bits in parts]
    counts = [rows_ for rows_, _ in parts]
    found = strategy("fedavg").aggregate(model([0, 0, 0]), as_updates(list(zip(counts, values, strict=True))))
    columns = zip(*values, strict=True)
    expected = [round(Fraction(sum(map(mul, counts, column)), sum(counts))) for column in columns]
    assert found.parameters.flat().tolist() == expected


@pytest.mark.parametrize(
    ("name", "options"),
    [("fedavg", {"momentum": 1}), ("krum", {"faulty": -1}), ("krum", {"faulty": 1.0}), ("krum", {"faulty": True}),
     ("trimmed-mean", {"trim": 500}), ("fedavg-momentum", {"momentum": 1000})],
)  # fmt: skip
def test_settings_are_checked(name, options):
    with pytest.raises(SettingRefused):
        strategy(name, **options)


def test_an_unknown_strategy_is_named():
    with pytest.raises(UnknownName, match="Known are fedavg"):
        strategy("median")
