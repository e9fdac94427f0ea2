"""All attack scenarios, as numbers in ``reports/attacks.json``.

Run as ``python -m scripts.assurance.attacks``. A scenario of a Solidity test is an event ``Scenario``
(``tests/forge/support/Attack.sol``), one of a Python test a line that ``tests/support/attacks.py`` adds to a file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eth_abi.abi import decode
from eth_utils.crypto import keccak

from scripts.compiler import ROOT

from .forge import forge

REPORT = ROOT / "reports" / "attacks.json"
LINES = ROOT / ".cache" / "attacks.jsonl"
TOPIC = "0x" + keccak(text="Scenario(string,int256,uint256,int256,string)").hex()
ONLY_ATTACKS = {
    **dict.fromkeys(("FOUNDRY_SRC", "FOUNDRY_TEST", "FOUNDRY_SCRIPT"), "tests/forge/attacks"),
    "FOUNDRY_OUT": ".cache/attacks/out",
    "FOUNDRY_CACHE_PATH": ".cache/attacks/cache",
}
"""Compiles what these tests import and nothing else."""
ON_CHAIN = ("tests/onchain/unit/test_market_attacks.py", "tests/onchain/attacks/test_sponsors.py")
IN_PYTHON = ("tests/offchain/incentives/test_points.py",)


@dataclass(frozen=True)
class Scenario:
    """An attack, played to its end.

    Attributes
    ----------
    name : str
        Incentive and attack.
    profit : int
        What all accounts of the attacker gained, in `unit`, gas not counted.
    unit : str
        ``wei``, or ``hundredths of a point``.
    attack_gas : int or None
        What the attacker's transactions burnt; None where it was not measured.
    honest_loss : int or None
        What honest accounts lost against the same story without the attack, in `unit`; None where it was not measured.
    limit : str
        Why a profit is possible; empty where it must not be.
    test : str
        Which test plays it.
    """

    name: str
    profit: int
    unit: str
    attack_gas: int | None
    honest_loss: int | None
    limit: str
    test: str


def of_forge(answer: dict[str, Any]) -> list[Scenario]:
    """Read the scenarios out of ``forge test --json``."""
    found = []
    for file, suite in answer.items():
        for test, result in suite["test_results"].items():
            for log in result["logs"]:
                if log["topics"][:1] == [TOPIC]:
                    data = bytes.fromhex(log["data"].removeprefix("0x"))
                    name, profit, gas, loss, limit = decode(["string", "int256", "uint256", "int256", "string"], data)
                    place = f"{file.split(':')[0]}::{test.split('(')[0]}"
                    found.append(Scenario(name, profit, "wei", gas, loss, limit, place))
    return found


def of_python(lines: str) -> list[Scenario]:
    """Read the scenarios that Python tests told; of equal names the last.

    Examples
    --------
    >>> line = '{"name": "a", "profit": -1, "unit": "wei", "attack_gas": 2, "honest_loss": null, '
    >>> [s.profit for s in of_python(line + '"limit": "", "test": "t"}')]
    [-1]
    """
    found = [Scenario(**json.loads(line)) for line in lines.splitlines()]
    return list({scenario.name: scenario for scenario in found}.values())


def play_solidity() -> tuple[list[Scenario], list[str]]:
    """Scenarios of ``tests/forge/attacks``, and the tests that failed."""
    run = forge("test", "--json", "-vv", **ONLY_ATTACKS)
    try:
        answer = json.loads(run.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{run.stdout[-5_000:]}\n{run.stderr[-5_000:]}")
    failed = [t for suite in answer.values() for t, r in suite["test_results"].items() if r["status"] != "Success"]
    return of_forge(answer), failed


def play_python(command: Sequence[str | Path], tests: Sequence[str]) -> list[str]:
    """Run tests that add to `LINES`; the tests if any of them failed."""
    environment = os.environ | {"ATTACKS_TO": str(LINES), "BROWNIE_NOCOMPILE": "1", "PYTHONPATH": str(ROOT)}
    run = subprocess.run([*command, *tests, "-q", "-n", "0"], cwd=ROOT, env=environment, check=False)
    return [] if run.returncode == 0 else list(tests)


def main() -> None:
    """Play all scenarios; fail when one pays that must not."""
    LINES.parent.mkdir(parents=True, exist_ok=True)
    LINES.write_text("")
    failed = play_python([ROOT / ".venv/bin/python", "-m", "pytest", "-p", "no:pytest-brownie"], IN_PYTHON)
    failed += play_python([ROOT / "brownie", "test"], ON_CHAIN)
    found, broken = play_solidity()
    found = sorted([*found, *of_python(LINES.read_text())], key=lambda scenario: scenario.name)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps({"scenarios": [asdict(scenario) for scenario in found]}, indent=1) + "\n")
    for scenario in found:
        mark = " (a limit)" if scenario.limit else ""
        print(f"{scenario.profit:>24,} {scenario.unit:22} {scenario.name}{mark}")
    if failed or broken:
        sys.exit(f"failed: {', '.join(failed + broken)}")


if __name__ == "__main__":
    main()
