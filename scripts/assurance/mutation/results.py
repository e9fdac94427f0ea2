"""What became of each fault, kept between runs."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .operators import Mutant

ACCEPTED = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True)
class Result:
    """What became of a fault.

    Attributes
    ----------
    file, line, operator, before, after :
        The fault.
    status : str
        ``killed``, ``survived``, ``timeout`` (killed: it never ends) or ``invalid`` (does not compile; not counted).
    by : str
        The test that failed.
    seconds : float
        How long that took.
    """

    file: str
    line: int
    operator: str
    before: str
    after: str
    status: str
    by: str
    seconds: float


def key_of(mutant: Mutant, source: bytes) -> str:
    """Name of a fault in this very version of a file."""
    parts = (mutant.file, hashlib.sha256(source).hexdigest(), mutant.start, mutant.end, mutant.text)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def load(path: Path) -> dict[str, Result]:
    """Read the results of earlier runs; none if there is no such file."""
    if not path.is_file():
        return {}
    return {key: Result(**fields) for key, fields in json.loads(path.read_text())["mutants"].items()}


def counts_of(path: Path, what: str) -> dict[str, int]:
    """How many ``faults`` each file has, or how many are ``drawn`` of them, as far as runs have told."""
    counts: dict[str, int] = json.loads(path.read_text()).get(what, {}) if path.is_file() else {}
    return counts


def save(path: Path, results: dict[str, Result], **about: Any) -> None:
    """Write all results, so that an interrupted run is continued by the next."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = about | {"mutants": {key: asdict(results[key]) for key in sorted(results)}}
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(body, indent=1) + "\n")
    draft.replace(path)


def reasons(path: Path = ACCEPTED) -> dict[tuple[str, str, str], str]:
    """Reviewed survivors: (file, line before, line after) to the reason why no test can or need notice it."""
    entries = tomllib.loads(path.read_text()).get("survivor", []) if path.is_file() else []
    return {(entry["file"], entry["before"], entry["after"]): entry["reason"] for entry in entries}


def score(results: list[Result]) -> tuple[int, int]:
    """Number of faults noticed and of faults that compile."""
    counts = Counter(result.status for result in results)
    return counts["killed"] + counts["timeout"], counts["killed"] + counts["timeout"] + counts["survived"]


def estimate(results: list[Result], faults: dict[str, int]) -> float:
    """Part of all faults that would be noticed, if each file's are as those drawn from it; in percent.

    Parameters
    ----------
    results : list of Result
        Of the faults that were drawn.
    faults : dict of str to int
        How many faults each file has.

    Examples
    --------
    >>> estimate([Result("a", 1, "", "", "", "killed", "", 0.0), Result("b", 1, "", "", "", "survived", "", 0.0)],
    ...          {"a": 30, "b": 10})
    75.0
    """
    of_file: dict[str, list[Result]] = {}
    for result in results:
        of_file.setdefault(result.file, []).append(result)
    parts = {file: score(of_file[file]) for file in of_file}
    weights = {file: faults.get(file, 0) for file, (_, valid) in parts.items() if valid}
    total = sum(weights.values())
    return 100 * sum(w * parts[f][0] / parts[f][1] for f, w in weights.items()) / total if total else 100.0
