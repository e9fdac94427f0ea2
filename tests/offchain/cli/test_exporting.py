"""`export` and `plot` as a shell runs them (E-03, E-06, P-07)."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from commonlearn.cli.exit_codes import ExitCode
from tests.support.histories import staked
from tests.support.live import BAD, GOOD

ANSWER = {"schema", "command", "ok"}


@pytest.fixture
def model(network, tmp_path):
    return staked(network, tmp_path / "client")


def test_a_data_set_by_one_command(shell, model):
    told = shell("export", model.address, "--out", "films")
    assert "8 contributions of 5 accounts" in told.stdout
    assert "2 open, 3 proven, 1 returned, 1 forfeited, 1 swept" in told.stdout
    assert "word for word" in told.stdout
    assert {path.name for path in (shell.folder / "films").iterdir()} == {
        "contributions.csv", "weights.csv", "words.bin", "README.md", "card.json",
    }  # fmt: skip
    again = shell.json("export", model.address, "--out", "again", "--format", "parquet", "--block", model.block)
    assert again.keys() == ANSWER | {"model", "chain_id", "block", "folder", "files", "checked", "card"}
    assert again["card"] == json.loads((shell.folder / "again" / "card.json").read_text())
    assert again["card"]["hashes"]["data"] in told.stdout


def test_a_picture_by_one_command(shell, model):
    (shell.folder / "test.csv").write_text(f'review,opinion\n"{GOOD}",positive\n"{BAD}",negative\nactor,positive\n')
    options = ["--csv", "test.csv", "--text", "review", "--label", "opinion"]
    told = shell("plot", model.address, "--out", "life.png", *options)
    assert "accuracy 0.6667 at first, 1.0000" in told.stdout
    with Image.open(shell.folder / "life.png") as picture:
        assert picture.format == "PNG"
    said = shell.json("plot", model.address, "--out", "life.svg")
    assert said.keys() == ANSWER | {
        "model", "chain_id", "first_block", "block", "file", "contributions", "participants", "stakes_wei", "endings",
        "accuracy",
    }  # fmt: skip
    assert said["accuracy"] is None
    assert said["endings"] == {"proven": 3, "returned": 1, "forfeited": 1, "swept": 1}


def test_wrong_use_is_told_by_name(shell, model):
    def refused(*arguments, code=ExitCode.BAD_DATA):
        return shell.json(*arguments, code=code)["error"]["name"]

    assert refused("export", model.address, "--out", "films", "--format", "xlsx") == "UnknownFormat"
    assert refused("export", model.address, "--out", "films", "--block", 10**6) == "BlockOutOfRange"
    assert refused("plot", model.address, "--out", "life.gif") == "ExportProblem"
    assert refused("plot", model.address, "--out", "life.png", "--text", "a", code=ExitCode.USAGE) == "UsageProblem"
    nowhere = "0x" + "77" * 20
    assert refused("export", nowhere, "--out", "films", code=ExitCode.WRONG_PLACE) == "NoContract"
    assert not (shell.folder / "films").exists()
    gone = shell(
        "export", model.address, "--out", "films", code=ExitCode.UNREACHABLE, COMMONLEARN_RPC="http://127.0.0.1:1"
    )
    assert "NodeUnreachable" in gone.stderr
