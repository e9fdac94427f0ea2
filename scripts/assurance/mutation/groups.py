"""Which of brownie's tests are about a file (``groups.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

TABLE = Path(__file__).with_name("groups.toml")


@dataclass(frozen=True)
class Group:
    """Files that the same tests are about.

    Attributes
    ----------
    name : str
    files : tuple of str
        Patterns of paths.
    tests : tuple of str
        Below ``tests/onchain``.
    solidity : tuple of str
        Below ``tests/forge``: what survives is tried on these if no Solidity test is about the file itself.
    """

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    solidity: tuple[str, ...] = ()


def groups(path: Path = TABLE) -> list[Group]:
    """All groups, in the table's order."""
    entries = tomllib.loads(path.read_text())["group"]
    return [Group(e["name"], tuple(e["files"]), tuple(e["tests"]), tuple(e.get("solidity", ()))) for e in entries]


def group_of(file: str) -> Group:
    """The first group that names a file.

    Examples
    --------
    >>> group_of("contracts/incentives/MarketPosts.sol").name
    'market'
    >>> group_of("contracts/data/DataHandler.sol").name
    'assessment'
    """
    return next(group for group in groups() if any(fnmatch(file, pattern) for pattern in group.files))
