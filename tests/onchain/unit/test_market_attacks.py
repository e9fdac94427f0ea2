"""Attacks on a market, each with what the attacker gains in wei, gas not counted: never more than nothing.

Requirements K-29, and K-04, K-14, K-20, K-24. `docs/explanation-market.md` lists them.
"""

from dataclasses import replace

import pytest
from brownie import web3

from commonlearn.records import Ending
from tests.support.attacks import must_not_pay
from tests.support.collaborations import pass_time
from tests.support.plain_market import TERMS, PlainMarket, sample_of
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
    must_not_pay(f"market: withhold the reveal, with {puppets} puppets beside an honest participant", purse.profit)


def test_choosing_the_draw_by_giving_up(market, deployer, chain):
    """A provider who dislikes the drawn partition can only begin anew, at the price of a bond each time."""
    purse = Purse(market, deployer)
    for _ in range(2):
        market.commit(BOUNTY)
        market.draw()
        pass_time(TERMS.reveal_seconds + 1)
        market.contract.end({"from": deployer})
    assert purse.profit == -2 * (BOND - BOND // 20)
    must_not_pay("market: give up after an unpleasant draw, twice", purse.profit)


def test_choosing_the_block(market, deployer, chain, stranger):
    """Letting the drawing block pass gives no second one: whoever waits loses the bond."""
    purse = Purse(market, deployer)
    market.commit(BOUNTY)
    chain.mine(TERMS.draw_delay_blocks + 257)
    with reverts("DrawMissed", market.market()["drawBlock"]):
        market.contract.draw({"from": deployer})
    market.contract.end({"from": stranger})
    assert purse.profit == -BOND
    must_not_pay("market: choose the block, by letting the drawing one pass", purse.profit)


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
    must_not_pay("market: copy a commitment", purse.profit)


def test_the_providers_puppets(market, mallory, alice, deployer):
    """They know the test set, and take the whole bounty: it was the provider's own."""
    purse = Purse(market, deployer, mallory)
    market.open_participation(BOUNTY)
    market.contribute(mallory, 19)
    market.contribute(alice, 0)
    settle(market)
    assert purse.profit == 0
    assert market.owed(alice) == TERMS.min_stake_wei
    must_not_pay("market: the provider's puppets contribute the test set", purse.profit, honest_loss=0)


def test_flipping_labels_with_a_larger_purse(market, mallory, alice, deployer):
    """Harm costs its author by what it harms, whatever is staked; the honest get more by it, not less."""
    purse, honest = Purse(market, mallory), Purse(market, alice)
    market.open_participation(BOUNTY)
    market.contribute(alice, 3)
    market.contribute(mallory, -8, 100_000)
    settle(market)
    assert purse.profit == -8 * 100
    assert honest.profit == 3 * 100
    must_not_pay("market: flip labels with a hundredfold stake", purse.profit, honest_loss=-honest.profit)


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
    must_not_pay("market: sock puppets, the same samples under three names instead of one", purse.profit - one_name)


def test_harm_under_names_with_little_stake(market, mallory, bob, alice):
    """What a stake does not cover is not paid; but it is never paid for, and its author drops out."""
    purse = Purse(market, mallory, bob)
    market.open_participation(50_000)
    market.contribute(mallory, 1)
    market.contribute(bob, -19)
    settle(market)
    assert market.states[-1].round > 0
    assert purse.profit == -TERMS.min_stake_wei + 50_000 // TERMS.full_score == 4_000
    with_harm = purse.profit
    # Alone, without the harm, the same helpful sample earns as much: the harm gained nothing.
    purse = Purse(market, mallory)
    market.open_participation(50_000)
    market.contribute(mallory, 1)
    settle(market)
    assert purse.profit == 5_000
    must_not_pay("market: harm under a name with little stake beside a helpful one", with_harm - purse.profit)


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
    must_not_pay("market: post a false outcome", purse.profit, honest_loss=-watcher.profit)


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
    must_not_pay("market: self-reporting, dispute one's own post to gain time, twice", purse.profit)


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
    must_not_pay("market: grief by gas, decide a dispute with too little for the engine", purse.profit)


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
    must_not_pay("market: front-running, copy a settlement and send it again", both.profit - 4 * TERMS.step_fee_wei)


def test_settlement_with_too_little_gas_changes_nothing(market, mallory, alice):
    market.run_to_settling([(alice, 1), (alice, 2), (alice, 3)], BOUNTY)
    arguments, _ = market.arguments(0, 3)
    whole = market.contract.settle.estimate_gas(*arguments, {"from": mallory})
    purse = Purse(market, mallory)
    assert fails(market.contract, market.contract.settle.encode_input(*arguments), mallory, whole * 7 // 10)
    assert not fails(market.contract, market.contract.settle.encode_input(*arguments), mallory, whole)
    assert market.market()["stateHash"] == "0x" + market.states[0].hash.hex()
    assert purse.profit == 0
    must_not_pay("market: grief by gas, settle with too little", purse.profit, honest_loss=0)


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


def test_farming_easy_samples(market, mallory, alice):
    """What the model knows changes no score: twenty such samples would earn what five do, nothing."""
    purse, honest = Purse(market, mallory), Purse(market, alice)
    market.open_participation(BOUNTY)
    for _ in range(TERMS.most_contributions - 1):
        market.contribute(mallory, 0)
    market.contribute(alice, 3)
    settle(market)
    assert honest.profit == 3 * (BOUNTY // TERMS.full_score)
    must_not_pay("market: farm samples that change nothing", purse.profit, honest_loss=0)


def test_racing_the_places(market, mallory, alice):
    """There is no price to race; whoever fills all places keeps others out of this market, and earns nothing by it."""
    purse = Purse(market, mallory)
    market.open_participation(BOUNTY)
    for _ in range(TERMS.most_contributions):
        market.contribute(mallory, 0)
    with reverts("WrongPhase", market.market()["phase"]):
        market.contract.contribute(sample_of(1), 1, {"from": alice, "value": TERMS.min_stake_wei})
    settle(market)
    must_not_pay("market: race for the places, fill all of them with nothing", purse.profit)


def test_a_receiver_that_refuses(market, RefusingRecipient, mallory, alice, deployer):
    """Payments are pulled, so a purse that takes no ether holds nobody else's up."""
    refusing = RefusingRecipient.deploy({"from": deployer})
    purse, honest = Purse(market, mallory), Purse(market, alice)
    market.run_all([(alice, 3), (mallory, -3)], BOUNTY)
    owed = market.owed(mallory)
    with reverts("WithdrawalFailed", refusing, owed):
        market.contract.withdraw(refusing, {"from": mallory})
    market.contract.withdraw(alice, {"from": alice})
    assert honest.profit == 3 * (BOUNTY // TERMS.full_score)
    assert market.owed(mallory) == owed
    must_not_pay("market: grief settlement by a receiver that reverts", purse.profit, honest_loss=0)


@pytest.mark.parametrize("name", ["withdraw", "end", "draw", "contribute", "timeOut", "accept"])
def test_reentering_on_the_payment(market, ReenteringRecipient, mallory, alice, deployer, name):
    """Calls back while it is paid."""
    thief = ReenteringRecipient.deploy({"from": deployer})
    purse = Purse(market, mallory, thief)
    market.open_participation(BOUNTY)
    call = market.contract.contribute.encode_input(sample_of(0), 1)
    tx = thief.act(market.contract, call, {"from": mallory, "value": TERMS.min_stake_wei})
    market.note(tx.events["Contributed"], thief.address)
    market.contribute(alice, 2)
    settle(market)
    withdrawal = market.contract.withdraw.encode_input(thief)
    planned = {"withdraw": withdrawal, "contribute": call}
    thief.plan(
        market.contract, planned.get(name) or getattr(market.contract, name).encode_input(), 0, {"from": mallory}
    )
    thief.act(market.contract, withdrawal, {"from": mallory})
    assert (thief.attempts(), thief.hasSucceeded()) == (1, False)
    must_not_pay(f"market: call {name} while being paid", purse.profit, honest_loss=0)
