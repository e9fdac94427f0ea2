"""What accounts have in the sponsorship contract: paid in, taken out, and safe from whoever is called.

Requirements S-08, S-09.
"""

import pytest

from tests.support.events import logged
from tests.support.reverts import reverts
from tests.support.sponsors import Sponsors

GUARDED = bytes.fromhex("3ee5aeb5")  # ReentrancyGuardReentrantCall()


@pytest.fixture
def sponsors(sponsorship, sponsored):
    return Sponsors(sponsorship, sponsored.contract)


def test_anyone_deposits_for_anyone(sponsorship, alice, bob):
    tx = sponsorship.depositFor(alice, {"from": bob, "value": 5})
    assert logged(tx) == [("Deposited", {"account": alice, "from": bob, "amountWei": 5})]
    sponsorship.depositFor(alice, {"from": alice, "value": 7})
    assert sponsorship.balanceOf(alice) == 12 == sponsorship.balance()
    assert sponsorship.balanceOf(bob) == 0
    with reverts("NothingSent"):
        sponsorship.depositFor(alice, {"from": bob})


def test_all_of_it_is_paid_out(sponsorship, alice, bob):
    sponsorship.depositFor(alice, {"from": bob, "value": 5})
    before = bob.balance()
    assert sponsorship.withdraw.call(bob, {"from": alice}) == 5
    tx = sponsorship.withdraw(bob, {"from": alice})
    assert logged(tx) == [("Withdrawn", {"account": alice, "to": bob, "amountWei": 5})]
    assert bob.balance() == before + 5
    assert sponsorship.balanceOf(alice) == sponsorship.balance() == 0
    with reverts("NothingOwed", alice):
        sponsorship.withdraw(alice, {"from": alice})


def test_a_recipient_that_refuses_loses_nothing(sponsorship, RefusingRecipient, deployer, alice):
    refusing = RefusingRecipient.deploy({"from": deployer})
    sponsorship.depositFor(alice, {"from": alice, "value": 5})
    with reverts("WithdrawalFailed", refusing, 5):
        sponsorship.withdraw(refusing, {"from": alice})
    assert sponsorship.balanceOf(alice) == 5


def test_a_recipient_that_calls_back_is_paid_once(sponsorship, ReenteringRecipient, deployer, alice, bob):
    recipient = ReenteringRecipient.deploy({"from": deployer})
    sponsorship.depositFor(recipient, {"from": alice, "value": 5})
    sponsorship.depositFor(bob, {"from": bob, "value": 50})
    call = sponsorship.withdraw.encode_input(recipient)
    recipient.plan(sponsorship, call, 0, {"from": alice})
    recipient.act(sponsorship, call, {"from": alice})
    assert recipient.attempts() == 1
    assert bytes(recipient.answer()) == GUARDED
    assert recipient.balance() == 5
    assert sponsorship.balance() == 50


def test_ether_without_a_purpose_is_refused(sponsorship, alice):
    import brownie

    with brownie.reverts():
        alice.transfer(sponsorship, 1)


@pytest.fixture
def hostile(HostileCollaboration, deployer, mallory):
    """Costs a thousand wei, and says that mallory made it."""
    contract = HostileCollaboration.deploy({"from": deployer})
    contract.sayThat(1_000, mallory, True, 7, {"from": deployer})
    return contract


@pytest.mark.parametrize("function", ["relay", "relayMany", "contribute", "withdraw", "claimGas", "openPool"])
def test_a_collaboration_that_calls_back_gets_its_stake_and_no_more(
    sponsors, sponsorship, hostile, function, alice, bob, mallory
):
    """Each of these is guarded while a contribution is given."""
    sponsorship.depositFor(alice, {"from": alice, "value": 10**6})
    sponsorship.depositFor(hostile, {"from": mallory, "value": 77})
    request = sponsors.request(alice, collaboration=hostile, stake_from_author=True, max_stake_wei=1_000)
    again = sponsors.request(alice, collaboration=hostile, stake_from_author=True, max_stake_wei=1_000)
    signed = (again.as_tuple(), sponsors.signature(again))
    arguments = {
        "relay": signed,
        "relayMany": ([signed[0]], [signed[1]], False),
        "contribute": (hostile, b"", 0),
        "withdraw": (hostile,),
        "claimGas": (hostile, []),
        "openPool": (hostile, (1, 1, 2**39, 2**39 + 1)),
    }
    hostile.plan(getattr(sponsorship, function).encode_input(*arguments[function]), 0, {"from": mallory})
    sponsors.relay(request, bob, value=0)
    assert hostile.attempts() == 1
    assert hostile.successes() == 0
    assert bytes(hostile.answer()) == GUARDED
    assert hostile.balance() == 1_000
    assert sponsorship.balanceOf(alice) == 10**6 - 1_000
    assert sponsorship.balanceOf(hostile) == 77
    assert sponsorship.balance() == 10**6 - 1_000 + 77


def test_what_is_not_guarded_adds_money_only(sponsors, sponsorship, hostile, bob, alice, mallory):
    hostile.plan(sponsorship.depositFor.encode_input(mallory), 1_000, {"from": mallory})
    sponsors.relay(sponsors.request(alice, collaboration=hostile), bob, value=1_000)
    assert hostile.successes() == 1
    assert sponsorship.balanceOf(mallory) == sponsorship.balance() == 1_000


def test_a_collaboration_that_asks_for_more_gets_what_was_signed_at_most(
    sponsors, sponsorship, hostile, alice, bob, carol
):
    """Carol's deposit is never within reach of a stake that alice pays."""
    sponsorship.depositFor(carol, {"from": carol, "value": 10**18})
    sponsorship.depositFor(alice, {"from": alice, "value": 10**6})
    hostile.sayThat(10**6 + 1, bob, True, 7, {"from": bob})
    request = sponsors.request(alice, collaboration=hostile, stake_from_author=True)
    with reverts("NotPaid", alice, 10**6, 10**6 + 1):
        sponsors.relay(request, bob, value=10**18)
    with reverts("StakeAboveMaximum", 10**6 + 1, 10**6):
        sponsors.relay(sponsors.request(alice, collaboration=hostile, max_stake_wei=10**6), bob, value=10**18)
    assert sponsorship.balance() == 10**18 + 10**6


def test_in_many_a_collaboration_that_calls_back_sinks_itself_only(sponsors, sponsorship, hostile, alice, bob, mallory):
    again = sponsors.request(alice, collaboration=hostile)
    part = sponsorship.relayPart.encode_input(again.as_tuple(), sponsors.signature(again), bob, 10**18, 0)
    hostile.plan(part, 0, {"from": mallory})
    tx = sponsors.relay_many([sponsors.request(alice, collaboration=hostile), sponsors.request(alice)], bob, 10**17)
    assert hostile.successes() == 0
    assert hostile.balance() == 1_000
    stake = tx.events["Contributed"]["stakeWei"]
    assert sponsorship.balanceOf(bob) == sponsorship.balance() == 10**17 - 1_000 - stake
