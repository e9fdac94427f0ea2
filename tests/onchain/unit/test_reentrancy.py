"""Whoever is called by a collaboration, a model or a recipient, gains nothing by calling back.

Requirements I-02, I-10, B-11.
"""

import pytest

from tests.support import collaborations
from tests.support.collaborations import contribute, model_of, next_time, pass_time_until
from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, presence
from tests.support.reverts import reverts

SAMPLE = presence(KNOWN_1)
GUARDED = bytes.fromhex("3ee5aeb5")  # ReentrancyGuardReentrantCall()


@pytest.fixture
def recipient(ReenteringRecipient, deployer):
    return ReenteringRecipient.deploy({"from": deployer})


@pytest.fixture
def owed(plain, recipient, alice):
    """What the recipient is owed: it contributed and sent too much."""
    stake = collaborations.stake_at(plain.contract, next_time())
    call = plain.contract.contribute.encode_input(SAMPLE, 1)
    pass_time_until(next_time())
    recipient.act(plain.contract, call, {"from": alice, "value": 10**17})
    return 10**17 - stake


def withdrawal(plain, to):
    return plain.contract.withdraw.encode_input(to)


def test_a_contract_may_contribute_and_be_paid(plain, recipient, owed, alice):
    recipient.act(plain.contract, withdrawal(plain, recipient), {"from": alice})
    assert recipient.balance() == owed


@pytest.mark.parametrize("function", ["withdraw", "refund", "report", "sweep", "refundMany", "reportMany", "sweepMany"])
def test_no_claim_within_a_payment(plain, recipient, owed, alice, function):
    """Each is guarded, so not even one that would be due comes through, and the payment is made once."""
    given = plain.echo(alice)
    claims = {
        "withdraw": (recipient.address,),
        "refund": (given.id, given.contribution, given.sample),
        "report": (given.id, given.contribution, given.sample),
        "sweep": (given.id, given.contribution, b"\x00" * 32),
    }
    claim = (given.id, given.contribution, given.sample, "0x" + "00" * 20, given.id, [])
    claims |= dict.fromkeys(("refundMany", "reportMany", "sweepMany"), ([claim], False))
    call = getattr(plain.contract, function).encode_input(*claims[function])
    recipient.plan(plain.contract, call, 0, {"from": alice})
    recipient.act(plain.contract, withdrawal(plain, recipient), {"from": alice})
    assert recipient.attempts() == 1
    assert not recipient.hasSucceeded()
    assert bytes(recipient.answer()) == GUARDED
    assert recipient.balance() == owed
    assert plain.owed(recipient) == 0
    assert plain.contract.balance() == plain.totals()[0]


def test_a_contribution_within_a_payment_is_one_like_any_other(plain, recipient, owed, alice):
    """It needs no guard: nothing is left half done while a recipient is paid."""
    sent = 10**16
    recipient.plan(plain.contract, plain.contract.contribute.encode_input(SAMPLE, 1), sent, {"from": alice})
    tx = recipient.act(plain.contract, withdrawal(plain, recipient), {"from": alice})
    assert recipient.hasSucceeded()
    stake = tx.events["Contributed"]["stakeWei"]
    assert recipient.balance() == owed - sent
    assert plain.owed(recipient) == sent - stake
    assert plain.contract.contributions() == 2
    assert plain.contract.balance() == plain.totals()[0] + plain.owed(recipient)


def test_a_recipient_that_refuses_by_an_error_of_its_own(plain, RefusingRecipient, deployer, alice):
    refusing = RefusingRecipient.deploy({"from": deployer})
    given = plain.give(alice, SAMPLE, 1, value=10**17)
    credit = 10**17 - given.stake_wei
    with reverts("WithdrawalFailed", refusing, credit):
        plain.contract.withdraw(refusing, {"from": alice})
    assert plain.owed(alice) == credit
    plain.contract.withdraw(alice, {"from": alice})
    assert plain.owed(alice) == 0


@pytest.fixture
def hostile(factory, HostileModel, deployer):
    """A collaboration whose model plays against it, and that model."""
    collaboration = collaborations.create(factory, HostileModel.deploy({"from": deployer}), 0)
    model = HostileModel.at(collaboration.model())
    model.answerWith(1, True, {"from": deployer})
    return collaboration, model


def test_a_model_that_contributes_while_it_is_taught(hostile, alice):
    """Two records, two stakes, each at its own price."""
    collaboration, model = hostile
    stake = collaborations.stake_at(collaboration, next_time())
    inner = collaboration.contribute.encode_input(presence(KNOWN_1 + 1), 1)
    model.planFromTrain(inner, {"from": alice, "value": stake})
    tx = contribute(collaboration, SAMPLE, 1, alice, value=10**18)
    events = [fields for name, fields in logged(tx) if name == "Contributed"]
    assert [(event["id"], event["author"]) for event in events] == [(0, model.address), (1, alice.address)]
    assert events[1]["stakeWei"] > events[0]["stakeWei"] == stake
    assert collaboration.contributions() == 2
    assert collaboration.totals()[0] == sum(event["stakeWei"] for event in events)
    assert collaboration.balance() == collaboration.totals()[0] + collaboration.accountOf(alice)[0]


def test_a_model_that_acts_while_it_is_asked(hostile, alice, deployer):
    """`predict` is asked by a static call: whatever writes within it fails, and the question with it."""
    collaboration, model = hostile
    tx = contribute(collaboration, SAMPLE, 1, alice, value=10**18)
    event = tx.events["Contributed"]
    claim = (event["id"], collaborations.contribution_tuple(event), SAMPLE)
    opens = event["contributedAt"] + collaborations.DEFAULT_TERMS.refund_wait_seconds
    attacks = [collaboration.withdraw.encode_input(alice), collaboration.refund.encode_input(*claim)]
    for i, attack in enumerate(attacks):
        model.planFromPredict(attack, {"from": deployer})
        pass_time_until(opens + 100 * i)
        with reverts("ReentrancyGuardReentrantCall"):
            collaboration.refund(*claim, {"from": alice})
        assert collaboration.statusOf(event["id"]) == 1
    model.planFromPredict(b"", {"from": deployer})
    collaboration.refund(*claim, {"from": alice})
    assert collaboration.statusOf(event["id"]) == 2
    assert collaboration.accountOf(alice)[0] == 10**18
    assert model_of(collaboration).kind() == "hostile/1"


def test_a_model_that_contributes_a_batch_while_it_is_taught_one(hostile, alice, deployer):
    """Two batches, each with its numbers, its stakes and its record; the answers come after the inner call."""
    collaboration, model = hostile
    model.answerManyWith([1, 0], [], {"from": deployer})
    samples, labels = [SAMPLE, presence(KNOWN_1 + 1)], [1, 0]
    inner = collaboration.contributeMany.encode_input(samples, labels, False)
    model.planFromTrain(inner, {"from": alice, "value": 10**17})
    tx = collaboration.contributeMany(samples, labels, True, {"from": alice, "value": 10**18})
    events = [fields for name, fields in logged(tx) if name == "Contributed"]
    assert [event["id"] for event in events] == [0, 1, 2, 3]
    assert [event["author"] for event in events] == [model.address] * 2 + [alice.address] * 2
    assert [event["taught"] for event in events] == [True, False] * 2
    stakes = [event["stakeWei"] for event in events]
    assert stakes == sorted(stakes)
    assert [fields["first"] for name, fields in logged(tx) if name == "BatchRecorded"] == [0, 2]
    owed = sum(collaboration.accountOf(who)[0] for who in (alice, model))
    assert collaboration.totals()[0] == sum(stakes)
    assert collaboration.balance() == sum(stakes) + owed


def test_a_model_that_acts_while_it_is_asked_for_many(hostile, alice, deployer):
    collaboration, model = hostile
    event = contribute(collaboration, SAMPLE, 1, alice).events["Contributed"]
    claim = (event["id"], collaborations.contribution_tuple(event), SAMPLE, "0x" + "00" * 20, event["id"], [])
    model.answerManyWith([1], [], {"from": deployer})
    pass_time_until(event["contributedAt"] + collaborations.DEFAULT_TERMS.refund_wait_seconds)
    model.planFromPredict(collaboration.refundMany.encode_input([claim], False), {"from": deployer})
    with reverts("ReentrancyGuardReentrantCall"):
        collaboration.refundMany([claim], False, {"from": alice})
    model.planFromPredict(b"", {"from": deployer})
    collaboration.refundMany([claim], True, {"from": alice})
    assert collaboration.statusOf(event["id"]) == 2
    assert collaboration.accountOf(alice)[0] == event["stakeWei"]
