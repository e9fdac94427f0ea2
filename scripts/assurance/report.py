"""Where the checks leave what they measured."""

from __future__ import annotations

import json
from typing import Any

from scripts.compiler import ROOT

FOLDER = ROOT / "reports" / "assurance"


def write(name: str, measured: dict[str, Any]) -> None:
    """Write ``reports/assurance/NAME.json``."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(measured, indent=1) + "\n")


def read(name: str) -> dict[str, Any] | None:
    """Read ``reports/assurance/NAME.json``; None when that check has not been run."""
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        return None
    measured: dict[str, Any] = json.loads(path.read_text())
    return measured
