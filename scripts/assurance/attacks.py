"""The attack scenarios of ``tests/forge/attacks``, as numbers in ``reports/attacks.json``.

Run as ``python -m scripts.assurance.attacks``. A scenario is an event ``Scenario`` that its test emits
(``support/Attack.sol``).
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

from eth_abi.abi import decode
from eth_utils.crypto import keccak

from scripts.compiler import ROOT

from .forge import forge

REPORT = ROOT / "reports" / "attacks.json"
TOPIC = "0x" + keccak(text="Scenario(string,int256,uint256,int256,string)").hex()
GAS_PRICE_WEI = 10**9
"""At which the profit with gas is stated: 1 gwei, cheap for Ethereum."""


@dataclass(frozen=True)
class Scenario:
    """An attack, played to its end.

    Attributes
    ----------
    name : str
        Mechanism and attack.
    profit_wei : int
        What all accounts of the attacker gained, gas not counted.
    attack_gas : int
        What the attacker's transactions burnt.
    profit_with_gas_wei : int
        The profit less gas at `GAS_PRICE_WEI`.
    honest_loss_wei : int
        What honest accounts lost against the same story without the attack.
    limit : str
        Why a profit is possible; empty where it must not be.
    test : str
        Which test plays it.
    """

    name: str
    profit_wei: int
    attack_gas: int
    profit_with_gas_wei: int
    honest_loss_wei: int
    limit: str
    test: str


def scenarios(answer: dict[str, Any]) -> list[Scenario]:
    """Read the scenarios out of ``forge test --json``."""
    found = []
    for file, suite in answer.items():
        for test, result in suite["test_results"].items():
            for log in result["logs"]:
                if log["topics"][:1] == [TOPIC]:
                    data = bytes.fromhex(log["data"].removeprefix("0x"))
                    name, profit, gas, loss, limit = decode(["string", "int256", "uint256", "int256", "string"], data)
                    place = f"{file.split(':')[0]} {test.split('(')[0]}"
                    found.append(Scenario(name, profit, gas, profit - gas * GAS_PRICE_WEI, loss, limit, place))
    return sorted(found, key=lambda scenario: scenario.name)


def main() -> None:
    """Play all scenarios; fail when one pays that must not."""
    run = forge("test", "--match-path", "tests/forge/attacks/*", "--json", "-vvvv")
    try:
        answer = json.loads(run.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{run.stdout}\n{run.stderr}")
    found = scenarios(answer)
    failed = [t for suite in answer.values() for t, r in suite["test_results"].items() if r["status"] != "Success"]
    REPORT.parent.mkdir(exist_ok=True)
    body = {"gas_price_wei": GAS_PRICE_WEI, "scenarios": [asdict(scenario) for scenario in found]}
    REPORT.write_text(json.dumps(body, indent=1) + "\n")
    for scenario in found:
        print(f"{scenario.profit_wei:>20} {scenario.honest_loss_wei:>20}  {scenario.name}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
