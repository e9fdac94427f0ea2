"""How markets end that cannot go on, and where the money goes then.

Requirements K-01, K-04, K-23, K-24, K-25, K-26.
"""

from dataclasses import replace

import pytest

from commonlearn.records import Ending, Phase
from tests.support.collaborations import pass_time, pass_time_until
from tests.support.events import logged
from tests.support.plain_market import BURNED, TERMS, PlainMarket
from tests.support.reverts import reverts

BOUNTY = 1_003
REWARD = TERMS.bond_wei // 20
SETTLE_SECONDS = 90 * 86_400


def end(market, by, ending, per_contribution=0):
    tx = market.contract.end({"from": by})
    phase = Phase.CLOSED if ending in (Ending.EMPTY, Ending.NOT_TRAINED) else Phase.VOID
    assert logged(tx) == [
        ("Ended", {"market": 1, "ending": ending, "perContributionWei": per_contribution}),
        ("PhaseChanged", {"market": 1, "phase": phase, "deadline": 0}),
    ]
    assert market.phase is phase
    assert market.contract.totals() == (0, 0, 0)
    return tx


def purse(market):
    return TERMS.purse_wei(market.test_set.count)


def test_nothing_to_end_before_the_first_market(market, stranger):
    with reverts("NothingToEnd", Phase.IDLE, 0):
        market.contract.end({"from": stranger})


def test_the_draw_was_missed(market, stranger, deployer, chain, actors):
    """There is no second draw: who could make one necessary could choose."""
    market.commit(BOUNTY)
    chain.mine(market.market()["drawBlock"] + 256 - chain.height - 1)
    with reverts("NothingToEnd", Phase.DRAWING, 0):
        market.contract.end({"from": stranger})
    end(market, stranger, Ending.DRAW_MISSED)
    assert market.owed(stranger) == REWARD
    assert market.owed(BURNED) == TERMS.bond_wei - REWARD
    assert market.owed(deployer) == BOUNTY + purse(market)
    market.check(actors.values())


def test_the_drawn_partition_was_not_revealed(market, stranger, deployer, actors):
    market.commit(BOUNTY)
    market.draw()
    deadline = market.market()["deadline"]
    pass_time_until(deadline)
    with reverts("NothingToEnd", Phase.PROVING, deadline):
        market.contract.end({"from": stranger})
    pass_time_until(deadline + 1)
    end(market, stranger, Ending.NOT_PROVEN)
    assert market.owed(stranger) == REWARD
    assert market.owed(deployer) == BOUNTY + purse(market)
    assert market.owed(BURNED) == TERMS.bond_wei - REWARD
    market.check(actors.values())


def test_nobody_took_part(market, stranger, deployer, actors):
    market.open_participation(BOUNTY)
    deadline = market.market()["deadline"]
    with reverts("NothingToEnd", Phase.PARTICIPATING, deadline):
        market.contract.end({"from": stranger})
    pass_time_until(deadline)
    end(market, stranger, Ending.EMPTY)
    assert market.owed(deployer) == market.price(BOUNTY)
    assert market.owed(stranger) == market.owed(BURNED) == 0
    market.check(actors.values())


class TestTheRestWasNotRevealed:
    @pytest.fixture
    def withheld(self, market, alice, bob):
        market.open_participation(BOUNTY)
        for who, stake in ((alice, 1_000), (bob, 9_000), (alice, 2_000)):
            market.contribute(who, 1, stake)
        market.pass_participation()
        deadline = market.market()["deadline"]
        pass_time_until(deadline + 1)
        return market

    def test_stakes_come_back_with_the_bounty(self, withheld, alice, bob, stranger, deployer, actors):
        end(withheld, stranger, Ending.NOT_REVEALED, BOUNTY // 3)
        assert withheld.owed(alice) == 3_000 + 2 * (BOUNTY // 3)
        assert withheld.owed(bob) == 9_000 + BOUNTY // 3
        assert withheld.owed(stranger) == REWARD
        assert withheld.owed(BURNED) == TERMS.bond_wei - REWARD + BOUNTY % 3
        assert withheld.owed(deployer) == purse(withheld)
        withheld.check(actors.values())
        assert [withheld.contract.statusOf(id_) for id_ in range(3)] == [2, 2, 2]

    def test_they_can_be_withdrawn_once(self, withheld, alice, stranger):
        end(withheld, stranger, Ending.NOT_REVEALED, BOUNTY // 3)
        owed, before = withheld.owed(alice), alice.balance()
        withheld.contract.withdraw(alice, {"from": alice})
        assert alice.balance() - before == owed
        with reverts("NothingOwed", alice):
            withheld.contract.withdraw(alice, {"from": alice})

    def test_or_left_in_while_the_next_market_is_on(self, withheld, alice, stranger, actors):
        end(withheld, stranger, Ending.NOT_REVEALED, BOUNTY // 3)
        owed = withheld.owed(alice)
        withheld.open_participation()
        withheld.contribute(alice, 1, 5_000)
        assert withheld.contract.accountOf(alice)[:2] == (owed, 5_000)
        withheld.check(actors.values())

    def test_also_when_a_part_was_revealed(self, market, alice, stranger):
        market.open_participation(BOUNTY)
        market.contribute(alice, 1)
        market.pass_participation()
        market.reveal()
        pass_time_until(market.market()["deadline"] + 1)
        end(market, stranger, Ending.NOT_REVEALED, BOUNTY)


def test_the_test_set_was_never_prepared(market, alice, stranger, deployer, actors):
    """A test set too large to prepare is the provider's fault, or data could be had for nothing by one."""
    market.open_participation(BOUNTY)
    market.contribute(alice, 1)
    market.pass_participation()
    market.reveal_rest()
    deadline = market.market()["deadline"]
    pass_time_until(deadline)
    with reverts("NothingToEnd", Phase.PREPARING, deadline):
        market.contract.end({"from": stranger})
    pass_time_until(deadline + 1)
    end(market, stranger, Ending.NOT_PREPARED, BOUNTY)
    assert market.owed(alice) == TERMS.min_stake_wei + BOUNTY
    market.check(actors.values())


class TestNotSettled:
    @pytest.fixture
    def forgotten(self, market, alice):
        market.run_to_settling([(alice, 1), (alice, -3)], BOUNTY)
        return market

    def test_everybody_gets_back_what_is_theirs(self, forgotten, alice, stranger, deployer, actors):
        deadline = forgotten.market()["deadline"]
        pass_time_until(deadline)
        with reverts("NothingToEnd", Phase.SETTLING, deadline):
            forgotten.contract.end({"from": stranger})
        pass_time_until(deadline + 1)
        end(forgotten, stranger, Ending.NOT_SETTLED)
        assert forgotten.owed(alice) == 2 * TERMS.min_stake_wei
        assert forgotten.owed(deployer) == forgotten.price(BOUNTY)  # who was paid for the preparation, too
        forgotten.check(actors.values())

    def test_with_the_bonds_of_an_open_dispute(self, forgotten, bob, carol, stranger, actors):
        forgotten.post(bob)
        forgotten.dispute(carol)
        pass_time(SETTLE_SECONDS + 1)
        end(forgotten, stranger, Ending.NOT_SETTLED)
        assert forgotten.owed(bob) == forgotten.owed(carol) == TERMS.post_bond_wei
        forgotten.check(actors.values())

    def test_an_outcome_has_its_own_time_to_be_paid_out(self, forgotten, stranger):
        """Who loses by the outcome cannot wait for a void market: settled just in time, it still is paid out."""
        pass_time_until(forgotten.market()["deadline"])
        forgotten.settle_all()
        pass_time(SETTLE_SECONDS - 100)
        with reverts("NothingToEnd", Phase.SETTLING, forgotten.market()["deadline"]):
            forgotten.contract.end({"from": stranger})
        forgotten.finalise()
        assert forgotten.phase is Phase.TRAINING


class TestNotTrained:
    @pytest.fixture
    def untrained(self, market, alice, bob):
        market.run_to_settling([(alice, 1), (bob, 2)], BOUNTY)
        market.settle_all()
        return market

    def test_the_training_can_be_given_up(self, untrained, stranger, deployer, actors):
        untrained.finalise()
        deadline = untrained.market()["deadline"]
        left, before = untrained.market()["purseWei"], untrained.owed(deployer)
        pass_time_until(deadline)
        with reverts("NothingToEnd", Phase.TRAINING, deadline):
            untrained.contract.end({"from": stranger})
        pass_time_until(deadline + 1)
        end(untrained, stranger, Ending.NOT_TRAINED)
        assert untrained.owed(deployer) - before == left
        untrained.check(actors.values())

    def test_but_never_the_credits(self, untrained, stranger):
        untrained.finalise(1)
        pass_time(SETTLE_SECONDS + 1)
        with reverts("NothingToEnd", Phase.TRAINING, untrained.market()["deadline"]):
            untrained.contract.end({"from": stranger})
        untrained.finalise()
        end(untrained, stranger, Ending.NOT_TRAINED)


@pytest.mark.parametrize("ended", ["closed", "void"])
def test_the_next_market_can_begin(market, alice, stranger, ended, chain):
    if ended == "closed":
        market.run_all([(alice, 1)])
    else:
        market.commit()
        chain.mine(300)
        market.contract.end({"from": stranger})
    with reverts("NothingToEnd", Phase.CLOSED if ended == "closed" else Phase.VOID, 0):
        market.contract.end({"from": stranger})
    market.commit()
    assert market.phase is Phase.DRAWING
    assert market.market()["number"] == 2


def test_a_faulty_engine_cannot_make_money(
    market_factory, perceptron, MintingReplay, deployer, alice, stranger, actors
):
    """It would pay more than is held: nothing is paid, and after the time everybody takes back the stake."""
    engine = MintingReplay.deploy({"from": deployer})
    market = PlainMarket.create(market_factory, perceptron, engine, deployer)
    market.run_to_settling([(alice, 1)], BOUNTY)
    market.settle()
    (state, *rest), _ = market.arguments(1, 1)
    market.contract.settle(state, *rest, {"from": deployer})
    minted = market.contract.market()["stateHash"]
    outcome = engine.minted(market.states[-1].tuple)
    held = BOUNTY + TERMS.min_stake_wei
    assert bytes(minted) == bytes(engine.hashOf(outcome))
    with reverts("MoneyMismatch", held + 1, held):
        market.contract.finalise(outcome, 1, {"from": deployer})
    pass_time(SETTLE_SECONDS + 1)
    end(market, stranger, Ending.NOT_SETTLED)
    assert market.owed(alice) == TERMS.min_stake_wei
    market.check(actors.values())


@pytest.mark.parametrize("lie", ["nobody", "one more", "exchanged"])
def test_a_false_outcome_that_nobody_disputed_pays_nobody(market, alice, mallory, bob, stranger, actors, lie):
    """Watching failed; yet the contract credits only its own participants, each under the own number."""
    market.run_to_settling([(alice, 1), (mallory, 1)], BOUNTY)
    right = market.states[-1]
    first, second = right.people
    people = {"nobody": (), "one more": (first, second, replace(first, balance=0)), "exchanged": (second, first)}[lie]
    false = replace(right, people=people)
    market.post(bob, false)
    pass_time(TERMS.dispute_seconds)
    market.contract.accept({"from": bob})
    refusal = ("MoneyMismatch", second.balance, second.deposit) if lie == "exchanged" else ("NothingToDo",)
    with reverts(*refusal):
        market.finalise(outcome=false, by=stranger)
    pass_time(SETTLE_SECONDS + 1)
    end(market, stranger, Ending.NOT_SETTLED)
    assert [market.owed(who) for who in (alice, mallory)] == [first.deposit, second.deposit]
    market.check(actors.values())
