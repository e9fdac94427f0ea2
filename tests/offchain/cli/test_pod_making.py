"""Files that a pod's settings name are made by commands, and a model is used by one (H-02)."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from commonlearn.chain.signers import open_keystore
from commonlearn.custody import Schema, Shard, read_table
from commonlearn.federated import Owner, Settings, encode, estimator, play, strategy
from commonlearn.federated.programs import program_digest, program_source
from commonlearn.pod.roles import read_sheet

HOSPITALS = Path(__file__).resolve().parents[3] / "docs" / "examples" / "hospitals"
RANGES = ("radius=5:30", "texture=5:45", "smoothness=0:0.2", "concavity=0:0.5")


@pytest.fixture
def made(shell, tmp_path):
    """A schema."""
    shutil.copytree(HOSPITALS, tmp_path, dirs_exist_ok=True)
    ranges = [word for each in RANGES for word in ("--range", each)]
    return shell.json_of("pod", "schema", "north.csv", "--target", "finding", *ranges)


def test_a_key_opens_with_its_password_and_is_closed_to_others(shell):
    (found,) = shell.json_of("pod", "key", "folder/of/north")["keys"]
    for name in ("keystore", "password_file"):
        assert stat.S_IMODE(Path(found[name]).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path("folder/of/north").stat().st_mode) == 0o700
    password = Path(found["password_file"]).read_text().rstrip("\n")
    assert len(password) >= 32
    assert open_keystore(Path(found["keystore"]), lambda: password).address == found["address"]
    assert len({found["address"], *shell("pod", "key", "south", "east").stdout.split()}) == 3


def test_a_schema_has_the_ranges_that_were_said(shell, made):
    schema = Schema.from_json(Path("schema.json").read_text())
    assert made["schema"] == "0x" + schema.hash().hex()
    assert made["without_range"] == []
    assert (schema.features[0].low, schema.features[0].high) == (5, 30)
    assert (schema.target, schema.classes) == ("finding", 2)
    assert len(read_table("south.csv", schema)) == 120


def test_a_number_can_be_the_target(shell, made):
    shell("pod", "schema", "north.csv", "--target", "radius", "--regression", "--out", "other.json")
    assert Schema.from_json(Path("other.json").read_text()).classes == 0


def test_held_back_rows_are_for_validators_only_and_salted_afresh(shell, made):
    first = shell.json_of("pod", "test-set", "held-back.csv", "--schema", "schema.json")
    second = shell.json_of("pod", "test-set", "held-back.csv", "--schema", "schema.json", "--out", "second")
    assert first["test_set"] != second["test_set"]
    assert first["rows"] == 113
    assert stat.S_IMODE(Path("tests.shard").stat().st_mode) == 0o600
    shard = Shard.from_bytes(Path("tests.shard").read_bytes(), Schema.from_json(Path("schema.json").read_text()))
    assert first["test_set"] == "0x" + shard.root.hex()


def test_a_program_has_its_sheet(shell):
    found = shell.json_of("pod", "program", "logistic", "--set", "epochs=30", "--set", "step=1.5", "--limit", "5000")
    source = Path("program.py").read_bytes()
    assert found["program"] == program_digest(source).hex()
    sheet = read_sheet(source)
    assert (sheet.estimator, dict(sheet.settings), sheet.limit) == ("logistic", {"epochs": 30, "step": 1.5}, 5000)
    assert source.endswith(program_source("logistic"))
    Path("own.py").write_text("print(1)\n")
    shell("pod", "program", "linear", "--source", "own.py", "--strategy", "krum", "--out", "mine.py")
    assert Path("mine.py").read_bytes().endswith(b"print(1)\n")
    assert read_sheet(Path("mine.py").read_bytes()).strategy == "krum"


def test_a_model_predicts_rows_with_and_without_their_target(shell, made):
    shell("pod", "program", "logistic", "--set", "epochs=30", "--set", "step=3.0")
    schema, sheet = Schema.from_json(Path("schema.json").read_text()), read_sheet(Path("program.py").read_bytes())
    owners = [
        Owner(name, *sheet.prepared(schema).apply(read_table(f"{name}.csv", schema))) for name in ("north", "south")
    ]
    settings = Settings.from_dict(dict(sheet.settings))
    model = play(estimator("logistic"), strategy("fedavg"), owners, settings, classes=2, rounds=2).final
    Path("model.bin").write_bytes(encode(model))
    use = ("--program", "program.py", "--schema", "schema.json")
    found = shell.json_of("pod", "predict", "model.bin", "held-back.csv", *use)
    truth = [line.rsplit(",", 1)[1] for line in Path("held-back.csv").read_text().splitlines()]
    right = sum(a == b for a, b in zip(found["predictions"], truth[1:], strict=True)) / 113
    assert found["scores"]["accuracy"] == pytest.approx(right)
    assert right > 0.85
    rows = [line.rsplit(",", 1)[0] for line in Path("held-back.csv").read_text().splitlines()]
    Path("new.csv").write_text("\n".join(rows))
    blind = shell.json_of("pod", "predict", "model.bin", "new.csv", *use)
    assert (blind["predictions"], blind["scores"]) == (found["predictions"], {})
    assert shell("pod", "predict", "model.bin", "new.csv", *use).stdout.splitlines() == found["predictions"]


def test_a_model_of_another_schema_is_refused(shell, made):
    shell("pod", "program", "logistic")
    schema = Schema.from_json(Path("schema.json").read_text())
    model = estimator("logistic").initial(len(schema.features) + 1, 2, Settings())
    Path("model.bin").write_bytes(encode(model))
    use = ("--program", "program.py", "--schema", "schema.json")
    said = shell("pod", "predict", "model.bin", "held-back.csv", *use, code=6).stderr
    assert "of the model's job" in said.replace("\n", " ")


def test_a_market_is_made_by_one_command(shell, network):
    """H-01: with its cost shown, and asked for."""
    account = network.cast["deployer"]
    asked = shell("pod", "deploy-market", "--unlocked", account, "--eth-usd", "2500", code=3, stdin="n\n")
    assert "Cost to deploy a market" in asked.stderr
    first = shell.json_of("pod", "deploy-market", "--unlocked", account, "--yes")
    assert first["is_new"] is True
    assert json.loads(Path(first["record"]).read_text())["contracts"]["TrainingMarket"]["address"] == first["address"]
    again = shell("pod", "deploy-market", "--unlocked", account, code=0)
    assert again.stdout.strip() == first["address"]
    assert "was there already" in again.stderr
