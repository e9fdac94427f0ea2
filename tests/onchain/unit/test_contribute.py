"""`contribute`: what it records, locks, credits and teaches, and what it refuses.

Requirements D-01, D-02, I-01, I-04, M-04, M-07.
"""

from dataclasses import replace

import brownie
import pytest

from commonlearn.incentives.stake_price import price, raised
from tests.support import collaborations
from tests.support.blocks import send_in_one_block
from tests.support.collaborations import DEFAULT_TERMS, next_time
from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, UNKNOWN, PlainModel, first_weights, presence
from tests.support.reverts import reverts

FLOOR = DEFAULT_TERMS.floor_wei


def test_a_lesson_is_logged_with_every_field(plain, alice):
    at = next_time()
    tx = collaborations.contribute(plain.contract, presence(UNKNOWN), 1, alice)
    assert logged(tx) == [
        (
            "Contributed",
            {
                "id": 0,
                "author": alice,
                "label": 1,
                "taught": True,
                "stakeWei": FLOOR,
                "contributedAt": at,
                "sample": presence(UNKNOWN),
            },
        )
    ]


def test_the_number_is_returned(plain, alice, bob):
    plain.echo(alice)
    assert plain.contract.contribute.call(presence(KNOWN_1), 1, {"from": bob, "value": 10**18}) == 1


def test_what_the_model_knew_did_not_teach(plain, alice):
    assert not plain.echo(alice).taught


def test_what_the_model_disagrees_with_taught_and_is_learned(plain, mallory):
    lie = plain.lie(mallory)
    twin = first_weights()
    assert lie.taught
    assert twin.train_one(lie.sample, 0)
    assert plain.words() == twin.words()


def test_contributions_are_numbered_without_gaps(plain, alice, bob):
    given = [plain.echo(alice), plain.lie(bob), plain.lesson(alice)]
    assert [one.id for one in given] == [0, 1, 2]
    assert plain.contract.contributions() == 3


def test_the_stake_is_locked_to_the_wei(plain, alice, bob):
    before = alice.balance()
    first, second = plain.echo(alice), plain.echo(bob)
    assert alice.balance() == before - first.stake_wei
    assert plain.totals() == (first.stake_wei + second.stake_wei, 0, 0)
    assert plain.contract.balance() == first.stake_wei + second.stake_wei


def test_what_is_sent_beyond_the_stake_is_credited(plain, alice):
    given = plain.give(alice, presence(KNOWN_1), 1, value=FLOOR + 12_345)
    assert logged(given.tx)[0] == ("ExcessCredited", {"account": alice, "excessWei": 12_345})
    assert logged(given.tx)[1][0] == "Contributed"
    assert given.stake_wei == FLOOR
    assert plain.contract.accountOf(alice) == (12_345, 0)
    plain.contract.withdraw(alice, {"from": alice})
    assert plain.contract.balance() == FLOOR


def test_too_little_stake_reverts_and_says_how_much_is_needed(plain, alice):
    before = alice.balance()
    with reverts("StakeTooLow", FLOOR - 1, FLOOR):
        collaborations.contribute(plain.contract, presence(KNOWN_1), 1, alice, value=FLOOR - 1)
    with reverts("StakeTooLow", 0, FLOOR):
        collaborations.contribute(plain.contract, presence(KNOWN_1), 1, alice, value=0)
    assert alice.balance() == before
    assert plain.contract.contributions() == 0


@pytest.mark.parametrize("label", [2, 255, 256, 2**16, 2**16 + 1, 2**255])
def test_an_unknown_label_reverts_and_costs_no_stake(plain, alice, label):
    before = alice.balance()
    with reverts("UnknownLabel", label, 2):
        collaborations.contribute(plain.contract, presence(KNOWN_1), label, alice)
    assert alice.balance() == before
    assert plain.words() == first_weights().words()


def test_before_the_seal_nobody_can_contribute(factory, perceptron, alice, deployer):
    words = b"".join(word.to_bytes(32, "big") for word in first_weights().words())
    closed = collaborations.create(factory, perceptron, first_weights().configuration, words[:32])
    for sender in (alice, deployer):
        with reverts("NotYetOpen"):
            collaborations.contribute(closed, presence(KNOWN_1), 1, sender, value=10**18)
    assert closed.balance() == 0


def test_two_equal_samples_of_one_sender_in_one_block_are_two_records(plain, alice):
    sample = presence(UNKNOWN)
    call = (alice, plain.contract.address, plain.contract.contribute.encode_input(sample, 1), 2 * FLOOR)
    first, second = (tx.events["Contributed"] for tx in send_in_one_block([call, call]))
    assert first["contributedAt"] == second["contributedAt"]
    assert (first["id"], second["id"]) == (0, 1)
    assert (first["taught"], second["taught"]) == (True, False)
    assert second["stakeWei"] == price(FLOOR, raised(FLOOR, FLOOR, DEFAULT_TERMS.growth_bps))
    assert plain.contract.recordOf(0) != plain.contract.recordOf(1)
    assert plain.totals()[0] == first["stakeWei"] + second["stakeWei"]
    # Each stake comes back by its own number, once.
    for event in (first, second):
        plain.at(first["contributedAt"] + DEFAULT_TERMS.refund_wait_seconds + event["id"])
        plain.contract.refund(event["id"], collaborations.contribution_tuple(event), sample, {"from": alice})
    assert plain.totals()[0] == 0
    assert plain.owed(alice) == 4 * FLOOR


def test_a_stake_too_high_to_be_recorded_is_refused(factory, perceptron, alice, web3):
    # The highest floor there may be, doubled by each contribution: the second one's excess leaves its 80 bits.
    floor = ((1 << 80) - 1) // 10**9 * 10**9
    terms = replace(DEFAULT_TERMS, floor_wei=floor, growth_bps=10_000)
    model = PlainModel.create(factory, perceptron, terms)
    web3.provider.make_request("anvil_setBalance", [alice.address, hex(10 * floor)])
    first = model.echo(alice)
    assert first.stake_wei == floor
    before, required = alice.balance(), collaborations.stake_at(model.contract, next_time())
    with reverts("StakeTooHigh", required):
        collaborations.contribute(model.contract, presence(KNOWN_1), 1, alice)
    assert alice.balance() == before
    # It falls with quiet, so the model is never closed for good.
    collaborations.pass_time(100 * terms.half_life_seconds)
    assert model.echo(alice).id == 1


def test_ether_without_a_contribution_is_refused(plain, alice):
    with brownie.reverts():
        alice.transfer(plain.contract, 1)
    assert plain.contract.balance() == 0
