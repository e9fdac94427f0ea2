"""X-03: each command of the pages for markets, sponsors, testnets, texts, tables and images works as it stands there.

Pages name files, a model and keystores; the reader here has files of these names, and the model's address for ``0x…``.
Commands run in the order of the page; where time must pass, or another account acts, the test says so.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from eth_account import Account
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_digits
from typer.testing import CliRunner

from commonlearn.cli.main import app
from scripts.local_node import LocalNode, free_port
from tests.offchain.test_readme import ROOT, blocks
from tests.support.live_market import labelled_reviews

DOCS = ROOT / "docs"
DAY = 86_400
MNEMONIC = "test test test test test test test test test test test junk"
SAID = re.compile(r"\s+#(?= ).*$")
ANY_MODEL = "0x…"


def commands(page: str) -> list[str]:
    """All commands of a page's ``sh`` blocks, one a line, without remarks."""
    lines = "\n".join(blocks("sh", DOCS / page)).replace("\\\n", " ").splitlines()
    return [" ".join(SAID.sub("", line).split()) for line in lines if line.strip() and line[0] != "#"]


@dataclass
class Typist:
    """Somebody with a clone, a chain, and the files that pages speak of, in the working folder."""

    folder: Path
    node: LocalNode
    environment: Mapping[str, str]
    address: str = ""
    typed: list[str] = field(default_factory=list)

    def type(self, command: str, **others: str) -> str:
        """Type a command of a page, answer its question, and give what it printed."""
        self.typed.append(command)
        return self.does(command, **others)

    def does(self, command: str, **others: str) -> str:
        """Run a command that is on no page."""
        for old, new in {ANY_MODEL: self.address, **others}.items():
            command = command.replace(old, new)
        name, *words = shlex.split(command)
        assert name == "commonlearn"
        done = CliRunner().invoke(app, words, input="y\n" * 3, env=self.environment)
        assert done.exit_code == 0, f"{command}\n{done.output}\n{done.exception}"
        return done.output

    def acts_as(self, name: str) -> None:
        """From now on, ``key.json`` is this account's."""
        shutil.copy(self.folder / f"{name}.json", self.folder / "key.json")

    def learns_the_address(self, name: str) -> None:
        models = json.loads((self.folder / "deployments" / "local.json").read_text())["models"]
        self.address = [one["address"] for one in models if one["name"] == name][-1]


@pytest.fixture(scope="module")
def node() -> Iterator[LocalNode]:
    with LocalNode() as node:
        yield node


@pytest.fixture
def typist(node: LocalNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typist:
    Account.enable_unaudited_hdwallet_features()
    for i, name in enumerate(("creator", "sponsor", "anyone", "bob")):
        key = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{i}").key
        (tmp_path / f"{name}.json").write_text(json.dumps(Account.encrypt(key, "secret", iterations=2)))
    (tmp_path / "password").write_text("secret\n")
    monkeypatch.chdir(tmp_path)
    folders = ("COMMONLEARN_CACHE", "COMMONLEARN_STATE", "COMMONLEARN_STORE")
    own = {
        "COMMONLEARN_RPC": node.url,
        "COMMONLEARN_PASSWORD_FILE": str(tmp_path / "password"),
        **{name: str(tmp_path / name.lower()) for name in folders},
    }
    made = Typist(tmp_path, node, own)
    made.acts_as("creator")
    return made


def written(path: Path, header: list[str], rows: list[list[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def reviews(folder: Path) -> None:
    """Films' reviews to learn from, for a test set, and to contribute."""
    texts, labels = labelled_reviews(40)
    rows = [[text, ("negative", "positive")[label]] for text, label in zip(texts, labels, strict=True)]
    written(folder / "reviews.csv", ["review", "sentiment"], rows * 3)
    written(folder / "secret.csv", ["review", "sentiment"], rows)
    written(folder / "mine.csv", ["review", "sentiment"], rows[:4])


def test_a_market(typist: Typist) -> None:
    """K-54."""
    page = commands("how-to-run-a-market.md")
    deploy, commit, draw, show, reveal, audit, contribute, withdraw, settle, train, watch = page
    reviews(typist.folder)
    typist.type(deploy)
    typist.learns_the_address("reviews")
    assert "keep a copy" in typist.type(commit)
    for _ in range(6):
        typist.node.request("evm_mine")
    typist.type(draw)
    assert "revealed" in typist.type(show)
    typist.acts_as("bob")
    assert "samples were shown" in typist.type(audit)
    assert "4 contribution(s) made" in typist.type(contribute)
    typist.acts_as("creator")
    typist.node.increase_time(8 * DAY)
    assert "revealed" in typist.type(reveal)
    typist.type(settle)
    typist.type(train)
    typist.acts_as("bob")
    assert "paid to" in typist.type(withdraw)
    typist.type(watch)
    assert sorted(typist.typed) == sorted(page)


@pytest.fixture
def relayer(typist: Typist) -> Iterator[str]:
    """The page's relayer, on a port that is free here; gives its address."""
    reviews(typist.folder)
    typist.does("commonlearn deploy reviews.csv --text review --label sentiment --name films --keystore creator.json")
    typist.learns_the_address("films")
    (relay,) = (one for one in commands("how-to-sponsor.md") if one.startswith("commonlearn relay"))
    typist.typed = [relay]
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "commonlearn.cli", *relay.replace(ANY_MODEL, typist.address).split()[1:], "--port", str(port), "--yes"],
        cwd=typist.folder, env={**os.environ, **typist.environment}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        said = ""
        while "Listening at" not in said:
            line = process.stderr.readline()
            assert line, f"the relayer ended: {said}"
            said += line
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_a_sponsor(typist: Typist, relayer: str) -> None:
    """S-11, S-15."""
    page = commands("how-to-sponsor.md")
    poor = Account.create()
    (typist.folder / "poor.json").write_text(json.dumps(Account.encrypt(poor.key, "secret", iterations=2)))
    typist.acts_as("poor")
    for command in page:
        if command in typist.typed:
            continue
        if "pool contribute" in command:
            typist.acts_as("bob")
        if "pool claim" in command:
            typist.node.increase_time(2 * DAY)
            typist.does("commonlearn refund 0x… --keystore key.json")
        others = {"127.0.0.1:8765": relayer}
        if "NUMBER" in command:
            signed = json.loads((typist.folder / "signed.json").read_text())
            others["NUMBER"] = str(signed[0]["request"]["nonce"])
        said = typist.type(command, **others)
        if "--relayer" in command:
            assert "contribution 0: transaction 0x" in said
        if " sign " in command:
            assert "contribution(s) signed" in said
    assert sorted(typist.typed) == sorted(page)


def test_texts(typist: Typist) -> None:
    """F-02: fitted state travels as a file."""
    reviews(typist.folder)
    page = commands("tutorial-text.md")
    deploy, show, add = page
    typist.type(deploy, **{"components=50": "components=5"})  # of few words
    assert "usable here" in typist.type(show)
    (kept,) = (typist.folder / "commonlearn_store").iterdir()
    moved = shutil.move(kept, typist.folder / "given")
    typist.type(add, **{"3f9c…": str(moved)})
    assert kept.exists()


def test_tables(typist: Typist) -> None:
    """F-03."""
    data = load_breast_cancer()
    rows: list[list[object]] = [
        [round(cells[0]), ("female", "male")[i % 2], round(cells[1]), ("no", "yes")[label]]
        for i, (cells, label) in enumerate(zip(data.data.tolist(), data.target.tolist(), strict=True))
    ]
    header = ["age", "sex", "pressure", "ill"]
    written(typist.folder / "patients.csv", header, rows[:200])
    written(typist.folder / "new.csv", header[:3], [row[:3] for row in rows[200:203]])
    deploy, predict, contribute = commands("tutorial-tabular.md")
    typist.type(deploy)
    assert len(typist.type(predict).splitlines()) == 3
    assert "1 contribution(s) made" in typist.type(contribute)


def test_images(typist: Typist) -> None:
    """F-04."""
    digits, folder = load_digits(), typist.folder
    for i in range(80):
        Image.fromarray(np.rint(digits.images[i] * 255 / 16).astype(np.uint8)).save(folder / f"{i}.png")
    Image.fromarray(np.rint(digits.images[90] * 255 / 16).astype(np.uint8)).save(folder / "photo.png")
    rows: list[list[object]] = [[f"{i}.png", str(digits.target[i])] for i in range(80)]
    written(folder / "digits.csv", ["file", "digit"], rows)
    written(folder / "more.csv", ["file", "digit"], rows[:3])
    deploy, predict, one, many = commands("tutorial-image.md")
    typist.type(deploy)
    assert len(typist.type(predict).splitlines()) == 1
    assert "1 contribution(s) made" in typist.type(one)
    assert "3 contribution(s) made in 1 transaction(s)" in typist.type(many)


def test_a_testnet(tmp_path: Path, typist: Typist) -> None:
    """C-03: from a keystore of brownie's to a model on a chain with Sepolia's number, and no other."""
    export, deploy, predict = commands("how-to-use-a-testnet.md")
    (tmp_path / "docs").symlink_to(DOCS)
    keystores = tmp_path / ".home" / ".brownie" / "accounts"
    keystores.mkdir(parents=True)
    shutil.copy(tmp_path / "creator.json", keystores / "deployer.json")
    with LocalNode(chain_id=11_155_111) as testnet:
        said = dict(word.split("=") for word in export.removeprefix("export ").split())
        typist.environment = {**typist.environment, **said, "COMMONLEARN_RPC": testnet.url}
        typist.type(deploy)
        assert typist.type(predict).startswith("billing")
    assert (tmp_path / "deployments" / "sepolia.json").exists()


def test_a_sample_for_the_page(typist: Typist) -> None:
    """W-14."""
    reviews(typist.folder)
    typist.does("commonlearn deploy reviews.csv --text review --label sentiment --name page --keystore key.json")
    typist.learns_the_address("page")
    (encode,) = (one for one in commands("how-to-use-the-page.md") if one.startswith("commonlearn"))
    with pytest.raises(AssertionError, match="EmptySample"):
        typist.type(encode, **{"a moving, funny film": "zzz"})
    assert re.fullmatch(r"(0x([0-9a-f]{4})+\n)", typist.type(encode))
