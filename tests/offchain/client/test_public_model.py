"""A copy predicts as the contract does, offline, and stays equal to it (P-01, P-02, P-05, P-09)."""

import logging
import sqlite3

import numpy as np
import pytest

from commonlearn import PublicModel
from commonlearn.chain.contracts import FactoryContract
from commonlearn.chain.errors import MalformedAddress, NoContract, NodeUnreachable, NotACollaboration, WrongNetwork
from commonlearn.client.cache import ModelCache
from commonlearn.client.deployer import ModelPlan
from commonlearn.client.description import Description
from commonlearn.client.errors import (
    AmbiguousCache,
    Declined,
    LengthMismatch,
    NoFeaturizer,
    NotCached,
    NotConnected,
    NothingToContribute,
    ReplayMismatch,
)
from commonlearn.contract_errors import ClassesFixed, NotYetOpen, OnlyCurator
from commonlearn.errors import EmptySample, InvalidConfiguration, SampleError, UnknownLabel
from commonlearn.numerics import encode_presence
from tests.support.flaky_node import flaky
from tests.support.live import BAD, GOOD, TABLE, WORDS, small_bayes, small_centroid, small_perceptron


def random_samples(rng: np.random.Generator, count: int) -> list[bytes]:
    samples = []
    for _ in range(count):
        size = int(rng.integers(1, len(WORDS) + 1))
        samples.append(encode_presence(sorted(rng.choice(len(WORDS), size, replace=False).tolist())))
    return samples


@pytest.mark.parametrize("make", [small_perceptron, small_bayes])
def test_predictions_of_texts_are_the_contracts(network, tmp_path, rng, make):
    address = network.deploy(model=make()).address
    model = network.load(address, tmp_path)
    labels = rng.integers(0, 2, 30).tolist()
    model.contribute_encoded(random_samples(rng, 30), labels, account=network.cast["alice"])
    assert model.sync().new_contributions == 30
    probes = random_samples(rng, 40)
    assert model.predict_encoded(probes).tolist() == [model.contract.predict(probe) for probe in probes]
    model.verify()


def test_predictions_of_rows_are_the_contracts(network, tmp_path, rng):
    twin, table = small_centroid()
    address = network.deploy(model=twin, featurizer=table, classes=("low", "middle", "high")).address
    model = network.load(address, tmp_path)
    rows = rng.normal(0, 4, (20, 3)).tolist()
    model.contribute(rows, rng.integers(0, 3, 20).tolist(), account=network.cast["alice"])
    model.sync()
    assert set(model.predict(TABLE)) <= {"low", "middle", "high"}
    probes = model.encode(TABLE)
    assert model.predict_encoded(probes).tolist() == [model.contract.predict(probe) for probe in probes]
    assert model.decision_function(TABLE).shape == (len(TABLE), 3)
    model.verify()


def test_it_has_an_estimators_habits(network, address, tmp_path):
    model = network.load(address, tmp_path)
    assert model.classes_.tolist() == ["negative", "positive"]
    assert model.predict([GOOD, BAD]).tolist() == ["positive", "negative"]
    good, bad = model.decision_function([GOOD, BAD])
    assert good > 0 > bad
    assert model.score([GOOD, BAD], ["positive", "positive"]) == 0.5
    assert model.score([GOOD, BAD], [1, 0]) == 1.0
    assert model.predict([]).tolist() == []
    assert "films" in repr(model)
    assert address in repr(model)


def test_a_second_load_continues_from_events_and_reads_no_words(network, address, tmp_path):
    model = network.load(address, tmp_path)
    assert model.last_sync.mode == "snapshot"
    network.load(address, tmp_path / "other").contribute([GOOD, BAD], [1, 0], account=network.cast["alice"])
    with flaky(network.node.port) as proxy:
        again = network.load(address, tmp_path, rpc=proxy.url)
        assert again.last_sync.mode == "events"
        assert again.last_sync.new_contributions == 2
        assert proxy.calls("eth_getLogs") == 1
    again.verify()
    assert network.load(address, tmp_path).last_sync.mode == "unchanged"


def test_offline_needs_no_node_at_all(network, address, tmp_path):
    online = network.load(address, tmp_path)
    model = PublicModel.load(address, offline=True, cache=tmp_path / "cache", rpc="http://127.0.0.1:1")
    assert model.predict([GOOD, BAD]).tolist() == online.predict([GOOD, BAD]).tolist()
    assert model.contributions == online.contributions
    for action in (model.sync, model.status, model.history, model.averaged):
        with pytest.raises(NotConnected):
            action()
    with pytest.raises(NotConnected):
        model.contribute([GOOD], [1], account=network.cast["alice"])


def test_offline_without_a_copy_says_how_to_get_one(address, tmp_path):
    with pytest.raises(NotCached, match="commonlearn sync"):
        PublicModel.load(address, offline=True, cache=tmp_path)


def test_offline_with_copies_from_two_chains_asks_which(network, address, tmp_path):
    network.load(address, tmp_path)
    path = ModelCache.path_of(tmp_path / "cache", network.connection.chain_id, address)
    (tmp_path / "cache" / path.name.replace("31337-", "5-")).write_bytes(path.read_bytes())
    with pytest.raises(AmbiguousCache) as raised:
        PublicModel.load(address, offline=True, cache=tmp_path / "cache")
    assert sorted(raised.value.chain_ids) == [5, 31337]
    model = PublicModel.load(address, offline=True, cache=tmp_path / "cache", chain_id=31337)
    assert model.predict([GOOD]).tolist() == ["positive"]


def test_averaged_weights_are_rebuilt_from_the_log(network, address, tmp_path, rng):
    model = network.load(address, tmp_path)
    samples, labels = random_samples(rng, 40), rng.integers(0, 2, 40).tolist()
    model.contribute_encoded(samples, labels, account=network.cast["alice"])
    model.sync()
    averaged = model.averaged()
    # By hand: the mean of the weights after each contribution.
    step = small_perceptron()
    weights = []
    for sample, label in zip(samples, labels, strict=True):
        step.train_one(sample, label)
        weights.append(step.model_.weights.copy())
    mean = np.mean(weights, axis=0)[:, 0]
    known = [int.from_bytes(samples[0][i : i + 2], "big") for i in range(0, len(samples[0]), 2)]
    wanted = mean[0] * step.model_.configuration.intercept_value + sum(mean[1 + index] for index in known)
    assert averaged.decide_encoded(samples[:1])[0] == pytest.approx(wanted)
    assert model.inference == "contract", "averaged() must leave the model alone"
    offline = PublicModel.load(address, offline=True, cache=tmp_path / "cache", inference="averaged")
    assert offline.decide_encoded(samples).tolist() == pytest.approx(averaged.decide_encoded(samples).tolist())


def test_averaged_follows_a_sync(network, address, tmp_path):
    model = network.load(address, tmp_path, inference="averaged")
    before = model.decision_function([GOOD])
    model.contribute([GOOD] * 4, [0] * 4, account=network.cast["alice"])
    model.sync()
    assert model.decision_function([GOOD]) < before


def test_averaged_is_for_perceptrons(network, tmp_path):
    address = network.deploy(model=small_bayes()).address
    with pytest.raises(InvalidConfiguration, match="perceptrons only"):
        network.load(address, tmp_path, inference="averaged")
    with pytest.raises(InvalidConfiguration, match="must be one of contract, averaged"):
        network.load(address, tmp_path, inference="best")


def test_an_announced_class_is_followed(network, tmp_path):
    twin, table = small_centroid(notice_seconds=250)
    names = ("low", "middle", "high")
    record = network.deploy(model=twin, featurizer=table, classes=names, curator=network.cast["deployer"])
    model, copy = network.load(record.address, tmp_path), network.load(record.address, tmp_path / "copy")
    far = [[40.0, 40.0, 40.0]]
    model.contribute(TABLE[:3], names, account=network.cast["alice"])
    added = model.add_class(far, account=network.cast["deployer"])
    assert added.number == 3
    assert added.active_at > network.connection.now()
    model.contribute(TABLE[3:6], names, account=network.cast["alice"])
    assert copy.sync().new_contributions == 6
    assert copy.classes_.tolist() == [*names, "class 3"]
    copy.verify()
    assert record.curator == network.cast["deployer"]
    network.pass_time(300)
    copy.sync()
    probe = copy.encode(far)
    assert copy.contract.predict(probe[0]) == 3
    assert copy.twin.predict_encoded(probe, network.connection.now()).tolist() == [3]
    model.contribute(far, ["class 3"], account=network.cast["alice"])
    copy.sync()
    copy.verify()
    fresh = network.load(record.address, tmp_path / "fresh")
    assert fresh.twin.words() == copy.twin.words()


def test_classes_are_added_by_the_curator_and_to_centroids_only(network, address, tmp_path):
    twin, table = small_centroid(notice_seconds=250)
    curated = network.deploy(model=twin, featurizer=table, classes="abc", curator=network.cast["alice"]).address
    model = network.load(curated, tmp_path)
    before = network.sent("alice") + network.sent("bob")
    with pytest.raises(OnlyCurator):
        model.add_class(TABLE[:2], account=network.cast["bob"])
    with pytest.raises(NothingToContribute):
        model.add_class([], account=network.cast["alice"])
    with pytest.raises(Declined):
        model.add_class(TABLE[:2], account=network.cast["alice"], confirm=lambda cost: cost.gas < 0)
    with pytest.raises(ClassesFixed):
        network.load(address, tmp_path).add_class([GOOD], account=network.cast["alice"])
    assert network.sent("alice") + network.sent("bob") == before


# -------------------------------------------------------------------------- reorganisations and resets


def test_a_reorganisation_leads_to_a_new_copy_and_a_notice(own_network, tmp_path, caplog):
    network = own_network
    address = network.deploy().address
    before = network.node.snapshot()
    model = network.load(address, tmp_path)
    model.contribute([GOOD] * 3, [0] * 3, account=network.cast["alice"])
    model.sync()
    network.node.revert(before)
    other = network.load(address, tmp_path / "other")
    other.contribute([BAD] * 4, [1] * 4, account=network.cast["bob"])
    with caplog.at_level(logging.WARNING, logger="commonlearn"):
        report = model.sync()
    assert report.mode == "snapshot"
    assert "replaced" in report.notice
    assert "replaced" in caplog.text
    assert model.contributions == 4
    model.verify()


def test_a_reorganisation_by_the_node_is_noticed(own_network, tmp_path):
    network = own_network
    address = network.deploy().address
    model = network.load(address, tmp_path)
    model.contribute([GOOD] * 3, [1] * 3, account=network.cast["alice"], batch=1, in_flight=1)
    model.sync()
    network.node.request("anvil_reorg", 1, [])
    assert model.sync().mode == "snapshot"
    assert model.contributions == model.contract.contributions() == 2
    model.verify()


def test_a_reorganisation_that_takes_the_model_itself_back_is_told(own_network, tmp_path):
    network = own_network
    model = network.load(network.deploy().address, tmp_path)
    network.node.request("anvil_reorg", 1, [])
    with pytest.raises(NoContract):
        model.sync()


def test_a_shorter_chain_is_noticed(own_network, tmp_path):
    network = own_network
    address = network.deploy().address
    before = network.node.snapshot()
    model = network.load(address, tmp_path)
    model.contribute([GOOD] * 3, [1] * 3, account=network.cast["alice"])
    model.sync()
    network.node.revert(before)
    report = model.sync()
    assert "shorter" in report.notice
    assert model.contributions == 0


def test_a_reset_chain_with_the_same_address_is_noticed(own_network, tmp_path):
    network = own_network
    address = network.deploy().address
    model = network.load(address, tmp_path)
    model.contribute([GOOD] * 3, [1] * 3, account=network.cast["alice"])
    model.sync()
    model.sync_log()
    network.node.stop()
    restarted = type(network.node)(port=network.node.port, timestamp=1_900_000_000, base_fee=0)
    with restarted:
        network.connection = type(network.connection).open(restarted.url)
        assert network.deploy().address == address, "the same account makes the same address"
        again = network.load(address, tmp_path)
        assert again.last_sync.mode == "snapshot"
        assert "reset" in again.last_sync.notice
        assert again.contributions == 0
        assert again.account_status(network.cast["alice"]).contributions == ()


def test_a_reset_chain_without_the_model_says_so(own_network, tmp_path):
    network = own_network
    address = network.deploy().address
    network.load(address, tmp_path)
    network.node.stop()
    with type(network.node)(port=network.node.port), pytest.raises(NoContract, match="started anew"):
        network.load(address, tmp_path)


def test_a_copy_with_a_wrong_word_is_found_by_the_next_contribution_or_by_verify(network, address, tmp_path):
    model = network.load(address, tmp_path)
    path = ModelCache.path_of(tmp_path / "cache", network.connection.chain_id, address)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE state SET words = zeroblob(length(words))")
    spoilt = network.load(address, tmp_path)
    with pytest.raises(ReplayMismatch):
        spoilt.verify()
    # The contract's weights know this well, the spoilt ones do not: what taught differs, so the copy is read anew.
    model.contribute([GOOD], ["positive"], account=network.cast["alice"])
    assert spoilt.sync().mode == "snapshot"
    spoilt.verify()


def test_a_damaged_copy_is_replaced(network, address, tmp_path):
    network.load(address, tmp_path)
    path = ModelCache.path_of(tmp_path / "cache", network.connection.chain_id, address)
    path.write_bytes(b"this is no database" * 100)
    report = network.load(address, tmp_path).last_sync
    assert report.mode == "snapshot"
    assert "damaged" in report.notice


def test_two_processes_may_update_one_copy(network, address, tmp_path):
    first, second = network.load(address, tmp_path), network.load(address, tmp_path)
    first.contribute([GOOD, BAD], [1, 0], account=network.cast["alice"])
    first.sync()
    second.sync()
    second.verify()
    first.contribute([BAD], [1], account=network.cast["alice"])
    second.sync()
    first.sync()
    first.verify()
    assert network.load(address, tmp_path).last_sync.mode == "unchanged"


# ------------------------------------------------------------------------------- wrong places and data


def test_wrong_addresses_are_told_apart(network, address, tmp_path):
    record = next(model for model in network.book().models if model.address == address)
    with pytest.raises(NoContract):
        network.load(network.cast["alice"], tmp_path)
    with pytest.raises(NotACollaboration, match="use " + address):
        network.load(record.model_address, tmp_path)
    with pytest.raises(NotACollaboration, match="factory"):
        network.load(record.factory, tmp_path)
    with pytest.raises(NotACollaboration):
        network.load(record.implementation, tmp_path)
    with pytest.raises(NotACollaboration):
        network.load(network.book().contract("Collaboration").address, tmp_path)
    with pytest.raises(MalformedAddress, match="40 hexadecimal"):
        network.load("0x1234", tmp_path)
    swapped = address[:-1] + address[-1].swapcase() if address[-1].isalpha() else address[:2] + address[2:].swapcase()
    with pytest.raises(MalformedAddress, match="checksum"):
        network.load(swapped, tmp_path)


def test_a_wrong_network_is_told(network, address, tmp_path):
    with pytest.raises(WrongNetwork) as raised:
        network.load(address, tmp_path, chain_id=11155111)
    assert (raised.value.found, raised.value.wanted) == (31337, 11155111)


def test_a_node_that_is_not_there_is_told(address, tmp_path):
    with pytest.raises(NodeUnreachable, match="COMMONLEARN_RPC"):
        PublicModel.load(address, rpc="http://127.0.0.1:1", cache=tmp_path)


def test_the_node_is_named_by_the_environment(network, address, tmp_path, monkeypatch):
    monkeypatch.setenv("COMMONLEARN_RPC", network.node.url)
    assert PublicModel.load(address, cache=tmp_path).contributions == 0


def test_a_model_that_is_not_open_yet_is_told(network, tmp_path):
    plan, sender, book = network.plan(), network.sender(), network.book()
    network.deploy()
    factory = FactoryContract(network.connection, network.book().contract("CollaborationFactory").address)
    implementation = network.book().contract("Perceptron").address
    call = factory.create(
        implementation, plan.configuration, plan.terms, plan.curator, b"", plan.description.to_bytes()
    )
    created = sender.send_one(call).event("Created").values["collaboration"]
    assert book.models is not None
    with pytest.raises(NotYetOpen):
        network.load(created, tmp_path)


def test_unusable_items_are_named(network, address, tmp_path):
    model = network.load(address, tmp_path)
    with pytest.raises(EmptySample) as raised:
        model.predict([GOOD, "qqq zzz"])
    assert raised.value.sample == 1
    with pytest.raises(SampleError, match="Put it into a list"):
        model.predict(GOOD)
    with pytest.raises(SampleError, match="no text"):
        model.predict([3.5])
    with pytest.raises(LengthMismatch):
        model.score([GOOD], [])
    with pytest.raises(UnknownLabel):
        model.score([GOOD], ["so so"])
    twin, table = small_centroid()
    rows = network.load(network.deploy(model=twin, featurizer=table, classes="abc").address, tmp_path)
    with pytest.raises(SampleError):
        rows.predict([[1.0, 2.0]])
    with pytest.raises(SampleError):
        rows.predict([["one", "two", "three"]])


@pytest.mark.parametrize(
    "metadata",
    [b"not deflated", Description("bare", "", ("no", "yes"), None).to_bytes()],
    ids=["foreign", "without a featuriser"],
)
def test_a_model_without_a_usable_description_still_takes_encoded_samples(network, tmp_path, metadata):
    class Described:
        classes = ()

        @staticmethod
        def to_bytes() -> bytes:
            return metadata

        name = "bare"

    plan = network.plan()
    bare = ModelPlan(plan.model, Described(), plan.terms)
    from commonlearn.client.deployer import deploy_model

    address = deploy_model(network.sender(), network.book(), bare).address
    model = network.load(address, tmp_path)
    assert model.predict_encoded([encode_presence([0, 1])]).tolist() == [1]
    assert len(model.classes_) == 2
    with pytest.raises(NoFeaturizer):
        model.predict([GOOD])
    assert len(model.contribute_encoded([encode_presence([0])], [1], account=network.cast["alice"])) == 1
