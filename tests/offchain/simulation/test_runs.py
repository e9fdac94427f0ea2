"""Whole runs: their money, their chance, their clocks, and the published figures.

Requirements Z-04, Z-05, Z-08, Z-09, Z-10.
"""

import dataclasses

import pytest

from commonlearn.datasets import fetch_imdb
from commonlearn.errors import DataNotFound
from commonlearn.models.exact import ExactCentroid, ExactNaiveBayes
from commonlearn.simulation import clock as clock_module
from commonlearn.simulation.actions import Kind
from commonlearn.simulation.clock import Clock
from commonlearn.simulation.data import load_material
from commonlearn.simulation.play import play
from commonlearn.simulation.scenario import DataSettings, preset
from commonlearn.simulation.self_assessment import SelfAssessmentSimulation
from tests.offchain.simulation.small import DATA, material, small

NAMES = ("self-assessment", "market", "points", "crowd")


def told(run):
    return [dataclasses.asdict(each) for each in run.outcomes], list(run.actions), dataclasses.asdict(run.course)


@pytest.mark.parametrize("name", NAMES)
def test_equal_scenarios_give_equal_runs_and_other_seeds_other_ones(name):
    scenario = small(name)
    assert told(play(scenario, material())) == told(play(scenario, material()))
    assert told(play(scenario.changed({"seed": 2}), material()))[1] != told(play(scenario, material()))[1]


@pytest.mark.parametrize("name", ["self-assessment", "crowd"])
def test_no_ether_appears_or_vanishes_under_self_assessment(name):
    simulation = SelfAssessmentSimulation(small(name, 400), material())
    run = simulation.run()
    ledger = simulation.ledger
    start = sum(each.start_wei for each in run.outcomes)
    assert sum(simulation.wallets) + ledger.balance_wei == start
    assert sum(each.end_wei for each in run.outcomes) == sum(simulation.wallets)
    assert ledger.totals().locked_wei == 0
    assert ledger.balance_wei == ledger.owed(simulation.terms.beneficiary) + ledger.totals().carry_wei
    for each in run.outcomes:
        ended = each.refunded + each.forfeited + each.swept
        assert ended == sum(
            action.kind is Kind.CONTRIBUTE and payer_of(action, simulation) == each.name for action in run.actions
        )
        assert min(run.course.balances[each.name]) >= 0


def payer_of(action, simulation):
    number = action.other if action.other >= 0 else action.agent
    return simulation.stage.agents[number].settings.name


def test_no_ether_appears_or_vanishes_in_a_market():
    run = play(small("market"), material())
    notes = {name: int(value) for name, value in run.notes.items() if name.endswith("_wei")}
    gained = sum(each.end_wei - each.start_wei for each in run.outcomes)
    assert gained == notes["bounty_wei"] - notes["bounty_left_wei"] - notes["burned_wei"]
    paid = sum(action.wei for action in run.actions if action.kind is Kind.WITHDRAW)
    staked = sum(each.staked_wei for each in run.outcomes)
    assert paid == staked + gained


def test_nobody_acts_before_the_rules_allow():
    simulation = SelfAssessmentSimulation(small("crowd", 400), material())
    run, terms = simulation.run(), simulation.terms
    given = {}
    for action in run.actions:
        if action.kind is Kind.CONTRIBUTE:
            given[action.id] = action.time
        elif action.id >= 0:
            waited = action.time - given[action.id]
            assert (
                waited
                >= {
                    Kind.REFUND: terms.refund_wait_seconds,
                    Kind.REPORT: terms.report_wait_seconds,
                    Kind.SWEEP: terms.sweep_wait_seconds,
                }[action.kind]
            )
    times = [action.time for action in run.actions]
    assert times == sorted(set(times))


def test_who_is_broke_gives_no_more_and_withdraws_what_is_owed():
    scenario = small(samples=400, **{"agents__adversary__purse": "0.1ether", "agents__adversary__every": "10min"})
    run = play(scenario, material())
    adversary = run.outcome("adversary")
    assert adversary.lost_wei > adversary.start_wei / 2
    assert adversary.contributions < run.outcome("honest").contributions / 2
    assert any(action.kind is Kind.WITHDRAW and action.agent == 1 for action in run.actions)


def test_the_stand_in_says_that_it_is_one(monkeypatch, tmp_path):
    for name in ("COMMONLEARN_DATA", "COMMONLEARN_CACHE"):
        monkeypatch.setenv(name, str(tmp_path))
    found = load_material(DataSettings(first=300, dimension=60))
    assert not found.is_real
    assert "stand-in" in found.source
    assert (len(found.pool), len(found.test)) == (23_000, 25_000)
    run = play(small(samples=50), found)
    assert not run.is_real
    assert "stand-in" in run.summary()["source"]


def test_the_stand_in_is_as_hard_as_the_reviews():
    found = load_material(DataSettings(source="synthetic"))
    accuracy = play(small(samples=20), found).course.accuracy[0]
    assert 0.80 < accuracy < 0.87
    assert 80 < len(found.pool.indices) / len(found.pool) < 100


@pytest.mark.parametrize(("model", "kind"), [("naive-bayes", ExactNaiveBayes), ("nearest-centroid", ExactCentroid)])
def test_other_models_learn_too(model, kind):
    found = material(model=model)
    assert isinstance(found.model, kind)
    run = play(small(samples=60, measure_every="100d"), found, baseline=False)
    assert run.contributions == 60
    assert run.course.averaged[-1] is None
    assert sum(each.taught for each in run.outcomes) > 0


def test_learning_from_nothing_begins_with_zero_weights():
    assert not material(taught=0).model.weights.any()
    assert material(taught=50).model.weights.any()


@pytest.mark.parametrize("days", [1, 300])
def test_a_contributions_work_does_not_grow_with_the_unclaimed(days, monkeypatch):
    """With 300 days to wait nothing is claimed before the last contribution; a contribution still asks for one call."""
    waiting, asked = [], []

    class Counted(Clock):
        def at(self, time, call, *arguments):
            asked.append(call)
            super().at(time, call, *arguments)
            waiting.append(len(self._waiting))

    monkeypatch.setattr(clock_module, "Clock", Counted)
    monkeypatch.setattr("commonlearn.simulation.stage.Clock", Counted)
    scenario = small(
        samples=600,
        **{
            "self_assessment__refund_wait": f"{days}d",
            "self_assessment__report_wait": f"{days + 1}d",
            "self_assessment__sweep_wait": f"{days + 3}d",
            "agents__honest__purse": "100ether",
            "agents__adversary__purse": "100ether",
        },
    )
    run = play(scenario, material(), baseline=False)
    assert run.contributions == 600
    turns = sum(call.__name__ == "_turn" for call in asked)
    claims = sum(call.__name__ in ("_try_refund", "_await_reports", "_try_report", "_sweep") for call in asked)
    assert turns < 2 * 600
    assert claims < 8 * 600
    if days == 300:
        assert max(waiting) >= 600


def test_the_clock_gives_each_action_a_second_of_its_own():
    clock = Clock(100)
    seen = []
    for time in (105, 105, 105, 103):
        clock.at(time, lambda: seen.append(clock.act()))
    clock.run()
    assert seen == [103, 105, 106, 107]


def has_reviews():
    try:
        fetch_imdb("test", download=False)
    except DataNotFound:
        return False
    return True


@pytest.fixture(scope="module")
def reviews():
    if not has_reviews():
        pytest.skip("IMDB is not in COMMONLEARN_DATA or the cache: the published figures need it")
    return lambda name: load_material(preset(name).data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_published_figure_of_self_assessment(reviews, seed):
    scenario = preset("self-assessment").changed({"seed": seed})
    run = play(scenario, reviews("self-assessment"))
    assert run.contributions == 23_000
    assert run.outcome("honest").share > scenario.published["honest"]
    assert run.outcome("adversary").share <= scenario.published["adversary"] + 0.005
    assert run.outcome("adversary").lost_wei > run.outcome("honest").lost_wei
    assert run.accuracy > scenario.published["accuracy"]
    assert sum(run.course.accuracy) / len(run.course.accuracy) > scenario.published["accuracy"]
    assert run.baseline > 0.85
    assert run.course.averaged[-1] > 0.85


@pytest.mark.slow
def test_the_published_figure_of_the_market(reviews):
    run = play(preset("market"), reviews("market"))
    assert run.contributions == 8_000
    assert run.outcome("honest").share > 1.97
    assert run.outcome("adversary").share < 0.01
    assert run.accuracy - run.course.accuracy[0] > 0.05
    assert run.notes["right_at_last"] > run.notes["right_at_first"]


def test_the_data_of_presets_are_the_published_ones():
    assert {preset(name).data.source for name in NAMES} == {"imdb"}
    assert DATA["source"] == "synthetic"
