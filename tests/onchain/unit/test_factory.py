"""`CollaborationFactory`: what it makes, who has which part in it, and what it refuses.

Requirements C-01, C-02, I-11, I-12, M-12.
"""

import json
import zlib
from dataclasses import replace

import brownie
import pytest
import rlp
from eth_utils import to_checksum_address

from commonlearn.client.description import Description
from commonlearn.models.configuration import ModelConfiguration
from commonlearn.numerics import Encoding, keccak256, words_hash
from tests.support import collaborations
from tests.support.collaborations import DEFAULT_TERMS, model_of
from tests.support.events import logged
from tests.support.plain_model import CONFIGURATION, DIMENSION, first_weights
from tests.support.reverts import reverts

NOBODY = "0x" + "00" * 20
WORDS = first_weights().words_bytes()
WORDS_HASH = words_hash(CONFIGURATION.to_int(), WORDS)
METADATA = Description("plain", "for tests", ("no", "yes")).to_bytes()


def child_address(parent, nonce):
    return to_checksum_address(keccak256(rlp.encode([bytes.fromhex(parent[2:]), nonce]))[12:])


def clone_of(address):
    """Code of an EIP-1167 proxy."""
    return bytes.fromhex("363d3d373d3d3d363d73" + address[2:].lower() + "5af43d82803e903d91602b57fd5bf3")


def code_at(web3, address):
    return bytes(web3.eth.get_code(str(address)))


def centroid_configuration(notice):
    return ModelConfiguration(Encoding.DENSE, weight_bits=16, classes=2, dimension=2, notice_seconds=notice)


def test_the_implementation_is_the_factorys_own(factory, web3, Collaboration):
    implementation = factory.implementation()
    assert implementation == child_address(factory.address, 1)
    assert len(code_at(web3, implementation)) == len(bytes.fromhex(Collaboration._build["deployedBytecode"]))


def test_with_all_words_it_is_open_at_once(factory, perceptron, deployer):
    created = collaborations.create(factory, perceptron, CONFIGURATION, WORDS, metadata=METADATA)
    assert created.incentive() == "self-assessment/1"
    assert logged(created.tx) == [
        ("Described", {"metadata": METADATA}),
        ("WordsUploaded", {"from": 0, "words": WORDS}),
        ("Sealed", {"wordsHash": WORDS_HASH}),
        ("Opened", {"wordsHash": WORDS_HASH}),
        (
            "Created",
            {
                "collaboration": created.address,
                "modelImplementation": perceptron,
                "creator": deployer,
                "model": created.model(),
            },
        ),
    ]
    assert created.isOpen()


def test_with_some_words_it_waits(factory, perceptron):
    created = collaborations.create(factory, perceptron, CONFIGURATION, WORDS[:32])
    assert [name for name, _ in logged(created.tx)] == ["Described", "WordsUploaded", "Created"]
    assert not created.isOpen()
    assert model_of(created).uploadState()[:3] == (1, len(WORDS) // 32, False)


def test_without_words_it_waits(factory, perceptron):
    created = collaborations.create(factory, perceptron, CONFIGURATION)
    assert [name for name, _ in logged(created.tx)] == ["Described", "Created"]
    assert model_of(created).uploadState()[:3] == (0, len(WORDS) // 32, False)


def test_everything_fixed_at_creation_is_readable(factory, perceptron, alice, stranger, chain):
    created = collaborations.create(factory, perceptron, CONFIGURATION, WORDS, metadata=METADATA, sender=alice)
    as_stranger = {"from": stranger}
    assert created.creator.call(as_stranger) == alice
    assert created.curator.call(as_stranger) == NOBODY
    assert created.terms.call(as_stranger) == DEFAULT_TERMS.as_tuple()
    assert created.createdAtBlock.call(as_stranger) == created.tx.block_number == chain.height
    assert bytes(created.metadataHash.call(as_stranger)) == keccak256(METADATA)
    assert created.contributions.call(as_stranger) == 0
    assert created.totals.call(as_stranger) == (0, 0, 0)


def test_the_model_is_the_collaborations_first_child(factory, perceptron, web3):
    created = collaborations.create(factory, perceptron, CONFIGURATION, WORDS)
    model = model_of(created)
    assert model.address == child_address(created.address, 1)
    assert model.trainer() == created.address
    assert model.configuration() == CONFIGURATION.to_int()
    assert model.kind() == "perceptron/1"
    assert model.classes() == 2
    assert code_at(web3, model).startswith(clone_of(perceptron.address))
    assert code_at(web3, created).startswith(clone_of(factory.implementation()))


def test_a_snapshot_has_everything_that_inference_needs(plain):
    kind, configuration, words, contributions, block, metadata_hash = plain.contract.snapshot()
    assert (kind, configuration) == ("perceptron/1", CONFIGURATION.to_int())
    assert list(words) == first_weights().words()
    assert (contributions, block) == (0, plain.contract.createdAtBlock())
    assert metadata_hash == plain.contract.metadataHash()


def test_a_snapshot_counts_the_contributions_that_its_words_hold(plain, alice):
    given = plain.lesson(alice)
    twin = first_weights()
    twin.train_one(given.sample, given.label)
    _, _, words, contributions, _, _ = plain.contract.snapshot()
    assert (list(words), contributions) == (twin.words(), 1)


def test_anyone_predicts_for_free(plain, stranger):
    balance = stranger.balance()
    for feature, expected in ((0, 0), (10, 1), (20, 0)):
        sample = feature.to_bytes(2, "big")
        assert plain.contract.predict.call(sample, {"from": stranger}) == expected
        assert model_of(plain.contract).predict(sample) == expected
    assert model_of(plain.contract).scores(b"\x00\x0a\x00\x0b") == (10,)
    assert stranger.balance() == balance


def test_words_are_readable_in_parts(plain):
    model, words = model_of(plain.contract), first_weights().words()
    assert list(model.wordsAt(0, len(words))) == words
    assert list(model.wordsAt(1, 1)) == words[1:2]
    assert model.wordsAt(len(words), 3) == (0, 0, 0)
    assert model.snapshot() == ("perceptron/1", CONFIGURATION.to_int(), tuple(words))


def test_the_description_comes_out_of_the_log(factory, perceptron):
    created = collaborations.create(factory, perceptron, CONFIGURATION, WORDS, metadata=METADATA)
    metadata = dict(logged(created.tx))["Described"]["metadata"]
    assert keccak256(metadata) == bytes(created.metadataHash())
    assert json.loads(zlib.decompress(metadata))["classes"] == ["no", "yes"]


def test_anyone_creates(factory, perceptron, stranger):
    created = collaborations.create(factory, perceptron, CONFIGURATION, WORDS, sender=stranger)
    assert created.creator() == stranger


def test_collaborations_share_nothing(factory, perceptron, alice):
    terms = replace(DEFAULT_TERMS, floor_wei=5 * 10**15, growth_bps=0)
    first = collaborations.create(factory, perceptron, CONFIGURATION, WORDS)
    second = collaborations.create(factory, perceptron, CONFIGURATION, WORDS, terms)
    assert first.address != second.address
    assert first.model() != second.model()
    collaborations.contribute(first, b"\x00\x14", 1, alice)
    assert (first.contributions(), second.contributions()) == (1, 0)
    assert second.balance() == 0
    assert list(second.snapshot()[2]) == first_weights().words()
    assert (first.terms(), second.terms()) == (DEFAULT_TERMS.as_tuple(), terms.as_tuple())


@pytest.mark.parametrize("address", [NOBODY, "0x" + "12" * 20])
def test_an_implementation_without_code_is_refused(factory, address):
    with reverts("NoImplementation", address):
        collaborations.create(factory, address, CONFIGURATION, WORDS)


def test_an_account_is_no_implementation(factory, stranger):
    with reverts("NoImplementation", stranger):
        collaborations.create(factory, stranger, CONFIGURATION, WORDS)


def test_classes_cannot_come_before_earlier_contributors_are_refunded(factory, centroid, alice):
    needed = DEFAULT_TERMS.report_wait_seconds
    for notice in (0, needed - 1):
        with reverts("NoticeTooShort", notice, needed):
            collaborations.create(factory, centroid, centroid_configuration(notice), curator=alice)
    created = collaborations.create(factory, centroid, centroid_configuration(needed), curator=alice)
    assert created.curator() == alice


def test_without_a_curator_no_notice_is_needed(factory, centroid):
    assert collaborations.create(factory, centroid, centroid_configuration(0)).curator() == NOBODY


def test_models_whose_classes_are_fixed_can_have_no_curator(factory, perceptron, alice):
    with reverts("NoticeTooShort", 0, DEFAULT_TERMS.report_wait_seconds):
        collaborations.create(factory, perceptron, CONFIGURATION, WORDS, curator=alice)


@pytest.mark.parametrize("encoding", [Encoding.PRESENCE, Encoding.DENSE])
@pytest.mark.parametrize(
    ("contract", "changes"),
    [
        ("Perceptron", {"step": 0}),
        ("Perceptron", {"step": 1, "smoothing": 1}),
        ("Perceptron", {"step": 1, "notice_seconds": 1}),
        ("NearestCentroid", {"step": 1}),
        ("NearestCentroid", {"intercept_value": 1}),
        ("NearestCentroid", {"margin": 1}),
        ("NearestCentroid", {"smoothing": 1}),
        ("NaiveBayes", {"smoothing": 0}),
        ("NaiveBayes", {"smoothing": 256, "step": 1}),
        ("NaiveBayes", {"smoothing": 256, "intercept_value": 1}),
        ("NaiveBayes", {"smoothing": 256, "margin": 1}),
        ("NaiveBayes", {"smoothing": 256, "notice_seconds": 1}),
    ],
)
def test_a_field_that_the_model_cannot_use_is_refused(factory, implementations, contract, changes, encoding):
    word = ModelConfiguration(encoding, weight_bits=16, classes=3, dimension=4, **changes).to_int()
    with reverts("InvalidConfiguration", word):
        collaborations.create(factory, implementations[contract], word)


FIELDS = {"encoding": 248, "weight_bits": 240, "classes": 224, "dimension": 192, "intercept_value": 160, "unused": 0}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("encoding", 3),
        ("weight_bits", 0),
        ("weight_bits", 2),
        ("weight_bits", 12),
        ("weight_bits", 64),
        ("classes", 0),
        ("classes", 1),
        ("classes", 257),
        ("dimension", 0),
        ("dimension", 65_537),
        ("intercept_value", 32_768),
        ("unused", 1),
    ],
)
def test_a_field_out_of_range_is_refused(factory, perceptron, field, value):
    word = CONFIGURATION.to_int()
    widths = {"encoding": 8, "weight_bits": 8, "classes": 16, "dimension": 32, "intercept_value": 16, "unused": 32}
    word = word & ~((1 << widths[field]) - 1 << FIELDS[field]) | value << FIELDS[field]
    with reverts("InvalidConfiguration", word):
        collaborations.create(factory, perceptron, word)


def test_a_refused_creation_leaves_nothing(factory, perceptron, web3):
    nonce = web3.eth.get_transaction_count(factory.address)
    with brownie.reverts():
        collaborations.create(factory, perceptron, CONFIGURATION, WORDS, replace(DEFAULT_TERMS, growth_bps=10_001))
    assert web3.eth.get_transaction_count(factory.address) == nonce
    assert code_at(web3, child_address(factory.address, nonce)) == b""


def test_nobody_sets_up_a_clone_again(factory, perceptron, plain, alice, deployer):
    for sender in (alice, deployer):
        with reverts("OnlyFactory", sender):
            plain.contract.initialize(perceptron, CONFIGURATION.to_int(), WORDS, b"", {"from": sender})


def test_nobody_sets_up_the_implementation(factory, perceptron, alice):
    implementation = collaborations.collaboration_at(factory.implementation())
    with reverts("OnlyFactory", alice):
        implementation.initialize(perceptron, CONFIGURATION.to_int(), WORDS, b"", {"from": alice})


def test_the_implementation_itself_takes_no_money(factory, alice):
    implementation = collaborations.collaboration_at(factory.implementation())
    with brownie.reverts():
        implementation.contribute(b"\x00\x01", 1, {"from": alice, "value": 10**18})
    assert implementation.balance() == 0


def test_one_word_of_features_is_enough(factory, perceptron):
    """The smallest model there is."""
    configuration = ModelConfiguration(Encoding.PRESENCE, weight_bits=4, classes=2, dimension=1, step=1)
    created = collaborations.create(factory, perceptron, configuration, [0])
    assert created.isOpen()
    assert created.predict(b"\x00\x00") == 0


def test_dimensions_are_those_of_the_words(factory, perceptron):
    assert len(WORDS) == 32 * CONFIGURATION.required_words("perceptron/1") == 32 * -(-(DIMENSION + 1) // 32)
    with reverts("TooManyWords", 3, 2):
        collaborations.create(factory, perceptron, CONFIGURATION, WORDS + b"\x00" * 32)
