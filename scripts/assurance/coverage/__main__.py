"""Run as ``python -m scripts.assurance.coverage [TEST …]``: coverage by brownie's tests; options below.

What ships is compiled with probes (`probes`), through the IR with its least optimization, and put into brownie's
artifacts in a copy of the project; a plugin (`recorder`) collects the probes of all transactions and calls. What a file
of tests reached is kept (`record`), and it is run again only when something that it depends on has changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.compiler import ROOT

from ..layers import LAYERS, PUBLIC, layers
from ..mutation.chain import compile_into, make_sandbox, refresh_artifacts, renew_tests
from ..mutation.syntax import parse
from ..mutation.targets import sources
from ..report import write
from . import solidity
from .probes import Probe, instrument
from .record import TESTS, Reach, Records, load

FOLDER = ROOT / ".cache" / "coverage"
FLOORS = {PUBLIC: 98.0}
"""Percent of statements and of branches that each layer must reach; the others' are told."""
RECORDER = "scripts.assurance.coverage.recorder"
NOT_MEASURED = (
    "tests/onchain/deployment",
    "tests/onchain/integration",
    "tests/onchain/test_toolchain.py",
    "tests/forge/training/Money.t.sol",
)
"""Processes of their own, which this one cannot listen to; and a story of whose traces forge would keep 21 GB."""
LONG = ("tests/onchain/stateful", "tests/onchain/differential/test_replay.py")
"""Run when they are named only: minutes or hours each, as every step is traced, of what others reach too."""
SOLIDITY = "tests/forge/training"
"""Solidity's tests that are measured besides, as they are most of those of the second layer."""
ENDED = (0, 1)
"""What pytest returns when all tests were run, whether all of them passed or not."""
AT_ONCE = 5
"""Files that share a start of brownie, six seconds."""


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts.assurance.coverage", description=__doc__)
    parser.add_argument("tests", nargs="*", help="files of tests, brownie's or forge's; all but long ones if none")
    parser.add_argument("--again", action="store_true", help="run files of which a record holds, too")
    parser.add_argument("--report", action="store_true", help="run nothing: sum up the records that hold")
    return parser.parse_args()


def percent(parts: list[tuple[int, int]]) -> float:
    """Reached parts of all parts, in percent; 100 if there are none.

    Examples
    --------
    >>> percent([(1, 2), (3, 4)])
    66.66666666666667
    """
    reached, there = (sum(part[i] for part in parts) for i in (0, 1))
    return 100 * reached / there if there else 100.0


def with_probes() -> tuple[dict[str, str], list[Probe]]:
    """All sources, those that ship with probes, and what the probes show."""
    shipped = sources(ROOT)
    trees = parse(shipped, ROOT)
    changed: dict[str, str] = {}
    probes: list[Probe] = []
    for path in sorted([*(ROOT / "contracts").rglob("*.sol"), *(ROOT / "interfaces").rglob("*.sol")]):
        name = path.relative_to(ROOT).as_posix()
        if name in trees:
            text, found = instrument(name, path.read_bytes(), trees[name], len(probes))
            probes += found
            changed[name] = text.decode()
        else:
            changed[name] = " view ".join(path.read_text().split(" pure "))
    return changed, probes


def records(probes: list[Probe]) -> Records:
    """What is known of which tests reach what."""
    return Records(FOLDER / "records", ROOT, probes)


def all_tests() -> list[str]:
    """The files of tests that are measured when none are named."""
    paths = [*sorted((ROOT / TESTS).rglob("test_*.py")), *sorted((ROOT / SOLIDITY).glob("*.t.sol"))]
    found = [path.relative_to(ROOT).as_posix() for path in paths]
    return [path for path in found if not path.startswith(NOT_MEASURED + LONG)]


def sandbox(changed: dict[str, str]) -> Path:
    """A copy of the project with probes, compiled if there is none of these sources."""
    digest = hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()[:16]
    folder = FOLDER / f"probes-{digest}"  # brownie wants a letter first
    if not (folder / ".ready").is_file():
        refresh_artifacts()
        for old in FOLDER.glob("probes-*"):
            shutil.rmtree(old)
        FOLDER.mkdir(parents=True, exist_ok=True)
        make_sandbox(folder)
        compile_into(folder, changed)
        (folder / ".ready").touch()
    renew_tests(folder)
    return folder


def run(folder: Path, tests: list[str]) -> tuple[dict[str, dict[str, Reach]], str]:
    """Run files of tests: what each reached, and the end of what was printed. Failures (on gas) are told, not fatal.

    Nothing at all of a run that did not come to its end.
    """
    raw = folder / "reached.json"
    raw.unlink(missing_ok=True)
    command = ["nice", "-n", "10", "./brownie", "test", *tests, "-n", "0", "-q", "-p", RECORDER]
    environment = os.environ | {"PROBES_TO": str(raw), "UPDATE_GAS_SNAPSHOTS": "1", "BROWNIE_NOCOMPILE": "1"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    reached: dict[str, dict[str, Reach]] = {test: {} for test in tests if done.returncode in ENDED}
    for name, reach in load(raw).items():
        reached.setdefault(name.split("::")[0], {})[name] = reach
    return reached, done.stdout[-3_000:] + done.stderr[-1_000:]


def measure(folder: Path, tests: list[str], known: Records) -> None:
    """Run files of tests, and keep what each reached."""
    for first in range(0, len(tests), AT_ONCE):
        some = tests[first : first + AT_ONCE]
        reached, text = run(folder, some)
        for test in some:
            if test in reached:
                known.keep(test, reached[test])
            else:
                print(f"{test}: did not end", flush=True)
        for line in _told(text):
            print(line, flush=True)


def measure_solidity(tests: list[str], changed: dict[str, str], known: Records) -> None:
    """Run Solidity's tests, and keep what each file reached."""
    folder = FOLDER / "solidity"
    solidity.make(folder, ROOT, changed, tests)
    for test in tests:
        reach, last = solidity.run(folder, ROOT, test)
        if reach.probes:
            known.keep(test, {test: reach})
        print(f"{test}: {len(reach.probes)} probes in {reach.seconds:.0f} s; {last}", flush=True)


def _told(text: str) -> Iterator[str]:
    lines = text.splitlines()
    yield from (line[:160] for line in lines if line.startswith(("FAILED", "ERROR")))
    yield next((line for line in reversed(lines) if " passed" in line or " failed" in line or "rror" in line), "?")


def summary(probes: list[Probe], passed: set[int]) -> list[dict[str, Any]]:
    """Statements and branches of each file, reached and there, and the lines not reached."""
    rows: dict[str, dict[str, Any]] = {}
    for number, probe in enumerate(probes):
        row = rows.setdefault(probe.file, {"file": probe.file, "statements": [0, 0], "branches": [0, 0], "missed": []})
        parts = row["statements" if probe.kind == "statement" else "branches"]
        parts[1] += probe.weight
        if number in passed:
            parts[0] += probe.weight
        else:
            row["missed"].append(f"{probe.line} {probe.kind}")
    return [rows[name] for name in sorted(rows)]


def by_layer(rows: list[dict[str, Any]], layer_of: dict[str, str]) -> dict[str, dict[str, float]]:
    """Percent of statements and of branches of each layer."""
    return {
        layer: {
            kind: round(percent([tuple(row[kind]) for row in rows if layer_of[row["file"]] == layer]), 2)
            for kind in ("statements", "branches")
        }
        for layer in LAYERS
    }


def main() -> None:
    """Measure what is due, and write ``reports/assurance/coverage.json``."""
    chosen = options()
    changed, probes = with_probes()
    known = records(probes)
    due = [] if chosen.report else [t for t in chosen.tests or all_tests() if chosen.again or known.read(t) is None]
    if due:
        print(f"{len(due)} files of tests to be run", flush=True)
    if own := [test for test in due if test.endswith(".py")]:
        measure(sandbox(changed), own, known)
    if others := [test for test in due if test.endswith(".sol")]:
        measure_solidity(others, changed, known)
    tell(probes, known)


def tell(probes: list[Probe], known: Records) -> None:
    """Sum up, write it, and fail below a floor."""
    layer_of = layers(ROOT)
    by_brownie = {probe for reach in known.all().values() for probe in reach.probes}
    by_solidity = {probe for reach in known.all(".sol").values() for probe in reach.probes}
    found, both = (
        [row | {"layer": layer_of[row["file"]]} for row in summary(probes, passed)]
        for passed in (by_brownie, by_brownie | by_solidity)
    )
    sums = by_layer(found, layer_of)
    for row in found:
        print(f"{row['file']:52}{percent([row['statements']]):8.1f} %{percent([row['branches']]):8.1f} %")
    for title, some in (("", sums), (", with Solidity's tests", by_layer(both, layer_of))):
        for layer, parts in some.items():
            print(f"{layer + title:52}{parts['statements']:8.2f} %{parts['branches']:8.2f} %")
    tests = known.tests()
    with_solidity = {"layers": by_layer(both, layer_of), "files": both}
    write("coverage", {"layers": sums, "tests": tests, "files": found, "with_solidity": with_solidity})
    for test in all_tests():
        if test not in tests:
            print(f"not run on what it depends on now: {test}")
    low = [layer for layer, floor in FLOORS.items() if min(sums[layer].values()) < floor]
    if low:
        sys.exit(f"below the floor: {', '.join(low)}; what was not reached is in reports/assurance/coverage.json")


if __name__ == "__main__":
    main()
