"""The tools behind docs/assurance.md: faults are small changes of what they name, and tables say what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.assurance.__main__ import _tried, rewrite, table
from scripts.assurance.attacks import of_python
from scripts.assurance.coverage.__main__ import all_tests, by_layer, percent, summary, with_probes
from scripts.assurance.coverage.probes import BASE, Probe, instrument
from scripts.assurance.coverage.record import Reach, Records, load, python_inputs, save
from scripts.assurance.layers import LAYERS, PRIVATE, PUBLIC, layers
from scripts.assurance.mutation.__main__ import draw
from scripts.assurance.mutation.groups import group_of, groups
from scripts.assurance.mutation.operators import mutants
from scripts.assurance.mutation.reach import Reached
from scripts.assurance.mutation.results import Result, reasons
from scripts.assurance.mutation.schemata import BASE as FIRST_FAULT
from scripts.assurance.mutation.schemata import schema
from scripts.assurance.mutation.syntax import parse
from scripts.assurance.mutation.targets import sources
from scripts.assurance.mutation.targets import tests_about as about
from scripts.assurance.slither import answers
from scripts.compiler import CompilerSettings, compile_standard

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


def test_solidity_tests_about_a_file_have_its_name_or_say_so():
    assert about("contracts/libraries/LaneVector.sol", ROOT) == ["tests/forge/LaneVector.t.sol"]
    assert about("contracts/types/Holding.sol", ROOT) == ["tests/forge/Types.t.sol", "tests/forge/unit/Claims.t.sol"]
    assert about("contracts/badges/Badges.sol", ROOT) == []


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


def test_what_is_left_of_a_draw_is_told():
    def result(status):
        return Result("a/A.sol", 1, "", "", "", status, "", 0.0)

    found = {"a/A.sol": [result("killed"), result("invalid")], "a/B.sol": []}
    text = _tried(found, {"a/A.sol": 1_990, "a/B.sol": 10}, {"a/A.sol": 4, "a/B.sol": 4})
    assert text == (
        "Of 2,000 faults 8 are drawn; 2 have been tried, of which 1 do not compile; 6 of those drawn are left to be "
        "tried. None yet that compiles in `B.sol`."
    )


SOURCE = b"""contract C {
    function f(uint256 a) external pure returns (uint256 b) {
        if (a > 1) b = 2; else if (a > 0) { b = 1; }
        for (uint256 i = 0; i < a; ++i) b += i;
        assembly {
            if lt(b, 3) { b := 3 }
            for {} lt(b, 9) {} { b := add(b, 1) b := mul(b, 2) }
        }
    }
}
"""


def probed(tmp_path):
    path = tmp_path / "C.sol"
    path.write_bytes(SOURCE)
    return instrument("C.sol", SOURCE, parse([path], tmp_path)["C.sol"], 0)


def test_a_file_with_probes_compiles_and_holds_all_of_them(tmp_path):
    changed, probes = probed(tmp_path)
    request = {
        "language": "Solidity",
        "sources": {"C.sol": {"content": changed.decode()}},
        "settings": {"viaIR": True, "outputSelection": {"*": {"*": ["evm.bytecode.object"]}}},
    }
    answer = compile_standard(request, CompilerSettings.load().version, tmp_path)
    code = answer["contracts"]["C.sol"]["C"]["evm"]["bytecode"]["object"]
    for number in range(len(probes)):
        assert f"{BASE + number:x}" in code
    assert changed.count(b"\n") == SOURCE.count(b"\n")


def test_every_statement_and_both_ways_of_every_if_are_counted(tmp_path):
    _, probes = probed(tmp_path)
    # if, b = 2, else if, b = 1, for, b += i; and of assembly: if and for, b := 3, two of the loop
    assert sum(probe.weight for probe in probes if probe.kind == "statement") == 11
    assert sum(probe.kind == "branch" for probe in probes) == 6
    (row,) = summary(probes, set(range(len(probes))))
    assert row["statements"] == [11, 11]
    assert row["branches"] == [6, 6]
    assert row["missed"] == []
    (row,) = summary(probes, set())
    assert row["statements"] == [0, 11]
    assert percent([(1, 2), (3, 4)]) == pytest.approx(66.67, abs=0.01)
    assert percent([]) == 100


def test_every_contract_that_ships_has_probes():
    changed, probes = with_probes()
    assert {probe.file for probe in probes} <= set(changed)
    assert all("testing" not in probe.file for probe in probes)


def test_each_contract_that_ships_is_of_one_layer():
    """Requirement of the tables: the second layer is `contracts/market` and what only that uses."""
    found = layers(ROOT)
    assert set(found) == {path.relative_to(ROOT).as_posix() for path in sources(ROOT)}
    assert set(found.values()) == set(LAYERS)
    assert found["contracts/market/Rounds.sol"] == found["contracts/libraries/SubsetDraw.sol"] == PRIVATE
    assert found["contracts/libraries/Log2.sol"] == found["contracts/core/Collaboration.sol"] == PUBLIC


def test_each_layer_has_a_sum_of_its_own():
    rows = [
        {"file": "a", "statements": [1, 2], "branches": [0, 0]},
        {"file": "b", "statements": [3, 4], "branches": [1, 3]},
        {"file": "c", "statements": [1, 1], "branches": [0, 1]},
    ]
    sums = by_layer(rows, {"a": PUBLIC, "b": PRIVATE, "c": PRIVATE})
    assert sums == {
        PUBLIC: {"statements": 50.0, "branches": 100.0},
        PRIVATE: {"statements": 80.0, "branches": 25.0},
    }


def test_every_file_has_a_group_whose_tests_are_there():
    for path in sources(ROOT):
        assert group_of(path.relative_to(ROOT).as_posix())
    for group in groups():
        assert all((ROOT / "tests" / "onchain" / test).is_file() for test in group.tests)
        assert all((ROOT / "tests" / "forge" / test).is_file() for test in group.solidity)


def test_a_source_holds_all_faults_and_compiles(tmp_path):
    """Modifiers, parameters without names and functions of libraries too; what lies outside of functions is left."""
    source = b"""
    uint256 constant LIMIT = 3;
    function free(uint256 a) pure returns (uint256) { return a + 1; }
    library L { function twice(uint256[] calldata a, uint256) internal pure returns (uint256) { return a[0] * 2; } }
    abstract contract C {
        uint256 private _sum;
        modifier once() { require(_sum < LIMIT); _; }
        function set(uint256[] calldata a) external payable once { if (a.length > 1) _sum = L.twice(a, 2); }
        function both() public virtual returns (uint256 x, uint256 y) { (x, y) = (free(_sum), msg.value + 7); }
    }
    contract D is C {
        function both() public override once returns (uint256 x, uint256 y) { (x, y) = super.both(); ++y; }
    }
    """
    source = source.replace(b"msg.value", b"block.timestamp")
    path = tmp_path / "D.sol"
    path.write_bytes(source)
    tree = parse([path], tmp_path)["D.sol"]
    found = [m for m in mutants("D.sol", source, tree) if m.operator != "swap arguments"]  # of different types here
    faults = dict(enumerate(found))
    made = schema(source, tree, faults)
    left = [faults[number] for number in made.left]
    assert {source[fault.start : fault.end] for fault in left} == {b"3", b"<", b"require(_sum < LIMIT)"}
    assert len(made.regions) == len(faults) - len(left) > 15
    for start, end, number in made.regions:
        fault = faults[number]
        assert fault.text in made.text.encode()[start:end].decode()
    assert "once" in made.text.split("function both__own")[1].split("{")[0]
    request = {
        "language": "Solidity",
        "sources": {"D.sol": {"content": made.text}},
        "settings": {"viaIR": True, "outputSelection": {"*": {"*": ["evm.bytecode.object"]}}},
    }
    answer = compile_standard(request, CompilerSettings.load().version, tmp_path)
    code = answer["contracts"]["D.sol"]["D"]["evm"]["bytecode"]["object"]
    assert f"{FIRST_FAULT:x}" in code


def test_tests_that_reach_a_line_are_tried_cheapest_and_most_different_first():
    probes = [Probe("a.sol", 2, "statement", 1), Probe("a.sol", 5, "statement", 1), Probe("b.sol", 9, "branch", 1)]
    record = {
        "t/test_x.py": Reach(1.0, frozenset({0})),
        "t/test_x.py::test_dear": Reach(9.0, frozenset({1})),
        "t/test_x.py::test_cheap[1]": Reach(0.1, frozenset({1})),
        "t/test_x.py::test_cheap[2]": Reach(0.2, frozenset({1})),
        "t/test_x.py::test_cheap[3]": Reach(0.3, frozenset({1})),
        "t/test_y.py::test_other": Reach(0.1, frozenset({2})),
    }
    reached = Reached(probes, record)
    assert reached.probes("a.sol", 4, 1, 8) == {0}
    assert reached.probes("a.sol", 7, 1, 8) == {1}
    assert reached.probes("a.sol", 1, 1, 8) == {0}
    assert reached.probes("a.sol", 12, 10, 13) == set()
    order = [name.split("::")[1] for name in reached.tests({1}, [])]
    assert order == ["test_cheap[1]", "test_cheap[2]", "test_dear", "test_cheap[3]"]
    assert len(reached.tests({0}, [])) == 4  # all, as what they share does
    assert reached.tests({2}, ["test_x.py"]) == ["t/test_y.py::test_other"]
    assert reached.all_probes("a.sol") == {0, 1}


def test_what_tests_reached_is_read_as_it_was_written(tmp_path):
    record = {"a": Reach(0.25, frozenset({3, 1})), "b": Reach(1.0, frozenset())}
    save(tmp_path / "record.json", record)
    assert load(tmp_path / "record.json") == record
    assert load(tmp_path / "none.json") == {}


@pytest.fixture
def project(tmp_path):
    """Two contracts, of which one imports the other, a third, and tests with what they import."""
    texts = {
        "contracts/A.sol": 'import {B} from "./B.sol";',
        "contracts/B.sol": "",
        "contracts/C.sol": "",
        "tests/onchain/conftest.py": "from tests.support.actors import cast",
        "tests/onchain/unit/test_a.py": "import json\nfrom tests.support import reverts",
        "tests/support/__init__.py": "",
        "tests/support/actors.py": "",
        "tests/support/reverts.py": "",
        "tests/support/web.py": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


TEST = "tests/onchain/unit/test_a.py"


def test_a_record_depends_on_what_a_file_of_tests_imports(project):
    names = {"__init__", "actors", "reverts"}
    wanted = {TEST, "tests/onchain/conftest.py", *(f"tests/support/{name}.py" for name in names)}
    assert python_inputs(TEST, project) == wanted


def test_a_record_holds_while_other_sources_change_and_follows_its_probes(project):
    a, c = (Probe(f"contracts/{name}.sol", 3, "statement", 1) for name in "AC")
    reached = {TEST: Reach(1.0, frozenset()), f"{TEST}::test_one": Reach(0.5, frozenset({1, 2}))}
    Records(project / "records", project, [c, a, a]).keep(TEST, reached)

    (project / "contracts/C.sol").write_text("contract C {}")
    (project / "contracts/B.sol").write_text("// what a comment says changes nothing")
    (project / "tests/support/web.py").write_text("# longer")
    moved = Records(project / "records", project, [c, c, c, a, a])
    assert moved.tests() == [TEST]
    assert moved.all() == {TEST: Reach(1.0, frozenset()), f"{TEST}::test_one": Reach(0.5, frozenset({3, 4}))}


@pytest.mark.parametrize(
    "changed", ["contracts/A.sol", "contracts/B.sol", TEST, "tests/onchain/conftest.py", "tests/support/actors.py"]
)
def test_a_record_ends_with_a_change_of_what_it_depends_on(project, changed):
    probes = [Probe("contracts/A.sol", 3, "statement", 1)]
    Records(project / "records", project, probes).keep(TEST, {f"{TEST}::test_one": Reach(0.5, frozenset({0}))})
    assert Records(project / "records", project, probes).read(TEST)
    (project / changed).write_text((project / changed).read_text() + "\ncontract = 1;")
    later = Records(project / "records", project, probes)
    assert later.read(TEST) is None
    assert later.tests() == []
    assert later.all() == {}


def test_a_solidity_tests_record_ends_with_what_it_imports(project):
    name = "tests/forge/A.t.sol"
    (project / "tests/forge").mkdir()
    (project / name).write_text('import {A} from "../../contracts/A.sol";')
    probes = [Probe("contracts/C.sol", 3, "statement", 1)]
    Records(project / "records", project, probes).keep(name, {name: Reach(0.5, frozenset({0}))})
    known = Records(project / "records", project, probes)
    assert known.all(".sol") == {name: Reach(0.5, frozenset({0}))}
    assert known.all() == {}
    (project / "contracts/B.sol").write_text("contract B {}")
    assert Records(project / "records", project, probes).tests() == []


def test_long_tests_and_processes_of_their_own_are_not_measured_unasked():
    tests = all_tests()
    assert "tests/onchain/unit/test_withdraw.py" in tests
    assert not any("stateful/" in test or "integration" in test or "deployment" in test for test in tests)
    assert all((ROOT / test).is_file() for test in tests)


def test_of_scenarios_with_one_name_the_last_counts():
    line = '{"name": "a", "profit": %d, "unit": "wei", "attack_gas": 2, "honest_loss": null, "limit": "", "test": "t"}'
    assert [one.profit for one in of_python("\n".join([line % -1, line % -2]))] == [-2]
