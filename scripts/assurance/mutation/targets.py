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


def tests_of(file: str, root: Path) -> tuple[list[str], list[str]]:
    """The test files that import a contract.

    Parameters
    ----------
    file : str
        The contract, relative to ``root``.
    root : Path
        The project's folder.

    Returns
    -------
    first : list of str
        Those that are about it: of its name, or with a line ``/// @custom:mutation NAME …`` that names
        it. If there are none, all.
    rest : list of str
        The others.
    """
    stem = Path(file).stem
    first: list[str] = []
    rest: list[str] = []
    for path in sorted((root / TESTS).rglob("*.t.sol")):
        name = path.relative_to(root).as_posix()
        if file not in closure(name, root):
            continue
        named = re.search(r"@custom:mutation (.*)", path.read_text())
        is_about = path.name == f"{stem}.t.sol" or (named is not None and stem in named[1].split())
        (first if is_about else rest).append(name)
    return (first, rest) if first else (rest, [])
