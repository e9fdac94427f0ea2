"""Where faults are tried: sources with all drawn faults, compiled once, and a warmed-up process that runs tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

from scripts.compiler import ROOT, CompilationError, CompilerSettings, compile_standard

from ..layers import PRIVATE, layers
from .chain import compile_into, contracts_of, make_sandbox
from .operators import Mutant
from .schemata import Schema, schema
from .syntax import Node
from .targets import closure
from .warm import MARK

PLACE = re.compile(r"--> (\S+?):(\d+):\d+:")
MOST_PASSES = 12


def with_views(contents: dict[str, str]) -> dict[str, str]:
    """Sources whose pure functions are views, as those with faults to choose from are."""
    return {name: " view ".join(text.split(" pure ")) for name, text in contents.items()}


def all_sources() -> dict[str, str]:
    """All sources of the project, by path."""
    paths = [p for folder in ("contracts", "interfaces") for p in sorted((ROOT / folder).rglob("*.sol"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in paths}


class Choice:
    """Sources with all faults that compile, of those given.

    Parameters
    ----------
    texts : dict of str to bytes
        Sources that get faults.
    trees : dict of str to Node
        Their syntax trees.
    faults : dict of int to Mutant
        By number.

    Attributes
    ----------
    changed : dict of str to str
        The sources.
    invalid : dict of int to str
        Faults that do not compile, and what the compiler said.
    alone : set of int
        Faults that have no place in them, and are compiled by themselves.
    """

    def __init__(self, texts: dict[str, bytes], trees: dict[str, Node], faults: dict[int, Mutant]) -> None:
        self.invalid: dict[int, str] = {}
        plain = with_views(all_sources())
        for _ in range(MOST_PASSES):
            of_file: dict[str, dict[int, Mutant]] = defaultdict(dict)
            for number, mutant in faults.items():
                if number not in self.invalid:
                    of_file[mutant.file][number] = mutant
            made = {name: schema(texts[name], trees[name], some) for name, some in of_file.items()}
            self.changed = plain | {name: one.text for name, one in made.items()}
            self.alone = {number for one in made.values() for number in one.left}
            wrong = self._refused(made)
            if not wrong:
                return
            self.invalid |= wrong
        raise RuntimeError("there is no end of faults that do not compile")

    def _refused(self, made: dict[str, Schema]) -> dict[int, str]:
        settings = CompilerSettings.load()
        request = {
            "language": "Solidity",
            "sources": {name: {"content": text} for name, text in self.changed.items()},
            "settings": settings.standard_json() | {"outputSelection": {"*": {"*": ["abi"]}}},
        }
        try:
            compile_standard(request, settings.version, ROOT)
        except CompilationError as error:
            wrong = {}
            for message in re.split(r"\n(?=\w*Error)", str(error)):
                for file, line in PLACE.findall(message)[:1]:
                    found = _fault_at(made[file], int(line)) if file in made else None
                    if found is not None:
                        wrong[found] = message.splitlines()[0]
            if not wrong:
                raise
            return wrong
        return {}


def _fault_at(one: Schema, line: int) -> int | None:
    text = one.text.encode()
    for start, end, number in one.regions:
        if text.count(b"\n", 0, start) + 1 <= line <= text.count(b"\n", 0, end) + 1:
            return number
    return None


class Bench:
    """A sandbox with code that chooses among faults, and the process that runs its tests.

    Parameters
    ----------
    folder : Path
        Where; emptied first.
    changed : dict of str to str
        The sources.
    faulty : set of str
        Which of them have faults. Contracts that hold none stay as they ship; so do those of private training when it
        has none of its own, as they are the largest and use little of the rest.
    """

    def __init__(self, folder: Path, changed: dict[str, str], faulty: set[str]) -> None:
        make_sandbox(folder)
        private = {name for name, layer in layers(ROOT).items() if layer == PRIVATE}
        wanted = {}
        for name, path in contracts_of(folder).items():
            parts = closure(path, ROOT)
            if parts & faulty and (faulty & private or not parts & private):
                wanted[name] = path
        compile_into(folder, changed, wanted)
        home = folder / ".home" / ".brownie"
        for name in ("accounts", "packages"):
            (home / name).mkdir(parents=True, exist_ok=True)
        (home / "network-config.yaml").symlink_to(folder / "networks.yaml")
        environment = os.environ | {
            "HOME": str(folder / ".home"),
            "PATH": f"{folder / '.venv/bin'}:{folder / 'node_modules/.bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(folder),
            "SOLCX_BINARY_PATH": str(folder / "toolchain" / "solc"),
            "BROWNIE_NOCOMPILE": "1",
            "UPDATE_GAS_SNAPSHOTS": "1",
            "OMP_NUM_THREADS": "1",
            "MAINNET_LOCAL_URL": "http://127.0.0.1:9320",
            "SEPOLIA_LOCAL_URL": "http://127.0.0.1:9330",
        }
        self._process = subprocess.Popen(
            [".venv/bin/python", "-m", "scripts.assurance.mutation.warm"],
            cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        if self._answer() != "ready":
            raise RuntimeError("the warmed-up process did not begin")
        self._sound: dict[str, bool] = {}

    def _answer(self) -> Any:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith(MARK):
                said = line.removeprefix(MARK).strip()
                return said if said == "ready" else json.loads(said)
        raise RuntimeError("the warmed-up process has ended")

    def run(
        self, number: int, tests: list[str], seconds: float, codes: dict[str, tuple[str, str]] | None = None
    ) -> dict[str, Any]:
        """Run tests on a fault until one fails; -1 chooses none.

        Parameters
        ----------
        number : int
        tests : list of str
            In order.
        seconds : float
            When to give up.
        codes : dict, optional
            Code to be exchanged before (`compile_changed`).

        Returns
        -------
        dict
            ``outcome`` (``passed``, ``failed``, ``unfinished`` or how pytest ended), ``by`` (what failed), ``passed``
            (how many), ``running`` (the last one begun) and ``since`` (how long ago, in seconds).
        """
        assert self._process.stdin
        job = {"number": number, "tests": tests, "seconds": seconds, "codes": codes or {}}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = self._answer()
        return answer

    def is_sound(self, test: str, seconds: float) -> bool:
        """Whether a test passes when no fault is chosen; tried once."""
        if test not in self._sound:
            self._sound[test] = self.run(-1, [test], seconds)["outcome"] == "passed"
        return self._sound[test]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)
