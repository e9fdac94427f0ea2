"""Statement and branch coverage of the contracts by the Solidity tests.

Run as ``python -m scripts.assurance.coverage``. forge compiles through the IR with the least optimization, as some
files are too deep for the old generator; blocks of assembly have no positions then, and count as not reached. Branches
are those of forge: both ways of each ``if`` with an ``else``, the way in of each without.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass

from scripts.compiler import ROOT, CompilerSettings

from .report import write

FOLDER = ROOT / ".cache" / "coverage"
ROW = re.compile(r"^\| (contracts/\S+)\s+\|" + r"\s+[\d.]+% \((\d+)/(\d+)\)\s+\|" * 4)
FLOOR = 98.0


@dataclass(frozen=True)
class Row:
    """Coverage of one file: parts reached and parts there are."""

    file: str
    lines: tuple[int, int]
    statements: tuple[int, int]
    branches: tuple[int, int]
    functions: tuple[int, int]


def rows(summary: str) -> list[Row]:
    """Read forge's table; contracts for tests are left out.

    Examples
    --------
    >>> rows("| contracts/a/B.sol | 50.00% (1/2) | 75.00% (3/4) | 100.00% (0/0) | 100.00% (1/1) |")
    [Row(file='contracts/a/B.sol', lines=(1, 2), statements=(3, 4), branches=(0, 0), functions=(1, 1))]
    """
    found = []
    for match in filter(None, map(ROW.match, summary.splitlines())):
        numbers = [int(number) for number in match.groups()[1:]]
        if not match[1].startswith("contracts/testing/"):
            pairs = [(numbers[i], numbers[i + 1]) for i in range(0, 8, 2)]
            found.append(Row(match[1], *pairs))
    return found


def percent(parts: list[tuple[int, int]]) -> float:
    """Reached parts of all parts, in percent; 100 if there are none."""
    reached, there = (sum(part[i] for part in parts) for i in (0, 1))
    return 100 * reached / there if there else 100.0


def main() -> None:
    """Measure, write ``reports/assurance/coverage.json`` and fail below the floor."""
    settings = CompilerSettings.load().forge_environment() | {
        "FOUNDRY_OUT": str(FOLDER / "out"),
        "FOUNDRY_CACHE_PATH": str(FOLDER / "cache"),
        "FOUNDRY_FUZZ_RUNS": os.environ.get("FOUNDRY_FUZZ_RUNS", "64"),
        "HOME": str(ROOT / ".home"),
        "PATH": f"{ROOT / 'node_modules/.bin'}:{os.environ['PATH']}",
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    run = subprocess.run(
        ["forge", "coverage", "--ir-minimum", "--report", "summary", "--report", "lcov",
         "--report-file", str(FOLDER / "lcov.info")],
        cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode != 0:
        sys.exit(f"{run.stdout}\n{run.stderr}")
    found = rows(run.stdout)
    for row in found:
        print(f"{row.file:52}{percent([row.statements]):8.1f} %{percent([row.branches]):8.1f} %")
    statements, branches = percent([r.statements for r in found]), percent([r.branches for r in found])
    print(f"{'all':52}{statements:8.1f} %{branches:8.1f} %")
    table = [
        {"file": r.file, "statements": r.statements, "branches": r.branches, "functions": r.functions} for r in found
    ]
    write("coverage", {"statements": round(statements, 2), "branches": round(branches, 2), "files": table})
    if min(statements, branches) < FLOOR:
        sys.exit(f"below {FLOOR} %; what was not reached is in {FOLDER / 'lcov.info'}")


if __name__ == "__main__":
    main()
