"""What a market offers and what is under way, from the command line, without a pod (Y-18)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import deployment_call
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.training import TrainingContract, deploy_training
from commonlearn.chain.transactions import Sender
from commonlearn.cli.main import app
from commonlearn.contract_errors import UnknownDataset
from commonlearn.pod.catalogue import Catalogue, schema_hash
from commonlearn.pod.errors import NoSchema
from commonlearn.pod.roles.entries import Ledger
from commonlearn.records import Custody, Description, JobTerms, Metric, Role, Subject
from tests.offchain.pod.roles.world import SCHEMA
from tests.support.node import chain_for_tests

OWNER_BOND, HASH = 5, SCHEMA.hash()
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "how-to-take-part-in-private-training.md"


def describe(owner, **changed):
    said = {
        "schema": HASH,
        "template": b"t" * 32,
        "quality": 700_000,
        "rows": 50,
        "price_wei": 10**9,
        "custody": Custody.LOCAL,
        "replicas": 1,
        "join_seconds": 3_600,
        "owner_bond_wei": OWNER_BOND,
        "replica_bond_wei": 3,
        "check_bond_wei": 0,
        **changed,
    }
    return Description(owner, *said.values())


@pytest.fixture(scope="module")
def market():
    """A market with three datasets, of which one is not ready, and a job that waits."""
    with chain_for_tests() as node:
        connection = Connection.open(node.url)
        owner, buyer = node.accounts()[:2]
        seller, asker = (Sender(connection, UnlockedSigner(each)) for each in (owner, buyer))
        address = deploy_training(lambda call: str(seller.send_one(call).contract))
        found = TrainingContract(connection, address)
        seller.send_one(found.register(Role.DATA_OWNER, value_wei=10**18))
        seller.send_one(found.list_dataset(describe(owner), [b"1" * 32, b"2" * 32]))
        seller.send_one(
            found.list_dataset(describe(owner, quality=300_000, price_wei=0, schema=b"x" * 32), [b"1" * 32])
        )
        sharded = describe(owner, custody=Custody.SHARDED, replicas=3)
        seller.send_one(found.list_dataset(sharded, [b"1" * 32], node.accounts()[2:5]))
        terms = JobTerms(
            budget_wei=10**17,
            vote_bond_wei=0,
            challenge_bond_wei=0,
            bounty_wei=10**9,
            baseline=0,
            target=1,
            rounds=2,
            subsets_per_round=2,
            min_subsets=1,
            validators=1,
            metric=Metric.ACCURACY,
            environment=b"e" * 32,
            test_set=b"t" * 32,
        )
        asker.send_one(found.register(Role.BUYER, value_wei=10**18))
        asker.send_one(found.request(terms, Subject(HASH, b"p" * 32, bytes(32)), [1], 10**16))
        yield node.url, found, owner, buyer


def asked(market, *words, code=0):
    url, found, *_ = market
    answer = CliRunner().invoke(
        app, ["pod", *map(str, words), "--rpc", url, "--market", found.address], env={"COLUMNS": "150"}
    )
    assert answer.exit_code == code, answer.output
    return answer


def numbers(market, *words):
    found = json.loads(asked(market, "datasets", "--json", *words).stdout)
    return [each["dataset"] for each in found["datasets"]]


def test_datasets_are_searched_by_what_a_job_asks_for(market, tmp_path):
    assert numbers(market) == [1, 2]
    assert numbers(market, "--all") == [1, 2, 3]
    assert numbers(market, "--schema", "0x" + HASH.hex()) == [1]
    (tmp_path / "schema.json").write_text(SCHEMA.to_json())
    assert numbers(market, "--schema", tmp_path / "schema.json", "--all") == [1, 3]
    assert numbers(market, "--min-quality", "0.5") == [1]
    assert numbers(market, "--max-price", "0 wei") == [2]
    assert numbers(market, "--custody", "sharded", "--all") == [3]
    assert numbers(market, "--min-rows", "51") == []
    assert numbers(market, "--owner", market[2]) == [1, 2]
    assert numbers(market, "--owner", market[3]) == []


def test_what_is_told_of_a_dataset_is_what_the_chain_has(market):
    _, found, owner, _ = market
    line = json.loads(asked(market, "datasets", "--json").stdout)["datasets"][0]
    stored = found.dataset(1)
    assert line["owner"] == stored.owner
    assert stored.owner.lower() == owner.lower()
    assert (line["price_wei"], line["quality"]) == (stored.price_wei, stored.quality)
    assert (line["subsets"], line["replicas"], line["seats_verified"]) == (2, 1, 2)
    assert (line["phase"], line["custody"], line["schema"]) == ("ready", "local", "0x" + HASH.hex())
    shown = asked(market, "datasets").stdout
    assert "0.700" in shown
    assert "1 gwei" in shown
    assert "No dataset suits" in asked(market, "datasets", "--min-rows", 51).stdout


def test_jobs_say_what_they_wait_for_and_until_when(market):
    _, found, _, buyer = market
    (line,) = json.loads(asked(market, "jobs", "--json").stdout)["jobs"]
    assert line["buyer"].lower() == buyer.lower()
    assert (line["job"], line["phase"], line["stage"]) == (1, "requested", "none")
    assert line["deadline"] == found.job(1).deadline > 0
    assert line["missing_wei"] == 10**17 + 24 * 10**9 - 10**16
    assert (line["datasets"], line["approved"]) == ([1], [])
    shown = asked(market, "jobs", 1).stdout
    assert "1 approval(s), 0.0" in shown
    assert "UTC" in shown
    assert json.loads(asked(market, "jobs", "--buyer", market[2], "--json").stdout)["jobs"] == []


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (["jobs", "9"], 8, "UnknownJob"),
        (["datasets", "--schema", "0x12"], 6, "NoSchema"),
        (["datasets", "--max-price", "much"], 6, "InvalidAmount"),
    ],
)
def test_what_is_not_there_is_an_error_with_a_name(market, words, code, name):
    error = json.loads(asked(market, *words, "--json", code=code).stdout)["error"]
    assert error["name"] == name
    assert error["message"]


def test_another_address_is_no_market(market):
    url, _, owner, _ = market
    signer = UnlockedSigner(owner)
    part = Sender(Connection.open(url), signer).send_one(deployment_call("TrainingCatalogue")).contract
    for address, code, name in ((owner, 5, "NoContract"), ("0x12", 5, "MalformedAddress"), (part, 6, "NoMarket")):
        answer = CliRunner().invoke(app, ["pod", "jobs", "--rpc", url, "--market", address, "--json"])
        assert (answer.exit_code, json.loads(answer.stdout)["error"]["name"]) == (code, name)
    answer = CliRunner().invoke(app, ["pod", "jobs", "--rpc", url])
    assert answer.exit_code == 2
    assert "--market" in answer.stderr


def test_numbers_and_schemas_that_are_none(tmp_path):
    empty = Catalogue(Ledger(), lambda _: 0)
    with pytest.raises(UnknownDataset):
        empty.dataset(3)
    (tmp_path / "other").write_text("[]")
    for text in (str(tmp_path / "other"), str(tmp_path / "missing"), "0x" + "AB" * 32):
        with pytest.raises(NoSchema):
            schema_hash(text)


def test_the_guides_commands_work_as_they_stand(market, tmp_path, monkeypatch):
    url, found, *_ = market
    settings = CliRunner().invoke(app, ["pod", "example"]).stdout.replace("http://127.0.0.1:8545", url)
    (tmp_path / "pod.toml").write_text(settings.replace('# market = "0x…"', f'market = "{found.address}"'))
    (tmp_path / "schema.json").write_text(SCHEMA.to_json())
    monkeypatch.chdir(tmp_path)
    typed = re.findall(r"^    commonlearn (pod (?:datasets|jobs) .*)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(typed) == 3
    for line in typed:
        line = (
            line.replace("0xADDRESS", found.address).replace("http://127.0.0.1:8545", url).replace("jobs 7", "jobs 1")
        )
        answer = CliRunner().invoke(app, line.split())
        assert answer.exit_code == 0, answer.output
        assert "No dataset" not in answer.stdout
        assert "No job" not in answer.stdout
