"""Static analysis: every finding above *low* must be answered where it stands.

Run as ``python -m scripts.assurance.slither``; slither is a program of its own (``make slither`` installs it
into ``.cache/tools``).
An answer is a line ``// slither-disable-next-line DETECTOR`` below a line of comment that says why.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from scripts.compiler import ROOT

from .mutation.targets import sources
from .report import write

PROGRAM = ROOT / ".cache" / "tools" / "bin" / "slither"
OUTPUT = ROOT / ".cache" / "slither.json"
ANSWER = re.compile(r"^\s*// slither-disable-next-line (?P<detectors>[a-z0-9,-]+)$")
REASON = re.compile(r"^\s*(//|///|\*).{12,}$")
ABOVE_LOW = {"High", "Medium"}


def answers(path: Path) -> list[tuple[int, str, str]]:
    """Lines, detectors and reasons of the answers in a file.

    Raises
    ------
    ValueError
        When an answer stands below no reason.
    """
    lines = path.read_text().splitlines()
    found = []
    for number, line in enumerate(lines):
        if match := ANSWER.match(line):
            if number == 0 or not REASON.match(lines[number - 1]):
                raise ValueError(f"{path.relative_to(ROOT)}:{number + 1}: no reason above the answer to slither")
            reason = lines[number - 1].strip().lstrip("/* ")
            found += [(number + 1, detector, reason) for detector in match["detectors"].split(",")]
        elif "slither-disable" in line:
            raise ValueError(
                f"{path.relative_to(ROOT)}:{number + 1}: only slither-disable-next-line on a line of its own"
            )
    return found


def main() -> None:
    """Analyse, write ``reports/assurance/slither.json`` and fail on unanswered findings."""
    answered = [
        {"file": path.relative_to(ROOT).as_posix(), "line": line, "detector": detector, "reason": reason}
        for path in sources(ROOT)
        for line, detector, reason in answers(path)
    ]
    OUTPUT.unlink(missing_ok=True)
    run = subprocess.run(
        [PROGRAM, ".", "--compile-force-framework", "foundry", "--foundry-out-directory", ".cache/forge/out",
         "--filter-paths", "node_modules|contracts/testing|tests", "--json", OUTPUT],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"HOME": str(ROOT / ".home"), "PATH": f"{ROOT / 'toolchain'}:{os.environ['PATH']}"},
    )  # fmt: skip
    if not OUTPUT.is_file():
        sys.exit(f"{run.stdout}\n{run.stderr}")
    findings = json.loads(OUTPUT.read_text())["results"].get("detectors", [])
    counts = Counter(finding["impact"] for finding in findings)
    open_ = [finding for finding in findings if finding["impact"] in ABOVE_LOW]
    write("slither", {"findings": dict(sorted(counts.items())), "open": len(open_), "answered": answered})
    print(f"{dict(counts)}; {len(answered)} answered in place")
    for finding in open_:
        print(f"{finding['impact']}: {finding['check']}: {finding['description'].strip()}")
    if open_:
        sys.exit(f"{len(open_)} findings above low")


if __name__ == "__main__":
    main()
