"""The function that `scripts/deploy.py` calls, on brownie's chain: every role and parameter, read back by brownie.

Requirement C-03.
"""

from __future__ import annotations

import json
from dataclasses import replace

import brownie
import pytest

from commonlearn.chain.compiled import artifact
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.errors import Declined
from commonlearn.contract_errors import InvalidTerms
from commonlearn.numerics import keccak256
from commonlearn.records import Terms
from scripts.compiler import compile_standard
from scripts.deployment import DeploymentMismatch, deploy, differences, masked_code_hash, plan_from
from scripts.settings import Settings
from tests.support.collaborations import collaboration_at, model_of
from tests.support.settings import BENEFICIARY, settings_file

NOBODY = "0x" + "00" * 20


@pytest.fixture
def plan(settings, deployer):
    return plan_from(settings.deploy, deployer.address)[0]


@pytest.fixture
def record(plan, sender, settings):
    return deploy(plan, sender, settings.deployments)


@pytest.fixture
def book(record, settings, connection):
    return DeploymentBook.open(settings.deployments, connection)


def code(web3, address):
    return bytes(web3.eth.get_code(address))


def test_every_role_and_parameter_is_as_in_the_settings(record, plan, deployer):
    created = collaboration_at(record.address)
    assert created.creator() == deployer
    assert created.curator() == NOBODY
    assert created.terms() == (BENEFICIARY, 10**15, 250, 3_600, 100, 200, 300, 1_000)
    assert created.isOpen()
    assert created.contributions() == 0
    assert created.totals() == (0, 0, 0)
    assert created.stakeNow() == 10**15
    assert bytes(created.metadataHash()) == keccak256(plan.description.to_bytes())
    model = model_of(created)
    assert (model.kind(), model.trainer(), model.classes()) == ("perceptron/1", record.address, 2)
    assert model.configuration() == plan.configuration
    assert list(model.snapshot()[2]) == plan.model.words()
    uploaded, required, is_sealed, words_hash = model.uploadState()
    assert (uploaded, required, is_sealed) == (len(plan.words) // 32, len(plan.words) // 32, True)
    assert bytes(words_hash) == plan.model.words_hash()


def test_the_beneficiary_is_the_deployer_where_none_is_named(settings, sender, deployer):
    rules = {**settings.deploy.rules, "beneficiary": None}
    plan, _ = plan_from(settings.deploy.model_copy(update={"rules": rules}), deployer.address)
    record = deploy(plan, sender, settings.deployments)
    assert collaboration_at(record.address).terms()[0] == deployer


def test_points_are_chosen_by_one_word(settings, sender, deployer, alice):
    """Q-10."""
    rules = {
        "founders": [alice.address], "grant": 50, "least_vote": 1, "most_vote": 5, "give_percent": 10,
        "fee_percent": 120, "vote_time": "7d",
    }  # fmt: skip
    section = settings.deploy.model_copy(update={"incentive": "points", "rules": rules})
    plan, _ = plan_from(section, deployer.address)
    record = deploy(plan, sender, settings.deployments)
    created = brownie.project.get_loaded_projects()[0]["PointsCollaboration"].at(record.address)
    assert created.terms() == ((alice,), 5_000, 100, 500, 1_000, 12_000, 604_800)
    assert created.incentive() == "points/1"
    assert created.isOpen()
    book = DeploymentBook.open(settings.deployments, sender.connection)
    assert created.badges() == book.contract("Badges").address
    assert differences(sender.connection, book, record, plan, deployer.address) == []
    wrong = replace(plan, terms=replace(plan.terms, grant=5_001))
    assert differences(sender.connection, book, record, wrong, deployer.address) == ["the rule grant is 5000, not 5001"]
    assert dict(section.in_words())["vote time"] == "7 d"


def test_a_curator_and_a_notice_go_together(tmp_path, sender, deployer, alice):
    settings = Settings.read(settings_file(tmp_path, model="centroid", curator=alice.address))
    plan, _ = plan_from(settings.deploy, deployer.address)
    record = deploy(plan, sender, settings.deployments)
    created = collaboration_at(record.address)
    assert created.curator() == alice
    assert model_of(created).kind() == "nearest-centroid/1"
    assert plan.model.to_configuration().notice_seconds == created.terms()[5]


@pytest.mark.parametrize("model", ["perceptron", "centroid", "bayes"])
def test_every_model_is_deployed_and_predicts_as_its_twin(tmp_path, sender, deployer, model):
    settings = Settings.read(settings_file(tmp_path, model=model))
    plan, learned = plan_from(settings.deploy, deployer.address)
    record = deploy(plan, sender, settings.deployments)
    created = collaboration_at(record.address)
    for text, opinion in (("great and funny film", "good"), ("dull and long film", "bad")):
        (sample,) = learned.featurizer.transform_encoded([text])
        assert learned.classes[created.predict(sample)] == opinion


def test_the_factory_is_deployed_once_for_all(plan, sender, settings, connection, record):
    before = DeploymentBook.open(settings.deployments, connection).contracts
    other = replace(plan, description=replace(plan.description, name="other"))
    second = deploy(other, sender, settings.deployments)
    book = DeploymentBook.open(settings.deployments, connection)
    assert book.contracts == before
    assert [model.name for model in book.models] == ["films", "other"]
    assert second.address != record.address
    assert second.factory == record.factory


def test_the_record_says_what_a_verifier_wants(record, plan, settings, deployer, chain, web3):
    content = json.loads((settings.deployments / "local.json").read_text())
    assert content["chain_id"] == chain.id
    (model,) = content["models"]
    assert model["address"] == record.address
    assert model["model_address"] == collaboration_at(record.address).model()
    assert (model["creator"], model["curator"]) == (deployer.address, NOBODY)
    assert (model["kind"], model["state"]) == ("perceptron/1", "open")
    assert model["block"] == collaboration_at(record.address).createdAtBlock()
    assert int(model["configuration"], 16) == plan.configuration
    assert Terms(**model["terms"]) == plan.terms
    assert model["tx_hashes"]
    created = web3.eth.get_transaction_receipt(model["tx_hashes"][0])
    assert created["blockNumber"] == model["block"]
    assert set(content["contracts"]) == {"Collaboration", "CollaborationFactory", "Perceptron", "Sponsorship"}
    for name, contract in content["contracts"].items():
        assert code(web3, contract["address"])
        shipped = artifact(name)
        assert contract["compiler"] == shipped["compiler"]
        assert contract["compiler"]["version"].startswith("0.8.")
        assert contract["compiler"]["settings"]["viaIR"] is True
        assert contract["standard_json_sha256"] == shipped["standardJsonInputSha256"]
        assert contract["source_path"].endswith(f"/{name}.sol")
        assert web3.eth.get_transaction_receipt(contract["tx_hash"])["blockNumber"] == contract["block"]
    contracts, pad = content["contracts"], "00" * 12
    factory, sponsorship = (contracts[name]["address"][2:].lower() for name in ("CollaborationFactory", "Sponsorship"))
    assert contracts["Collaboration"]["constructor_arguments"] == f"0x{pad}{factory}{pad}{sponsorship}"
    assert collaboration_at(record.address).sponsorship() == contracts["Sponsorship"]["address"]


@pytest.mark.parametrize("name", ["CollaborationFactory", "Collaboration", "Perceptron", "Sponsorship"])
def test_the_recorded_compiler_input_gives_the_deployed_code(book, web3, name):
    """What a source verifier does: compile the recorded standard JSON and compare, but for immutables and arguments."""
    shipped, contract = artifact(name), book.contract(name)
    version = contract.compiler["version"].split("+")[0]
    unit = compile_standard(shipped["standardJsonInput"], version)["contracts"][contract.source_path][name]
    deployed = code(web3, contract.address)
    compiled = bytes.fromhex(unit["evm"]["deployedBytecode"]["object"])
    assert len(compiled) == len(deployed)
    assert unit["evm"]["deployedBytecode"]["immutableReferences"] == shipped["immutableReferences"]
    hashes = {masked_code_hash(deployed, shipped), masked_code_hash(compiled, shipped)}
    assert hashes == {shipped["deployedBytecodeKeccak256"]}
    created_by = bytes(web3.eth.get_transaction(contract.tx_hash)["input"])
    if name != "Collaboration":  # which the factory creates
        assert created_by.hex() == unit["evm"]["bytecode"]["object"] + contract.constructor_arguments[2:]


def test_brownie_has_compiled_the_same(book, web3):
    """So what the tests of this folder's neighbours try is what is deployed."""
    project = brownie.project.get_loaded_projects()[0]
    for name in ("CollaborationFactory", "Perceptron", "Sponsorship"):
        contract = book.contract(name)
        sent = bytes(web3.eth.get_transaction(contract.tx_hash)["input"]).hex()
        assert sent == project[name].bytecode + contract.constructor_arguments[2:]


def test_saying_no_sends_nothing(plan, sender, settings, deployer, web3):
    before = web3.eth.get_transaction_count(deployer.address)
    costs = []
    with pytest.raises(Declined):
        deploy(plan, sender, settings.deployments, confirm=lambda cost: costs.append(cost) or False)
    assert web3.eth.get_transaction_count(deployer.address) == before
    assert costs[0].gas > 3_000_000
    assert not settings.deployments.exists()


def test_rules_that_contradict_one_another_send_nothing(settings, sender, deployer, web3):
    rules = {**settings.deploy.rules, "report_wait": 100}
    plan, _ = plan_from(settings.deploy.model_copy(update={"rules": rules}), deployer.address)
    before = web3.eth.get_transaction_count(deployer.address)
    with pytest.raises(InvalidTerms):
        deploy(plan, sender, settings.deployments)
    assert web3.eth.get_transaction_count(deployer.address) == before


def test_the_quoted_gas_is_about_what_is_used(plan, sender, settings, web3, connection):
    costs = []
    record = deploy(plan, sender, settings.deployments, confirm=lambda cost: costs.append(cost) or True)
    contracts = DeploymentBook.open(settings.deployments, connection).contracts.values()
    hashes = {*record.tx_hashes, *(contract.tx_hash for contract in contracts)}
    used = sum(web3.eth.get_transaction_receipt(tx_hash)["gasUsed"] for tx_hash in hashes)
    assert 0.9 * used < costs[0].gas < 1.3 * used


WRONG = {
    "the rule floor_wei": lambda plan: replace(plan, terms=replace(plan.terms, floor_wei=2 * 10**15)),
    "the rule beneficiary": lambda plan: replace(plan, terms=replace(plan.terms, beneficiary=NOBODY)),
    "the rule reporter_bps": lambda plan: replace(plan, terms=replace(plan.terms, reporter_bps=0)),
    "the curator": lambda plan: replace(plan, curator=BENEFICIARY),
    "the description": lambda plan: replace(plan, description=replace(plan.description, name="another")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_parameter_that_is_not_as_planned_is_found(record, book, plan, connection, deployer, what):
    found = differences(connection, book, record, WRONG[what](plan), deployer.address)
    assert len(found) == 1
    assert found[0].startswith(f"{what} is ")


def test_other_words_are_found(record, book, plan, connection, deployer):
    taught = plan.model.copy()
    sample = b"\x00\x00"
    assert taught.train_one(sample, 1 - int(taught.predict_encoded([sample])[0]))
    found = differences(connection, book, record, replace(plan, model=taught), deployer.address)
    assert [one.split(" is ")[0] for one in found] == ["the words' seal"]


def test_another_creator_is_found(record, book, plan, connection, alice, deployer):
    assert differences(connection, book, record, plan, alice.address) == [
        f"the creator is {deployer.address}, not {alice.address}"
    ]


def test_foreign_code_is_found(record, book, plan, connection, deployer):
    """As when somebody names another implementation in the record."""
    factory = book.contracts["CollaborationFactory"]
    book.contracts["Perceptron"] = replace(book.contracts["Perceptron"], address=factory.address)
    found = differences(connection, book, record, plan, deployer.address)
    assert [one.split(" is ")[0] for one in found] == ["the code of Perceptron", "what the model"]


def test_deploying_raises_what_it_finds(monkeypatch, plan, sender, settings):
    monkeypatch.setattr("scripts.deployment.differences", lambda *arguments: ["the creator is mallory, not alice"])
    with pytest.raises(DeploymentMismatch, match="the creator is mallory, not alice"):
        deploy(plan, sender, settings.deployments)


def test_as_planned_nothing_is_found(record, book, plan, connection, deployer):
    assert differences(connection, book, record, plan, deployer.address) == []
