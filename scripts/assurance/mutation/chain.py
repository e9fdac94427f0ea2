"""Copies of the project whose brownie tests run on faulty bytecode.

Sources stay as they are, so brownie sees nothing to compile: the faulty contracts alone are compiled, and their code is
put into brownie's artifacts. They go through the IR with its least optimization, a third of the usual time; tests that
fail for this alone (on gas) are found beforehand and left out.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from scripts.compiler import ROOT, CompilationError, CompilerSettings, compile_standard
from scripts.run_brownie import digest_inputs

from .groups import Group

LONGEST_SECONDS = 600
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
OUTPUT = ["evm.bytecode.object", "evm.deployedBytecode.object"]
FAILED = re.compile(r"^(?:FAILED|ERROR) (tests/\S+)", re.MULTILINE)


def refresh_artifacts() -> None:
    """Have brownie compile what ships, unless its artifacts are of the present sources."""
    stamp = ROOT / "build" / "inputs.sha256"
    if not stamp.is_file() or stamp.read_text() != digest_inputs():
        subprocess.run(
            ["nice", "-n", "19", ROOT / "brownie", "compile"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )


class ChainSandbox:
    """One copy, for the tests of one group at a time.

    Parameters
    ----------
    folder : Path
        Emptied first.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, symlinks=True)
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "brownie", folder / "brownie")
        networks = (ROOT / "networks.yaml").read_text()
        networks = networks.replace("--max-persisted-states 5", "--max-persisted-states 5 --disable-code-size-limit")
        (folder / "networks.yaml").write_text(networks.replace("gas_limit: 30000000", "gas_limit: 300000000"))
        shutil.copytree(folder / "build" / "contracts", folder / "pristine")
        self._group: Group | None = None
        self._is_ready = False
        self._left_out: list[str] = []
        self._paths = {p.stem: json.loads(p.read_text())["sourcePath"] for p in self._artifacts()}

    def _artifacts(self) -> list[Path]:
        return sorted((self.folder / "pristine").glob("*.json"))

    def is_in(self, group: Group) -> bool:
        """Whether the sandbox is ready for a group's tests."""
        return self._group == group and self._is_ready

    def enter(self, group: Group, left_out: list[str] | None) -> list[str]:
        """Begin with a group's tests.

        Parameters
        ----------
        left_out : list of str or None
            Tests that fail without a fault; None if that is not known yet.

        Returns
        -------
        list of str
            These tests.
        """
        if self._group != group:
            shutil.rmtree(self.folder / "build" / "contracts")
            shutil.copytree(self.folder / "pristine", self.folder / "build" / "contracts")
            self._group, self._is_ready = group, False
        self._left_out = []
        if left_out is None:
            self._patch({})
            _, output = self._test(stop=False)
            left_out = FAILED.findall(output)
            if not re.search(r"\d+ passed", output):
                raise RuntimeError(f"{group.name}: no test passes without a fault\n{output[-1500:]}")
        self._left_out, self._is_ready = left_out, True
        return left_out

    def run(self, file: str, contents: str) -> tuple[str, str]:
        """Compile a faulty file and test until something fails; as `Sandbox.run`."""
        try:
            self._patch({file: contents})
        except CompilationError as error:
            return "invalid", str(error)[:300]
        outcome, output = self._test(stop=True)
        failed = FAILED.findall(output)
        if outcome == "failed" and not failed:  # the run itself broke: this says nothing about the fault
            return "invalid", output[-300:]
        return outcome, failed[0].removeprefix("tests/onchain/") if failed else ""

    def _patch(self, changed: dict[str, str]) -> None:
        assert self._group is not None
        settings = CompilerSettings.load()
        names = [name for name in self._group.contracts if name in self._paths]
        sources = {self._paths[name]: (self.folder / self._paths[name]).read_text() for name in names} | changed
        request: dict[str, Any] = {
            "language": "Solidity",
            "sources": {path: {"content": text} for path, text in sources.items()},
            "settings": settings.standard_json()
            | {"optimizer": LEAST, "outputSelection": {self._paths[name]: {name: OUTPUT} for name in names}},
        }
        answer = compile_standard(request, settings.version, self.folder)
        for name in names:
            evm = answer["contracts"][self._paths[name]][name]["evm"]
            path = self.folder / "build" / "contracts" / f"{name}.json"
            artifact = json.loads(path.read_text())
            artifact["bytecode"] = evm["bytecode"]["object"]
            artifact["deployedBytecode"] = evm["deployedBytecode"]["object"]
            path.write_text(json.dumps(artifact))

    def _test(self, stop: bool) -> tuple[str, str]:
        assert self._group is not None
        tests = [f"tests/onchain/{test}" for test in self._group.tests]
        command = ["nice", "-n", "19", "./brownie", "test", *tests, "-n", "0", "-q", "-p", "no:cacheprovider"]
        command += ["-x"] if stop else []
        for test in self._left_out:
            command += ["--deselect", test]
        environment = os.environ | {"UPDATE_GAS_SNAPSHOTS": "1", "BROWNIE_NOCOMPILE": "1", "OMP_NUM_THREADS": "1"}
        environment.pop("PYTHONPATH", None)
        process = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=LONGEST_SECONDS * (1 if stop else 3))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return "timeout", ""
        return ("passed" if process.returncode == 0 else "failed"), output
