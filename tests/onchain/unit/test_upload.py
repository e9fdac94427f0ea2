"""The first words: uploaded in chunks by the creator, sealed once, and fixed by a hash.

Requirements M-03, M-04, M-05, M-14, C-02.
"""

import numpy as np
import pytest

from commonlearn.models.configuration import ModelConfiguration
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics import Encoding, words_hash
from tests.support import collaborations
from tests.support.collaborations import model_of
from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, presence
from tests.support.reverts import reverts

CONFIGURATION = ModelConfiguration(Encoding.PRESENCE, weight_bits=16, classes=2, dimension=100, step=1)
COUNT = CONFIGURATION.required_words("perceptron/1")


@pytest.fixture(scope="module")
def words():
    twin = ExactPerceptron(CONFIGURATION)
    twin.weights[:, 0] = np.arange(101) - 50
    return twin.words_bytes()


@pytest.fixture(scope="module")
def closed(factory, perceptron):
    return collaborations.create(factory, perceptron, CONFIGURATION)


@pytest.mark.parametrize("chunk", [1, 3, COUNT - 1, COUNT])
def test_chunks_of_any_size_give_the_same_words_and_hash(closed, words, deployer, chunk):
    model = model_of(closed)
    for start in range(0, COUNT, chunk):
        part = words[32 * start : 32 * (start + chunk)]
        tx = closed.upload(part, {"from": deployer})
        assert logged(tx) == [("WordsUploaded", {"from": start, "words": part})]
        done = start + len(part) // 32
        running = words_hash(CONFIGURATION.to_int(), words[: 32 * done])
        assert model.uploadState() == (done, COUNT, False, "0x" + running.hex())
    tx = closed.open({"from": deployer})
    final = words_hash(CONFIGURATION.to_int(), words)
    assert logged(tx) == [("Sealed", {"wordsHash": final}), ("Opened", {"wordsHash": final})]
    assert model.uploadState() == (COUNT, COUNT, True, "0x" + final.hex())
    assert b"".join(word.to_bytes(32, "big") for word in model.snapshot()[2]) == words
    assert closed.isOpen()


def test_opening_returns_the_hash(closed, words, deployer):
    closed.upload(words, {"from": deployer})
    assert bytes(closed.open.call({"from": deployer})) == words_hash(CONFIGURATION.to_int(), words)


def test_the_creation_may_bring_the_first_chunk(factory, perceptron, words, deployer):
    begun = collaborations.create(factory, perceptron, CONFIGURATION, words[:96])
    begun.upload(words[96:], {"from": deployer})
    begun.open({"from": deployer})
    final = words_hash(CONFIGURATION.to_int(), words)
    assert bytes(model_of(begun).uploadState()[3]) == final


def test_an_empty_chunk_changes_nothing(closed, words, deployer):
    closed.upload(words[:32], {"from": deployer})
    before = model_of(closed).uploadState()
    assert logged(closed.upload(b"", {"from": deployer})) == []
    assert model_of(closed).uploadState() == before


def test_only_the_creator_uploads_and_opens(closed, words, deployer, alice):
    with reverts("OnlyCreator", alice, deployer):
        closed.upload(words, {"from": alice})
    closed.upload(words, {"from": deployer})
    with reverts("OnlyCreator", alice, deployer):
        closed.open({"from": alice})
    assert not closed.isOpen()


def test_the_creator_is_whoever_called_the_factory(factory, perceptron, words, deployer, alice):
    hers = collaborations.create(factory, perceptron, CONFIGURATION, sender=alice)
    with reverts("OnlyCreator", deployer, alice):
        hers.upload(words, {"from": deployer})
    hers.upload(words, {"from": alice})
    hers.open({"from": alice})
    assert hers.isOpen()


@pytest.mark.parametrize("length", [1, 31, 33, 65])
def test_a_chunk_must_be_whole_words(closed, deployer, length):
    with reverts("ChunkLength", length):
        closed.upload(b"\x01" * length, {"from": deployer})
    assert model_of(closed).uploadState()[0] == 0


def test_more_words_than_needed_are_refused(closed, words, deployer):
    with reverts("TooManyWords", COUNT + 1, COUNT):
        closed.upload(words + b"\x00" * 32, {"from": deployer})
    closed.upload(words[:-32], {"from": deployer})
    with reverts("TooManyWords", COUNT + 1, COUNT):
        closed.upload(b"\x00" * 64, {"from": deployer})
    assert model_of(closed).uploadState()[0] == COUNT - 1


@pytest.mark.parametrize("count", [0, 1, COUNT - 1])
def test_missing_words_are_counted(closed, words, deployer, count):
    closed.upload(words[: 32 * count], {"from": deployer})
    with reverts("MissingWords", count, COUNT):
        closed.open({"from": deployer})
    assert not closed.isOpen()


def test_after_the_seal_nothing_is_uploaded(closed, words, deployer):
    closed.upload(words, {"from": deployer})
    closed.open({"from": deployer})
    for chunk in (b"", words[:32]):
        with reverts("AlreadySealed"):
            closed.upload(chunk, {"from": deployer})


def test_it_opens_once(closed, words, deployer, alice):
    closed.upload(words, {"from": deployer})
    closed.open({"from": deployer})
    collaborations.contribute(closed, b"\x00\x01", 1, alice)
    with reverts("AlreadyOpen"):
        closed.open({"from": deployer})
    assert closed.contributions() == 1


def test_the_creator_has_no_power_after_the_seal(plain, deployer, beneficiary, alice):
    """Neither weights, nor stakes, nor others' credit."""
    plain.echo(alice)
    words = plain.words()
    with reverts("AlreadySealed"):
        plain.contract.upload(b"\x00" * 32, {"from": deployer})
    with reverts("AlreadyOpen"):
        plain.contract.open({"from": deployer})
    for who in (deployer, beneficiary):
        with reverts("NothingOwed", who):
            plain.contract.withdraw(who, {"from": who})
    assert plain.words() == words


def test_before_the_seal_predictions_are_those_of_incomplete_words(closed, words, deployer):
    assert closed.predict(b"\x00\x63") == 0
    closed.upload(words, {"from": deployer})
    assert closed.predict(b"\x00\x63") == 1


@pytest.mark.parametrize(
    ("contract", "configuration", "words", "empty"),
    [
        (
            "NearestCentroid",
            ModelConfiguration(Encoding.DENSE, weight_bits=16, classes=2, dimension=2),
            [1 << 184, 0, 0, 0],
            1,
        ),
        (
            "NearestCentroid",
            ModelConfiguration(Encoding.DENSE, weight_bits=16, classes=2, dimension=2),
            [0, 0, 1 << 184, 0],
            0,
        ),
        (
            "NaiveBayes",
            ModelConfiguration(Encoding.PRESENCE, weight_bits=16, classes=3, dimension=2, smoothing=256),
            [1 << 192 | 1 << 64, 0, 0],
            2,
        ),
        (
            "NaiveBayes",
            ModelConfiguration(Encoding.PRESENCE, weight_bits=16, classes=3, dimension=2, smoothing=256),
            [1 << 192, 1 << 192, 0],
            1,
        ),
    ],
)
def test_a_class_without_samples_is_refused(factory, implementations, deployer, contract, configuration, words, empty):
    implementation = implementations[contract]
    with reverts("EmptyClass", empty):
        collaborations.create(factory, implementation, configuration, words)
    begun = collaborations.create(factory, implementation, configuration, words[:-1])
    begun.upload(words[-1].to_bytes(32, "big"), {"from": deployer})
    with reverts("EmptyClass", empty):
        begun.open({"from": deployer})


CENTROID = ModelConfiguration(Encoding.DENSE, weight_bits=16, classes=2, dimension=3)
FIRST, SECOND = [1 << 184 | 14, 0x0001_FFFE_0003 << 208], [1 << 184 | 25, 0x0000_0005_0000 << 208]


def test_a_norm_that_is_that_of_the_sum_is_taken(factory, centroid, deployer):
    begun = collaborations.create(factory, centroid, CENTROID, FIRST)
    for word in SECOND:  # word by word: the check goes on from chunk to chunk
        begun.upload(word.to_bytes(32, "big"), {"from": deployer})
    begun.open({"from": deployer})
    assert list(begun.snapshot()[2]) == [*FIRST, *SECOND]


@pytest.mark.parametrize("change", [1, -1, 1 << 100, -25])
def test_a_norm_that_is_not_that_of_the_sum_is_refused(factory, centroid, deployer, change):
    """A smaller one would draw predictions to the class, a larger one away from it."""
    wrong = [SECOND[0] + change, SECOND[1]]
    with reverts("WrongNorm", 1):
        collaborations.create(factory, centroid, CENTROID, [*FIRST, *wrong])
    begun = collaborations.create(factory, centroid, CENTROID, [*FIRST, wrong[0]])
    with reverts("WrongNorm", 1):
        begun.upload(wrong[1].to_bytes(32, "big"), {"from": deployer})
    assert model_of(begun).uploadState()[0] == 3


def test_a_first_class_takes_part_from_the_first(factory, centroid):
    with reverts("FirstClassDelayed", 1):
        collaborations.create(factory, centroid, CENTROID, [*FIRST, SECOND[0] | 1 << 216, SECOND[1]])


@pytest.mark.parametrize("call", ["upload", "seal", "train"])
def test_nobody_writes_to_a_model_but_its_collaboration(plain, deployer, alice, call):
    model = model_of(plain.contract)
    arguments = {"upload": (b"\x00" * 32,), "seal": (), "train": (presence(KNOWN_1), 0)}[call]
    for sender in (deployer, alice):
        with reverts("OnlyTrainer", sender, plain.contract):
            getattr(model, call)(*arguments, {"from": sender})


def test_an_implementation_belongs_to_nobody(perceptron, alice, deployer):
    """Its trainer is read out of its own code, where a clone has its arguments: an address that nobody has."""
    assert perceptron.trainer() not in (alice, deployer)
    with reverts("OnlyTrainer", alice, perceptron.trainer()):
        perceptron.train(presence(KNOWN_1), 0, {"from": alice})
