"""Programs for the sandbox; where this machine cannot shut them in, what needs that is skipped with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commonlearn.sandbox import Limits, Program, available, run

HOSTILE = Path(__file__).parent / "hostile"
"""They do not end in .py, so that nothing imports them by mistake."""


@pytest.fixture(scope="session")
def walled() -> None:
    """Skip where there is no bubblewrap."""
    reason = available()
    if reason is not None:
        pytest.skip(str(reason))


@pytest.fixture
def shut_in(walled):
    """Run a hostile program; give what happened and what it says it reached."""

    def act(name, *, settings=None, limits=None, outputs=None, optional=None, **more):
        program = Program.of((HOSTILE / f"{name}.py.txt").read_bytes())
        inputs = {"job/settings.json": json.dumps(settings or {}).encode(), "data/X.npy": b"secret rows" * 100}
        wanted = {"report.json": 1 << 20} if outputs is None else outputs
        limits = limits or Limits(wall_seconds=20)
        return run(program, inputs, limits, outputs=wanted, optional=optional, **more)

    return act
