"""`sweep`: what nobody claims in time goes to the beneficiary, whoever asks.

Requirements I-02, I-09, D-03.
"""

from dataclasses import replace

import pytest

from tests.support.collaborations import DEFAULT_TERMS, pass_time
from tests.support.events import logged
from tests.support.plain_model import PlainModel
from tests.support.reverts import reverts


@pytest.mark.parametrize("kind", ["echo", "lesson", "lie"])
def test_an_unclaimed_stake_goes_to_the_beneficiary(plain, alice, beneficiary, stranger, kind):
    given = getattr(plain, kind)(alice)
    tx = plain.sweep(given, stranger, at=plain.sweep_from(given))
    assert logged(tx) == [("Swept", {"id": 0, "beneficiary": beneficiary, "stakeWei": given.stake_wei})]
    assert plain.owed(beneficiary) == given.stake_wei
    assert plain.owed(stranger) == plain.owed(alice) == 0
    assert plain.totals() == (0, 0, 0)
    assert plain.status(given) == 4


def test_a_sweep_proves_nobody(plain, alice, beneficiary):
    given = plain.lesson(alice)
    plain.sweep(given, alice, at=plain.sweep_from(given))
    assert plain.proven(alice) == plain.proven(beneficiary) == 0


def test_a_second_too_early(plain, alice, beneficiary):
    given = plain.lie(alice)
    opens = plain.sweep_from(given)
    with reverts("TooEarly", given.id, opens):
        plain.sweep(given, beneficiary, at=opens - 1)
    plain.sweep(given, beneficiary, at=opens)


def test_in_the_second_of_a_contribution(plain, alice, stranger):
    """A sweep does not ask the model, so nothing could be gained."""
    given = plain.lie(alice)
    pass_time(plain.terms.sweep_wait_seconds)
    last = plain.echo(alice)
    plain.sweep(given, stranger, at=last.contributed_at)
    assert plain.status(given) == 4


def test_twice(plain, alice, beneficiary, stranger):
    given = plain.lie(alice)
    plain.sweep(given, stranger, at=plain.sweep_from(given))
    with reverts("NotOpen", given.id, 4):
        plain.sweep(given, stranger)
    assert plain.owed(beneficiary) == given.stake_wei


def test_after_a_refund(plain, alice, stranger):
    given = plain.lesson(alice)
    plain.refund(given, at=plain.refund_from(given))
    with reverts("NotOpen", given.id, 2):
        plain.sweep(given, stranger, at=plain.sweep_from(given))


def test_neither_refund_nor_report_after_a_sweep(plain, alice, bob, mallory, stranger):
    plain.prove(bob)
    lie, lesson = plain.lie(mallory), plain.lesson(alice, 30)
    plain.sweep(lie, stranger, at=plain.sweep_from(lesson))
    plain.sweep(lesson, stranger)
    with reverts("NotOpen", lie.id, 4):
        plain.report(lie, bob)
    with reverts("NotOpen", lesson.id, 4):
        plain.refund(lesson)


def test_unknown_data(plain, alice, stranger):
    given = plain.lie(alice)
    plain.at(plain.sweep_from(given))
    with reverts("UnknownContribution", 7):
        plain.contract.sweep(7, given.contribution, b"\x00" * 32, {"from": stranger})
    with reverts("UnknownContribution", given.id):
        plain.contract.sweep(given.id, given.contribution, b"\x00" * 32, {"from": stranger})


def test_a_beneficiary_who_contributes_takes_both_together(factory, perceptron, alice, bob):
    model = PlainModel.create(factory, perceptron, replace(DEFAULT_TERMS, beneficiary=alice.address))
    own, other = model.lesson(alice), model.lie(bob)
    model.refund(own, at=model.sweep_from(other))
    model.sweep(other, bob)
    assert model.contract.accountOf(alice) == (own.stake_wei + other.stake_wei, own.stake_gwei)
