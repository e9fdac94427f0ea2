"""What docs/how-to-choose-stakes.md tells a reader to type works, and its pictures are there and small.

Requirements Z-07, Z-13.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "how-to-choose-stakes.md").read_text(encoding="utf-8")
MOST_BYTES = 200_000


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("reader")


@pytest.fixture(scope="module")
def environment():
    places = {"PYTHONPATH": str(ROOT / "offchain"), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return {**os.environ, **places, "COLUMNS": "160"}


@pytest.mark.slow
def test_every_command_runs(folder, environment):
    [sweep] = blocks("toml")
    (folder / "purses.toml").write_text(sweep, encoding="utf-8")
    for block in blocks("sh"):
        done = subprocess.run(
            ["bash", "-c", f"set -eu -o pipefail\n{block}"], cwd=folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    written = {path.name for path in (folder / "simulations").iterdir()}
    assert {"self-assessment.gif", "market.png", "points.txt", "mine.parquet", "stakes.png", "purses.csv"} <= written
    assert (folder / "purses.json").stat().st_size > 100


@pytest.mark.slow
def test_the_habit_of_the_page_takes_part(folder, environment):
    [block] = blocks("python")
    done = subprocess.run([sys.executable, "-c", block], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "sleeper (sleeper) ended with" in done.stdout


def test_pictures_are_there_and_small():
    named = re.findall(r"\]\((pictures/\S+?)\)", PAGE)
    assert len(named) >= 3
    kept = sorted((ROOT / "docs" / "pictures").glob("simulation-*"))
    assert {(ROOT / "docs" / name).name for name in named} <= {path.name for path in kept}
    assert {path.suffix for path in kept} == {".png", ".gif"}
    assert all(path.stat().st_size <= MOST_BYTES for path in kept)


def test_every_habit_is_explained():
    from commonlearn.simulation.agents import HABITS

    assert all(f"| `{habit}` |" in PAGE for habit in HABITS)
