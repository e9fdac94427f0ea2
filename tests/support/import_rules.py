"""The architecture as tables, and functions that find imports which break it.

A *room* is a folder (or a single module) of the Python package, or a folder of contracts. Each table maps a room to the
rooms that it may import besides itself.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What everybody shares: plain words of the trade without arithmetic on weights or access to a chain.
_TRADE = {"errors", "money", "durations", "records", "contract_errors"}

PYTHON_ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "money": {"errors"},
    "durations": {"errors"},
    "records": {"errors", "money"},
    "contract_errors": {"errors", "money", "records"},
    "numerics": {"errors"},
    # Models know nothing of money.
    "models": {"errors", "numerics"},
    "featurizers": {"errors", "numerics", "storage"},
    "datasets": {"errors"},
    # Training by many knows no chain and no files; a data owner's tables know no models.
    "federated": {"errors", "numerics"},
    "custody": {"errors", "numerics"},
    "incentives": _TRADE | {"numerics"},
    "market": _TRADE | {"numerics", "models", "incentives"},
    # The rules of private training: arithmetic on numbers and hashes alone.
    "protocol": {"errors", "records", "numerics"},
    "chain": _TRADE | {"numerics"},
    # A log and what follows from it: money and weights meet here as rows, not as rules.
    "archive": _TRADE | {"numerics", "models", "featurizers", "incentives", "chain"},
    # Programs of others meet files and the machine here, and nothing else of the package.
    "storage": {"errors"},
    "sandbox": {"errors"},
    "evaluation": _TRADE | {"numerics", "models", "featurizers", "datasets", "incentives", "federated", "custody"},
    "simulation": _TRADE | {"numerics", "models", "featurizers", "datasets", "incentives", "market", "evaluation"},
    "client": _TRADE | {"archive", "market", "models", "featurizers", "datasets", "incentives", "chain"},
    "pod": _TRADE | {"archive", "chain", "storage", "sandbox", "numerics", "federated", "custody", "protocol"},
    "cli": _TRADE | {"client", "evaluation", "datasets", "simulation", "pod"},
}

SOLIDITY_ROOMS: dict[str, set[str]] = {
    "types": set(),
    "libraries": {"types"},
    "interfaces": {"types"},
    # Models know nothing of money, incentives nothing of weights: none of these three rooms imports another.
    "models": {"libraries", "types", "interfaces"},
    "data": {"libraries", "types", "interfaces"},
    "incentives": {"libraries", "types", "interfaces"},
    "badges": {"libraries", "types", "interfaces"},
    # The core reaches models by their interface only.
    "core": {"badges", "data", "incentives", "libraries", "types", "interfaces"},
    # Engines know of a market's money only how a round is closed.
    "replay": {"libraries", "types", "interfaces"},
    # Sponsors and pools reach collaborations by their interface only.
    "sponsorship": {"libraries", "types", "interfaces"},
    # Private training stands alone: it knows no public model.
    "market": {"libraries", "types", "interfaces"},
    "testing": {
        "badges",
        "core",
        "market",
        "models",
        "data",
        "incentives",
        "replay",
        "sponsorship",
        "libraries",
        "types",
        "interfaces",
    },
}
SOLIDITY_PACKAGES = ("@openzeppelin/contracts/",)

CHAIN_ROOM = "chain"
HASH_MODULE = "numerics/hashing.py"
"""The one module outside `CHAIN_ROOM` that may use a package of Ethereum's, and only for its hash."""
OFFLINE_ROOMS = {"models", "numerics", "featurizers", "federated", "custody"}
NETWORK_PACKAGES = {
    "aiohttp", "asyncio", "ftplib", "http", "httpx", "pooch", "requests", "smtplib", "socket", "socketserver", "ssl",
    "urllib", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
NEVER = {"brownie", "scripts", "tests"}


@dataclass(frozen=True)
class Violation:
    """An import that the tables forbid.

    Attributes
    ----------
    path : str
        Of the importing file, relative to the folder that was searched.
    imported : str
        The module or file.
    reason : str
        The rule.
    """

    path: str
    imported: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path} imports {self.imported}: {self.reason}"


def python_violations(package: Path) -> list[Violation]:
    """Check every import of a package, also those inside functions and under TYPE_CHECKING.

    Parameters
    ----------
    package : Path
        The package's folder; its name is the package's.

    Returns
    -------
    list of Violation
        In order of files.
    """
    found = []
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package).as_posix()
        for module in _imported_modules(path, package):
            reason = _python_reason(relative, module, package.name)
            if reason:
                found.append(Violation(relative, module, reason))
    return found


def solidity_violations(root: Path) -> list[Violation]:
    """Check every import of the contracts and interfaces of a project.

    Parameters
    ----------
    root : Path
        The folder that holds ``contracts`` and ``interfaces``.

    Returns
    -------
    list of Violation
        In order of files.
    """
    found = []
    for path in sorted(p for folder in ("contracts", "interfaces") for p in (root / folder).rglob("*.sol")):
        relative = path.relative_to(root).as_posix()
        for target in _imported_files(path.read_text()):
            reason = _solidity_reason(relative, target)
            if reason:
                found.append(Violation(relative, target, reason))
    return found


def _imported_modules(path: Path, package: Path) -> Iterator[str]:
    """Yield full module names; ``from a import b`` gives ``a.b`` where b is a module of the package, else ``a``."""
    folder = [package.name, *path.relative_to(package).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = folder[: len(folder) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                if (base, alias.name) == (package.name, "__version__"):
                    continue  # a number, which brings nothing with it
                inside = package.parent.joinpath(*base.split("."), alias.name)
                yield f"{base}.{alias.name}" if inside.is_dir() or inside.with_suffix(".py").is_file() else base
        elif isinstance(node, ast.Call) and _called_name(node) in {"import_module", "__import__"} and node.args:
            name = node.args[0]
            # A computed name could be anything, and no rule could be checked.
            yield str(name.value) if isinstance(name, ast.Constant) else "<computed>"


def _called_name(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _python_reason(path: str, module: str, package: str) -> str | None:
    room = path.split("/")[0].removesuffix(".py")
    top, *rest = module.split(".")
    if module == "<computed>":
        return "import by name only where the name is written out"
    if top in NEVER:
        return f"the package never imports {top}"
    if top == "web3" or top.startswith("eth_"):
        if room == CHAIN_ROOM or (path == HASH_MODULE and top == "eth_hash"):
            return None
        return f"only {CHAIN_ROOM} reaches Ethereum's packages"
    if room in OFFLINE_ROOMS and top in NETWORK_PACKAGES:
        return f"{room} reaches no network"
    if top != package or room == "__init__":
        return None
    if room not in PYTHON_ROOMS:
        return f"{room} is not in the table of rooms: decide what it may import"
    if not rest:
        return "import the room, not the package, whose facade imports everything"
    if rest[0] == room or rest[0] in PYTHON_ROOMS[room]:
        return None
    return f"{room} may import {_listed(PYTHON_ROOMS[room])}"


_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r"""^\s*import\b[^;"']*["']([^"']+)["'][^;]*;""", re.MULTILINE)


def _imported_files(source: str) -> list[str]:
    return _IMPORT.findall(_COMMENT.sub(" ", source))


def _solidity_reason(path: str, target: str) -> str | None:
    room = _solidity_room(path)
    if room not in SOLIDITY_ROOMS:
        return f"{room} is not in the table of rooms: decide what it may import"
    if not target.startswith("."):
        if target.startswith(SOLIDITY_PACKAGES):
            return "interfaces stand alone" if room == "interfaces" else None
        return f"write a relative path, or one of the packages {_listed(set(SOLIDITY_PACKAGES))}"
    other = _solidity_room(posixpath.normpath(posixpath.join(posixpath.dirname(path), target)))
    if other == room or other in SOLIDITY_ROOMS[room]:
        return None
    return f"{room} may import {_listed(SOLIDITY_ROOMS[room])}"


def _solidity_room(path: str) -> str:
    parts = path.split("/")
    return parts[1] if parts[0] == "contracts" and len(parts) > 2 else parts[0]


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
