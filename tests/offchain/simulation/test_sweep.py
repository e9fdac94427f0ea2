"""Sweeps: the same for any number of workers and after interruptions; recommendations hold in the worst case.

Requirements Z-06, Z-11, Z-12.
"""

import json

import pyarrow.parquet as pq
import pytest
from PIL import Image

from commonlearn.simulation import sweep as sweep_module
from commonlearn.simulation.errors import SweepProblem
from commonlearn.simulation.maps import write_maps, write_recommendations, write_results
from commonlearn.simulation.recommend import recommend
from commonlearn.simulation.sweep import Result, Sweep, SweepSettings, load_sweep, sweep_preset, sweep_text
from tests.offchain.simulation.small import DATA

WAITS = [
    {"label": "short", "self-assessment.refund-wait": "6h", "self-assessment.report-wait": "12h"},
    {"label": "long", "self-assessment.refund-wait": "1d", "self-assessment.report-wait": "2d"},
]


def settings(**changes):
    usual = {
        "scenario": "self-assessment",
        "seeds": [1, 2],
        "attackers": ["adversary"],
        "honest": ["honest"],
        "fixed": {"samples": 40, "data": DATA},
        "settings": [
            {"name": "stake", "setting": "self-assessment.floor", "values": ["0.001ether", "0.01ether"]},
            {"name": "waits", "choices": WAITS},
        ],
        "conditions": [{"name": "every", "setting": "agents.adversary.every", "values": ["1h", "10min"]}],
    }
    return SweepSettings.model_validate({**usual, **changes})


def test_numbers_are_the_same_for_any_number_of_workers_and_after_an_interruption(tmp_path, monkeypatch):
    sweep = Sweep(settings())
    assert len(sweep.cells) == 16
    told = []
    alone = sweep.run(tmp_path / "alone.jsonl", progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 16) for done in range(17)]
    assert [each.labels for each in alone] == [cell.labels for cell in sweep.cells]
    assert len({(each.attacker_profit, each.labels, each.seed) for each in alone}) == 16
    assert Sweep(settings()).run(tmp_path / "two.jsonl", workers=2) == alone

    lines = (tmp_path / "alone.jsonl").read_text().splitlines()
    cut = tmp_path / "cut.jsonl"
    cut.write_text("\n".join(lines[5:11]) + "\n" + lines[0][: len(lines[0]) // 2])  # broken off while writing
    played = []
    play = sweep_module.play
    monkeypatch.setattr(sweep_module, "play", lambda *a, **k: played.append(a[0].fingerprint()) or play(*a, **k))
    assert sweep.run(cut) == alone
    assert len(played) == len(set(played)) == 10
    assert sweep.run(cut) == alone
    assert len(played) == 10


def test_a_dask_cluster_gives_the_same_numbers(tmp_path):
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    small = settings(seeds=[1], conditions=[])
    alone = Sweep(small).run(tmp_path / "alone.jsonl")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        found = Sweep(small).run(tmp_path / "dask.jsonl", dask=cluster.scheduler_address)
    assert found == alone


def test_other_settings_are_other_runs():
    keys = {cell.key("IMDB") for cell in Sweep(settings()).cells}
    assert len(keys) == 16
    assert keys.isdisjoint(cell.key("a stand-in") for cell in Sweep(settings()).cells)
    assert keys.isdisjoint(cell.key("IMDB") for cell in Sweep(settings(fixed={"samples": 41, "data": DATA})).cells)


def test_files_hold_all_runs_and_the_maps_are_drawn(tmp_path):
    sweep = Sweep(settings(seeds=[1]))
    results = sweep.run(tmp_path / "kept.jsonl")
    csv, parquet = write_results(sweep, results, tmp_path / "all")
    table = pq.read_table(parquet)
    assert table.num_rows == 8
    assert table["stake"].to_pylist() == [each.labels[0] for each in results]
    assert json.loads(table.schema.metadata[b"commonlearn.sweep"])["attackers"] == ["adversary"]
    assert len(csv.read_text().splitlines()) == 9
    found = recommend(results, 2, margin=0.2)
    assert len(write_recommendations(sweep, found, tmp_path / "best.csv").read_text().splitlines()) == 5
    with Image.open(write_maps(sweep, results, tmp_path / "maps.png")) as picture:
        assert picture.size[0] > 500
    one_axis = Sweep(settings(settings=[settings().settings[0].model_dump()], conditions=[], seeds=[1]))
    write_maps(one_axis, one_axis.run(tmp_path / "one.jsonl"), tmp_path / "one.png")


def result(labels, attacker, honest, accuracy=0.8, stake=10**15, seed=1):
    return Result("k", labels, seed, attacker, honest, 0.5, 1.1, 0.2, 0.82, accuracy, accuracy, None, stake)


def test_recommended_settings_hold_the_margin_in_the_worst_case():
    results = [
        result(("low", "few"), -0.5, 0.1),
        result(("low", "many"), -0.1, 0.1),  # the margin of 0.2 is not held here
        result(("middle", "few"), -0.5, 0.2, stake=2 * 10**15),
        result(("middle", "many"), -0.3, 0.01, stake=2 * 10**15),
        result(("high", "few"), -0.9, 0.2, stake=9 * 10**15),
        result(("high", "many"), -0.8, 0.2, stake=9 * 10**15),
        result(("costly", "few"), -0.9, 0.2),
        result(("costly", "many"), -0.9, -0.01),  # the honest lose
        result(("bent", "few"), -0.9, 0.2),
        result(("bent", "many"), -0.9, 0.2, accuracy=0.5),  # the model is lost
    ]
    found = recommend(results, 1, margin=0.2)
    assert [each.labels[0] for each in found if each.is_safe] == ["middle", "high"]
    assert (found[0].attacker_profit, found[0].honest_profit, found[0].honest_stake_wei) == (-0.3, 0.01, 2 * 10**15)
    assert {each.labels[0] for each in found if not each.is_safe} == {"low", "costly", "bent"}
    few = recommend(results, 1, margin=0.2, conditions=frozenset({"few"}))
    assert all(each.is_safe for each in few)
    assert [each.labels[0] for each in recommend(results, 1, margin=0.5) if each.is_safe] == ["high"]
    assert recommend(results, 1, margin=0.2, most_lost=0.4)[0].labels == ("bent",)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"attackers": ["nobody"]}, "names 'nobody', but its scenario has only honest, adversary"),
        ({"scenario": "points"}, "no profit can be measured"),
        (
            {"settings": [{"name": "stake", "setting": "self-assessment.floor", "values": ["1wei"]}]},
            "With stake 1wei, every",
        ),
        ({"settings": [{"name": "x", "setting": "self-assessment.flor", "values": [1]}]}, "self-assessment.flor"),
    ],
)
def test_a_sweep_that_cannot_be_played_is_refused(changes, says):
    with pytest.raises(SweepProblem, match=says):
        Sweep(settings(**changes))


@pytest.mark.parametrize(
    "axis",
    [
        {"name": "a"},
        {"name": "a", "setting": "x", "values": [1], "choices": [{"label": "b"}]},
        {"name": "a", "choices": [{"x": 1}]},
    ],
)
def test_an_axis_needs_points(axis, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(sweep_text("stakes"))
    assert len(load_sweep(path).cells) == len(sweep_preset("stakes").cells) == 108
    with pytest.raises(SweepProblem, match=r"settings\.0"):
        sweep_preset("stakes", {"settings": [axis]})


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(SweepProblem, match="there are stakes"):
        sweep_preset("steaks")
    with pytest.raises(SweepProblem, match=r"gone\.toml cannot be read"):
        load_sweep(tmp_path / "gone.toml")
    with pytest.raises(SweepProblem, match="no Dask scheduler at nowhere"):
        Sweep(settings()).run(tmp_path / "kept.jsonl", dask="nowhere")
