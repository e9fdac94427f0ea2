"""A whole market, from the commitment to the trained model, with its log and its money.

Requirements K-01, K-02, K-12, K-13, K-15.
"""

import pytest

from tests.support.plain_market import BURNED


@pytest.fixture
def people(alice, bob, mallory):
    return alice, bob, mallory


def test_a_market_from_start_to_end(market, actors, alice, bob, mallory):
    everybody = actors.values()
    market.commit()
    market.check(everybody)
    market.draw()
    market.reveal()
    market.check(everybody)
    for who, change in ((alice, 3), (mallory, -2), (bob, 1), (alice, 2)):
        market.contribute(who, change)
        market.check(everybody)
    market.pass_participation()
    market.reveal_rest()
    market.prepare()
    assert market.market()["stateHash"] == "0x" + market.states[0].hash.hex()
    market.check(everybody)
    while not market.states[market.at].is_final:
        market.settle(3)
        assert market.market()["stateHash"] == "0x" + market.states[market.at].hash.hex()
        market.check(everybody)
    before = {who: market.owed(who) for who in (alice, bob, mallory)}
    market.finalise(2)
    market.check(everybody)
    market.finalise()
    market.check(everybody)
    outcome = {one.account: one.balance for one in market.states[-1].people}
    for who in (alice, bob, mallory):
        assert market.owed(who) - before[who] == outcome[who.address]
    market.train()
    market.check(everybody)
    assert market.phase.name == "CLOSED"
    assert market.contract.totals() == (0, 0, 0)
    assert market.held() == sum(market.owed(who) for who in [*everybody, BURNED])
