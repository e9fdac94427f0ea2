"""What a run leaves: numbers, pictures, words.

Requirements Z-07.
"""

import json
from itertools import pairwise

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from PIL import Image

from commonlearn.simulation.figures import write_animation, write_picture
from commonlearn.simulation.play import play
from commonlearn.simulation.reading import reading
from commonlearn.simulation.scenario import Scenario
from tests.offchain.simulation.small import material, small

NAMES = ("self-assessment", "market", "points", "crowd")


@pytest.fixture(scope="module", params=NAMES)
def run(request):
    return play(small(request.param, 300), material())


def test_numbers_come_back_with_settings_and_seed(run, tmp_path):
    csv, parquet, actions, summary = run.write(tmp_path / "deep" / "folder", "run")
    table = pq.read_table(parquet)
    metadata = table.schema.metadata
    assert Scenario.model_validate(json.loads(metadata[b"commonlearn.scenario"])) == run.scenario
    assert int(metadata[b"commonlearn.seed"]) == run.seed
    assert table["days"].to_pylist() == run.course.days
    assert table["accuracy"].to_pylist() == run.course.accuracy
    for name, balances in run.course.balances.items():
        assert [int(wei) for wei in table[f"{name}.balance_wei"].to_pylist()] == balances
    read = pacsv.read_csv(csv)
    assert read.column_names == table.column_names
    assert len(read) == len(table)
    kept = pq.read_table(actions)
    assert len(kept) == len(run.actions)
    assert sum(action == "contribute" for action in kept["action"].to_pylist()) == run.contributions
    assert sum(int(wei) for wei in kept["wei"].to_pylist()) == sum(action.wei for action in run.actions)
    told = json.loads(summary.read_text())
    assert [agent["end_wei"] for agent in told["agents"]] == [str(each.end_wei) for each in run.outcomes]


def test_the_picture_has_ink_of_every_agent(run, tmp_path):
    with Image.open(write_picture(run, tmp_path / "run.png")) as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}
        assert picture.size[0] > 800
    assert (255, 255, 255) in colours
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), (0, 0, 0)} <= colours


def test_the_animation_grows_to_the_whole_picture(run, tmp_path):
    path = write_animation(run, tmp_path / "run.gif", frames=6)
    inks = []
    with Image.open(path) as animation:
        assert 3 <= animation.n_frames <= 7
        for number in range(animation.n_frames):
            animation.seek(number)
            frame = animation.convert("L")
            inks.append(sum(frame.histogram()[:200]))
    assert inks[0] < inks[-1]
    # A line may be drawn over a darker one, but nothing goes away.
    assert all(after > 0.97 * before for before, after in pairwise(inks))


def test_the_words_say_who_ended_with_what(run):
    said = reading(run)
    assert "\n" not in said
    assert f"{run.contributions:,} contributions" in said
    for each in run.outcomes:
        assert each.name in said
        if each.start_wei:
            assert f"{100 * each.share:.1f} %" in said
    assert f"{100 * run.accuracy:.1f} %" in said
    assert ("0xDeCA10B" in said) == bool(run.scenario.published)
