"""E-07: what docs/how-to-export.md tells a reader to type works, in order, on a chain of its own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from scripts.local_node import LocalNode
from tests.offchain.test_readme import ROOT, Reader, blocks

PAGE = ROOT / "docs" / "how-to-export.md"
ME = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
BEFORE = f"""
commonlearn deploy docs/examples/tickets.csv --text message --label team --unlocked {ME} --yes
commonlearn contribute tickets --csv docs/examples/more-tickets.csv --text message --label-column team \\
    --unlocked {ME} --yes
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    """What each block printed, and where."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "docs").symlink_to(ROOT / "docs")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMMONLEARN_", "PYTHON"))}
    own = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "COMMONLEARN_CACHE": str(folder / "cache"),
        "COMMONLEARN_STATE": str(folder / "state"),
    }
    with LocalNode() as node:
        reader = Reader(folder, {**kept, **own, "COMMONLEARN_RPC": node.url})
        reader.shell(BEFORE)
        (record,) = json.loads((folder / "deployments" / "local.json").read_text())["models"]
        export, plot = blocks("sh", PAGE)
        files, objects = blocks("python", PAGE)
        texts = [reader.shell(export), reader.python(files)]
        texts += [reader.python(objects, address=record["address"], rpc=node.url), reader.shell(plot)]
    return texts, folder


def test_three_formats_hold_the_same_data(said: tuple[list[str], Path]) -> None:
    texts, folder = said
    cards = [
        json.loads((folder / f"tickets-{name}" / "card.json").read_text()) for name in ("data", "parquet", "svmlight")
    ]
    assert len({card["hashes"]["data"] for card in cards}) == 1
    assert texts[0].count(cards[0]["hashes"]["data"]) == 3
    assert texts[0].count("word for word") == 3


def test_the_python_examples_use_it(said: tuple[list[str], Path]) -> None:
    texts, _ = said
    assert 0.5 < float(texts[1]) <= 1
    assert texts[2].startswith("12 (") or "'billing'" in texts[2]


def test_the_pictures_are_there(said: tuple[list[str], Path]) -> None:
    texts, folder = said
    assert "accuracy" in texts[3]
    for name in ("tickets.png", "tested.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
