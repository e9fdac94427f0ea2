"""Pages of the Python package: its commands, and its modules with their docstrings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scripts.compiler import ROOT

__all__ = ["command_page", "module_pages"]

PACKAGE = ROOT / "offchain" / "commonlearn"
HIDDEN = {"__main__"}


def command_page() -> tuple[str, str]:
    """The command line as Typer describes it.

    Returns
    -------
    str, str
        Name and Markdown.

    Raises
    ------
    CalledProcessError
        The command line cannot be read.
    """
    call = [sys.executable, "-m", "typer", "commonlearn.cli.main", "utils", "docs", "--name", "commonlearn"]
    done = subprocess.run([*call, "--title", "Commands"], check=True, capture_output=True, text=True)
    return "commonlearn", done.stdout


def module_pages(package: Path = PACKAGE) -> list[tuple[str, str]]:
    """A page for each room of the package, with all its public modules.

    Parameters
    ----------
    package : Path
        The package's folder.

    Returns
    -------
    list of (str, str)
        Name of the room, and Markdown that has autodoc read the modules.
    """
    pages = []
    for room in sorted([*package.glob("*/__init__.py"), *package.glob("[a-z]*.py")]):
        folder = room.parent if room.name == "__init__.py" else None
        name = folder.name if folder else room.stem
        if name == "cli":
            continue  # its page is that of the commands
        files = sorted(folder.rglob("*.py")) if folder else [room]
        body = "\n".join(_automodule(path, package) for path in files if path.stem not in HIDDEN)
        pages.append((name, f"# commonlearn.{name}\n\n{body}"))
    return pages


def _dotted(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _automodule(path: Path, package: Path) -> str:
    module = _dotted(path, package)
    title = "" if module.count(".") == 1 else f"## {module}\n\n"
    # what a package passes on is described where it is made
    members = "" if path.stem == "__init__" else "   :members:\n   :show-inheritance:\n"
    return f"{title}```{{eval-rst}}\n.. automodule:: {module}\n{members}```\n"
