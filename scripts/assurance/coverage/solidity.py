"""What Solidity's tests reach of sources with probes: the addresses of probes in the traces that forge prints.

Of a fuzz test forge prints one run, of an invariant none, so this is less than what they reach.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from scripts.compiler import CompilerSettings

from ..mutation.chain import LEAST_OF_FORGE
from ..mutation.targets import closure
from .probes import numbers_in
from .record import Reach

SETTINGS = {
    "FOUNDRY_OPTIMIZER": "false",
    "FOUNDRY_SRC": "tests/forge",
    "FOUNDRY_LINT_ON_BUILD": "false",
    "FOUNDRY_FUZZ_RUNS": "16",
    "FOUNDRY_INVARIANT_RUNS": "1",
    "FOUNDRY_GAS_LIMIT": str(2**62),
    "FOUNDRY_CODE_SIZE_LIMIT": str(2**20),
}
CHUNK, KEPT = 1 << 20, 400


def make(folder: Path, root: Path, changed: dict[str, str], tests: list[str]) -> None:
    """Put tests, all that they import and the sources with probes into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in sorted(set().union(*(closure(test, root) for test in tests))):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        text = changed.get(name) or " view ".join((root / name).read_text().split(" pure "))
        (folder / name).write_text(text)
    for name in ("node_modules", "toolchain"):
        (folder / name).symlink_to(root / name)
    (folder / "foundry.toml").write_text((root / "foundry.toml").read_text() + LEAST_OF_FORGE)


def run(folder: Path, root: Path, test: str) -> tuple[Reach, str]:
    """Run a file of tests in such a folder: what it reached, and the last line that forge printed."""
    environment = os.environ | CompilerSettings.load().forge_environment() | SETTINGS
    environment |= {"HOME": str(folder), "PATH": f"{root / 'node_modules/.bin'}:{os.environ['PATH']}"}
    start = time.monotonic()
    process = subprocess.Popen(
        ["nice", "-n", "10", "forge", "test", "--match-path", test, "-vvvvv"],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout
    found: set[int] = set()
    kept = b""
    while chunk := process.stdout.read(CHUNK):
        text = kept + chunk.lower()
        found |= numbers_in(text)
        kept = text[-KEPT:]
    process.wait()
    last = (kept.decode(errors="replace").splitlines() or ["nothing"])[-1]
    return Reach(round(time.monotonic() - start, 2), frozenset(found)), last
