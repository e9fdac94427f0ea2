"""The two layers of the project, whose sums are shown apart."""

from __future__ import annotations

from pathlib import Path

from .mutation.targets import closure, sources

PUBLIC = "public models"
PRIVATE = "private training"
LAYERS = (PUBLIC, PRIVATE)
OWN = "contracts/market/"
"""Where the second layer is."""


def layers(root: Path) -> dict[str, str]:
    """The layer of each contract that ships, by its path relative to ``root``.

    The second layer is `OWN` and what only that imports. What stands alone, imported by nothing, is the first's.

    Parameters
    ----------
    root : Path
        The project's folder.

    Returns
    -------
    dict of str to str
        One of `LAYERS` each.
    """
    names = [path.relative_to(root).as_posix() for path in sources(root)]
    closures = {name: closure(name, root) for name in names}
    imported = set().union(*(found - {name} for name, found in closures.items()))
    roots = [name for name in names if name not in imported and not name.startswith(OWN)]
    public = set().union(*(closures[name] for name in roots))
    return {name: PUBLIC if name in public else PRIVATE for name in names}
