"""The page's core: its parts by themselves, and on a real local chain beside the Python client.

Requirements W-13, W-14, W-15, W-16, W-17, W-18. The cases are in ``offchain/web/tests/unit``.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    "core/numerics.test.ts": 9,
    "core/models.test.ts": 11,
    "core/featurizers.test.ts": 42,
    "core/incentives.test.ts": 3,
    "core/words.test.ts": 7,
    "core/client.test.ts": 39,
    "core/rpc.test.ts": 20,
    "core/wallet.test.ts": 6,
    "chain/life.test.ts": 38,
}
"""The files, and at least how many cases each has: none is lost unnoticed."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Cases by file."""
    report = tmp_path_factory.mktemp("unit") / "report.json"
    command = ["node_modules/.bin/vitest", "run", "--root", "offchain/web", "tests/unit"]
    ran = subprocess.run(
        [*command, "--reporter=json", f"--outputFile={report}"],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert report.exists(), (ran.stdout + ran.stderr)[-4_000:]
    found = json.loads(report.read_text(encoding="utf-8"))["testResults"]
    return {file["name"].partition("tests/unit/")[2]: file["assertionResults"] for file in found}


def test_no_file_of_the_cores_tests_is_forgotten(results):
    ours = {name for name in results if name.startswith(("core/", "chain/"))}
    assert ours == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_the_core(results, name):
    cases = results[name]
    failed = [
        f"{case['fullName']}: {''.join(case['failureMessages'])[:2_000]}"
        for case in cases
        if case["status"] != "passed"
    ]
    assert not failed, "\n".join(failed)
    assert len(cases) >= FILES[name]


def test_the_page_is_well_typed():
    checked = subprocess.run(
        ["node_modules/.bin/tsc", "-p", "offchain/web"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
