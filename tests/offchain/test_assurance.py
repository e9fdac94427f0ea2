"""The tools behind docs/assurance.md: faults are small changes of what they name, and tables say what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.assurance.__main__ import rewrite, table
from scripts.assurance.attacks import of_python
from scripts.assurance.coverage.__main__ import percent, summary, with_probes
from scripts.assurance.coverage.probes import instrument
from scripts.assurance.mutation.__main__ import draw
from scripts.assurance.mutation.groups import group_of, groups
from scripts.assurance.mutation.operators import mutants
from scripts.assurance.mutation.results import reasons
from scripts.assurance.mutation.syntax import parse
from scripts.assurance.mutation.targets import tests_of as notices
from scripts.assurance.slither import answers

ROOT = Path(__file__).resolve().parents[2]
FILE = "contracts/libraries/StakePrice.sol"


@pytest.fixture(scope="module")
def faults():
    """All faults of one library, as changed sources."""
    source = (ROOT / FILE).read_bytes()
    found = mutants(FILE, source, parse([ROOT / FILE], ROOT)[FILE])
    return source, found


def test_every_fault_changes_one_place(faults):
    source, found = faults
    assert len(found) > 25
    for fault in found:
        changed = fault.apply(source)
        assert changed != source
        assert changed[: fault.start] == source[: fault.start]
        assert changed.endswith(source[fault.end :])


def test_each_fault_is_drawn_once_and_a_greater_share_holds_the_smaller(faults):
    _, found = faults
    assert len(set(found)) == len(found)
    few, many = draw(found, 0.2, 1, 7), draw(found, 0.6, 1, 7)
    assert many[: len(few)] == few
    assert len(many) > len(few)
    assert draw(found, 0.2, 1, 8) != few


def test_a_library_has_tests_about_it_and_others():
    first, rest = notices("contracts/libraries/LaneVector.sol", ROOT)
    assert first == ["tests/forge/LaneVector.t.sol"]
    assert "tests/forge/Models.t.sol" in rest


def test_every_reviewed_survivor_is_a_line_of_its_file():
    for (file, before, _), reason in reasons().items():
        lines = {" ".join(line.split()) for line in (ROOT / file).read_text().splitlines()}
        assert before in lines, f"{file}: {before}"
        assert len(reason) > 10


def test_answers_to_slither_have_reasons():
    for path in (ROOT / "contracts").rglob("*.sol"):
        for _, detector, reason in answers(path):
            assert detector
            assert len(reason) > 12


def test_a_table_is_replaced_between_its_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- other -->\nkept\n<!-- /other -->\n")
    rewrite(page)
    assert page.read_text() == "before\n<!-- other -->\nkept\n<!-- /other -->\n"
    assert table(["a"], [["b"]]) == "| a |\n| --- |\n| b |"


def test_coverage_leaves_out_what_only_tests_use():
    line = "| {} | 50.00% (1/2) | 75.00% (3/4) | 50.00% (1/2) | 100.00% (1/1) |"
    found = rows("\n".join([line.format("contracts/a/B.sol"), line.format("contracts/testing/C.sol"), "noise"]))
    assert [row.file for row in found] == ["contracts/a/B.sol"]
    assert percent([row.statements for row in found]) == 75
    assert percent([]) == 100
