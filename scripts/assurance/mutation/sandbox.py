"""Copies of the project in which one file is faulty and only some tests exist."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from scripts.compiler import CompilerSettings

from .chain import LEAST_OF_FORGE
from .targets import closure

LONGEST_SECONDS = 240


class Sandbox:
    """A folder with some tests and all that they import.

    Compiled through the IR with its least optimization, as the old code generator has too little stack for some.

    Parameters
    ----------
    folder : Path
        Emptied first.
    root : Path
        The project.
    tests : list of str
        Test files, relative to ``root``.
    """

    def __init__(self, folder: Path, root: Path, tests: list[str]) -> None:
        self.folder, self.root, self.tests = folder, root, tests
        shutil.rmtree(folder, ignore_errors=True)
        for name in sorted(set().union(*(closure(test, root) for test in tests))):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, folder / name)
        for name in ("node_modules", "toolchain"):
            (folder / name).symlink_to(root / name)
        (folder / "foundry.toml").write_text((root / "foundry.toml").read_text() + LEAST_OF_FORGE)

    def write(self, name: str, contents: bytes) -> None:
        """Replace a file."""
        (self.folder / name).write_bytes(contents)

    def run(self, runs: int) -> tuple[str, str]:
        """Compile and test until something fails.

        Parameters
        ----------
        runs : int
            Cases of each fuzz test.

        Returns
        -------
        outcome : str
            ``passed``, ``failed``, ``invalid`` (does not compile) or ``timeout``.
        detail : str
            The test that failed, or what the compiler said.
        """
        settings = CompilerSettings.load().forge_environment() | {
            "FOUNDRY_OPTIMIZER": "false",
            "FOUNDRY_CODE_SIZE_LIMIT": str(2**20),
            "FOUNDRY_SRC": "tests/forge",
            "FOUNDRY_LINT_ON_BUILD": "false",
            "FOUNDRY_FUZZ_RUNS": str(runs),
            "FOUNDRY_INVARIANT_RUNS": "8",
            "SOLC_CACHE": str(self.folder / "answers"),
            "HOME": str(self.folder),
            "PATH": f"{self.root / 'node_modules/.bin'}:{os.environ['PATH']}",
        }
        process = subprocess.Popen(
            ["nice", "-n", "19", "forge", "test", "--fail-fast", "--threads", "1"],
            cwd=self.folder, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return "timeout", ""
        finally:
            shutil.rmtree(self.folder / "answers", ignore_errors=True)
            shutil.rmtree(self.folder / ".cache" / "forge" / "failures", ignore_errors=True)
        if process.returncode == 0:
            return "passed", ""
        for line in output.splitlines():
            if line.startswith("[FAIL"):
                return "failed", line.split("] ")[-1].split("(")[0].strip()[:80]
        return "invalid", "\n".join(line for line in output.splitlines() if "rror" in line)[:300] or output[-300:]
