"""Scenarios: presets, files, and what is refused.

Requirements Z-06.
"""

import pytest

from commonlearn.simulation.errors import ScenarioProblem
from commonlearn.simulation.scenario import PRESETS, Scenario, load_scenario, preset, preset_text


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_be_written_down_and_read_again(name, tmp_path):
    scenario = preset(name)
    assert Scenario.model_validate(scenario.as_dict()) == scenario
    path = tmp_path / "mine.toml"
    path.write_text(preset_text(name))
    assert load_scenario(path) == scenario
    assert load_scenario(path).fingerprint() == scenario.fingerprint()


def test_all_habits_are_in_a_preset():
    from commonlearn.simulation.agents import HABITS

    assert {agent.habit for agent in preset("crowd").agents} == set(HABITS)


def test_settings_are_changed_by_their_names():
    changed = preset("self-assessment").changed(
        {"seed": 7, "self-assessment.floor": "3finney".replace("3finney", "0.003ether"), "agents.adversary.every": "2h"}
    )
    assert (changed.seed, changed.self_assessment.floor, changed.agents[1].every) == (7, 3 * 10**15, 7_200)
    assert changed.self_assessment.growth_percent == preset("self-assessment").self_assessment.growth_percent == 625
    assert changed.fingerprint() != preset("self-assessment").fingerprint()


@pytest.mark.parametrize(
    ("changes", "setting", "reason"),
    [
        ({"agents.honest.habit": "saint"}, "agents.honest.habit", "'saint' is not known; there are honest, mistaken"),
        ({"agents.honest.purse": "1wei"}, "agents.honest.purse", "cannot pay the lowest stake"),
        (
            {"agents.honest.stake-mean": "1wei", "agents.honest.stake-stdev": 0},
            "agents.honest.stake-mean",
            "never willing to pay",
        ),
        ({"agents.honest.purse": "1 dollar"}, "agents.honest.purse", "is no amount"),
        ({"agents.honest.every": 0}, "agents.honest.every", "nobody can contribute all the time"),
        ({"agents.honest.every": "soon"}, "agents.honest.every", "is no span of time"),
        ({"agents.honest.mistakes": 1.5}, "agents.honest.mistakes", "1.0 or less"),
        ({"agents.honest.sponsor": "adversary"}, "agents.honest.sponsor", "has the habit 'label-flipper'"),
        ({"agents.honest.sponsor": "nobody"}, "agents.honest.sponsor", "there is no agent 'nobody'"),
        ({"agents.nobody.purse": 1}, "agents.nobody.purse", "there is no agent 'nobody'; there are honest, adversary"),
        ({"agents.purse": 1}, "agents.purse", "write agents.NAME.SETTING"),
        ({"self-assessment.refund-wait": "3d"}, "self-assessment", "the waits must be above zero and rise"),
        ({"self-assessment.reporter-percent": 60}, "self-assessment", "the reporter's part"),
        ({"self-assessment.florr": 1}, "self-assessment.florr", "no such setting"),
        ({"market": {}}, "incentive", "exactly one of the tables"),
        ({"data.source": "mnist"}, "data.source", "must be 'imdb' or 'synthetic'"),
        ({"samples": 0}, "samples", "1 or more"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(changes, setting, reason):
    with pytest.raises(ScenarioProblem) as refused:
        preset("self-assessment").changed(changes)
    assert refused.value.setting == setting
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("name", "changes", "setting"),
    [
        ("market", {"samples": 70_000}, "samples"),
        ("market", {"market.bounty": "-1"}, "market.bounty"),
        ("market", {"agents.honest.sponsor": "adversary"}, "agents.honest.sponsor"),
        ("market", {"agents.honest.habit": "sponsor"}, "agents.honest.habit"),
        ("points", {"points.founders": ["nobody"]}, "points.founders"),
        ("points", {"agents.founder.count": 17}, "points.founders"),
        ("points", {"points.fee-percent": 90}, "points"),
        ("crowd", {"agents.sponsor.count": 2}, "agents.newcomers.sponsor"),
    ],
)
def test_each_incentive_refuses_what_does_not_fit(name, changes, setting):
    with pytest.raises(ScenarioProblem) as refused:
        preset(name).changed(changes)
    assert refused.value.setting == setting


def test_nobody_contributing_and_two_of_a_name_are_refused():
    agent = {"name": "one", "habit": "sponsor", "purse": "1ether"}
    content = {"self-assessment": {}, "agents": [agent]}
    with pytest.raises(ValueError, match="none of them contributes"):
        Scenario.model_validate(content)
    honest = {**agent, "habit": "honest"}
    with pytest.raises(ValueError, match="two agents of the name 'one'"):
        Scenario.model_validate({**content, "agents": [honest, honest]})


@pytest.mark.parametrize("text", [None, "a = ", "title = 3"])
def test_a_bad_file_is_named(text, tmp_path):
    path = tmp_path / "mine.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ScenarioProblem, match=r"mine\.toml"):
        load_scenario(path)
