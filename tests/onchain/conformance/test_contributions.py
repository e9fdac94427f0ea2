"""Contributing, claiming, and following along: the log gives the contract's words (requirements M-01, M-02, M-12, D-01,
D-02, I-05)."""

from __future__ import annotations

from typing import Any

import brownie
import pytest

from commonlearn.models.registry import model_from_snapshot
from commonlearn.numerics import decode_many, keccak256
from commonlearn.records import Status
from tests.support import collaborations
from tests.support.collaborations import (
    DEFAULT_TERMS,
    contribution_tuple,
    model_of,
    pass_time,
    sample_of,
    thrown_by,
)
from tests.support.events import logged
from tests.support.subjects import DIMENSION, Subject
from tests.support.twins import thrown

ROUNDS = 18


def contributed_log(collaboration: Any) -> list[Any]:
    """The collaboration's contributions, from the chain's log and not from any transaction at hand."""
    topic = collaboration.topics["Contributed"]
    found = brownie.web3.eth.get_logs(
        {"fromBlock": 0, "toBlock": "latest", "address": collaboration.address, "topics": [topic]}
    )
    return list(brownie.network.event._decode_logs(found))


@pytest.fixture
def lively(opened: Any, subject: Subject, rng: Any, alice: Any, bob: Any, carol: Any) -> Any:
    """The collaboration after contributions by three people, every fifth with a wrong label."""
    samples, labels = subject.samples(rng, ROUNDS)
    for i, (sample, label) in enumerate(zip(samples, labels, strict=True)):
        given = (label + 1) % subject.configuration.classes if i % 5 == 4 else label
        collaborations.contribute(opened, sample, given, (alice, bob, carol)[i % 3])
    return opened


def test_replaying_the_log_gives_the_words_bit_for_bit(lively, subject):
    twin, log = subject.twin(), contributed_log(lively)
    assert [event["id"] for event in log] == list(range(ROUNDS))
    samples, labels = [sample_of(event) for event in log], [event["label"] for event in log]
    taught = twin.train_many(samples, labels, [event["contributedAt"] for event in log])
    assert taught.tolist() == [event["taught"] for event in log]
    assert 0 < sum(taught) < ROUNDS, "all or none taught: nothing is shown of the difference"
    snapshot = lively.snapshot()
    assert list(snapshot[2]) == twin.words() != subject.twin().words()
    assert snapshot[3] == ROUNDS


def test_one_call_gives_all_that_prediction_needs(lively, subject, rng):
    kind, configuration, words, contributions, created_at, metadata_hash = lively.snapshot()
    assert (kind, configuration) == (subject.kind.value, subject.configuration.to_int())
    assert contributions == lively.contributions() == ROUNDS
    assert created_at == lively.tx.block_number == lively.createdAtBlock()
    assert bytes(metadata_hash) == keccak256(bytes(lively.tx.events["Described"]["metadata"]))

    model = model_of(lively)
    assert model.snapshot() == (kind, configuration, words)
    assert model.wordsAt(0, len(words)) == words
    assert model.wordsAt(1, len(words) - 2) == words[1:-1]
    assert model.wordsAt(0, 0) == ()

    samples, _ = subject.samples(rng, 12)
    predicted = [lively.predict(sample) for sample in samples]
    matrix = decode_many(samples, subject.configuration.encoding, DIMENSION).to_dense()
    assert model_from_snapshot(kind, configuration, list(words)).predict(matrix).tolist() == predicted
    twin = type(subject.twin()).from_words(subject.configuration, list(words))
    assert twin.predict_encoded(samples).tolist() == predicted
    for sample in samples:
        assert list(model.scores(sample)) == twin.scores_encoded(sample)


def test_a_contribution_is_logged_and_recorded_as_it_was(opened, subject, alice, rng):
    sample, label = (part[0] for part in subject.samples(rng, 1))
    stake = collaborations.stake_at(opened, collaborations.next_time())
    tx = collaborations.contribute(opened, sample, label, alice)
    wanted = {
        "id": 0,
        "author": alice.address,
        "label": label,
        "taught": subject.twin().train_one(sample, label, tx.timestamp),
        "stakeWei": stake,
        "contributedAt": tx.timestamp,
        "sample": sample,
    }
    assert logged(tx) == [("Contributed", wanted)]
    contribution = contribution_tuple(tx.events["Contributed"])
    digest = bytes(opened.digestOf(contribution, keccak256(sample)))
    assert opened.recordOf(0).to_bytes(32, "big") == digest + b"\x01"
    assert opened.balance() == opened.totals()[0] == stake


def test_a_stake_goes_back_once_if_the_model_then_agrees(opened, subject, alice, bob, rng):
    samples, labels = subject.samples(rng, 6)
    twin, given = subject.twin(), []
    for sample, label in zip(samples, labels, strict=True):
        event = collaborations.contribute(opened, sample, label, alice).events["Contributed"]
        twin.train_one(sample, label, event["contributedAt"])
        given.append(event)
    first = given[0]
    claim = opened.refund.encode_input(0, contribution_tuple(first), sample_of(first))
    opens_at = first["contributedAt"] + DEFAULT_TERMS.refund_wait_seconds
    assert thrown(thrown_by(opened, claim, sender=alice)) == ("TooEarly", (0, opens_at))
    now = pass_time(DEFAULT_TERMS.refund_wait_seconds)
    owed = proven = 0
    for event in given:
        id_, contribution, sample = event["id"], contribution_tuple(event), sample_of(event)
        predicted = int(twin.predict_encoded([sample], now)[0])
        assert opened.predict(sample) == predicted
        claim = opened.refund.encode_input(id_, contribution, sample)
        assert thrown(thrown_by(opened, claim, sender=bob)) == ("NotAuthor", (id_, bob.address, alice.address))
        if predicted != event["label"]:
            wanted = ("ModelDisagrees", (id_, predicted, event["label"]))
            assert thrown(thrown_by(opened, claim, sender=alice)) == wanted
            continue
        gwei = event["stakeWei"] // 10**9 if event["taught"] else 0
        tx = opened.refund(id_, contribution, sample, {"from": alice})
        refunded = {"id": id_, "author": alice.address, "stakeWei": event["stakeWei"], "provenGwei": gwei}
        assert logged(tx) == [("Refunded", refunded)]
        owed, proven = owed + event["stakeWei"], proven + gwei
        assert thrown(thrown_by(opened, claim, sender=alice)) == ("NotOpen", (id_, Status.REFUNDED))
    assert owed > 0, "the model agreed with nothing: nothing is shown of refunds"
    assert opened.accountOf(alice) == (owed, proven)
    before = alice.balance()
    opened.withdraw(alice, {"from": alice})
    assert alice.balance() == before + owed


def test_reading_changes_nothing_and_needs_no_stake(opened, subject, stranger, rng):
    sample = subject.samples(rng, 1)[0][0]
    before = opened.snapshot()
    opened.predict.transact(sample, {"from": stranger})  # as a transaction, to be sure
    assert opened.snapshot() == before
    assert thrown_by(opened, opened.predict.encode_input(sample), sender=stranger) == b""
