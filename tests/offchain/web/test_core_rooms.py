"""The core's rooms import one another one way, and only what they need from outside.

Requirement X-01.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CORE = Path(__file__).resolve().parents[3] / "offchain" / "web" / "src" / "core"
IMPORT = re.compile(r'^(?:import|export)\b[^"]*?from "([^"]+)"', re.MULTILINE)
BASE = {"api", "durations", "money", "python", "refusal"}
"""Files beside the rooms that every room may import."""

ROOMS = {
    "chain": set(),
    "words": {"chain"},
    "numerics": {"words"},
    "models": {"numerics", "words"},
    "featurizers": {"numerics", "words"},
    "incentives": set(),
    "wallet": {"chain", "words"},
    "client": {"chain", "words", "numerics", "models", "featurizers", "incentives"},
}
"""What each room may import besides itself and the base."""


def violations(core: Path) -> list[str]:
    """Imports that no rule allows."""
    found = []
    for path in sorted(core.glob("*/*.ts")):
        room = path.parent.name
        allowed = ROOMS[room] | {room}
        for target in IMPORT.findall(path.read_text(encoding="utf-8")):
            if target.startswith("."):
                parts = (path.parent / target).resolve().relative_to(core.resolve()).parts
                is_right = parts[0] in allowed if len(parts) > 1 else Path(parts[0]).stem in BASE
            else:
                is_right = target in ("ethers", "virtual:commonlearn-abi")
            if not is_right:
                found.append(f"{path.relative_to(core)}: {target}")
    return found


def test_the_rooms_keep_the_rules():
    assert violations(CORE) == []


def test_every_room_is_in_the_table():
    assert {path.name for path in CORE.iterdir() if path.is_dir()} == set(ROOMS)


def test_the_table_has_no_circle():
    settled: set[str] = set()
    while len(settled) < len(ROOMS):
        ready = {room for room, allowed in ROOMS.items() if allowed <= settled} - settled
        assert ready, f"these rooms import one another: {sorted(ROOMS.keys() - settled)}"
        settled |= ready


@pytest.mark.parametrize(
    "line", ['import { a } from "../client/b.ts";', 'import x from "lodash";', 'export { c } from "../index.ts";']
)
def test_a_wrong_import_is_found(tmp_path, line):
    (tmp_path / "numerics").mkdir()
    (tmp_path / "numerics" / "lanes.ts").write_text(f'import {{ d }} from "../refusal.ts";\n{line}\n', encoding="utf-8")
    assert len(violations(tmp_path)) == 1
