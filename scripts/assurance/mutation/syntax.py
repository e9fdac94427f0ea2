"""Syntax trees of Solidity files, as solc makes them without looking at imports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.compiler import CompilerSettings, compile_standard

Node = dict[str, Any]


def parse(paths: list[Path], root: Path) -> dict[str, Node]:
    """Parse files.

    Parameters
    ----------
    paths : list of Path
        Solidity files below ``root``.
    root : Path
        The project's folder.

    Returns
    -------
    dict of str to Node
        The tree of each file, by its path relative to ``root``.

    Raises
    ------
    CompilationError
        When solc cannot parse a file.
    """
    sources = {path.relative_to(root).as_posix(): {"content": path.read_text()} for path in paths}
    request = {
        "language": "Solidity",
        "sources": sources,
        "settings": {"stopAfter": "parsing", "outputSelection": {"*": {"": ["ast"]}}},
    }
    output = compile_standard(request, CompilerSettings.load().version, root)
    return {name: answer["ast"] for name, answer in output["sources"].items()}


def span(node: Node) -> tuple[int, int]:
    """Where a node begins and ends in its file, in bytes."""
    start, length, _ = (int(part) for part in node["src"].split(":"))
    return start, start + length


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node, in no particular order."""
    for value in node.values():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and "nodeType" in item:
                yield item
