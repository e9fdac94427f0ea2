"""`refund`: who gets a stake back, when, and what it proves.

Requirements I-02, I-05, I-08, D-03.
"""

import pytest

from tests.support.collaborations import pass_time
from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, UNKNOWN
from tests.support.reverts import reverts


def test_a_lesson_comes_back_and_proves_its_author(plain, alice):
    given = plain.lesson(alice)
    tx = plain.refund(given, at=plain.refund_from(given))
    fields = {"id": 0, "author": alice, "stakeWei": given.stake_wei, "provenGwei": given.stake_gwei}
    assert logged(tx) == [("Refunded", fields)]
    assert plain.contract.accountOf(alice) == (given.stake_wei, given.stake_gwei)
    assert plain.totals() == (0, given.stake_gwei, 0)
    assert plain.status(given) == 2


def test_what_the_model_knew_comes_back_but_proves_nothing(plain, alice):
    given = plain.echo(alice)
    tx = plain.refund(given, at=plain.refund_from(given))
    assert logged(tx) == [("Refunded", {"id": 0, "author": alice, "stakeWei": given.stake_wei, "provenGwei": 0})]
    assert plain.contract.accountOf(alice) == (given.stake_wei, 0)
    assert plain.totals() == (0, 0, 0)


def test_a_refund_is_credited_not_sent(plain, alice):
    given = plain.lesson(alice)
    before = alice.balance()
    plain.refund(given, at=plain.refund_from(given))
    assert alice.balance() == before
    assert plain.contract.balance() == given.stake_wei


def test_refunds_add_up(plain, alice):
    first, second = plain.lesson(alice, UNKNOWN), plain.lesson(alice, UNKNOWN + 1)
    plain.refund(first, at=plain.refund_from(second))
    plain.refund(second)
    total = first.stake_wei + second.stake_wei
    assert plain.contract.accountOf(alice) == (total, total // 10**9)


def test_a_second_too_early(plain, alice):
    given = plain.lesson(alice)
    opens = plain.refund_from(given)
    with reverts("TooEarly", given.id, opens):
        plain.refund(given, at=opens - 1)
    plain.refund(given, at=opens)


def test_a_refund_never_expires_while_the_stake_is_there(plain, alice):
    given = plain.lesson(alice)
    plain.refund(given, at=plain.sweep_from(given) + 10**8)
    assert plain.owed(alice) == given.stake_wei


def test_twice(plain, alice):
    given = plain.lesson(alice)
    plain.refund(given, at=plain.refund_from(given))
    with reverts("NotOpen", given.id, 2):
        plain.refund(given)
    assert plain.owed(alice) == given.stake_wei


def test_by_another(plain, alice, bob):
    given = plain.lesson(alice)
    with reverts("NotAuthor", given.id, bob, alice):
        plain.refund(given, by=bob, at=plain.refund_from(given))
    assert plain.totals()[0] == given.stake_wei


def test_while_the_model_disagrees(plain, mallory):
    given = plain.lie(mallory)
    with reverts("ModelDisagrees", given.id, 1, 0):
        plain.refund(given, at=plain.refund_from(given))
    assert plain.totals()[0] == given.stake_wei
    assert plain.status(given) == 1


def test_once_the_model_has_come_round(plain, alice, bob):
    """Whoever was right too early waits until others have convinced the model."""
    early = plain.lie(alice)
    for _ in range(4):
        plain.lie(bob)
    plain.refund(early, at=plain.refund_from(early) + 60)
    assert plain.owed(alice) == early.stake_wei


def test_in_the_second_of_a_contribution(plain, alice, mallory):
    """Nobody bends the model, claims and bends it back within one block: a claim waits for the next second."""
    given = plain.lie(mallory)
    pass_time(plain.terms.refund_wait_seconds)
    for _ in range(5):
        last = plain.lie(mallory)
    assert plain.contract.predict(given.sample) == 0
    with reverts("ModelJustMoved", last.contributed_at):
        plain.refund(given, at=last.contributed_at)
    plain.refund(given, at=last.contributed_at + 1)


def test_in_the_second_of_another_claim(plain, alice, bob):
    """Claims do not move the model, so any number of them fits into a second."""
    first, second = plain.lesson(alice), plain.lesson(bob, UNKNOWN + 1)
    plain.refund(first, at=plain.refund_from(second))
    plain.refund(second, at=plain.refund_from(second))
    assert plain.totals()[0] == 0


def test_what_the_model_has_forgotten_is_not_refunded(plain, alice, bob):
    given = plain.lesson(alice)
    plain.give(bob, given.sample, 0)
    with reverts("ModelDisagrees", given.id, 0, 1):
        plain.refund(given, at=plain.refund_from(given))


@pytest.mark.parametrize("id_", [1, 2**48, 2**256 - 1])
def test_of_an_unknown_number(plain, alice, id_):
    given = plain.lesson(alice)
    plain.at(plain.refund_from(given))
    with reverts("UnknownContribution", id_):
        plain.contract.refund(id_, given.contribution, given.sample, {"from": alice})


def test_with_another_sample(plain, alice):
    given = plain.lesson(alice)
    plain.at(plain.refund_from(given))
    with reverts("UnknownContribution", given.id):
        plain.contract.refund(given.id, given.contribution, b"\x00" + bytes([KNOWN_1]), {"from": alice})


@pytest.mark.parametrize(
    ("field", "value"),
    [(1, 0), (2, False), (3, 10**18), (4, 1)],
    ids=["label", "taught", "stake", "time"],
)
def test_with_another_story(plain, alice, field, value):
    """Nobody makes a stake larger, a time earlier or a contribution more instructive than it was."""
    given = plain.lesson(alice)
    story = list(given.contribution)
    story[field] = value
    plain.at(plain.refund_from(given))
    with reverts("UnknownContribution", given.id):
        plain.contract.refund(given.id, tuple(story), given.sample, {"from": alice})


def test_as_another_author(plain, alice, mallory):
    given = plain.lesson(alice)
    story = (mallory, *given.contribution[1:])
    plain.at(plain.refund_from(given))
    with reverts("UnknownContribution", given.id):
        plain.contract.refund(given.id, story, given.sample, {"from": mallory})
