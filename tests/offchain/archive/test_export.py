"""The data set of a model as of any block: complete, right, and the same bytes for everybody (E-03, E-04, E-05)."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.datasets import load_svmlight_file

from commonlearn.archive.dataset import rebuild
from commonlearn.archive.errors import BlockOutOfRange, ExportProblem, UnknownFormat
from commonlearn.archive.writers import anonymous
from commonlearn.client.deployer import ModelPlan, deploy_model
from commonlearn.client.description import Description
from commonlearn.client.errors import NoFeaturizer, ReplayMismatch
from commonlearn.errors import InvalidMetadata, UnknownFeaturizer
from commonlearn.featurizers import PresenceText, VocabularyText
from commonlearn.models import MultinomialNaiveBayes
from tests.support.flaky_node import flaky
from tests.support.histories import STAKED_OUTCOMES, VOTE_SECONDS, VOTED_OUTCOMES, staked, voted
from tests.support.live import BAD, GOOD, TABLE, WORDS, small_bayes, small_centroid, small_perceptron
from tests.support.live_market import Story

FORMATS = ("csv", "parquet", "svmlight")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "contributions.csv").open(newline="")))


def logged(model) -> list[dict]:
    """What the chain's own log says, event by event."""
    contract = model.contract
    events = contract.events(["Contributed"], 0, contract.connection.block().number)
    return [{**event.values, "block": event.block_number, "tx": event.tx_hash} for event in events]


# --------------------------------------------------------------------------------------------------------- what is in it


def test_each_row_is_what_the_chain_says(network, tmp_path):
    model = staked(network, tmp_path)
    model.archive().export(tmp_path / "out")
    found, wanted = rows(tmp_path / "out"), logged(model)
    assert len(found) == len(wanted) == 8
    for row, event in zip(found, wanted, strict=True):
        assert int(row["id"]) == event["id"]
        assert row["author"] == event["author"]
        assert int(row["label"]) == event["label"]
        assert row["class"] == ("negative", "positive")[event["label"]]
        assert row["taught"] == str(event["taught"]).lower()
        assert int(row["stake_wei"]) == event["stakeWei"]
        assert int(row["time"]) == event["contributedAt"]
        assert bytes.fromhex(row["sample"][2:]) == event["sample"]
        assert (int(row["block"]), row["tx_hash"]) == (event["block"], event["tx"])
    assert found[0]["words"] == "actor"
    assert found[2]["words"] == "film good funny great plot"
    assert found[2]["features"] == "0:1 1:1 3:1 6:1 9:1"


def test_every_outcome_of_self_assessment(network, tmp_path):
    model = staked(network, tmp_path)
    model.archive().export(tmp_path / "out")
    found = rows(tmp_path / "out")
    assert [row["outcome"] for row in found] == STAKED_OUTCOMES
    alice, bob, beneficiary = (network.cast[role] for role in ("alice", "bob", "beneficiary"))
    assert [row["outcome_by"] for row in found[:5]] == [alice, alice, alice, alice, beneficiary]
    assert [row["batch"] for row in found] == ["0", "0", "0", "", "", "", "6", "6"]
    assert [row["payee"] for row in found] == ["", "", "", "", "", bob, "", ""]
    assert found[5]["author"] not in network.cast.values()
    # The contract says the same of each, but for whether a refund proved something.
    names = {"proven": "REFUNDED", "returned": "REFUNDED"}
    said = [status.name for status in model.contract.statuses(range(8))]
    assert said == [names.get(outcome, outcome.upper()) for outcome in STAKED_OUTCOMES]
    assert all(row["market"] == row["confirmed"] == row["contested"] == "" for row in found)


def test_outcomes_are_as_of_the_block(network, tmp_path):
    """Before anything ended, all is open; the rows before a block do not depend on what came later, but for that."""
    model = staked(network, tmp_path)
    archive = model.archive()
    archive.export(tmp_path / "late")
    late = rows(tmp_path / "late")
    archive.export(tmp_path / "early", block=int(late[5]["block"]))
    early = rows(tmp_path / "early")
    assert [row["outcome"] for row in early] == ["open"] * 6
    ends = {"outcome", "outcome_block", "outcome_by"}
    for before, after in zip(early, late, strict=False):
        assert {k: v for k, v in before.items() if k not in ends} == {k: v for k, v in after.items() if k not in ends}
    archive.export(tmp_path / "middle", block=int(late[5]["outcome_block"]))
    assert [row["outcome"] for row in rows(tmp_path / "middle")] == [*STAKED_OUTCOMES[:3], "open", "open", "proven"]


def test_points_are_judged_when_the_votes_have_closed(network, tmp_path):
    model = voted(network, tmp_path)
    model.archive().export(tmp_path / "open")
    found = rows(tmp_path / "open")
    assert [row["outcome"] for row in found] == ["open"] * 3
    assert [(row["confirmed"], row["contested"]) for row in found] == [("1000", "0"), ("0", "1000"), ("0", "0")]
    network.pass_time(VOTE_SECONDS)
    model.sync()
    archive = model.archive()
    archive.export(tmp_path / "closed")
    found = rows(tmp_path / "closed")
    assert [row["outcome"] for row in found] == VOTED_OUTCOMES
    assert {row["stake_wei"] for row in found} == {"0"}
    ledger = model.standing(network.cast["carol"])
    assert ledger.points == 1_000


def test_a_market_says_who_was_proven_and_what_it_taught(network, tmp_path):
    story = Story.begin(network, tmp_path).revealed()
    model = story.model
    model.sync()
    model.archive().export(tmp_path / "open")
    found = rows(tmp_path / "open")
    assert {row["outcome"] for row in found} == {"open"}
    assert {row["learned"] for row in found} == {"false"}
    assert {row["taught"] for row in found} == {""}
    story.market.settle(account=story.who("stranger"))
    story.market.train(account=story.who("stranger"))
    model.sync()
    done = model.archive().export(tmp_path / "out")
    found = rows(tmp_path / "out")
    lost = {story.who("mallory")}
    assert [row["outcome"] for row in found] == ["forfeited" if row["author"] in lost else "proven" for row in found]
    # What the model learned is what was not forfeited, as the contract's own log of training says.
    assert [row["learned"] for row in found] == [str(row["outcome"] == "proven").lower() for row in found]
    assert {row["market"] for row in found} == {"1"}
    assert done.is_checked
    assert done.card["counts"]["learned"] == sum(row["learned"] == "true" for row in found) > 0


def test_a_market_without_outcome_returns_and_the_next_one_counts_anew(network, tmp_path):
    """The provider keeps the test set secret; then another market begins."""
    story = Story.begin(network, tmp_path).opened()
    story.contribute("alice", ["good", "dull"], [1, 0]).closed()
    network.pass_time(2 * 86_400)
    story.market.end(account=story.who("stranger"))
    story.opened().contribute("bob", ["great"], [1])
    story.model.sync()
    story.model.archive().export(tmp_path / "out")
    found = rows(tmp_path / "out")
    assert [(row["outcome"], row["market"]) for row in found] == [("returned", "1"), ("returned", "1"), ("open", "2")]


@pytest.mark.parametrize("block_of", ["first", "middle", "last"])
@pytest.mark.parametrize("make", [staked, voted])
def test_weights_as_of_a_block_are_the_contracts_then(network, tmp_path, make, block_of):
    model = make(network, tmp_path)
    blocks = [event["block"] for event in logged(model)]
    block = {"first": blocks[0] - 1, "middle": blocks[len(blocks) // 2], "last": model.block}[block_of]
    data = model.archive().data_set(block)
    snapshot = model.contract.snapshot(block=block)
    assert data.model.words() == snapshot.words
    assert len(data) == snapshot.contributions
    assert model.archive().check(data)
    done = model.archive().export(tmp_path / "out", block=block)
    assert done.is_checked
    assert (tmp_path / "out" / "words.bin").read_bytes() == b"".join(w.to_bytes(32, "big") for w in snapshot.words)


def test_weights_that_are_not_the_contracts_are_not_exported(network, tmp_path, monkeypatch):
    model = staked(network, tmp_path)
    archive = model.archive()
    real = archive.data_set

    def spoilt(*arguments, **options):
        data = real(*arguments, **options)
        data.model.model_.weights[1] += 1
        return data

    monkeypatch.setattr(archive, "data_set", spoilt)
    with pytest.raises(ReplayMismatch, match="other weights"):
        archive.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_end_that_the_node_left_out_is_noticed(network, tmp_path):
    """Contributions are numbered, but what became of them is not: the stakes that are left must be the contract's."""
    model = staked(network, tmp_path)
    archive = model.archive()
    data = archive.data_set()
    assert archive.check(data)
    log = replace(data.log, endings=data.log.endings[:-1])
    with pytest.raises(ReplayMismatch, match="other stakes"):
        archive.check(rebuild(data.about, log, data.block))


@pytest.mark.parametrize(
    "spoil", ["DELETE FROM endings WHERE id = 4", "UPDATE contributions SET label = 1 WHERE id = 3"]
)
def test_a_copy_that_is_wrong_is_read_anew(network, tmp_path, caplog, spoil):
    """A node that lagged behind left an end out, or the file was changed."""
    model = staked(network, tmp_path)
    model.archive().export(tmp_path / "before")
    with sqlite3.connect(model._cache.path) as db:
        db.execute(spoil)
    with caplog.at_level(logging.WARNING, logger="commonlearn"):
        assert model.archive().export(tmp_path / "after").is_checked
    assert "read anew" in caplog.text
    assert contents(tmp_path / "before") == contents(tmp_path / "after")


def test_weights_are_named_by_feature(network, tmp_path):
    model = staked(network, tmp_path)
    model.archive().export(tmp_path / "out")
    found = list(csv.DictReader((tmp_path / "out" / "weights.csv").open(newline="")))
    weights = model.twin.model_.weights[:, 0].tolist()
    assert [int(row["class_1"]) for row in found] == weights
    assert [row["word"] for row in found] == ["(intercept)", *WORDS]
    assert [row["feature"] for row in found] == ["", *map(str, range(len(WORDS)))]


def test_counted_words_are_said_with_their_counts(network, tmp_path):
    """A vocabulary of another featuriser: samples hold how often each word is there."""
    text = VocabularyText(WORDS, encoding="sparse")
    first = text.transform_batch([GOOD, BAD] * 3).to_csr()
    twin = MultinomialNaiveBayes(encoding="sparse").fit(first, [1, 0] * 3)
    model = network.load(network.deploy(model=twin, featurizer=text).address, tmp_path)
    model.contribute(["good, good film"], ["positive"], account=network.cast["alice"])
    model.sync()
    assert model.archive().export(tmp_path / "out").is_checked
    (row,) = rows(tmp_path / "out")
    assert (row["words"], row["features"]) == ("film, good ×2", "0:1 1:2")
    weights = list(csv.DictReader((tmp_path / "out" / "weights.csv").open(newline="")))
    assert [row["word"] for row in weights] == ["(samples)", "(total)", *WORDS]


def test_naive_bayes_and_tables_with_announced_classes(network, tmp_path):
    bayes = staked(network, tmp_path, model=small_bayes())
    bayes.archive().export(tmp_path / "bayes", file_format="parquet")
    weights = pq.read_table(tmp_path / "bayes" / "weights.parquet").to_pydict()
    assert weights["word"][:2] == ["(samples)", "(total)"]
    assert weights["class_0"][2:] == bayes.twin.model_.sums[:, 0].tolist()

    twin, table = small_centroid(notice_seconds=250)
    names = ("low", "middle", "high")
    record = network.deploy(model=twin, featurizer=table, classes=names, curator=network.cast["deployer"])
    model = network.load(record.address, tmp_path / "table")
    model.contribute(TABLE[:3], names, account=network.cast["alice"])
    model.sync()
    before = model.block
    model.add_class([[40.0, 40.0, 40.0]], account=network.cast["deployer"])
    network.pass_time(300)
    model.sync()
    model.contribute([[40.0, 41.0, 39.0]], ["class 3"], account=network.cast["bob"])
    model.sync()
    done = model.archive().export(tmp_path / "centroid")
    assert done.is_checked
    assert done.card["model"]["classes"] == [*names, "class 3"]
    found = rows(tmp_path / "centroid")
    assert found[3]["class"] == "class 3"
    assert [row["words"] for row in found[:3]] == [table.describe(one) for one in table.transform_encoded(TABLE[:3])]
    early = model.archive().export(tmp_path / "early", block=before)
    assert early.is_checked
    assert early.card["model"]["classes"] == list(names)


@pytest.mark.parametrize("about", ["nothing", "another model", "other bytes", "not installed", "broken"])
def test_a_vocabulary_that_is_not_known_leaves_words_empty(network, tmp_path, about):
    """No featuriser, one of more words than the model has features, one of other samples, one that cannot be had."""
    featurizer = {
        "nothing": None,
        "another model": PresenceText([*WORDS, "more"]).to_dict(),
        "other bytes": small_centroid()[1].to_dict(),
        "not installed": {"id": "text-embedding", "version": 1},
        "broken": {"id": "text-presence", "version": 1},
    }[about]
    plan = ModelPlan(small_perceptron(), Description("bare", "", ("no", "yes"), featurizer), network.terms())
    model = network.load(deploy_model(network.sender(), network.book(), plan).address, tmp_path)
    model.contribute_encoded([b"\0\1\0\3"], ["yes"], account=network.cast["alice"])
    model.sync()
    done = model.archive().export(tmp_path / "out")
    assert done.card["model"]["vocabulary"] is None
    refusal = {"nothing": NoFeaturizer, "not installed": UnknownFeaturizer, "broken": InvalidMetadata}.get(about)
    if refusal is not None:
        with pytest.raises(refusal):
            model.predict([GOOD])
    (row,) = rows(tmp_path / "out")
    assert (row["words"], row["features"]) == ("", "1:1 3:1")
    weights = list(csv.DictReader((tmp_path / "out" / "weights.csv").open(newline="")))
    assert {row["word"] for row in weights} == {"(intercept)", ""}
    assert "not known" in (tmp_path / "out" / "README.md").read_text()


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_model_without_contributions(network, address, tmp_path, file_format):
    model = network.load(address, tmp_path)
    done = model.archive().export(tmp_path / "out", file_format=file_format)
    assert done.is_checked
    assert done.card["counts"]["contributions"] == done.card["counts"]["contributors"] == 0
    assert done.card["span"] is None
    if file_format == "parquet":
        assert pq.read_table(tmp_path / "out" / "contributions.parquet").num_rows == 0
    else:
        assert rows(tmp_path / "out") == []
    if file_format == "svmlight":
        assert (tmp_path / "out" / "samples.svmlight").read_bytes() == b""


# -------------------------------------------------------------------------------------------------------------- formats


def test_parquet_has_what_the_csv_has(network, tmp_path):
    model = staked(network, tmp_path)
    model.archive().export(tmp_path / "csv")
    model.archive().export(tmp_path / "parquet", file_format="parquet")
    table = pq.read_table(tmp_path / "parquet" / "contributions.parquet").to_pylist()
    for one, row in zip(table, rows(tmp_path / "csv"), strict=True):
        pairs = zip(one.pop("indices"), one.pop("values"), strict=True)
        assert " ".join(f"{index}:{value}" for index, value in pairs) == row.pop("features")
        assert "0x" + one.pop("sample").hex() == row.pop("sample")
        shown = {key: "" if value is None else str(value) for key, value in one.items()}
        shown |= {key: shown[key].lower() for key in ("taught", "learned")}
        assert shown == row


def test_svmlight_is_read_by_scikit_learn(network, tmp_path):
    model = staked(network, tmp_path)
    model.archive().export(tmp_path / "out", file_format="svmlight")
    matrix, labels = load_svmlight_file(
        str(tmp_path / "out" / "samples.svmlight"), n_features=len(WORDS), zero_based=True
    )
    data = model.archive().data_set()
    assert np.array_equal(matrix.toarray(), data.samples.to_dense())
    assert labels.tolist() == [int(row["label"]) for row in rows(tmp_path / "out")]


def test_an_export_takes_the_place_of_an_earlier_one(network, tmp_path, monkeypatch):
    """Nothing of the earlier one is left, nothing else is touched, and there is no card before all is there."""
    model = staked(network, tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    for file_format in ("svmlight", "parquet", "csv"):
        done = model.archive().export(tmp_path / "out", file_format=file_format)
        assert contents(tmp_path / "out").keys() == {*done.files, "notes.txt"}
    real = Path.write_bytes

    def full(path, content):
        if "README" in path.name:
            raise OSError(28, "No space left on device")
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ExportProblem, match="No space left"):
        model.archive().export(tmp_path / "out")
    assert not (tmp_path / "out" / "card.json").exists()


def test_parquet_does_not_name_its_writer(network, tmp_path):
    model = staked(network, tmp_path)
    model.archive().export(tmp_path / "out", file_format="parquet")
    file = (tmp_path / "out" / "contributions.parquet").read_bytes()
    assert b"parquet-cpp" not in file
    assert pq.read_metadata(io.BytesIO(file)).created_by == "commonlearn"
    with pytest.raises(ValueError, match="does not name its writer"):
        anonymous(file)


# ------------------------------------------------------------------------------------------------------- the same bytes


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("make", [staked, voted])
def test_two_people_get_the_same_bytes(network, tmp_path, make, file_format):
    """One followed the log as it came, the other reads it later from a node that gives five blocks at once."""
    model = make(network, tmp_path)
    block = model.block
    model.archive().export(tmp_path / "one", file_format=file_format, block=block)
    network.node.request("anvil_mine", hex(10))
    with flaky(network.node.port) as proxy:
        proxy.rule = lambda requests: (
            "refuse"
            if any(
                request["method"] == "eth_getLogs"
                and int(request["params"][0]["toBlock"], 16) - int(request["params"][0]["fromBlock"], 16) > 5
                for request in requests
            )
            else "answer"
        )
        other = network.load(model.address, tmp_path / "other", rpc=proxy.url)
        other.contribute([GOOD], ["positive"], account=network.cast["carol"], batch=1)
        other.archive().export(tmp_path / "two", file_format=file_format, block=block)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_node_that_has_forgotten_the_state_makes_no_difference(network, tmp_path):
    model = staked(network, tmp_path)
    block = model.block - 3
    assert model.archive().export(tmp_path / "one", block=block).is_checked
    with flaky(network.node.port) as proxy:
        late = network.load(model.address, tmp_path / "late", rpc=proxy.url)
        proxy.rule = lambda requests: (
            "refuse" if any(r["method"] == "eth_call" and r["params"][1] != "latest" for r in requests) else "answer"
        )
        late.sync_log()
        assert not late.archive().export(tmp_path / "two", block=block).is_checked
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_card_counts_and_hashes_what_is_there(network, tmp_path):
    model = staked(network, tmp_path)
    done = model.archive().export(tmp_path / "out", file_format="parquet")
    assert contents(tmp_path / "out").keys() == set(done.files)
    card = json.loads((tmp_path / "out" / "card.json").read_text())
    assert card == done.card
    for name, said in card["hashes"]["files"].items():
        content = (tmp_path / "out" / name).read_bytes()
        assert said == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    as_csv = model.archive().export(tmp_path / "csv")
    table = (tmp_path / "csv" / "contributions.csv").read_bytes()
    assert card["hashes"]["data"] == as_csv.card["hashes"]["data"] == hashlib.sha256(table).hexdigest()
    counts = card["counts"]
    assert (counts["contributions"], counts["contributors"], counts["batches"], counts["sponsored"]) == (8, 5, 2, 1)
    assert counts["classes"] == {"negative": 3, "positive": 5}
    assert {name: one["contributions"] for name, one in counts["outcomes"].items()} == {
        name: STAKED_OUTCOMES.count(name) for name in ("open", "proven", "returned", "forfeited", "swept")
    }
    stakes = sum(int(one["stake_wei"]) for one in counts["outcomes"].values())
    assert stakes == sum(event["stakeWei"] for event in logged(model))
    assert sum(one["contributions"] for one in card["contributors"]) == 8
    block = network.connection.block(model.block)
    assert card["block"] == {"number": block.number, "hash": block.hash, "time": block.timestamp}
    readme = (tmp_path / "out" / "README.md").read_text()
    for said in ("8, of which the model learned 8", "3064 gwei", card["hashes"]["data"], "text-presence/1"):
        assert said in readme


def test_a_creators_words_cannot_disguise_the_card(network, tmp_path):
    about = Description("# a | b\n<script>", "`x` [y](z)", ("n|o", "yes"), None)
    plan = ModelPlan(small_perceptron(), about, network.terms())
    model = network.load(deploy_model(network.sender(), network.book(), plan).address, tmp_path)
    model.archive().export(tmp_path / "out")
    readme = (tmp_path / "out" / "README.md").read_text()
    assert readme.startswith("# \\# a \\| b \\<script\\>: all contributions")
    assert "\\`x\\` \\[y\\](z)" in readme
    assert "| n\\|o |" in readme


# --------------------------------------------------------------------------------------------------------- wrong places


def test_blocks_that_cannot_be(network, tmp_path):
    model = staked(network, tmp_path)
    archive, created = model.archive(), model.contract.created_at_block
    for block in (created - 1, model.block + 1_000):
        with pytest.raises(BlockOutOfRange, match="name a block from"):
            archive.export(tmp_path / "out", block=block)
    assert len(archive.data_set(created)) == 0
    network.load(model.address, tmp_path / "other").contribute([BAD], ["negative"], account=network.cast["bob"])
    assert len(archive.data_set(network.connection.block().number)) == 9, "a block that came since is read first"


def test_places_and_formats_that_cannot_be(network, address, tmp_path):
    archive = network.load(address, tmp_path).archive()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ExportProblem, match="a file, not a folder"):
        archive.export(tmp_path / "file")
    with pytest.raises(ExportProblem, match="--out"):
        archive.export(tmp_path / "file" / "below")
    with pytest.raises(UnknownFormat, match="csv, parquet, svmlight"):
        archive.export(tmp_path / "out", file_format="xlsx")
    assert not (tmp_path / "out").exists()
