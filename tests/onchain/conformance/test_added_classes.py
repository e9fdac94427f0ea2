"""Classes added after deployment: announced by the curator, in force after the notice, learned like the first; where
classes are fixed, refused (requirements M-10, I-12, C-02)."""

from __future__ import annotations

from typing import Any

import brownie
import pytest

from commonlearn.models.configuration import Kind
from commonlearn.models.exact import ExactCentroid
from commonlearn.numerics import Encoding, encode_dense, encode_presence, encode_sparse
from tests.support import collaborations
from tests.support.collaborations import model_of, pass_time, pass_time_until, sample_of, thrown_by
from tests.support.reverts import reverts
from tests.support.subjects import DIMENSION, SUBJECTS, Subject
from tests.support.twins import thrown

GROWING = [subject for subject in SUBJECTS if subject.kind is Kind.NEAREST_CENTROID]
FIXED = [subject for subject in SUBJECTS if subject not in GROWING]

growing = pytest.mark.parametrize("subject", GROWING, ids=str, indirect=True)
fixed = pytest.mark.parametrize("subject", FIXED, ids=str, indirect=True)


def unusual_sample(subject: Subject, number: int) -> bytes:
    """A sample like those of the added class only: its last features, with great values where there are values."""
    features = [DIMENSION - 1 - number % 2, DIMENSION]
    encoding = subject.configuration.encoding
    if encoding is Encoding.PRESENCE:
        return encode_presence(range(*features), DIMENSION)
    if encoding is Encoding.SPARSE:
        return encode_sparse(range(*features), [7] * (features[1] - features[0]), DIMENSION)
    return encode_dense([7 if features[0] <= i else 0 for i in range(DIMENSION)], DIMENSION)


def class_words(subject: Subject, samples: list[bytes]) -> bytes:
    """Words of one class that has learned these samples."""
    twin = ExactCentroid(subject.configuration)
    twin.train_many(samples, [0] * len(samples))
    return twin.words_bytes()[: 32 * subject.configuration.words_per_class()]


def addition(contract: Any, words: bytes, sender: Any) -> Any:
    """Name and arguments of what an addition throws."""
    return thrown(thrown_by(contract, contract.addClass.encode_input(words), sender=sender))


@fixed
def test_fixed_classes_stay_fixed(opened, subject, deployer):
    model = model_of(opened)
    nobody = "0x" + "00" * 20
    assert addition(opened, b"", deployer) == ("OnlyCurator", (deployer.address, nobody))
    for sender in (opened, deployer):  # the model refuses it even from its collaboration
        assert addition(model, bytes(32), sender) == ("ClassesFixed", ())
    assert model.classes() == subject.configuration.classes


@growing
def test_an_added_class_takes_part_after_its_notice_and_goes_on_learning(opened, subject, alice, bob):
    notice, new = subject.configuration.notice_seconds, subject.configuration.classes
    twin, model = subject.twin(), model_of(opened)
    words = class_words(subject, [unusual_sample(subject, i) for i in range(4)])
    sealed_hash = bytes(model.uploadState()[3])
    tx = opened.addClass(words, {"from": alice})
    active_at = tx.timestamp + notice
    assert tx.events["ClassAdded"] == {"class": new, "activeAt": active_at}
    assert bytes(tx.events["WordsUploaded"]["words"]) == words
    assert tx.events["WordsUploaded"]["from"] == subject.size
    assert twin.add_class(words, active_at) == new
    assert model.classes() == new + 1
    assert list(opened.snapshot()[2]) == twin.words()

    sample = unusual_sample(subject, 0)
    pass_time(notice - 2)
    pass_time_until(active_at - 1)
    with reverts("UnknownLabel", new, new + 1):
        opened.contribute(sample, new, {"from": bob, "value": "1 ether"})  # mined at that very second
    assert opened.predict(sample) == twin.predict_encoded([sample], active_at - 1)[0] != new

    pass_time_until(active_at)
    brownie.chain.mine()
    assert brownie.chain[-1].timestamp == active_at
    assert opened.predict(sample) == twin.predict_encoded([sample], active_at)[0] == new
    for i in range(3):
        event = collaborations.contribute(opened, unusual_sample(subject, i), new, bob).events["Contributed"]
        assert event["taught"] == twin.train_one(sample_of(event), new, event["contributedAt"])
    assert twin.counts[new] == 4 + 3
    assert list(opened.snapshot()[2]) == twin.words()
    state = model.uploadState()
    assert (state[:3], bytes(state[3])) == ((len(twin.words()), len(twin.words()), True), sealed_hash)


@growing
def test_replaying_the_log_with_added_classes_gives_the_words(opened, subject, alice, bob, rng):
    samples, labels = subject.samples(rng, 9)
    for i in range(3):
        collaborations.contribute(opened, samples[i], labels[i], bob)
    opened.addClass(class_words(subject, [unusual_sample(subject, 0)]), {"from": alice})
    for i in range(3, 6):
        collaborations.contribute(opened, samples[i], labels[i], bob)
    pass_time(subject.configuration.notice_seconds)
    for i in range(6, 9):
        collaborations.contribute(opened, samples[i], labels[i] + (i == 8), bob)

    twin, added = subject.twin(), b""
    for event in log_of(opened, model_of(opened)):
        if event.name == "WordsUploaded" and event["from"] == len(twin.words()):
            added = bytes(event["words"])
        elif event.name == "ClassAdded":
            assert twin.add_class(added, event["activeAt"]) == event["class"]
        elif event.name == "Contributed":
            assert event["taught"] == twin.train_one(sample_of(event), event["label"], event["contributedAt"])
    assert twin.classes == subject.configuration.classes + 1
    assert list(opened.snapshot()[2]) == twin.words()


@growing
def test_what_is_no_class_is_refused(opened, closed, subject, alice, mallory, deployer):
    words = class_words(subject, [unusual_sample(subject, 0)])
    size, new = len(words) // 32, subject.configuration.classes
    assert addition(opened, words, mallory) == ("OnlyCurator", (mallory.address, alice.address))
    assert addition(closed, words, alice) == ("NotSealed", ())
    assert addition(opened, words[:-32], alice) == ("MissingWords", (size - 1, size))
    assert addition(opened, words + bytes(32), alice) == ("TooManyWords", (size + 1, size))
    assert addition(opened, words + bytes(1), alice) == ("ChunkLength", (len(words) + 1,))
    assert addition(opened, bytes(len(words)), alice) == ("EmptyClass", (new,))
    assert model_of(opened).classes() == new
    assert list(opened.snapshot()[2]) == subject.twin().words()


@growing
def test_the_time_in_the_given_header_is_ignored(opened, subject, alice):
    words = bytearray(class_words(subject, [unusual_sample(subject, 0)]))
    words[:5] = b"\x00\x00\x00\x00\x01"  # one second after 1970
    tx = opened.addClass(bytes(words), {"from": alice})
    header = model_of(opened).wordsAt(subject.size, 1)[0]
    assert header >> 216 == tx.timestamp + subject.configuration.notice_seconds


def log_of(*contracts: Any) -> list[Any]:
    """All events of some contracts in the order of the chain."""
    addresses = [contract.address if hasattr(contract, "address") else contract for contract in contracts]
    found = brownie.web3.eth.get_logs({"fromBlock": 0, "toBlock": "latest", "address": addresses})
    return list(brownie.network.event._decode_logs(found))
