"""brownie's command line, started by ``./brownie``: repaired, and with artifacts that fit the sources.

brownie recompiles a contract when its own file changes. It does not see a change in an interface or in a file of types
or free functions only, nor of ``viaIR``, ``evm_version`` or a dependency's version; and two processes that find work to
do compile into the same folder. So a digest of all that decides the bytecode is kept beside the artifacts, and whoever
finds it out of date compiles everything while the others wait.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sys
from importlib import import_module
from pathlib import Path

from scripts.compiler import ROOT

COMMANDS_THAT_LOAD_THE_PROJECT = {"compile", "console", "run", "test"}
SETTINGS = ("brownie-config.yaml", "package-lock.json")


def digest_inputs(root: Path = ROOT) -> str:
    """Return a hash over the names and contents of all sources and settings that decide the artifacts."""
    sources = (path for folder in ("contracts", "interfaces") for path in (root / folder).rglob("*.sol"))
    total = hashlib.sha256()
    for path in sorted([*sources, *(root / name for name in SETTINGS)]):
        content = path.read_bytes()
        total.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return total.hexdigest()


def refresh_artifacts(root: Path = ROOT) -> None:
    """Compile everything unless the artifacts in ``build`` are of the present inputs."""
    stamp = root / "build" / "inputs.sha256"
    stamp.parent.mkdir(exist_ok=True)
    with (root / "build" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = digest_inputs(root)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        stamp.unlink(missing_ok=True)
        for folder in ("contracts", "interfaces"):
            shutil.rmtree(root / "build" / folder, ignore_errors=True)
        import_module("brownie.project").load(root).close()
        stamp.write_text(wanted)


def main() -> None:
    """Run brownie on the arguments of this process."""
    import_module("scripts.brownie_repairs")
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    if command in COMMANDS_THAT_LOAD_THE_PROJECT:
        try:
            refresh_artifacts()
        except Exception as error:  # brownie's compiler errors carry solc's own text
            sys.exit(import_module("brownie.utils").color.format_tb(error))
    import_module("brownie._cli.__main__").main()


if __name__ == "__main__":
    main()
