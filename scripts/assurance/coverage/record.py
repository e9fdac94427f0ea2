"""What tests reached: of one run, and as it is kept for as long as nothing changes that it depends on."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..mutation.targets import closure
from .probes import Probe

TESTS = "tests/onchain"
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Reach:
    """What a test, or what the tests of a file share, comes to.

    Attributes
    ----------
    seconds : float
        How long it took, traces included.
    probes : frozenset of int
        Numbers of the probes it passed.
    """

    seconds: float
    probes: frozenset[int]


def load(path: Path) -> dict[str, Reach]:
    """Read what a run left, by pytest's name of a test or by the path of a file; nothing if there is none."""
    if not path.is_file():
        return {}
    return {name: Reach(seconds, frozenset(probes)) for name, (seconds, probes) in json.loads(path.read_text()).items()}


def save(path: Path, reaches: dict[str, Reach]) -> None:
    """Write all of it."""
    body = {name: [reach.seconds, sorted(reach.probes)] for name, reach in sorted(reaches.items())}
    path.write_text(json.dumps(body, separators=(",", ":")))


class Records:
    """What every file of tests reached when it last ran, a file each.

    A record holds as long as what it depends on: the contracts that were reached with all that these import, the file
    of tests, the ``conftest.py`` above it and what these import of ``tests``. (Of the rest, the client above all, it is
    taken that tests go on reaching the same.) Probes are kept by their number within a source, so that other sources
    may change.

    Parameters
    ----------
    folder : Path
        Where they are.
    root : Path
        The project.
    probes : list of Probe
        Of the present sources.
    """

    def __init__(self, folder: Path, root: Path, probes: list[Probe]) -> None:
        self._folder, self._root = folder, root
        self._firsts: dict[str, int] = {}
        for number, probe in enumerate(probes):
            self._firsts.setdefault(probe.file, number)
        self._starts = sorted((first, name) for name, first in self._firsts.items())
        self._digest = cache(self._digest_of)
        self._closure = cache(lambda name: closure(name, root))

    def keep(self, test: str, reaches: dict[str, Reach]) -> None:
        """Put down what a file of tests reached, in place of what was known of it."""
        sorted_out = {name: self._by_source(reach.probes) for name, reach in sorted(reaches.items())}
        body = {name: [reaches[name].seconds, by_source] for name, by_source in sorted_out.items()}
        reached = {source for by_source in sorted_out.values() for source in by_source}
        own = python_inputs(test, self._root) if test.endswith(".py") else self._closure(test)
        inputs = set().union(*(self._closure(source) for source in reached), own)
        path = self._path(test)
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {"inputs": {name: self._digest(name) for name in sorted(inputs)}, "reached": body}
        path.write_text(json.dumps(kept, separators=(",", ":")))

    def read(self, test: str) -> dict[str, Reach] | None:
        """What a file of tests reached; None when that is not known of the present sources."""
        path = self._path(test)
        if not path.is_file():
            return None
        kept = json.loads(path.read_text())
        if any(self._digest(name) != digest for name, digest in kept["inputs"].items()):
            return None
        return {
            name: Reach(
                seconds, frozenset(self._firsts[source] + n for source, some in by_source.items() for n in some)
            )
            for name, (seconds, by_source) in kept["reached"].items()
        }

    def tests(self) -> list[str]:
        """The files of tests of which a record holds."""
        paths = sorted(path.relative_to(self._folder).as_posix().removesuffix(".json") for path in self._all())
        return [test for test in paths if self.read(test) is not None]

    def all(self, ending: str = ".py") -> dict[str, Reach]:
        """What all of these reached whose names end so: those of brownie, if nothing else is said."""
        tests = (test for test in self.tests() if test.endswith(ending))
        return {name: reach for test in tests for name, reach in (self.read(test) or {}).items()}

    def _all(self) -> list[Path]:
        return list(self._folder.rglob("*.json"))

    def _path(self, test: str) -> Path:
        return self._folder / f"{test}.json"

    def _by_source(self, probes: frozenset[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number in sorted(probes):
            first, name = self._starts[bisect_right(self._starts, (number, "\uffff")) - 1]
            found[name].append(number - first)
        return dict(found)

    def _digest_of(self, name: str) -> str:
        path = self._root / name
        return digest_of(path.read_text(), name.endswith(".sol")) if path.is_file() else ""


def digest_of(text: str, is_solidity: bool) -> str:
    r"""What tells a source from others; comments of Solidity, and how it is laid out, are not looked at.

    Examples
    --------
    >>> digest_of("a; // one\n", True) == digest_of("/* two */ a;", True) != digest_of("b;", True)
    True
    """
    words = " ".join(COMMENT.sub(" ", text).split()) if is_solidity else text
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def python_inputs(test: str, root: Path) -> set[str]:
    """A file of tests, the ``conftest.py`` above it, and what these import of ``tests``, directly or not."""
    folders = [parent for parent in Path(test).parents if parent.as_posix().startswith(TESTS)]
    waiting = [test, *((folder / "conftest.py").as_posix() for folder in folders)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or not (root / name).is_file():
            continue
        seen.add(name)
        for module in _imported((root / name).read_text()):
            path = module.replace(".", "/")
            waiting += [f"{path}.py", f"{path}/__init__.py"]
    return seen


def _imported(text: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {module for module in found if module.split(".")[0] == "tests"}
