"""Engines, models and recipients that call back or refuse gain nothing and hold nobody up.

Requirements K-14, K-27.
"""

import pytest

from commonlearn.records import Phase
from tests.support.collaborations import model_of, pass_time
from tests.support.plain_market import TERMS, PlainMarket, sample_of
from tests.support.reverts import reverts

GUARDED = bytes.fromhex("3ee5aeb5")  # ReentrancyGuardReentrantCall()
STATE = (0, 0, 0, False, 0, 0, 0, [], [], [])
CALLS = {
    "commit": (b"\x00" * 32, 10, 10),
    "draw": (),
    "reveal": ([], []),
    "end": (),
    "prepare": ([], []),
    "settle": (STATE, b"", STATE, [], []),
    "finalise": (STATE, 1),
    "train": ([], []),
    "post": (STATE, 1, b"\x00" * 32),
    "dispute": (),
    "bisect": (b"\x00" * 32, []),
    "choose": (True,),
    "decide": (STATE, b"", STATE, [], []),
    "timeOut": (),
    "accept": (),
    "contribute": (sample_of(1), 1),
    "withdraw": ("0x" + "11" * 20,),
}


def call_of(market, name):
    return getattr(market.contract, name).encode_input(*CALLS[name])


@pytest.fixture
def hostile(market_factory, perceptron, linear_engine, ReenteringReplay, deployer, alice):
    """A market whose engine calls back, before its preparation."""
    engine = ReenteringReplay.deploy(linear_engine, {"from": deployer})
    market = PlainMarket.create(market_factory, perceptron, engine, deployer)
    market.open_participation()
    market.contribute(alice, 1)
    market.pass_participation()
    market.reveal_rest()
    return market


@pytest.mark.parametrize("name", CALLS)
def test_an_engine_cannot_call_back(hostile, name, deployer, actors):
    hostile.engine.plan(call_of(hostile, name), {"from": deployer})
    hostile.prepare()
    hostile.settle(1)
    assert (hostile.engine.attempts(), hostile.engine.successes()) == (2, 0)
    assert bytes(hostile.engine.answer()) == GUARDED
    hostile.check(actors.values())


def test_nobody_calls_back_while_being_paid(market, ReenteringRecipient, alice, deployer, actors):
    recipient = ReenteringRecipient.deploy({"from": deployer})
    market.open_participation()
    recipient.act(market.contract, call_of(market, "contribute"), {"from": alice, "value": TERMS.min_stake_wei})
    market.pass_participation()
    pass_time(TERMS.reveal_seconds + 1)
    market.contract.end({"from": alice})
    owed = market.owed(recipient)
    recipient.plan(market.contract, market.contract.withdraw.encode_input(recipient), 0, {"from": alice})
    recipient.act(market.contract, market.contract.withdraw.encode_input(recipient), {"from": alice})
    assert (recipient.attempts(), recipient.hasSucceeded()) == (1, False)
    assert bytes(recipient.answer()) == GUARDED
    assert recipient.balance() == owed > TERMS.min_stake_wei
    market.check([*actors.values(), recipient])


def test_who_refuses_ether_holds_nobody_up(market, RefusingRecipient, alice, bob, deployer, actors):
    """A provider or participant whose account takes no ether is credited like everybody, and names another one."""
    refusing = RefusingRecipient.deploy({"from": deployer})
    market.run_all([(alice, 1), (bob, -1)])
    owed = market.owed(alice)
    with reverts("WithdrawalFailed", refusing, owed):
        market.contract.withdraw(refusing, {"from": alice})
    market.contract.withdraw(bob, {"from": alice})
    assert market.owed(alice) == 0
    with reverts("NothingOwed", alice):
        market.contract.withdraw(alice, {"from": alice})
    market.check(actors.values())


def test_a_model_that_calls_back_while_it_learns(market_factory, HostileModel, linear_engine, deployer, alice, actors):
    market = PlainMarket.create(market_factory, HostileModel.deploy({"from": deployer}), linear_engine, deployer)
    model = HostileModel.at(model_of(market.contract).address)
    market.run_to_settling([(alice, 1)])
    market.settle_all()
    market.finalise()
    model.planFromTrain(market.contract.end.encode_input(), {"from": deployer})
    market.train()
    assert (model.attempts(), model.successes()) == (1, 0)
    assert bytes(model.answer()) == GUARDED
    assert market.phase is Phase.CLOSED
    market.check(actors.values())


def test_the_second_half_of_the_code_has_no_market_of_its_own(MarketSettlement, deployer):
    """Called directly it finds no market, and holds no ether."""
    half = MarketSettlement.deploy({"from": deployer})
    with reverts("WrongPhase", Phase.IDLE):
        half.accept({"from": deployer})
    with reverts("WrongPhase", Phase.IDLE):
        half.post(STATE, 1, b"\x00" * 32, {"from": deployer, "value": 1})
    assert half.posted()[0] == "0x" + "00" * 20
    assert half.balance() == 0
