"""Data of others are fetched, never committed.

Requirement P-10.
"""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
OWN_DATA = {
    *(f"docs/examples/hospitals/{name}.csv" for name in ("north", "south", "held-back")),
    "docs/examples/tickets.csv",
    "docs/examples/more-tickets.csv",
    "requirements.txt",
}
DATA_SUFFIXES = {".arff", ".csv", ".data", ".feat", ".npy", ".npz", ".parquet", ".pkl", ".tsv", ".txt", ".vocab"}
PACKED_SUFFIXES = {".bz2", ".gz", ".tar", ".tgz", ".xz", ".zip"}
MOST_BYTES = 470_000
"""More than any file here, less than the smaller of the two collections of texts (SMS spam, 477,907 bytes)."""
PROGRAM_SUFFIX = ".py.txt"
"""Programs that attack the sandbox; the suffix keeps them from being imported, formatted or checked."""


@pytest.fixture(scope="module")
def kept() -> list[Path]:
    """Files that are committed, or would be by ``git add .``."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone, so nothing can be committed")
    names = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_the_only_data_are_the_projects_own(kept: list[Path]) -> None:
    names = {path.relative_to(ROOT).as_posix() for path in kept if path.suffix in DATA_SUFFIXES | PACKED_SUFFIXES}
    assert {name for name in names if not name.endswith(PROGRAM_SUFFIX)} == OWN_DATA


def test_no_file_is_as_large_as_a_collection_of_texts(kept: list[Path]) -> None:
    assert len(kept) > 100
    assert [path.name for path in kept if path.stat().st_size > MOST_BYTES] == []
