"""Whole markets with the engines that ship, foretold by their twin.

Requirements K-12, K-15, K-20, K-29, K-31.
"""

from typing import Any

import brownie
import pytest

from tests.support.disputes import bisect_truly, play
from tests.support.plain_market import PARTITIONS, TERMS
from tests.support.plain_model import first_weights, presence
from tests.support.real_market import RealMarket


@pytest.fixture(params=["PerceptronReplay", "ModelReplay"])
def market(request: Any, market_factory: Any, perceptron: Any, deployer: Any) -> RealMarket:
    project = brownie.project.get_loaded_projects()[0]
    engine = project[request.param].deploy({"from": deployer})
    market = RealMarket.create(market_factory, perceptron, engine, deployer)
    if request.param == "ModelReplay":
        market.implementation = bytes.fromhex(perceptron.address[2:])
    return market


@pytest.fixture
def settling(market, rng, alice, bob, mallory):
    market.fill(rng)
    market.open_participation(99_999)
    for i, who in enumerate((alice, bob, mallory, alice, bob, mallory)):
        label = i % 2
        sample = market.drawn_sample(rng, label)
        market.give(who, sample, 1 - label if who == mallory else label, 1_000 + i)
    market.reveal_rest()
    market.prepare()
    return market


def test_a_market_is_settled_as_the_twin_foretells(settling, actors, alice, bob, mallory):
    market = settling
    assert bytes(market.market()["stateHash"]) == market.states[0].hash
    portions = iter([1, 3, 2, 100] * 99)
    while not market.states[market.at].is_final:
        market.settle(next(portions))
        assert bytes(market.market()["stateHash"]) == market.states[market.at].hash
    people = market.states[-1].people
    assert sum(one.score for one in people if one.account.lower() != mallory.address.lower()) > 0  # the honest helped
    before = {who: market.owed(who) for who in (alice, bob, mallory)}
    market.finalise()
    for one, who in zip(people, (alice, bob, mallory), strict=True):
        assert one.account == who
        assert market.owed(who) - before[who] == one.balance
    market.train()
    twin = first_weights()
    punished = {one.account.lower() for one in people if one.balance < one.deposit}
    for given in market.given:
        if given.account.lower() not in punished:
            twin.train_one(given.sample, given.label)
    assert list(market.contract.snapshot()[2]) == twin.words()
    market.check(actors.values())
    assert market.contract.totals() == (0, 0, 0)


def test_a_dispute_ends_in_one_step_of_the_engine(settling, actors, alice, bob, stranger):
    market = settling
    market.post(bob)
    for answers in (lambda middle: False, lambda middle: True):
        market.dispute(stranger)
        low = play(market, lambda middle: bisect_truly(market, bob, middle), stranger, answers)
        before = market.owed(bob)
        market.decide(low)
        assert market.owed(bob) - before == TERMS.post_bond_wei // 2
    market.check(actors.values())


def test_the_drawn_partition_is_worth_nothing(market, rng, alice):
    """Contributing exactly what was shown changes the score only as far as other test samples are like it."""
    market.fill(rng)
    # The drawn partition has features of its own: whatever is drawn, its samples tell nothing of the others.
    for number in range(PARTITIONS):
        market.test_set.partitions[number] = [(bytes(32), 1, presence(20 + number, 30 + number))]
    market.open_participation(99_999)
    shown = market.test_set.partitions[market.market()["drawn"]][0]
    market.give(alice, shown[2], shown[1])
    market.pass_participation()
    market.reveal_rest()
    market.prepare()
    market.settle_all()
    assert market.states[-1].people[0].balance == TERMS.min_stake_wei
