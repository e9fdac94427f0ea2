"""Gas of named scenarios against recorded numbers."""

from __future__ import annotations

import json
from pathlib import Path

UPDATE_VARIABLE = "UPDATE_GAS_SNAPSHOTS"


class GasSnapshots:
    """The recorded gas of one test module, a JSON file of name to gas.

    Parameters
    ----------
    path : Path
        The file.
    update : bool
        Record instead of compare.
    fresh : bool, optional
        When recording, start from nothing, so that names no longer measured go. Wrong when only some of the module's
        tests run.
    """

    def __init__(self, path: Path, *, update: bool, fresh: bool = False) -> None:
        self._path = path
        self._update = update
        self._recorded: dict[str, int] = {}
        self._measured: set[str] = set()
        if path.exists() and not (update and fresh):
            self._recorded = json.loads(path.read_text())

    def check(self, name: str, gas: int) -> None:
        """Compare a scenario's gas with the recorded number, or record it.

        Raises
        ------
        AssertionError
            When the number moved, was never recorded, or the name is used twice in a module.
        """
        assert name not in self._measured, (
            f"gas snapshot {name!r} is taken twice in this module: each needs its own name"
        )
        self._measured.add(name)
        if self._update:
            self._recorded[name] = gas
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._recorded, indent=2, sort_keys=True) + "\n")
            return
        advice = f"run with {UPDATE_VARIABLE}=1 to record it, and explain the change in the commit"
        assert name in self._recorded, f"no gas snapshot {name!r} in {self._path.name} (measured {gas:,}): {advice}"
        before = self._recorded[name]
        assert gas == before, f"gas of {name!r} moved from {before:,} to {gas:,} ({gas - before:+,}): {advice}"
