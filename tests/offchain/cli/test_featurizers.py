"""Models of texts, tables and images from files to predictions, by commands alone.

Requirements F-01, F-02, F-03, F-10.
"""

import csv
import shutil

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_digits

from commonlearn.cli.exit_codes import ExitCode
from commonlearn.client.deployer import ModelPlan, deploy_model
from commonlearn.client.description import Description
from commonlearn.featurizers import HogImage
from tests.support.live import GOOD, REFUND

WAITS = ["--floor", "1000gwei", "--refund-wait", f"{REFUND}s"]


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("COMMONLEARN_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


def written(path, header, rows):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


@pytest.fixture
def pictures(tmp_path):
    digits = load_digits()
    rows = []
    for i in np.flatnonzero(digits.target < 2)[:60].tolist():
        Image.fromarray(np.rint(digits.images[i] * 255 / 16).astype(np.uint8)).save(tmp_path / f"{i}.png")
        rows.append([f"{i}.png", f"digit {digits.target[i]}"])
    return written(tmp_path / "pictures.csv", ["image", "label"], rows)


@pytest.fixture
def patients(tmp_path):
    data = load_breast_cancer()
    rows = [
        [*cells[:4], "left" if i % 2 else "right", ["malignant", "benign"][label]]
        for i, (cells, label) in enumerate(zip(data.data.tolist(), data.target.tolist(), strict=True))
    ]
    return written(tmp_path / "patients.csv", ["radius", "texture", "perimeter", "area", "side", "label"], rows)


def deploy(shell, file, *options):
    who = shell.network.cast["deployer"]
    return shell.json("deploy", file, "--label", "label", *options, *WAITS, "--unlocked", who, "--yes")


def test_pictures_by_file(shell, pictures, tmp_path):
    made = deploy(shell, pictures, "--image", "image", "--featurizer", "image-hog", "--feature", "height=16",
                  "--feature", "width=16", "--feature", "cell=4", "--name", "digits")  # fmt: skip
    assert made["featurizer"]["id"] == "image-hog"
    assert made["featurizer"]["version"] == 1
    assert made["state"] is None
    assert made["accuracy"] >= 0.9
    told = shell("predict", "digits", tmp_path / "0.png", tmp_path / "1.png").stdout.splitlines()
    assert [line.split("\t")[0] for line in told] == ["digit 0", "digit 1"]
    (encoded,) = shell("encode", "digits", tmp_path / "0.png").stdout.splitlines()
    assert encoded == "0x" + HogImage(16, 16, cell=4).transform_encoded([tmp_path / "0.png"])[0].hex()
    assert shell.json("encode", "digits", tmp_path / "0.png")["samples"] == [encoded]
    scored = shell.json("predict", "digits", "--csv", pictures, "--image", "image", "--label", "label")
    assert scored["accuracy"] >= 0.9
    alice = shell.network.cast["alice"]
    (tmp_path / "text.png").write_text("no image")
    assert "no image" in shell(
        "contribute", "digits", tmp_path / "text.png", "--label", "digit 1", "--unlocked", alice, "--yes",
        code=ExitCode.BAD_DATA,
    ).stderr  # fmt: skip
    done = shell.json("contribute", "digits", tmp_path / "0.png", "--label", "digit 0", "--unlocked", alice, "--yes")
    assert len(done["contributions"]) == 1
    shell("sync", "digits", "--verify")


def test_a_pipeline_travels_by_its_file(shell, patients, tmp_path, store, monkeypatch):
    """F-03: what a friend without the file is told, and does."""
    made = deploy(shell, patients, "--featurizer", "table-pipeline", "--name", "patients")
    assert made["state"] == str(next(store.iterdir()))
    shown = shell.json_of("store", "show", "patients")
    assert shown["id"] == "table-pipeline"
    assert shown["hash"] == made["featurizer"]["hash"]
    assert shown["state"] == f"sha256:{next(store.iterdir()).name}"
    assert shown["usable"] is True
    assert shell.json("predict", "patients", "--csv", patients, "--label", "label")["accuracy"] > 0.85
    row = "10.1,18.2,65,300,left"
    assert "benign" in shell("predict", "patients", row).stdout

    monkeypatch.setenv("COMMONLEARN_STORE", str(tmp_path / "friend"))
    refused = shell("predict", "patients", row, code=ExitCode.BAD_DATA).stderr
    assert "StateMissing" in refused
    assert "commonlearn store add FILE" in refused
    assert "not in" in shell("store", "show", "patients").stdout
    shell("status", "patients", "--account", shell.network.cast["alice"])  # money needs no featuriser
    assert "as its hash says" in shell("store", "add", made["state"]).stdout
    assert "benign" in shell("predict", "patients", row).stdout

    (kept,) = (tmp_path / "friend").iterdir()
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes().replace(b"left", b"loft"))
    assert "StateChanged" in shell("predict", "patients", row, code=ExitCode.BAD_DATA).stderr
    assert "has been changed" in shell("store", "list").stdout
    shutil.copy(made["state"], kept)
    assert "benign" in shell("predict", "patients", row).stdout


def test_texts_in_each_way(shell, tmp_path):
    texts = [["a good funny film", "pos"], ["dull and isn't good", "neg"], ["great fun", "pos"], ["long, dull", "neg"]]
    file = written(tmp_path / "texts.csv", ["text", "label"], texts * 8)
    for word, feature in (
        ("text-vocabulary", "encoding=sparse"),
        ("text-hashed", "encoding=dense"),
        ("text-svd", "components=2"),
    ):
        made = deploy(shell, file, "--text", "text", "--featurizer", word, "--feature", feature, "--dimension", "50",
                      "--name", word)  # fmt: skip
        assert made["featurizer"]["id"] == word
        told = shell("predict", word, "good fun", "dull and long").stdout.splitlines()
        assert [line.split("\t")[0] for line in told] == ["pos", "neg"]
        alice = shell.network.cast["alice"]
        shell("contribute", word, "great film", "--label", "pos", "--unlocked", alice, "--yes")
        shell("sync", word, "--verify")


def test_a_featuriser_with_another_hash_is_refused_by_name(shell):
    """F-01: and the account can still be looked at and its money moved."""
    plan = shell.network.plan(name="forged")
    forged = {**plan.description.featurizer, "hash": "0x" + "0" * 64}
    about = Description("forged", "", ("negative", "positive"), forged)
    network = shell.network
    address = deploy_model(network.sender(), network.book(), ModelPlan(plan.model, about, plan.terms)).address
    alice = network.cast["alice"]
    for words in (
        ["predict", address, GOOD],
        ["contribute", address, GOOD, "--label", "positive", "--unlocked", alice],
    ):
        assert "FeaturizerMismatch" in shell(*words, code=ExitCode.BAD_DATA).stderr
    assert shell.json("status", address, "--account", alice)["account"]["counts"]["open"] == 0
    assert shell.json_of("store", "show", address)["usable"] is False


def test_what_is_not_installed_says_what_to_install(shell):
    """F-02."""
    plan = shell.network.plan(name="later")
    about = Description("later", "", ("negative", "positive"), {"id": "text-mind-reading", "version": 3})
    network = shell.network
    address = deploy_model(network.sender(), network.book(), ModelPlan(plan.model, about, plan.terms)).address
    said = shell("predict", address, GOOD, code=ExitCode.BAD_DATA).stderr
    assert "'text-mind-reading' (version 3), which is not installed" in said
    assert "pip install --upgrade commonlearn" in said


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--text", "text", "--featurizer", "image-hog"], ExitCode.BAD_DATA, "for a column of texts"),
        (["--text", "text", "--featurizer", "text-svd", "--feature", "size=3"], ExitCode.BAD_DATA, "no setting 'size'"),
        (["--text", "text", "--feature", "size"], ExitCode.USAGE, "should be NAME=VALUE"),
        (["--text", "text", "--featurizer", "nonsense"], ExitCode.USAGE, "nonsense"),
    ],
)
def test_wrong_use_says_what_is_right(shell, tmp_path, options, code, said):
    file = written(tmp_path / "t.csv", ["text", "label"], [["good", "a"], ["bad", "b"]] * 10)
    who = shell.network.cast["deployer"]
    result = shell("deploy", file, "--label", "label", *options, "--unlocked", who, "--yes", code=code)
    assert said in result.stderr
