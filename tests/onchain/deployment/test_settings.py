"""Settings files of the scripts: what they say, and what is wrong with them in words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from commonlearn.records import Terms
from scripts.settings import DEFAULT, Settings, SettingsProblem
from tests.support.settings import BENEFICIARY, settings_file


@pytest.fixture
def file(tmp_path):
    return settings_file(tmp_path)


def edited(file: Path, before: str, after: str) -> Path:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))
    return file


def test_the_files_units_become_the_contracts(file):
    settings = Settings.read(file)
    wanted = Terms(BENEFICIARY, 10**15, 250, 3_600, 100, 200, 300, 1_000)
    assert settings.deploy.terms("0x" + "11" * 20) == wanted
    assert wanted.problems() == []
    assert settings.prices().eth_usd == Decimal(2500)


def test_paths_count_from_the_files_folder(file, tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    settings = Settings.read(file)
    assert settings.deploy.csv == (tmp_path / "reviews.csv").resolve()
    assert settings.contribute.csv.is_file()
    assert settings.deployments == (tmp_path / "deployments").resolve()


def test_what_is_set_is_shown_in_peoples_units(file):
    shown = dict(Settings.read(file).deploy.in_words())
    assert shown["floor"] == "0.001 ether"
    assert shown["refund wait"] == "1 min 40 s"
    assert shown["model"] == "perceptron"
    assert "curator" not in shown


def test_the_file_that_ships_can_be_used():
    settings = Settings.read(DEFAULT)
    for name in ("deploy", "contribute", "refund", "report"):
        assert settings.section(name).in_words()
    assert settings.deploy.terms("0x" + "11" * 20).problems() == []
    assert settings.deploy.csv.is_file()
    assert settings.contribute.csv.is_file()
    assert settings.deployments == DEFAULT.resolve().parents[1] / "deployments"
    assert settings.account.live == "deployer"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            'floor = "0.001 ether"',
            'floor = "many"',
            "the setting deploy.rules cannot be used: floor: 'many' is no amount",
        ),
        ('half_life = "1h"', "", "the setting deploy.rules cannot be used: half_life is missing"),
        ('half_life = "1h"', 'half_life = "soon"', "deploy.rules cannot be used: half_life: 'soon' is no span of time"),
        ("growth_percent = 2.5", "growth_percent = 101", "deploy.rules cannot be used: growth_percent"),
        ("reporter_percent = 10", "reporter_percent = 51", "deploy.rules cannot be used: reporter_percent"),
        ('model = "perceptron"', 'model = "oracle"', "deploy.model cannot be used: input should be 'perceptron'"),
        ("[deploy]", "[deploy]\nkey = 1", "the setting deploy.key is not known"),
        ("[account]", "[account]\nprivate_key = 'x'", "the setting account.private_key is not known"),
        ("development = 0", "development = -1", "the setting account.development cannot be used"),
        ("[deploy]", "[deploy]\nincentive = 'luck'", "the setting deploy.incentive cannot be used: it is 'luck'"),
        ("[deploy]", "[deploy]\nincentive = 'points'", "the setting deploy.rules cannot be used: grant is missing"),
        ("[deploy]", "[deploy", "it is no TOML"),
    ],
)
def test_what_cannot_be_used_is_said(file, before, after, said):
    with pytest.raises(SettingsProblem) as problem:
        Settings.read(edited(file, before, after))
    assert said in str(problem.value)
    assert str(file) in str(problem.value)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(SettingsProblem, match=r"none\.toml: No such file"):
        Settings.read(tmp_path / "none.toml")


def test_a_missing_section_is_said(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text('deployments = "deployments"\n')
    with pytest.raises(SettingsProblem, match=r"it has no section \[deploy\]"):
        Settings.read(file).section("deploy")
