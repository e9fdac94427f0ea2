"""`contributeMany`: the same as single calls, at one record.

Requirements B-01, B-02, B-03, B-04, B-05.
"""

from dataclasses import replace

import pytest

from commonlearn.errors import EmptySample, SampleError
from commonlearn.incentives.batch import batch_tree
from commonlearn.incentives.stake_price import price, raised
from commonlearn.numerics import keccak256
from commonlearn.records import Contribution
from tests.support import collaborations
from tests.support.collaborations import DEFAULT_TERMS, next_time, pass_time_until
from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, UNKNOWN, PlainModel, first_weights, presence
from tests.support.reverts import reverts
from tests.support.thrown import thrown_data

TERMS = DEFAULT_TERMS
GOOD = [(presence(KNOWN_1), 1), (presence(UNKNOWN), 1), (presence(KNOWN_1, UNKNOWN + 1), 0)]


def stakes(count):
    """What so many contributions cost in one second, from the floor on."""
    found, required = [], TERMS.floor_wei
    for _ in range(count):
        found.append(required)
        required = price(TERMS.floor_wei, raised(required, TERMS.floor_wei, TERMS.growth_bps))
    return found


def give(plain, who, given, value=10**18, strict=False):
    """Contribute many in a block of known time; the transaction and that time."""
    at = next_time()
    pass_time_until(at)
    samples, labels = [sample for sample, _ in given], [label for _, label in given]
    return plain.contract.contributeMany(samples, labels, strict, {"from": who, "value": value}), at


def test_each_is_logged_and_the_batch_recorded(plain, alice):
    cost = stakes(3)
    tx, at = give(plain, alice, GOOD, sum(cost))
    twin = first_weights()
    given = [
        Contribution(alice.address, label, twin.train_one(sample, label), stake, at)
        for (sample, label), stake in zip(GOOD, cost, strict=True)
    ]
    tree = batch_tree(0, [(one, sample) for one, (sample, _) in zip(given, GOOD, strict=True)])
    assert [one.taught for one in given] == [False, True, True]
    names = ("author", "label", "taught", "stakeWei", "contributedAt")
    assert logged(tx) == [
        ("Contributed", {"id": i, **dict(zip(names, one.as_tuple(), strict=True)), "sample": GOOD[i][0]})
        for i, one in enumerate(given)
    ] + [("BatchRecorded", {"first": 0, "count": 3, "root": tree.root})]
    assert plain.words() == twin.words()
    assert plain.contract.contributions() == 3
    assert plain.contract.balance() == plain.totals()[0] == sum(cost)


def test_numbers_and_count_are_returned(plain, alice, bob):
    plain.echo(alice)
    samples, labels = [presence(KNOWN_1), b"", presence(KNOWN_1)], [1, 1, 1]
    found = plain.contract.contributeMany.call(samples, labels, False, {"from": bob, "value": 10**18})
    assert tuple(found) == (1, 2)


def test_a_batch_has_one_word_under_its_first_number(plain, alice):
    plain.echo(alice)
    tx, _ = give(plain, alice, GOOD)
    root = bytes(tx.events["BatchRecorded"]["root"])
    assert plain.contract.recordOf(1) == int.from_bytes(root[:31] + b"\5", "big")
    assert plain.contract.recordOf(2) == plain.contract.recordOf(3) == 0
    assert [plain.contract.statusOf(i) for i in range(5)] == [1, 1, 1, 1, 0]


def test_a_batch_of_one_is_recorded_as_a_single_one(plain, alice):
    tx, _ = give(plain, alice, GOOD[:1])
    event = tx.events["Contributed"]
    contribution = collaborations.contribution_tuple(event)
    digest = bytes(plain.contract.digestOf(contribution, keccak256(GOOD[0][0])))
    assert "BatchRecorded" not in tx.events
    assert plain.contract.recordOf(0) == int.from_bytes(digest + b"\1", "big")
    plain.at(event["contributedAt"] + TERMS.refund_wait_seconds)
    plain.contract.refund(0, contribution, GOOD[0][0], {"from": alice})
    assert plain.contract.statusOf(0) == 2


def test_what_is_refused_does_not_sink_the_others(plain, alice):
    """Accepted ones are numbered without gaps, and the reasons are those of single calls."""
    bad = [(b"", 1), (presence(3), 2), (b"\0\x28", 0), (b"\0\2\0\1", 0), (b"\0", 0), (b"\0\2\0\2", 1)]
    given = [bad[0], GOOD[0], *bad[1:4], GOOD[1], *bad[4:]]
    reasons = {}
    for i, (sample, label) in enumerate(given):
        if (sample, label) in bad:
            call = plain.contract.contribute.encode_input(sample, label)
            reasons[i] = collaborations.thrown_by(plain.contract, call, sender=alice, value=10**18)
    assert len(set(reasons.values())) == 6
    tx, _ = give(plain, alice, given)
    found = logged(tx)
    assert found[:6] == [("SampleRefused", {"position": i, "reason": reason}) for i, reason in reasons.items()]
    assert [(name, fields["id"]) for name, fields in found if name == "Contributed"] == [
        ("Contributed", 0),
        ("Contributed", 1),
    ]
    assert plain.contract.contributions() == 2


def test_strict_refuses_all(plain, alice):
    with reverts("BatchRefused", 1, thrown_data(EmptySample())):
        give(plain, alice, [GOOD[0], (b"", 1), (presence(3), 7)], strict=True)
    assert plain.contract.contributions() == plain.contract.balance() == 0
    give(plain, alice, GOOD, strict=True)
    assert plain.contract.contributions() == 3


def test_the_stake_rises_within_the_batch_and_goes_on_from_there(plain, alice, bob):
    cost = stakes(4)
    tx, at = give(plain, alice, GOOD, sum(cost[:3]))
    assert [fields["stakeWei"] for name, fields in logged(tx) if name == "Contributed"] == cost[:3]
    assert collaborations.stake_at(plain.contract, at) == cost[3]


def test_too_little_refuses_all_and_too_much_is_credited_once(plain, alice):
    cost = sum(stakes(3))
    with reverts("StakeTooLow", cost - 1, cost):
        give(plain, alice, GOOD, cost - 1)
    tx, _ = give(plain, alice, GOOD, cost + 5)
    assert [entry for entry in logged(tx) if entry[0] == "ExcessCredited"] == [
        ("ExcessCredited", {"account": alice, "excessWei": 5})
    ]
    assert plain.owed(alice) == 5


def test_when_all_are_refused_nothing_happens_and_all_is_credited(plain, alice, bob):
    plain.echo(bob)
    later = next_time() + 100
    before = plain.words(), collaborations.stake_at(plain.contract, later)
    tx, _ = give(plain, alice, [(b"", 1), (b"\0", 0)], 77)
    assert [name for name, _ in logged(tx)] == ["SampleRefused", "SampleRefused", "ExcessCredited"]
    assert plain.owed(alice) == 77
    assert plain.contract.contributions() == 1
    assert (plain.words(), collaborations.stake_at(plain.contract, later)) == before


def test_a_stake_too_high_to_record(factory, perceptron, alice):
    """The first doubles the stake, and the second would take it beyond the record."""
    floor = 2**79 // 10**9 * 10**9
    plain = PlainModel.create(factory, perceptron, replace(TERMS, floor_wei=floor, growth_bps=10_000))
    with reverts("StakeTooHigh", 2 * floor):
        give(plain, alice, GOOD, 0)


def test_nothing_and_what_does_not_go_together(plain, alice):
    with reverts("EmptyBatch"):
        give(plain, alice, [])
    with reverts("BatchLength", 2, 1):
        plain.contract.contributeMany([presence(1), presence(2)], [1], False, {"from": alice, "value": 10**18})


def test_before_the_opening(factory, perceptron, alice):
    plain = PlainModel(collaborations.create(factory, perceptron, first_weights().configuration, b""), TERMS)
    with reverts("NotYetOpen"):
        give(plain, alice, GOOD)


def test_a_model_that_gives_another_number_of_answers(factory, HostileModel, deployer, alice):
    collaboration = collaborations.create(factory, HostileModel.deploy({"from": deployer}), 0)
    model = HostileModel.at(collaboration.model())
    for answers in ([], [1, 1], [1] * 4):
        model.answerManyWith(answers, [], {"from": deployer})
        with reverts("BatchLength", 3, len(answers)):
            give(PlainModel(collaboration, TERMS), alice, GOOD)
    assert collaboration.balance() == 0


def test_a_model_that_refuses_without_a_reason(factory, HostileModel, deployer, alice):
    collaboration = collaborations.create(factory, HostileModel.deploy({"from": deployer}), 0)
    model = HostileModel.at(collaboration.model())
    model.answerManyWith([2**256 - 1, 7, 2**256 - 1], [b"why"], {"from": deployer})
    tx, _ = give(PlainModel(collaboration, TERMS), alice, GOOD)
    assert logged(tx)[:2] == [
        ("SampleRefused", {"position": 0, "reason": b"why"}),
        ("SampleRefused", {"position": 2, "reason": b""}),
    ]
    assert tx.events["Contributed"]["id"] == 0
    assert collaboration.totals()[0] + collaboration.accountOf(alice)[0] == collaboration.balance()


@pytest.mark.parametrize("sample", [b"", b"\0", b"\0\x28"])
def test_reasons_are_the_twins(plain, alice, sample):
    with pytest.raises(SampleError) as caught:
        first_weights().train_one(sample, 1)
    tx, _ = give(plain, alice, [(sample, 1), *GOOD])
    assert bytes(tx.events["SampleRefused"]["reason"]) == thrown_data(caught.value)


def test_only_the_trainer_gives_a_model_many(plain, alice):
    model = collaborations.model_of(plain.contract)
    with reverts("OnlyTrainer", alice, plain.contract):
        model.trainMany([presence(1)], [1], {"from": alice})


def test_anyone_asks_a_model_for_many(plain):
    """A refused sample has the greatest number for its class, and its reason."""
    classes, reasons = collaborations.model_of(plain.contract).predictMany([presence(KNOWN_1), b"", presence(0)])
    assert tuple(classes) == (1, 2**256 - 1, 0)
    assert [bytes(reason) for reason in reasons] == [thrown_data(EmptySample())]
