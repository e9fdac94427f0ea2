"""Run as ``python -m scripts.assurance.coverage [TEST …]``: coverage by brownie's tests (all below ``tests/onchain``).

What ships is compiled with probes (`probes`), through the IR with its least optimization, and put into brownie's
artifacts in a copy of the project; a plugin (`recorder`) collects the probes of all transactions and calls. Results of
earlier runs on the same sources are added to.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.compiler import ROOT

from ..mutation.chain import compile_into, make_sandbox, refresh_artifacts, renew_tests
from ..mutation.syntax import parse
from ..mutation.targets import sources
from ..report import write
from .probes import Probe, instrument
from .record import load

FOLDER = ROOT / ".cache" / "coverage"
FLOOR = 98.0
RECORDER = "scripts.assurance.coverage.recorder"
NOT_MEASURED = ("tests/onchain/deployment", "tests/onchain/integration", "tests/onchain/test_toolchain.py")
"""Processes of their own, which this one cannot listen to."""


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


def record_of(changed: dict[str, str]) -> Path:
    """Where it is recorded which tests reach what in these sources."""
    digest = hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()[:16]
    return FOLDER / f"{digest}.json"


def run(folder: Path, tests: list[str], record: Path) -> str:
    """Run tests and return the end of what was printed; failures (on gas) are told, not fatal."""
    command = [
        "nice",
        "-n",
        "10",
        "./brownie",
        "test",
        *tests,
        "-n",
        "0",
        "-q",
        "-p",
        RECORDER,
    ]
    environment = os.environ | {"PROBES_TO": str(record), "UPDATE_GAS_SNAPSHOTS": "1", "BROWNIE_NOCOMPILE": "1"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout[-3_000:] + done.stderr[-1_000:]


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


def main() -> None:
    """Measure, write ``reports/assurance/coverage.json`` and fail below the floor."""
    changed, probes = with_probes()
    record = record_of(changed)
    folder = FOLDER / f"probes-{record.stem}"  # brownie wants a letter first
    if not (folder / ".ready").is_file():
        refresh_artifacts()
        FOLDER.mkdir(parents=True, exist_ok=True)
        make_sandbox(folder)
        compile_into(folder, changed)
        (folder / ".ready").touch()
    renew_tests(folder)
    tests = sys.argv[1:] or [
        path
        for path in sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "tests/onchain").rglob("test_*.py"))
        if not path.startswith(NOT_MEASURED)
    ]
    for test in tests:
        lines = run(folder, [test], record).splitlines()
        end = next((line for line in reversed(lines) if " passed" in line or " failed" in line or "rror" in line), "?")
        print(f"{test}: {end}", flush=True)
    passed = {probe for reach in load(record).values() for probe in reach.probes}
    found = summary(probes, passed)
    for row in found:
        print(f"{row['file']:52}{percent([row['statements']]):8.1f} %{percent([row['branches']]):8.1f} %")
    statements, branches = (percent([tuple(row[k]) for row in found]) for k in ("statements", "branches"))
    print(f"{'all':52}{statements:8.1f} %{branches:8.1f} %")
    write("coverage", {"statements": round(statements, 2), "branches": round(branches, 2), "files": found})
    if min(statements, branches) < FLOOR:
        sys.exit(f"below {FLOOR} %; what was not reached is in reports/assurance/coverage.json")


if __name__ == "__main__":
    main()
