"""Copies of the project whose brownie tests run on other bytecode than what ships.

Sources stay as they are, so brownie sees nothing to compile: changed contracts alone are compiled, and their code is
put into brownie's artifacts. They go through the IR with its least optimization, a third of the usual time; tests that
fail for this alone (on gas) say nothing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

from scripts.compiler import ROOT, CompilerSettings, compile_standard
from scripts.run_brownie import digest_inputs

COPIED = ("contracts", "interfaces", "build", "tests", "scripts")
LINKED = (
    ".venv",
    "node_modules",
    "toolchain",
    "pyproject.toml",
    "package-lock.json",
    "brownie-config.yaml",
    "offchain",
)
LEAST = {"enabled": False, "details": {"yul": True, "yulDetails": {"stackAllocation": True, "optimizerSteps": "u"}}}
LEAST_OF_FORGE = """
[profile.default.optimizer_details]
yul = true

[profile.default.optimizer_details.yulDetails]
stackAllocation = true
optimizerSteps = "u"
"""
"""The same as the end of a ``foundry.toml``; the optimizer itself is switched off by forge's environment."""
OUTPUT = ["evm.bytecode.object", "evm.deployedBytecode.object"]
LIMITS = {
    "--max-persisted-states 5": "--max-persisted-states 5 --disable-code-size-limit",
    "gas_limit: 30000000": "gas_limit: 300000000",
}
"""What the node allows code that is larger and dearer than what ships."""


def refresh_artifacts() -> None:
    """Have brownie compile what ships, unless its artifacts are of the present sources."""
    stamp = ROOT / "build" / "inputs.sha256"
    if not stamp.is_file() or stamp.read_text() != digest_inputs():
        subprocess.run(
            ["nice", "-n", "19", ROOT / "brownie", "compile"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )


def make_sandbox(folder: Path) -> None:
    """Make a copy of the project in a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, symlinks=True)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "brownie", folder / "brownie")
    networks = (ROOT / "networks.yaml").read_text()
    for usual, wider in LIMITS.items():
        networks = networks.replace(usual, wider)
    (folder / "networks.yaml").write_text(networks)


def renew_tests(folder: Path) -> None:
    """Bring the tests of a sandbox, and the plugins that run them, up to date."""
    for name in ("tests", "scripts"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / name, symlinks=True)


def contracts_of(folder: Path) -> dict[str, str]:
    """Where the source of each contract with code is, by brownie's artifacts."""
    found = (json.loads(path.read_text()) for path in sorted((folder / "build" / "contracts").glob("*.json")))
    return {artifact["contractName"]: artifact["sourcePath"] for artifact in found if artifact["bytecode"]}


def compile_changed(changed: dict[str, str], wanted: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Compile contracts from changed sources.

    Parameters
    ----------
    changed : dict of str to str
        Sources by path; all others are read as they are.
    wanted : dict of str to str
        Contracts, and the path of each.

    Returns
    -------
    dict of str to (str, str)
        Code that creates, and code that is deployed.

    Raises
    ------
    CompilationError
        When solc refuses.
    """
    selection: dict[str, Any] = defaultdict(dict)
    for name, path in wanted.items():
        selection[path][name] = OUTPUT
    settings = CompilerSettings.load()
    sources = {path: (ROOT / path).read_text() for path in wanted.values()} | changed
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": settings.standard_json() | {"optimizer": LEAST, "outputSelection": selection},
    }
    answer = compile_standard(request, settings.version, ROOT)
    compiled = {name: answer["contracts"][path][name]["evm"] for name, path in wanted.items()}
    return {name: (evm["bytecode"]["object"], evm["deployedBytecode"]["object"]) for name, evm in compiled.items()}


def compile_into(folder: Path, changed: dict[str, str], wanted: dict[str, str] | None = None) -> None:
    """Compile contracts (all, if none are given) from changed sources, and put them into a sandbox's artifacts."""
    if wanted is None:
        wanted = {name: path for name, path in contracts_of(folder).items() if path in changed}
    for name, (creation, deployed) in compile_changed(changed, wanted).items():
        path = folder / "build" / "contracts" / f"{name}.json"
        artifact = json.loads(path.read_text())
        artifact["bytecode"], artifact["deployedBytecode"] = creation, deployed
        path.write_text(json.dumps(artifact))
