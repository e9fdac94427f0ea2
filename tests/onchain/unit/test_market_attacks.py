"""Attacks on a market, each with what the attacker gains in wei, gas not counted: never more than nothing.

Requirements K-29, and K-04, K-14, K-20, K-24. `docs/explanation-market.md` lists them.
"""

from dataclasses import replace

import pytest
from brownie import web3

from commonlearn.records import Ending
from tests.support.collaborations import pass_time
from tests.support.plain_market import TERMS, PlainMarket
from tests.support.reverts import reverts

BOUNTY = 1_003
BOND, POST_BOND = TERMS.bond_wei, TERMS.post_bond_wei


class Purse:
    """What some accounts have gained since, in wei: ether and credit, stakes and escrow not counted."""

    def __init__(self, market, *accounts):
        self.market, self.accounts = market, accounts
        self.before = self._wealth()

    @property
    def profit(self):
        return self._wealth() - self.before

    def _wealth(self):
        return sum(who.balance() + self.market.owed(who) for who in self.accounts)


def fails(contract, data, who, gas):
    """Whether a call with so much gas comes to nothing."""
    call = {"from": who.address, "to": contract.address, "data": data, "gas": hex(gas)}
    return "error" in web3.provider.make_request("eth_call", [call, "latest"])


def settle(market):
    """From participation to the end, by a stranger to the attack."""
    market.pass_participation()
    market.reveal_rest()
    market.prepare()
    market.settle_all()
    market.finalise()
    market.train()


@pytest.mark.parametrize("puppets", [0, 1, 4])
def test_withholding_the_reveal(market, alice, mallory, deployer, puppets):
    """The provider's puppets are most of the participants: they get back the bounty, and the bond is burned all the
    same."""
    purse = Purse(market, deployer, mallory)
    market.open_participation(BOUNTY)
    market.contribute(alice, 5)
    for _ in range(puppets):
        market.contribute(mallory, 0, 50_000)
    market.pass_participation()
    pass_time(TERMS.reveal_seconds + 1)
    tx = market.contract.end({"from": deployer})
    assert tx.events["Ended"]["ending"] == Ending.NOT_REVEALED
    lost = BOND - BOND // 20 + BOUNTY - puppets * (BOUNTY // (puppets + 1))
    assert purse.profit == -lost < -0.9 * BOND


def test_choosing_the_draw_by_giving_up(market, deployer, chain):
    """A provider who dislikes the drawn partition can only begin anew, at the price of a bond each time."""
    purse = Purse(market, deployer)
    for _ in range(2):
        market.commit(BOUNTY)
        market.draw()
        pass_time(TERMS.reveal_seconds + 1)
        market.contract.end({"from": deployer})
    assert purse.profit == -2 * (BOND - BOND // 20)


def test_choosing_the_block(market, deployer, chain, stranger):
    """Letting the drawing block pass gives no second one: whoever waits loses the bond."""
    purse = Purse(market, deployer)
    market.commit(BOUNTY)
    chain.mine(TERMS.draw_delay_blocks + 257)
    with reverts("DrawMissed", market.market()["drawBlock"]):
        market.contract.draw({"from": deployer})
    market.contract.end({"from": stranger})
    assert purse.profit == -BOND


def test_copying_a_commitment(market, market_factory, perceptron, linear_engine, mallory, stranger):
    """A copied root cannot be revealed, even with its samples and salts, as its leaves name the provider."""
    copy = PlainMarket.create(market_factory, perceptron, linear_engine, mallory)
    copy.test_set = market.test_set
    purse = Purse(copy, mallory)
    copy.commit(BOUNTY)
    copy.draw()
    with reverts("WrongPartition", copy.market()["drawn"]):
        copy.reveal()
    pass_time(TERMS.reveal_seconds + 1)
    copy.contract.end({"from": stranger})
    assert purse.profit == -BOND


def test_the_providers_puppets(market, mallory, alice, deployer):
    """They know the test set, and take the whole bounty: it was the provider's own."""
    purse = Purse(market, deployer, mallory)
    market.open_participation(BOUNTY)
    market.contribute(mallory, 19)
    market.contribute(alice, 0)
    settle(market)
    assert purse.profit == 0
    assert market.owed(alice) == TERMS.min_stake_wei


def test_flipping_labels_with_a_larger_purse(market, mallory, alice, deployer):
    """Harm costs its author by what it harms, whatever is staked; the honest get more by it, not less."""
    purse, honest = Purse(market, mallory), Purse(market, alice)
    market.open_participation(BOUNTY)
    market.contribute(alice, 3)
    market.contribute(mallory, -8, 100_000)
    settle(market)
    assert purse.profit == -8 * 100
    assert honest.profit == 3 * 100


def test_sock_puppets(market, mallory, bob, carol, alice):
    """The same samples under one name or under three give the same, as scores add up."""
    purse = Purse(market, mallory)
    market.open_participation(BOUNTY)
    for change in (2, -3, 1):
        market.contribute(mallory, change)
    settle(market)
    one_name = purse.profit
    purse = Purse(market, mallory, bob, carol)
    market.open_participation(BOUNTY)
    for who, change in ((mallory, 2), (bob, -3), (carol, 1)):
        market.contribute(who, change)
    settle(market)
    assert purse.profit == one_name == 0


def test_harm_under_names_with_little_stake(market, mallory, bob, alice):
    """What a stake does not cover is not paid; but it is never paid for, and its author drops out."""
    purse = Purse(market, mallory, bob)
    market.open_participation(50_000)
    market.contribute(mallory, 1)
    market.contribute(bob, -19)
    settle(market)
    assert market.states[-1].round > 0
    assert purse.profit == -TERMS.min_stake_wei + 50_000 // TERMS.full_score == 4_000
    # Alone, without the harm, the same helpful sample earns as much: the harm gained nothing.
    purse = Purse(market, mallory)
    market.open_participation(50_000)
    market.contribute(mallory, 1)
    settle(market)
    assert purse.profit == 5_000


def test_posting_a_false_outcome(market, mallory, alice, bob):
    """A thief who is watched loses the bond."""
    market.run_to_settling([(alice, 3), (mallory, -2)], BOUNTY)
    purse, watcher = Purse(market, mallory), Purse(market, bob)
    last = market.states[-1]
    theft = replace(last.people[1], balance=last.people[1].balance + last.people[0].balance)
    market.post(mallory, replace(last, people=(replace(last.people[0], balance=0), theft)))
    market.dispute(bob)
    pass_time(TERMS.move_seconds + 1)
    market.contract.timeOut({"from": bob})
    assert purse.profit == -POST_BOND
    assert watcher.profit == POST_BOND // 2


def test_disputing_oneself_to_gain_time(market, mallory, bob, alice):
    """Each round costs half a bond, for a window that direct settlement ends at any time."""
    market.run_to_settling([(alice, 3)], BOUNTY)
    purse = Purse(market, mallory, bob)
    market.post(mallory)
    for _ in range(2):
        market.dispute(bob)
        middle = (len(market.states) - 1) // 2
        market.contract.bisect(market.states[middle].hash, market.tree().proof(middle), {"from": mallory})
        pass_time(TERMS.move_seconds + 1)
        market.contract.timeOut({"from": mallory})
    market.settle_all(by=alice)
    assert purse.profit == -2 * (POST_BOND - POST_BOND // 2)


def test_deciding_with_too_little_gas(market, mallory, bob, alice):
    """An engine that runs out of gas says nothing about the post: the call fails, and the post stands."""
    market.run_to_settling([(alice, 3)], BOUNTY)
    market.post(bob)
    purse = Purse(market, mallory)
    market.dispute(mallory)
    while (post := market.contract.posted().dict())["high"] - post["low"] > 1:
        middle = (post["low"] + post["high"]) // 2
        market.contract.bisect(market.states[middle].hash, market.tree().proof(middle), {"from": bob})
        market.contract.choose(True, {"from": mallory})
    arguments, _ = market.arguments(0, 1)
    whole = market.contract.decide.estimate_gas(*arguments, {"from": mallory})
    for share in (3, 5, 7):
        assert fails(market.contract, market.contract.decide.encode_input(*arguments), mallory, whole * share // 10)
    assert market.contract.posted()[0] == bob
    market.contract.decide(*arguments, {"from": bob})
    assert purse.profit == -POST_BOND


def test_running_ahead_of_a_settlement(market, mallory, alice, stranger):
    """Who copies a portion and comes first is paid for it once; the other pays gas only, and goes on from there."""
    market.run_to_settling([(alice, 1), (alice, 2), (alice, 3)], BOUNTY)
    arguments, _ = market.arguments(0, 3)
    both = Purse(market, mallory, stranger)
    market.settle(3, by=mallory)
    with reverts("WrongState", market.states[0].hash, market.states[3].hash):
        market.contract.settle(*arguments, {"from": stranger})
    market.settle(3, by=stranger)
    assert both.profit == 4 * TERMS.step_fee_wei  # for four steps, whoever takes them


def test_settlement_with_too_little_gas_changes_nothing(market, mallory, alice):
    market.run_to_settling([(alice, 1), (alice, 2), (alice, 3)], BOUNTY)
    arguments, _ = market.arguments(0, 3)
    whole = market.contract.settle.estimate_gas(*arguments, {"from": mallory})
    purse = Purse(market, mallory)
    assert fails(market.contract, market.contract.settle.encode_input(*arguments), mallory, whole * 7 // 10)
    assert not fails(market.contract, market.contract.settle.encode_input(*arguments), mallory, whole)
    assert market.market()["stateHash"] == "0x" + market.states[0].hash.hex()
    assert purse.profit == 0


def test_all_fees_together_fit_into_the_purse(market, alice, bob, mallory, actors):
    """The dearest market there can be: as many contributions and rounds as the terms allow."""
    market.open_participation(200_000)
    for who, change, stake in (
        (alice, 1, 1_000), (bob, -19, 1_000), (mallory, -1, 7_000), (alice, 2, 1_000), (alice, 0, 1_000),
        (alice, 1, 1_000),
    ):  # fmt: skip
        market.contribute(who, change, stake)
    settle(market)
    assert len(market.given) == TERMS.most_contributions
    assert market.states[-1].round == TERMS.rounds - 1
    market.check(actors.values())
    assert market.contract.totals() == (0, 0, 0)
