"""Which files get faults, and which tests could notice them."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

IMPORT = re.compile(r'^\s*import\s[^;]*?"([^"]+)";', re.MULTILINE)
TESTS = "tests/forge"


def sources(root: Path) -> list[Path]:
    """The contracts that ship, in order."""
    return [path for path in sorted((root / "contracts").rglob("*.sol")) if "testing" not in path.parts]


def closure(file: str, root: Path) -> set[str]:
    """A file and all of the project's files that it imports, directly or not."""
    seen: set[str] = set()
    waiting = [file]
    while waiting:
        name = waiting.pop()
        if name in seen or not (root / name).is_file():
            continue
        seen.add(name)
        for imported in IMPORT.findall((root / name).read_text()):
            if imported.startswith("."):
                waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(name), imported)))
    return seen


def tests_about(file: str, root: Path) -> list[str]:
    """The Solidity tests that are about a contract.

    Parameters
    ----------
    file : str
        The contract, relative to ``root``.
    root : Path
        The project's folder.

    Returns
    -------
    list of str
        Those that import it and have its name, or a line ``/// @custom:mutation NAME …`` that names it.
    """
    stem = Path(file).stem
    found = []
    for path in sorted((root / TESTS).rglob("*.t.sol")):
        name = path.relative_to(root).as_posix()
        named = re.search(r"@custom:mutation (.*)", path.read_text())
        is_about = path.name == f"{stem}.t.sol" or (named is not None and stem in named[1].split())
        if is_about and file in closure(name, root):
            found.append(name)
    return found
