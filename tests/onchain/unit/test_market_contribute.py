"""Contributions to a market: stakes, records, and who may give them.

Requirements K-02, K-08, K-09, K-10.
"""

import pytest

from commonlearn.numerics import keccak256
from commonlearn.records import Phase
from tests.support.collaborations import pass_time_until
from tests.support.events import logged
from tests.support.plain_market import TERMS, PlainMarket, sample_of
from tests.support.plain_model import presence
from tests.support.reverts import reverts


@pytest.fixture
def open_market(market):
    market.open_participation()
    return market


@pytest.fixture
def sponsored(MarketFactory, perceptron, linear_engine, deployer, stranger):
    """A market whose sponsorship is the stranger."""
    factory = MarketFactory.deploy(stranger, {"from": deployer})
    market = PlainMarket.create(factory, perceptron, linear_engine, deployer)
    market.open_participation()
    return market


def test_is_recorded_logged_and_staked_but_not_taught(open_market, alice):
    words = open_market.contract.snapshot()[2]
    tx = open_market.contribute(alice, 3, value=1_234)
    fields = {
        "id": 0, "author": alice, "label": 1, "taught": False, "stakeWei": 1_234, "contributedAt": tx.timestamp,
        "sample": sample_of(3),
    }  # fmt: skip
    assert logged(tx) == [("Contributed", fields)]
    assert open_market.contract.snapshot()[2] == words
    assert open_market.contract.contributions() == 1
    assert open_market.contract.accountOf(alice) == (0, 1_234, 0, 1, False)
    assert open_market.contract.totals()[0] == 1_234
    assert open_market.contract.statusOf(0) == 1
    assert open_market.contract.statusOf(1) == 0


def test_records_form_a_chain(open_market, alice, bob):
    word = 0
    for id_, (who, change) in enumerate(((alice, 1), (bob, 2), (alice, 3))):
        event = open_market.contribute(who, change).events["Contributed"]
        story = (event["author"], event["label"], event["taught"], event["stakeWei"], event["contributedAt"])
        digest = open_market.contract.digestOf(story, keccak256(sample_of(change)))
        word = open_market.contract.link(word, digest, who, 0 if who == alice else 1)
        assert open_market.contract.recordOf(id_) == word


def test_participants_are_numbered_in_the_order_of_their_first_contribution(open_market, alice, bob, carol):
    for who in (bob, alice, bob, carol):
        open_market.contribute(who, 1)
    assert [open_market.contract.accountOf(who)[2] for who in (bob, alice, carol)] == [0, 1, 2]
    assert open_market.market()["participants"] == 3
    assert open_market.contract.accountOf(bob)[1] == 2 * TERMS.min_stake_wei


def test_too_little(open_market, alice):
    with reverts("StakeTooLow", TERMS.min_stake_wei - 1, TERMS.min_stake_wei):
        open_market.contribute(alice, 1, TERMS.min_stake_wei - 1)
    assert open_market.contract.stakeNow() == TERMS.min_stake_wei


def test_what_the_model_would_refuse(open_market, alice):
    with reverts("UnknownLabel", 2, 2):
        open_market.contract.contribute(presence(1), 2, {"from": alice, "value": 1_000})
    with reverts("SampleLength", 1, 2):
        open_market.contract.contribute(b"\x01", 1, {"from": alice, "value": 1_000})
    with reverts("EmptySample"):
        open_market.contract.contribute(b"", 1, {"from": alice, "value": 1_000})


@pytest.mark.parametrize("steps", [[], ["commit"], ["commit", "draw"]])
def test_not_before_the_drawn_partition_is_shown(market, alice, steps):
    for step in steps:
        getattr(market, step)()
    with reverts("WrongPhase", len(steps)):
        market.contribute(alice, 1)


def test_not_after_the_time(open_market, alice):
    deadline = open_market.market()["deadline"]
    pass_time_until(deadline - 1)
    open_market.contribute(alice, 1)
    pass_time_until(deadline)
    with reverts("WrongPhase", Phase.REVEALING):
        open_market.contribute(alice, 1)


def test_not_beyond_the_greatest_number(open_market, alice):
    for _ in range(TERMS.most_contributions - 1):
        open_market.contribute(alice, 1)
    tx = open_market.contribute(alice, 1)
    deadline = tx.timestamp + TERMS.reveal_seconds
    assert logged(tx)[0] == ("PhaseChanged", {"market": 1, "phase": Phase.REVEALING, "deadline": deadline})
    with reverts("WrongPhase", Phase.REVEALING):
        open_market.contribute(alice, 1)


def test_in_an_authors_name_by_the_sponsorship_only(sponsored, open_market, alice, bob, stranger):
    call = (alice, bob, sample_of(2), 1)
    tx = sponsored.contract.contributeFor(*call, {"from": stranger, "value": 1_500})
    assert [name for name, _ in logged(tx)] == ["Contributed", "Sponsored"]
    assert tx.events["Contributed"]["author"] == alice
    assert dict(tx.events["Sponsored"]) == {"id": 0, "payee": bob}
    assert sponsored.contract.accountOf(bob)[1] == 1_500
    assert sponsored.contract.accountOf(alice)[1] == 0
    with reverts("OnlySponsorship", alice):
        sponsored.contract.contributeFor(*call, {"from": alice, "value": 1_500})
    with reverts("OnlySponsorship", stranger):
        open_market.contract.contributeFor(*call, {"from": stranger, "value": 1_500})


def test_a_sponsored_stake_is_settled_with_its_payee(sponsored, alice, bob, stranger):
    tx = sponsored.contract.contributeFor(alice, bob, sample_of(2), 1, {"from": stranger, "value": 1_500})
    sponsored.note(tx.events["Contributed"], bob.address)
    sponsored.pass_participation()
    sponsored.reveal_rest()
    sponsored.prepare()
    sponsored.settle_all()
    sponsored.finalise()
    sponsored.train()
    assert sponsored.owed(bob) == sponsored.states[-1].people[0].balance > 1_500
    assert sponsored.owed(alice) == 0


def test_a_greater_stake_changes_nothing_of_a_reward(open_market, alice, bob, mallory):
    for who, change, stake in ((alice, 2, 1_000), (bob, 2, 50_000)):
        open_market.contribute(who, change, stake)
    open_market.pass_participation()
    open_market.reveal_rest()
    open_market.prepare()
    open_market.settle_all()
    open_market.finalise()
    assert open_market.owed(alice) - 1_000 == open_market.owed(bob) - 50_000 > 0


def test_stakes_of_the_next_market_are_new(market, alice):
    market.run_all([(alice, 2)])
    owed = market.owed(alice)
    market.open_participation()
    market.contribute(alice, 1)
    assert market.contract.accountOf(alice) == (owed, TERMS.min_stake_wei, 0, 2, False)
    assert [market.contract.marketOf(id_) for id_ in (0, 1)] == [1, 2]
    assert [market.contract.statusOf(id_) for id_ in (0, 1)] == [2, 1]


def test_nothing_is_proven_whatever_became_of_it(open_market, alice):
    """Pools that repay gas ask this: a market never says yes, or who spams one would be repaid."""
    event = open_market.contribute(alice, 3).events["Contributed"]
    story = (event["author"], event["label"], event["taught"], event["stakeWei"], event["contributedAt"])
    assert not open_market.contract.isProven(event["id"], story, keccak256(sample_of(3)), alice)
