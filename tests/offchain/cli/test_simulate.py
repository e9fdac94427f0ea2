"""`commonlearn simulate`: what it plays, writes, says and refuses. No chain is needed.

Requirements Z-06, Z-07, Z-08, Z-11.
"""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commonlearn.cli.main import app

SMALL = ["--set", 'data={"source": "synthetic", "first": 300, "dimension": 60, "margin": 20}', "--samples", "80"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*words, code=0):
        result = CliRunner().invoke(
            app, ["simulate", *map(str, words)], env={"COLUMNS": "160", "COMMONLEARN_DEBUG": ""}
        )
        assert "Traceback" not in result.stdout + result.stderr
        assert result.exit_code == code, result.stdout + result.stderr
        return result

    return call


@pytest.mark.parametrize("incentive", ["self-assessment", "market", "points"])
def test_each_incentive_is_played_and_says_what_it_wrote(run, incentive):
    result = run(incentive, *SMALL, "--out", "here")
    written = sorted(path.name for path in Path("here").iterdir())
    ends = (".actions.parquet", ".csv", ".gif", ".json", ".parquet", ".png", ".txt")
    assert written == sorted(f"{incentive}{end}" for end in ends)
    for name in written:
        assert f"here/{name}" in result.stdout
    assert Path(f"here/{incentive}.txt").read_text().strip() in result.stdout
    assert "synthetic" in result.stderr  # it says that the samples are not real


def test_a_scenario_can_be_printed_changed_and_played(run):
    listed = run("scenario")
    assert "crowd" in listed.stdout
    Path("mine.toml").write_text(run("scenario", "crowd").stdout)
    result = run("self-assessment", "--scenario", "mine.toml", "--seed", 9, "--no-animation", *SMALL, "--json")
    content = json.loads(result.stdout)
    assert (content["ok"], content["seed"], content["contributions"]) == (True, 9, 80)
    assert {agent["name"] for agent in content["agents"]} >= {"farmer", "sponsor"}
    assert all(Path(file).is_file() for file in content["files"])
    assert not list(Path("simulations").glob("*.gif"))


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["market", "--set", "agents.honest.habit=saint"], 6, "agents.honest.habit"),
        (["market", "--set", "nonsense"], 2, "NAME=VALUE"),
        (["market", "--scenario", "crowd"], 2, "commonlearn simulate self-assessment plays it"),
        (["market", "--scenario", "gone.toml"], 6, "gone.toml"),
        (["scenario", "gone"], 6, "there are self-assessment, market, points, crowd"),
        (["self-assessment", "--samples", "0"], 6, "samples"),
        (["sweep", "gone.toml"], 6, "gone.toml"),
        (["sweep", "--workers", "0"], 2, "--workers"),
        (["sweep", "--condition", "1 in 1000"], 2, "there are 1 in 15, 1 in 2, 1 in 3, 1 in 7"),
    ],
)
def test_bad_settings_are_refused_by_name(run, words, code, says):
    assert says in " ".join(run(*words, code=code).stderr.split())


def test_a_sweep_goes_on_where_it_stopped_and_recommends(run):
    Path("mine.toml").write_text(
        """
        scenario = "self-assessment"
        seeds = [1]
        attackers = ["adversary"]
        honest = ["honest"]
        [fixed]
        samples = 60
        data = { source = "synthetic", first = 300, dimension = 60, margin = 20 }
        [[settings]]
        name = "stake"
        setting = "self-assessment.floor"
        values = ["0.001ether", "0.002ether"]
        """
    )
    first = run("sweep", "mine.toml", "--workers", 1, "--margin", 0, "--most-lost", 50)
    assert "Recommended" in first.stdout or "No setting here" in first.stdout
    kept = Path("simulations/mine.results.jsonl")
    before = kept.read_text()
    again = json.loads(run("sweep", "mine.toml", "--workers", 1, "--margin", 0, "--most-lost", 50, "--json").stdout)
    assert kept.read_text() == before
    assert [each["stake"] for each in again["settings"]] == ["0.001ether", "0.002ether"] or len(again["settings"]) == 2
    assert {Path(file).name for file in again["files"]} == {
        "mine.results.jsonl", "mine.csv", "mine.parquet", "mine.recommended.csv", "mine.png",
    }  # fmt: skip
    assert len(run("sweep", "mine.toml", "--workers", 1, "--seeds", 2, "--json").stdout) > 100
    assert len(kept.read_text().splitlines()) == 4
