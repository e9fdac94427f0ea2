"""`withdraw`: pull payments, to any recipient, all or nothing.

Requirements I-01, I-10.
"""

import pytest

from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, presence
from tests.support.reverts import reverts


@pytest.fixture
def credit(plain, alice):
    """What alice is owed: the excess of one contribution."""
    given = plain.give(alice, presence(KNOWN_1), 1, value=10**17)
    return 10**17 - given.stake_wei


def test_all_that_is_owed_is_paid(plain, credit, alice):
    before, held = alice.balance(), plain.contract.balance()
    tx = plain.contract.withdraw(alice, {"from": alice})
    assert logged(tx) == [("Withdrawn", {"account": alice, "to": alice, "amountWei": credit})]
    assert alice.balance() == before + credit
    assert plain.contract.balance() == held - credit
    assert plain.contract.accountOf(alice) == (0, 0)


def test_the_amount_is_returned(plain, credit, alice):
    assert plain.contract.withdraw.call(alice, {"from": alice}) == credit


def test_to_another_recipient(plain, credit, alice, bob):
    before = bob.balance(), alice.balance()
    tx = plain.contract.withdraw(bob, {"from": alice})
    assert logged(tx) == [("Withdrawn", {"account": alice, "to": bob, "amountWei": credit})]
    assert (bob.balance(), alice.balance()) == (before[0] + credit, before[1])


def test_nothing_owed(plain, credit, stranger):
    with reverts("NothingOwed", stranger):
        plain.contract.withdraw(stranger, {"from": stranger})


def test_twice(plain, credit, alice):
    plain.contract.withdraw(alice, {"from": alice})
    with reverts("NothingOwed", alice):
        plain.contract.withdraw(alice, {"from": alice})


def test_locked_stakes_stay(plain, credit, alice):
    plain.contract.withdraw(alice, {"from": alice})
    locked = plain.totals()[0]
    assert locked > 0
    assert plain.contract.balance() == locked


def test_a_withdrawal_does_not_touch_what_is_proven(plain, alice, mallory):
    lie = plain.lie(mallory)
    lesson = plain.prove(alice)
    plain.contract.withdraw(alice, {"from": alice})
    assert plain.contract.accountOf(alice) == (0, lesson.stake_gwei)
    plain.report(lie, alice, at=plain.report_from(lie))
    assert plain.owed(alice) == lie.stake_wei - plain.totals()[2]


def test_shares_that_nobody_settled_are_paid_too(plain, alice, bob, mallory):
    lie = plain.lie(mallory)
    plain.prove(alice)
    lesson = plain.prove(bob, 21)
    plain.contract.withdraw(bob, {"from": bob})
    tx = plain.report(lie, alice, at=plain.report_from(lie) + 10**6)
    share = lesson.stake_gwei * tx.events["Forfeited"]["perGweiWei"]
    assert share > 0
    before = bob.balance()
    plain.contract.withdraw(bob, {"from": bob})
    assert bob.balance() == before + share


def test_a_recipient_that_refuses_leaves_everything_as_it_was(plain, credit, alice, perceptron):
    """Any contract without a payable fallback refuses."""
    held = plain.contract.balance()
    with reverts("WithdrawalFailed", perceptron, credit):
        plain.contract.withdraw(perceptron, {"from": alice})
    assert plain.owed(alice) == credit
    assert plain.contract.balance() == held
    plain.contract.withdraw(alice, {"from": alice})
    assert plain.contract.balance() == held - credit


def test_to_the_collaboration_itself(plain, credit, alice):
    with reverts("WithdrawalFailed", plain.contract, credit):
        plain.contract.withdraw(plain.contract, {"from": alice})
    assert plain.owed(alice) == credit
