"""The file in which a run of tests leaves which probes each test reached."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


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
    """Read what earlier runs left, by pytest's name of a test or by the path of a file; nothing if there is none."""
    if not path.is_file():
        return {}
    return {name: Reach(seconds, frozenset(probes)) for name, (seconds, probes) in json.loads(path.read_text()).items()}


def save(path: Path, reaches: dict[str, Reach]) -> None:
    """Write all of it."""
    body = {name: [reach.seconds, sorted(reach.probes)] for name, reach in sorted(reaches.items())}
    path.write_text(json.dumps(body, separators=(",", ":")))
