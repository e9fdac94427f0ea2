"""Programs ready to be submitted, one for each estimator, and the environment that they give the same bytes in."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from pathlib import Path

from commonlearn import __version__
from commonlearn.federated.errors import UnknownName

__all__ = ["PROGRAMS", "environment", "environment_hash", "program_digest", "program_source"]

PROGRAMS = ("centroid", "linear", "logistic", "mlp", "naive-bayes", "perceptron")
"""Names; those of the estimators."""

_LIBRARIES = ("numpy", "scipy", "scikit-learn")


def program_source(name: str) -> bytes:
    """Give the source of a program.

    Raises
    ------
    UnknownName
        There is none of that name.

    Examples
    --------
    >>> b"estimator" in program_source("linear")
    True
    """
    if name not in PROGRAMS:
        raise UnknownName("program", name, PROGRAMS)
    return (Path(__file__).parent / f"{name.replace('-', '_')}.py").read_bytes()


def program_digest(source: bytes) -> bytes:
    """SHA-256 of a program's source: its name in a job.

    Examples
    --------
    >>> program_digest(b"").hex()[:8]
    'e3b0c442'
    """
    return hashlib.sha256(source).digest()


def environment() -> dict[str, str]:
    """Versions on which a result's bytes may depend: Python's minor one, numpy, scipy, scikit-learn, this package.

    Examples
    --------
    >>> sorted(environment())
    ['commonlearn', 'numpy', 'python', 'scikit-learn', 'scipy']
    """
    found = {name: version(name) for name in _LIBRARIES}
    return found | {"python": ".".join(platform.python_version_tuple()[:2]), "commonlearn": __version__}


def environment_hash(versions: dict[str, str] | None = None) -> bytes:
    """SHA-256 of the versions as JSON with sorted names and no blanks: what a job pins.

    Parameters
    ----------
    versions : dict, optional
        By default those that are installed.

    Examples
    --------
    >>> environment_hash({"numpy": "2.4.6"}).hex()[:8]
    'b6759e0b'
    """
    text = json.dumps(environment() if versions is None else versions, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).digest()
