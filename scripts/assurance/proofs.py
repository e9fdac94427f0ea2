"""Proofs about packed words: symbolic ones by halmos, exhaustive ones by forge, both in ``tests/proofs``.

Run as ``python -m scripts.assurance.proofs``; halmos is a program of its own (``make proofs`` installs it
into ``.cache/halmos``).
Proofs are compiled by the old code generator, whose code the solver reads best: they are about the sources.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from scripts.compiler import ROOT, CompilerSettings

from .forge import forge
from .report import write

PROGRAM = ROOT / ".cache" / "halmos" / "bin" / "halmos"
ANSWER = re.compile(r"\[(PASS|FAIL|ERROR|TIMEOUT)\]\S*\s+(\w+)\(.*\(paths: (\d+), time: ([\d.]+)s")
COLOUR = re.compile(r"\x1b\[\d+m")
SETTINGS = {
    "FOUNDRY_VIA_IR": "false",
    "FOUNDRY_SRC": "tests/proofs", "FOUNDRY_TEST": "tests/proofs", "FOUNDRY_SCRIPT": "tests/proofs",
    "FOUNDRY_OUT": ".cache/proofs/out", "FOUNDRY_CACHE_PATH": ".cache/proofs/cache", "FOUNDRY_LINT_ON_BUILD": "false",
    "FOUNDRY_GAS_LIMIT": str(2**62),
}  # fmt: skip
LONGEST_LOOP = 70


def symbolic() -> list[dict[str, object]]:
    """Run halmos on every ``check_`` function."""
    environment = os.environ | CompilerSettings.load().forge_environment() | SETTINGS
    environment |= {
        "HOME": str(ROOT / ".home"),
        "PATH": f"{PROGRAM.parent}:{ROOT / 'node_modules/.bin'}:{os.environ['PATH']}",
    }
    run = subprocess.run(
        ["halmos", "--forge-build-out", SETTINGS["FOUNDRY_OUT"], "--loop", str(LONGEST_LOOP), "--no-status",
         "--solver-timeout-assertion", "60s", "--match-contract", "Proof$"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    text = COLOUR.sub("", run.stdout + run.stderr)
    found: list[dict[str, object]] = [
        {"name": name, "outcome": outcome, "paths": int(paths), "seconds": float(seconds)}
        for outcome, name, paths, seconds in ANSWER.findall(text)
    ]
    if not found:
        sys.exit(text[-3000:])
    return found


def exhaustive() -> list[dict[str, object]]:
    """Run forge on every ``test_`` function."""
    run = forge("test", **SETTINGS)
    text = COLOUR.sub("", run.stdout)
    found: list[dict[str, object]] = [
        {"name": name, "outcome": outcome, "gas": int(gas)}
        for outcome, name, gas in re.findall(r"\[(PASS|FAIL)[^\]]*\] (test_\w+)\(\) \(gas: (\d+)\)", text)
    ]
    if not found:
        sys.exit(run.stdout[-3000:] + run.stderr[-3000:])
    return found


def main() -> None:
    """Prove, write ``reports/assurance/proofs.json`` and fail unless all is proven."""
    start = time.monotonic()
    proven = {"exhaustive": exhaustive(), "symbolic": symbolic()}
    write("proofs", proven | {"seconds": round(time.monotonic() - start)})
    failed = []
    for kind, results in proven.items():
        for result in results:
            print(f"{kind:11}{result['outcome']!s:8}{result['name']}")
            if result["outcome"] != "PASS":
                failed.append(result["name"])
    if failed:
        sys.exit(f"not proven: {', '.join(map(str, failed))}")


if __name__ == "__main__":
    main()
