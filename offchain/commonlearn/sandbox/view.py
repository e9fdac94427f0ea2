"""What of this machine a program sees: a Python interpreter, some packages, the system's libraries. Nothing else.

Places inside are the same on every machine: ``/python`` (interpreter and standard library), ``/packages``, ``/lib…``.
So a program learns neither the host's paths nor its user's name.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from commonlearn.sandbox.arithmetic import arithmetic

__all__ = ["INTERPRETER", "VARIABLES", "View", "default_view"]

_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
INTERPRETER = f"/python/bin/{_VERSION}"

# The interpreter's own option -I would ignore PYTHONHASHSEED; with no other variable about, -s -P shut in as well.
VARIABLES = {
    "HOME": "/out",
    "LANG": "C.UTF-8",
    "LD_LIBRARY_PATH": "/python/lib",
    "JOBLIB_MULTIPROCESSING": "0",
    "MALLOC_ARENA_MAX": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/python/bin",
    "PYTHONHASHSEED": "0",
    "PYTHONHOME": "/python",
    "PYTHONPATH": "/packages",
    "TZ": "UTC",
}
_DISTRIBUTIONS = ("numpy", "scipy", "scikit-learn")
_OWN_PARTS = ("__init__.py", "py.typed", "errors.py", "federated", "numerics")
"""What of commonlearn itself a program may import: arithmetic without chain or files."""


@dataclass(frozen=True)
class View:
    """Read-only places of a sandbox.

    Attributes
    ----------
    binds : tuple of (str, str)
        Place here, place in the sandbox; in an order in which they can be mounted.
    masks : tuple of str
        Folders in the sandbox that are hidden by empty ones.
    links : tuple of (str, str)
        Symbolic links of the system's folders: target and place.
    variables : tuple of (str, str)
        Of the environment, besides :data:`VARIABLES`.
    versions : tuple of (str, str)
        What results may depend on: Python, packages and arithmetic, sorted by name.
    """

    binds: tuple[tuple[str, str], ...]
    masks: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()

    def digest(self) -> str:
        """SHA-256 of the versions: replicas whose digests differ need not agree byte for byte.

        Returns
        -------
        str
            64 hexadecimal digits, of the JSON object without spaces, keys sorted.
        """
        text = json.dumps(dict(self.versions), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@lru_cache
def default_view(distributions: tuple[str, ...] = _DISTRIBUTIONS) -> View:
    """Show this interpreter, some distributions with all that they need, and the pure part of commonlearn.

    Parameters
    ----------
    distributions : tuple of str
        Names as pip knows them.

    Returns
    -------
    View
        Found once a process.

    Raises
    ------
    PackageNotFoundError
        One of them is not installed.
    """
    names = _closure(distributions)
    standard = Path(sysconfig.get_path("stdlib"))
    library = f"/python/{sys.platlibdir}"
    binds = [(str(Path(sys.executable).resolve()), INTERPRETER), (str(standard), f"{library}/{_VERSION}")]
    binds += [(str(path), f"/python/lib/{path.name}") for path in _shared_python()]
    masks = [
        f"{library}/{_VERSION}/{name}" for name in ("site-packages", "dist-packages") if (standard / name).is_dir()
    ]
    for name in names:
        binds += _parts(metadata.distribution(name))
    own = Path(__file__).resolve().parents[1]
    binds += [(str(own / part), f"/packages/commonlearn/{part}") for part in _OWN_PARTS if (own / part).exists()]
    system, links = _system()
    kind, variables = arithmetic()
    versions = {name: metadata.version(name) for name in (*distributions, "commonlearn")}
    versions |= {"python": platform.python_version(), "arithmetic": kind}
    return View(
        (*binds, *system), tuple(masks), tuple(links), tuple(sorted(variables.items())), tuple(sorted(versions.items()))
    )


def _closure(names: tuple[str, ...]) -> list[str]:
    """Distributions and all that they need without extras."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            requirements = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            if name in names:
                raise
            continue  # for another system or version of Python
        found[name] = None
        waiting += [re.split(r"[\s;<>=!~\[(]", line, maxsplit=1)[0] for line in requirements if "extra ==" not in line]
    return sorted(found)


def _parts(distribution: metadata.Distribution) -> list[tuple[str, str]]:
    """What can be imported of a distribution; what describes it is left out, as each mount takes time."""
    tops = {path.parts[0] for path in distribution.files or [] if path.parts[0] not in ("..", "__pycache__", "bin")}
    tops = {top for top in tops if not top.endswith(".dist-info")}
    found = ((Path(str(distribution.locate_file(top))).resolve(), top) for top in sorted(tops))
    return [(str(path), f"/packages/{top}") for path, top in found if path.exists()]


def _shared_python() -> list[Path]:
    """The interpreter's own shared library, where it has one."""
    folder = Path(str(sysconfig.get_config_var("LIBDIR") or "/nowhere"))
    if folder in (Path("/usr/lib"), Path("/usr/lib64")):
        return []  # among the system's
    return sorted(folder.glob(f"lib{_VERSION}*.so*"))


def _system() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Folders of shared libraries, as the dynamic loader expects them, and no more of /usr than these."""
    binds: list[tuple[str, str]] = []
    links: list[tuple[str, str]] = []
    several = str(sysconfig.get_config_var("MULTIARCH") or "")
    for top in ("/lib", "/lib64"):
        if Path(top).is_symlink():
            links.append((str(Path(top).readlink()).lstrip("/"), top))
    for name in (f"lib/{several}" if several else "lib", "lib64"):
        for folder in (Path("/usr") / name, Path("/") / name):
            inside = folder if folder.is_absolute() else Path("/") / folder
            if folder.is_dir() and not any(Path(each) in (inside, *inside.parents) for _, each in links):
                binds.append((str(folder), str(inside)))
    return binds, links
