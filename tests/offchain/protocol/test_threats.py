"""Every threat, and every defect of others, in the guide to private training has tests, and they exist (requirement T-11)."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import pytest

from commonlearn.pod.actions import Action, Done
from commonlearn.pod.roles.data_owner import DataOwner
from commonlearn.records import Custody, KeyHolder, Privacy

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "explanation-private-training.md").read_text(encoding="utf-8")
FORGE = ROOT / "tests" / "forge" / "training"
NAME = re.compile(r"`(\w+)\.((?:test|invariant)_\w+)`|`([\w/]+\.py)::(test_\w+)`")


def _rows(heading: str) -> list[str]:
    """The rows of the table behind a heading, without its head."""
    table = PAGE.split(f"{heading}\n", maxsplit=1)[1].split("\n#", maxsplit=1)[0]
    return [line for line in table.splitlines() if line.startswith("| ")][2:]


ROWS = [*_rows("## What is tried, and what comes of it"), *_rows("### What went wrong elsewhere")]


def _exists(solidity: str, function: str, path: str, name: str) -> bool:
    if solidity:
        file, found = FORGE / f"{solidity}.t.sol", rf"\bfunction {function}\("
    else:
        folder = "tests" if path.startswith("onchain/") else "tests/offchain"
        file, found = ROOT / folder / path, rf"^ *def {name}\("
    return file.is_file() and re.search(found, file.read_text(encoding="utf-8"), re.MULTILINE) is not None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(re.findall(r"\w+", row)[:6]))
def test_each_row_names_tests_that_exist(row: str) -> None:
    named = NAME.findall(row)
    assert named, "no test is named"
    assert [each for each in named if not _exists(*each)] == []


def test_the_guide_names_all_that_is_played() -> None:
    """Profits, limits, attacks and defects are in the guide, each by its name."""
    assert len(ROWS) > 50
    for file in ("Profits", "Hostile", "Defects"):
        played = re.findall(r"function (test_\w+)\(", (FORGE / f"{file}.t.sol").read_text(encoding="utf-8"))
        missing = [name for name in played if f"{file}.{name}" not in PAGE]
        assert [name for name in missing if name not in HELPERS] == []


HELPERS = {"test_votesOfOneRoundSayNothingInTheNext", "test_whoIsInAPoolChangesItsTermsWithinItsBond"}
"""Not attacks, but what the mends must not break."""


def test_limits_are_said_to_be_limits() -> None:
    for row in ROWS:
        for solidity, function, *_ in NAME.findall(row):
            assert not (solidity == "Profits" and function.startswith("test_limit_")) or "**limit**" in row, row


@pytest.mark.parametrize(
    ("privacy", "key_holder"),
    [(Privacy.PAILLIER, KeyHolder.BUYER), (Privacy.CKKS, KeyHolder.OWNER), (Privacy.PLAIN, KeyHolder.OWNER)],
)
def test_encrypted_jobs_are_refused_by_pods(privacy: Privacy, key_holder: KeyHolder) -> None:
    """What is not plain could be lied about when it is decrypted: an owner's pod does not approve it."""
    terms = SimpleNamespace(privacy=privacy, key_holder=key_holder, environment=b"", custody=Custody.LOCAL)
    job = SimpleNamespace(terms=terms, subject=SimpleNamespace(program=b""))
    desk = Mock(ledger=lambda _: SimpleNamespace(jobs={1: job}), environment=b"")
    owner = DataOwner(desk, cast(Any, SimpleNamespace(programs=(), answer_every=600)))
    review = owner.handlers["review"](Action("review", "review", {"job": 1}), cast(Any, SimpleNamespace(view=None)))
    assert isinstance(review, Done)
    assert not review.result["approved"]
    assert "encrypted" in review.result["reason"]
