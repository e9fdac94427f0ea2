"""`report`: who may forfeit a stake, when, and how it is shared.

Requirements I-02, I-06, I-07, I-08, D-03.
"""

from dataclasses import replace

import pytest

from commonlearn.incentives.reporter_part import reporter_part
from tests.support.collaborations import DAY, DEFAULT_TERMS, pass_time
from tests.support.events import logged
from tests.support.plain_model import KNOWN_1, UNKNOWN, PlainModel
from tests.support.reverts import reverts


def part_of(lie, terms, tx):
    """What the reporter of a stake gets beforehand, by the twin."""
    since_open = tx.timestamp - lie.contributed_at - terms.report_wait_seconds
    span = terms.sweep_wait_seconds - terms.report_wait_seconds
    return reporter_part(lie.stake_wei, terms.reporter_bps, since_open, span)


@pytest.fixture
def lie(plain, mallory):
    return plain.lie(mallory)


@pytest.fixture
def proven(plain, lie, alice, bob):
    """Alice and bob, each proven by one lesson that was given after the lie."""
    lessons = [plain.lesson(alice, UNKNOWN), plain.lesson(bob, UNKNOWN + 1)]
    plain.refund(lessons[0], at=plain.refund_from(lessons[1]))
    plain.refund(lessons[1])
    return lessons


def test_a_stake_goes_to_the_reporter_and_the_proven(plain, lie, proven, alice, bob, mallory):
    before = {who: plain.owed(who) for who in (alice, bob)}
    weight = {alice: proven[0].stake_gwei, bob: proven[1].stake_gwei}
    tx = plain.report(lie, alice, at=plain.report_from(lie) + DAY)
    bounty = part_of(lie, DEFAULT_TERMS, tx)
    per_gwei, carry = divmod(lie.stake_wei - bounty, weight[alice] + weight[bob])
    fields = {"id": 0, "reporter": alice, "stakeWei": lie.stake_wei, "bountyWei": bounty, "perGweiWei": per_gwei}
    assert logged(tx) == [("Forfeited", fields)]
    assert plain.owed(alice) - before[alice] == bounty + per_gwei * weight[alice]
    assert plain.owed(bob) - before[bob] == per_gwei * weight[bob]
    assert plain.owed(mallory) == 0
    assert plain.totals() == (0, weight[alice] + weight[bob], carry)
    assert plain.contract.balance() == plain.owed(alice) + plain.owed(bob) + carry
    assert plain.status(lie) == 3


def test_shares_are_in_proportion_to_what_each_has_proven(plain, lie, proven, alice, bob):
    for feature in (UNKNOWN + 2, UNKNOWN + 3):
        plain.prove(bob, feature)
    before = {who: plain.owed(who) for who in (alice, bob)}
    weight = {who: plain.proven(who) for who in (alice, bob)}
    tx = plain.report(lie, alice, at=plain.report_from(lie) + 10**6)
    event = tx.events["Forfeited"]
    shares = {who: plain.owed(who) - before[who] for who in (alice, bob)}
    assert weight[bob] > 2.9 * weight[alice]
    assert (shares[alice] - event["bountyWei"]) * weight[bob] == shares[bob] * weight[alice]


def test_the_reporters_part_grows_from_nothing_until_sweeps(factory, perceptron, alice, mallory):
    model = PlainModel.create(factory, perceptron)
    lies = [model.lie(mallory, KNOWN_1 + i) for i in range(3)]
    model.prove(alice)
    span = DEFAULT_TERMS.sweep_wait_seconds - DEFAULT_TERMS.report_wait_seconds
    for lie, since in zip(lies, (0, span // 2, 2 * span), strict=True):
        tx = model.report(lie, alice, at=model.report_from(lie) + since)
        full = lie.stake_wei * DEFAULT_TERMS.reporter_bps // 10_000
        assert tx.events["Forfeited"]["bountyWei"] == full * min(since, span) // span


def test_the_rest_is_carried_into_the_next_share(factory, perceptron, alice, mallory):
    # Stakes whose shares leave a rest: a third of what was proven is no whole number of wei.
    model_terms = replace(DEFAULT_TERMS, reporter_bps=333, growth_bps=777)
    model = PlainModel.create(factory, perceptron, model_terms)
    lies = [model.lie(mallory), model.lie(mallory, KNOWN_1 + 1)]
    model.prove(alice)
    weight = model.proven(alice)
    carried = 0
    for lie in lies:
        tx = model.report(lie, alice, at=max(model.report_from(one) for one in lies) + lie.id)
        bounty = part_of(lie, model_terms, tx)
        per_gwei, carried = divmod(lie.stake_wei - bounty + carried, weight)
        assert tx.events["Forfeited"]["perGweiWei"] == per_gwei
        assert carried > 0
        assert model.totals()[2] == carried
        assert model.contract.balance() == model.totals()[0] + model.owed(alice) + carried


def test_the_author_gets_nothing_of_the_own_stake(plain, lie, proven, alice, bob, mallory):
    """Who has proven much and then lies does not take the stake back by that."""
    plain.prove(mallory, UNKNOWN + 2)
    before = {who: plain.owed(who) for who in (alice, bob, mallory)}
    plain.report(lie, alice, at=plain.report_from(lie) + 10**6)
    assert plain.owed(mallory) == before[mallory]
    gained = plain.owed(alice) + plain.owed(bob) - before[alice] - before[bob]
    assert gained + plain.totals()[2] == lie.stake_wei
    assert plain.proven(mallory) > 0


def test_the_author_still_gets_of_others_stakes(plain, lie, proven, alice, mallory, stranger):
    plain.prove(mallory, UNKNOWN + 2)
    other = plain.lie(stranger, KNOWN_1 + 1)
    before = plain.owed(mallory)
    plain.report(lie, alice, at=plain.report_from(other))
    tx = plain.report(other, alice)
    assert plain.owed(mallory) - before == plain.proven(mallory) * tx.events["Forfeited"]["perGweiWei"]


def test_who_is_proven_later_gets_nothing_of_earlier_shares(plain, lie, proven, alice, stranger):
    plain.report(lie, alice, at=plain.report_from(lie))
    lesson = plain.prove(stranger, UNKNOWN + 2)
    assert plain.owed(stranger) == lesson.stake_wei


def test_a_second_too_early(plain, lie, proven, alice):
    opens = plain.report_from(lie)
    with reverts("TooEarly", lie.id, opens):
        plain.report(lie, alice, at=opens - 1)
    plain.report(lie, alice, at=opens)


def test_in_the_second_of_a_contribution(plain, lie, proven, alice, stranger):
    pass_time(plain.terms.report_wait_seconds)
    last = plain.echo(stranger)
    with reverts("ModelJustMoved", last.contributed_at):
        plain.report(lie, alice, at=last.contributed_at)
    plain.report(lie, alice, at=last.contributed_at + 1)


def test_own_data(plain, lie, proven, mallory):
    plain.prove(mallory, UNKNOWN + 2)
    with reverts("OwnContribution", lie.id):
        plain.report(lie, mallory, at=plain.report_from(lie) + 10**6)
    assert plain.status(lie) == 1


def test_twice(plain, lie, proven, alice, bob):
    plain.report(lie, alice, at=plain.report_from(lie))
    owed = plain.owed(bob)
    with reverts("NotOpen", lie.id, 3):
        plain.report(lie, bob)
    assert plain.owed(bob) == owed


def test_by_an_unproven_account(plain, lie, proven, stranger):
    with reverts("NotProven", stranger):
        plain.report(lie, stranger, at=plain.report_from(lie))


def test_by_whom_only_known_answers_have_been_refunded(plain, lie, proven, stranger):
    echo = plain.echo(stranger)
    plain.refund(echo, at=plain.refund_from(echo))
    with reverts("NotProven", stranger):
        plain.report(lie, stranger, at=plain.report_from(lie) + 10**6)


def test_what_the_model_agrees_with(plain, lie, proven, bob, alice):
    lesson = plain.lesson(bob, UNKNOWN + 2)
    with reverts("ModelAgrees", lesson.id, 1):
        plain.report(lesson, alice, at=plain.report_from(lesson))
    assert plain.status(lesson) == 1


def test_unknown_data(plain, lie, proven, alice, mallory):
    plain.at(plain.report_from(lie))
    with reverts("UnknownContribution", 99):
        plain.contract.report(99, lie.contribution, lie.sample, {"from": alice})
    with reverts("UnknownContribution", lie.id):
        plain.contract.report(lie.id, lie.contribution, proven[0].sample, {"from": alice})
    story = (alice, *lie.contribution[1:])  # as if by another author, who could then not profit
    with reverts("UnknownContribution", lie.id):
        plain.contract.report(lie.id, story, lie.sample, {"from": alice})


def test_after_a_refund(plain, lie, proven, alice, bob):
    with reverts("NotOpen", proven[1].id, 2):
        plain.report(proven[1], alice, at=plain.report_from(proven[1]))


def test_late_but_unswept(plain, lie, proven, alice):
    plain.report(lie, alice, at=plain.sweep_from(lie) + 10**6)
    assert plain.status(lie) == 3


def test_the_whole_reporters_part_can_be_none(factory, perceptron, alice, mallory):
    model = PlainModel.create(factory, perceptron, replace(DEFAULT_TERMS, reporter_bps=0))
    lie = model.lie(mallory)
    model.prove(alice)
    tx = model.report(lie, alice, at=model.report_from(lie))
    assert tx.events["Forfeited"]["bountyWei"] == 0
    assert tx.events["Forfeited"]["perGweiWei"] == lie.stake_wei // model.proven(alice)
