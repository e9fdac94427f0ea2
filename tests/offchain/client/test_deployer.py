"""Deployment: what is recorded, uploads in parts, and interruptions at any moment (M-03, C-03)."""

import json
from dataclasses import replace

import numpy as np
import pytest
from eth_account import Account

from commonlearn.chain.batch import receipts_of
from commonlearn.chain.compiled import artifact
from commonlearn.chain.contracts import Call, CollaborationContract, FactoryContract
from commonlearn.chain.errors import InsufficientFunds, NodeUnreachable
from commonlearn.chain.fees import Prices
from commonlearn.chain.incentives import POINTS, SELF_ASSESSMENT
from commonlearn.chain.signers import LocalSigner
from commonlearn.chain.transactions import Sender
from commonlearn.client import deployer
from commonlearn.client.deployer import deploy_factory, deploy_model, quote_model
from commonlearn.client.deployments import DeploymentBook, named_model
from commonlearn.client.errors import ClientError, Declined, NotDeployed
from commonlearn.contract_errors import InvalidTerms, NoticeTooShort
from commonlearn.featurizers import PresenceText
from commonlearn.models import ModelConfiguration, Perceptron
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics import Encoding, keccak256
from tests.support.flaky_node import flaky
from tests.support.live import small_bayes, small_centroid, small_perceptron


def large_perceptron(dimension: int = 600) -> tuple[Perceptron, PresenceText]:
    """Random 32-bit weights: as many words of storage as an eighth of its features."""
    exact = ExactPerceptron(ModelConfiguration(Encoding.PRESENCE, 32, 2, dimension, step=1, intercept_value=1))
    exact.weights[:] = np.random.default_rng(3).integers(-(2**31), 2**31, exact.weights.shape)
    return Perceptron.from_words(exact.configuration, exact.words()), PresenceText([f"w{i}" for i in range(dimension)])


@pytest.fixture
def parts(monkeypatch):
    """Uploads of at most ten words a transaction."""
    monkeypatch.setattr(deployer, "_CHUNK_GAS", 10 * deployer._WORD_GAS)


@pytest.fixture
def keyed_sender(network, tmp_path):
    """A sender whose key is here, with its own empty deployment record."""
    signer = LocalSigner(Account.from_key(keccak256(str(tmp_path).encode())))
    network.sender("stranger").send_one(Call(signer.address, "0x", 10**18, "funding"))
    return Sender(network.connection, signer, prices=Prices())


@pytest.mark.parametrize("kind", ["perceptron", "bayes", "centroid"])
def test_a_model_is_deployed_opened_and_recorded(network, tmp_path, kind):
    twin, table = (
        small_centroid() if kind == "centroid" else (small_bayes() if kind == "bayes" else small_perceptron(), None)
    )
    classes = ("a", "b", "c")[: len(twin.classes_)]
    record = network.deploy(name=kind, model=twin, featurizer=table, classes=classes)
    contract = CollaborationContract(network.connection, record.address)
    assert record.state == "open"
    assert contract.is_open()
    assert contract.terms == network.terms()
    assert contract.creator() == record.creator == network.cast["deployer"]
    assert contract.model.address == record.model_address
    assert record.kind == contract.snapshot().kind == str(twin.kind)
    assert contract.snapshot().words == twin.words()
    assert record.words_hash == "0x" + contract.model.upload_state().words_hash.hex()
    assert record.metadata_hash == "0x" + contract.metadata_hash.hex()
    assert int(record.configuration, 16) == twin.to_configuration().to_int()
    (created,) = receipts_of(network.connection, record.tx_hashes[:1])
    assert record.block == created.block_number == contract.created_at_block
    reread = DeploymentBook.open(network.folder / "deployments", network.connection)
    assert record in reread.models


def test_the_record_has_what_a_source_verifier_needs(network):
    network.deploy()
    content = json.loads((network.folder / "deployments" / "local.json").read_text())
    assert content["chain_id"] == 31337
    for name in ("Collaboration", "CollaborationFactory", "Perceptron", "Sponsorship"):
        record, compiled = content["contracts"][name], artifact(name)
        assert record["compiler"] == compiled["compiler"]
        assert record["standard_json_sha256"] == compiled["standardJsonInputSha256"]
        assert record["source_path"].endswith(f"{name}.sol")
        deployed = network.connection.rpc.call("eth_getCode", record["address"], "latest")
        assert (len(deployed) - 2) // 2 == compiled["deployedBytecodeSize"]
    contracts = content["contracts"]
    factory, sponsorship = (contracts[name]["address"][2:].lower() for name in ("CollaborationFactory", "Sponsorship"))
    pad = "0" * 24
    assert contracts["Sponsorship"]["constructor_arguments"] == "0x"
    assert contracts["CollaborationFactory"]["constructor_arguments"] == f"0x{pad}{sponsorship}"
    assert contracts["Collaboration"]["constructor_arguments"] == f"0x{pad}{factory}{pad}{sponsorship}"


def test_the_factory_is_deployed_once_and_implementations_as_needed(network, tmp_path):
    sender = network.sender()
    book = DeploymentBook.open(tmp_path, network.connection)
    with pytest.raises(NotDeployed):
        book.contract("CollaborationFactory")
    first = deploy_factory(sender, book)
    assert {record.contract for record in first} == {
        "Collaboration", "CollaborationFactory", "Perceptron", "NearestCentroid", "NaiveBayes", "Sponsorship",
    }  # fmt: skip
    assert deploy_factory(sender, DeploymentBook.open(tmp_path, network.connection)) == []


def test_all_factories_of_a_network_name_one_sponsorship(network, tmp_path):
    """S-10: the first deployment brings it, later ones find it."""
    sender, book = network.sender(), DeploymentBook.open(tmp_path, network.connection)
    deploy_factory(sender, book, (), incentive=POINTS)
    again = deploy_factory(sender, DeploymentBook.open(tmp_path, network.connection), ())
    assert "Sponsorship" not in {record.contract for record in again}
    book = DeploymentBook.open(tmp_path, network.connection)
    for incentive in (POINTS, SELF_ASSESSMENT):
        factory = FactoryContract(network.connection, book.contract(incentive.factory).address, incentive)
        assert factory.sponsorship() == book.contract("Sponsorship").address


def test_a_large_model_goes_up_in_parts(network, parts):
    twin, featurizer = large_perceptron()
    quoted = []
    record = deploy_model(
        network.sender(),
        network.book(),
        network.plan(model=twin, featurizer=featurizer),
        confirm=lambda q: quoted.append(q) or True,
    )
    assert len(record.tx_hashes) > 6
    contract = CollaborationContract(network.connection, record.address)
    assert contract.snapshot().words == twin.words()
    assert contract.is_open()
    used = sum(receipt.gas_used for receipt in receipts_of(network.connection, record.tx_hashes))
    assert quoted[0].gas == pytest.approx(used, rel=0.35)
    assert quoted[0].transactions == len(record.tx_hashes)


def test_the_quote_of_a_model_is_close(network):
    network.deploy()
    twin, featurizer = large_perceptron()
    plan = network.plan(model=twin, featurizer=featurizer)
    quote = quote_model(network.sender(), network.book(), plan)
    record = deploy_model(network.sender(), network.book(), plan)
    used = sum(receipt.gas_used for receipt in receipts_of(network.connection, record.tx_hashes))
    assert quote.gas == pytest.approx(used, rel=0.05)
    assert quote.gas >= used


@pytest.mark.parametrize("fate", ["lose request", "lose answer"])
def test_an_interruption_at_any_request_is_resumed_without_a_second_model(network, keyed_sender, tmp_path, parts, fate):
    """The node goes away at every sixth request; the same deployment is run again and makes exactly one model."""
    twin, featurizer = large_perceptron(200)
    folder, interrupted = tmp_path / "deployments", 0
    deploy_factory(keyed_sender, DeploymentBook.open(folder, network.connection))
    with flaky(network.node.port) as proxy:
        connection = type(network.connection).open(proxy.url)
        sender = Sender(connection, keyed_sender.signer, prices=Prices())
        for doomed in range(0, 300, 6):
            plan = network.plan(name=f"model {doomed}", model=twin, featurizer=featurizer)
            left = {"requests": doomed, "lost": False}

            def rule(requests, left=left):
                if left["lost"]:
                    return "lose request"
                left["requests"] -= 1
                left["lost"] = left["requests"] < 0
                return fate if left["lost"] else "answer"

            proxy.rule = rule
            finished = False
            try:
                deploy_model(sender, DeploymentBook.open(folder, connection), plan)
                finished = True
            except NodeUnreachable:
                interrupted += 1
            proxy.heal()
            record = deploy_model(sender, DeploymentBook.open(folder, connection), plan) if not finished else None
            if record is not None:
                contract = CollaborationContract(network.connection, record.address)
                assert contract.is_open()
                assert contract.snapshot().words == twin.words()
            models = [
                m for m in DeploymentBook.open(folder, network.connection).models if m.name == plan.description.name
            ]
            assert len(models) == 1
            assert models[0].state == "open"
            if finished and not left["lost"]:
                break
        else:
            pytest.fail("the deployment never came to its end")
    assert interrupted > 5
    created = sum(
        event.values["creator"] == keyed_sender.address
        for event in _created(network, DeploymentBook.open(folder, network.connection))
    )
    assert created == len(DeploymentBook.open(folder, network.connection).models)


def _created(network, book):
    from commonlearn.chain.events import events_in

    factory = book.contract("CollaborationFactory").address
    parts = events_in(network.connection.rpc, [factory], ["Created"], 0, network.connection.block().number)
    return [event for _, events in parts for event in events]


def test_other_words_than_planned_are_not_continued(network, parts, monkeypatch):
    """A record says that this deployment is half done at an address, but another's words stand there."""
    twin, featurizer = large_perceptron(200)
    plan, sender = network.plan(name="half", model=twin, featurizer=featurizer), network.sender()
    with monkeypatch.context() as patch:
        patch.setattr(deployer, "_upload_and_open", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            deploy_model(sender, network.book(), plan)
    book = network.book()
    (record,) = [model for model in book.models if model.name == "half"]
    assert record.state == "uploading"
    contract = CollaborationContract(network.connection, record.address)
    sender.send_one(contract.upload(plan.chunks()[0]))
    changed = ExactPerceptron.from_words(twin.to_configuration(), twin.words())
    changed.weights[1] += 1
    other = replace(plan, model=Perceptron.from_words(changed.configuration, changed.words()))
    book.put_model(replace(record, plan=other.identity(sender.address)))
    with pytest.raises(ClientError, match="holds other words"):
        deploy_model(sender, network.book(), other)
    assert not contract.is_open()
    network.book().put_model(record)
    assert deploy_model(sender, network.book(), plan).address == record.address


def test_declining_deploys_nothing(network, tmp_path):
    before = network.sent("deployer")
    book = DeploymentBook.open(tmp_path, network.connection)
    with pytest.raises(Declined):
        deploy_model(network.sender(), book, network.plan(), confirm=lambda quote: False)
    assert network.sent("deployer") == before
    assert not book.path.exists()


def test_bad_plans_are_refused_before_anything_is_sent(network, tmp_path):
    network.deploy()
    before = network.sent("deployer")
    with pytest.raises(InvalidTerms, match="refund before report before sweep"):
        network.deploy(refund_wait_seconds=500)
    twin, table = small_centroid(notice_seconds=5)
    with pytest.raises(NoticeTooShort):
        network.deploy(model=twin, featurizer=table, classes="abc", curator=network.cast["alice"])
    words = PresenceText([f"{i:x}x{(i * 2654435761) % 2**64:x}" for i in range(20_000)])
    exact = ExactPerceptron(ModelConfiguration(Encoding.PRESENCE, 8, 2, 20_000, step=1))
    model = Perceptron.from_words(exact.configuration, exact.words())
    with pytest.raises(ClientError, match="smaller vocabulary"):
        network.deploy(model=model, featurizer=words)
    assert network.sent("deployer") <= before + 1, "at most the centroid's implementation, which is no part of the plan"


def test_a_deployer_without_ether_is_told(network, tmp_path):
    sender = Sender(network.connection, LocalSigner(Account.from_key(b"\x09" * 32)), prices=Prices())
    with pytest.raises(InsufficientFunds):
        deploy_model(sender, network.book(), network.plan())


def test_a_record_of_a_reset_chain_begins_anew(own_network, caplog):
    own_network.deploy()
    own_network.node.stop()
    with type(own_network.node)(port=own_network.node.port, timestamp=1_900_000_000, base_fee=0) as restarted:
        own_network.connection = type(own_network.connection).open(restarted.url)
        assert own_network.book().contracts == {}
        assert "begins anew" in caplog.text
        assert own_network.deploy().state == "open"


def test_a_damaged_or_foreign_record_is_named(network, tmp_path):
    path = tmp_path / "local.json"
    path.write_text("{}")
    with pytest.raises(ClientError, match="no deployment record"):
        DeploymentBook.open(tmp_path, network.connection)
    path.write_text("not json")
    with pytest.raises(ClientError, match="move it away"):
        DeploymentBook.open(tmp_path, network.connection)


def test_models_are_found_by_name(network, tmp_path):
    record = network.deploy(name="by name")
    assert named_model(network.folder / "deployments", "by name") == [("local", record.address)]
    assert named_model(network.folder / "deployments", "nobody") == []
    (tmp_path / "broken.json").write_text("{")
    assert named_model(tmp_path, "by name") == []
