"""Reference experiments of private training. L-10, L-11."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import numpy as np
import pytest

from commonlearn.errors import DataNotFound
from commonlearn.evaluation.federation import (
    DELTAML_MSE,
    RULES,
    SCENES,
    WORTHS,
    compare_hospitals,
    deltaml_figure,
    hospital_tables,
    payout_table,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation-contributions.md"
WORDS = {"retrained": "retrained", "rounds": "round by round", "final round": "last updates"}


def test_deltaml_figure_on_the_rows_of_scikit_learn():
    """L-11: these have been rounded otherwise since."""
    assert round(deltaml_figure(), 2) == 3311.86


def test_deltaml_figure_on_the_rows_that_it_published():
    """L-11."""
    folder = Path(os.environ.get("COMMONLEARN_DATA", "")) / "deltaml"
    if not (folder / "file_0.csv").is_file():
        pytest.skip("DeltaML's shards are not in COMMONLEARN_DATA/deltaml")
    rows = []
    for number in range(9):
        with (folder / f"file_{number}.csv").open() as file:
            rows += [list(map(float, row)) for row in list(csv.reader(file, delimiter="\t"))[1:]]
    table = np.array(rows)
    assert table.shape == (442, 11)
    assert round(deltaml_figure(table[:, :-1], table[:, -1]), 2) == DELTAML_MSE


def test_hospitals_lose_nothing_by_not_pooling():
    """L-10: 0.790 either way, ten seeds."""
    try:
        tables = hospital_tables()
    except DataNotFound as error:
        pytest.skip(f"heart disease: {error}")
    assert [len(table) for table in tables.values()] == [303, 294, 123, 200]
    found = compare_hospitals(tables, seeds=10)
    assert abs(found.difference) < 0.01
    assert found.pooled.mean() == pytest.approx(0.790, abs=0.005)
    assert found.federated.mean() == pytest.approx(0.790, abs=0.005)
    assert found.federated.std() == pytest.approx(0.022, abs=0.005)


@pytest.mark.parametrize("task", ["cancer", "diabetes"])
def test_the_page_shows_what_is_measured(task):
    """L-09: every share of its tables."""
    page = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"^\|[^|]*\| (retrained|round by round|last updates) \| (.+) \|$", page, re.MULTILINE)
    rows = shown[: len(shown) // 2] if task == "cancer" else shown[len(shown) // 2 :]
    found = []
    for scene in SCENES:
        table = payout_table(scene, task)
        for worth in WORTHS:
            cells = [table[worth, rule] for rule in RULES]
            found.append((WORDS[worth], " | ".join(" · ".join(f"{share / 100:.1f}" for share in row) for row in cells)))
    assert found == rows
