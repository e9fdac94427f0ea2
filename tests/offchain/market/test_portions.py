"""Cutting a replay into transactions (K-40)."""

from hypothesis import given
from hypothesis import strategies as st

from commonlearn.market.portions import Costs, cut_round
from scripts.bench.market import GAS_LIMIT, measure_settlement
from tests.offchain.market.test_replay import markets


@given(
    gas=st.lists(st.integers(1, 30), max_size=30),
    start=st.integers(0, 20),
    closing=st.integers(0, 40),
    gas_limit=st.integers(1, 80),
    byte_limit=st.integers(1, 40),
)
def test_portions_are_whole_and_fit(gas, start, closing, gas_limit, byte_limit):
    costs = Costs(start, gas, 3, [2] * len(gas), closing)
    found = list(cut_round(costs, 7, gas_limit, byte_limit))
    assert [each.first_step for each in found] == [7 + sum(one.steps for one in found[:i]) for i in range(len(found))]
    assert sum(each.contributions for each in found) == len(gas)
    assert [each.closes_round for each in found] == [False] * (len(found) - 1) + [True]
    done = 0
    for each in found:
        own = gas[done : done + each.contributions]
        done += each.contributions
        if each.contributions > 1:
            assert start + sum(own) <= gas_limit
            assert 3 + 2 * len(own) <= byte_limit
        if each.closes_round and each.contributions:
            assert start + sum(own) + closing <= gas_limit


@given(market=markets())
def test_the_portions_of_a_replay_are_all_its_steps(market):
    for replay in (market.replay(), market.replay("0x" + "ab" * 20)):
        portions = replay.portions(gas_limit=3_000_000)
        assert sum(each.steps for each in portions) == replay.steps
        closed = [each.first_step + each.steps for each in portions if each.closes_round]
        assert closed == [(number + 1) * (len(replay.inputs) + 1) for number in range(replay.final.round + 1)]


def test_a_thousand_contributions_fit_into_few_transactions():
    """The gas limit of a transaction is given to the node, which refuses a portion that needs more."""
    found = measure_settlement(use_data=False)
    assert found.transactions <= 7
    assert found.largest_gas < GAS_LIMIT
    assert found.largest_bytes < 131_072
    assert found.gas < 30_000_000
