"""Costs before, receipts after, and why a transaction failed."""

from decimal import Decimal

import pytest
from eth_account import Account

from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.errors import InsufficientFunds, RpcError, TransactionFailed, TransactionPending
from commonlearn.chain.fees import Fees, Prices, current_fees, quote
from commonlearn.chain.signers import LocalSigner
from commonlearn.chain.transactions import TRANSACTION_GAS_CAP, Plan, Sender, gas_limit
from commonlearn.contract_errors import NothingOwed, StakeTooLow
from commonlearn.money import GWEI, InvalidAmount
from tests.support.live import FLOOR_WEI

SAMPLE = b"\0\1"


@pytest.fixture
def contract(network, address):
    return CollaborationContract(network.connection, address)


def test_a_plan_quotes_and_the_receipt_agrees(network, contract):
    sender = network.sender("alice")
    plan = sender.plan([contract.contribute(SAMPLE, 1, FLOOR_WEI)])
    assert plan.cost.value_wei == FLOOR_WEI
    assert plan.cost.total_wei == plan.cost.fee_wei + FLOOR_WEI
    before = network.connection.balance(sender.address)
    receipt = sender.send_one(plan.calls[0], plan=plan)
    assert receipt.succeeded
    assert receipt.gas_used <= plan.limits[0]
    assert receipt.fee_wei <= plan.cost.most_fee_wei
    assert network.connection.balance(sender.address) == before - FLOOR_WEI - receipt.fee_wei
    assert receipt.event("Contributed").values["author"] == sender.address
    assert receipt.event("Refunded") is None


def test_a_call_that_would_fail_is_not_sent(network, contract):
    before = network.sent("alice")
    with pytest.raises(StakeTooLow) as raised:
        network.sender("alice").plan([contract.contribute(SAMPLE, 1, 5)])
    assert raised.value.values == (5, FLOOR_WEI)
    with pytest.raises(NothingOwed):
        network.sender("alice").plan([contract.withdraw(network.cast["alice"])])
    assert network.sent("alice") == before


def test_a_call_that_fails_in_its_block_says_why(network, contract):
    """Two contributions planned at the same price: the second finds that the first raised it."""
    sender = network.sender("alice")
    plan = sender.plan([contract.contribute(SAMPLE, 1, FLOOR_WEI)] * 2)
    network.node.request("evm_setAutomine", False)
    try:
        real = sender.wait

        def mine_first(hashes):
            network.node.request("evm_mine")
            return real(hashes)

        sender.wait = mine_first
        outcomes = sender.send(plan)
    finally:
        network.node.request("evm_setAutomine", True)
    assert outcomes[0].error is None
    assert isinstance(outcomes[1].error, StakeTooLow)
    assert not outcomes[1].receipt.succeeded
    with pytest.raises(StakeTooLow):
        sender.send_one(contract.contribute(SAMPLE, 1, FLOOR_WEI))


def test_gas_that_runs_out_is_named(network, contract):
    sender = network.sender("alice")
    plan = sender.plan([contract.contribute(SAMPLE, 1, FLOOR_WEI)])
    tight = Plan(plan.calls, (40_000,), plan.fees, plan.cost)
    with pytest.raises(TransactionFailed, match="ran out of gas"):
        sender.send_one(plan.calls[0], plan=tight)


def test_an_account_that_cannot_pay_is_told_before(network, contract):
    poor = Sender(network.connection, LocalSigner(Account.from_key(b"\x21" * 32)), prices=Prices())
    with pytest.raises(InsufficientFunds):
        poor.plan([contract.contribute(SAMPLE, 1, FLOOR_WEI)])
    network.sender("stranger").send_one(Call(poor.address, "0x", FLOOR_WEI + 1, "nearly enough"))
    with pytest.raises(InsufficientFunds) as raised:
        poor.plan([contract.contribute(SAMPLE, 1, FLOOR_WEI)])
    assert raised.value.has_wei == FLOOR_WEI + 1 < raised.value.needs_wei


def test_many_calls_keep_their_order_and_nonces(network, contract):
    sender = network.sender("bob")
    before = network.sent("bob")
    calls = [contract.contribute(bytes([0, i]), 1, 3 * FLOOR_WEI) for i in range(8)]
    seen = []
    outcomes = sender.send(sender.plan(calls), on_done=seen.append)
    assert [o.receipt.event("Contributed").values["sample"] for o in outcomes] == [bytes([0, i]) for i in range(8)]
    assert seen == outcomes
    assert network.sent("bob") == before + 8


def test_a_transaction_in_no_block_ends_the_wait_without_a_real_one(network, contract):
    slept, now = [], [0.0]

    def sleep(seconds):
        slept.append(seconds)
        now[0] += 100

    sender = Sender(
        network.connection, network.sender("carol").signer, prices=Prices(), sleep=sleep, clock=lambda: now[0]
    )
    with pytest.raises(TransactionPending) as raised:
        sender.wait(["0x" + "77" * 32])
    assert raised.value.hashes == ["0x" + "77" * 32]
    assert "--gas-gwei" in raised.value.user_message
    assert len(slept) == 3
    assert slept == sorted(slept)


def test_refusals_of_the_node_are_translated(network):
    sender = network.sender("alice")
    refused = RpcError("eth_sendRawTransaction", -32003, "Insufficient funds for gas * price + value")
    assert isinstance(sender.refusal(refused), InsufficientFunds)
    other = RpcError("eth_sendRawTransaction", -32000, "nonce too low")
    assert sender.refusal(other) is other


# ---------------------------------------------------------------------------------------------- prices


class FakeConnection:
    def __init__(self, base, tip=2 * GWEI, legacy=7 * GWEI):
        self.base, self.rpc = base, self
        self.answers = {"eth_maxPriorityFeePerGas": tip, "eth_gasPrice": legacy}

    def block(self, which):
        from commonlearn.chain.connection import Block

        return Block(1, "0x", 0, self.base)

    def call(self, method, *params):
        if self.answers[method] is None:
            raise RpcError(method, -32601, "the method does not exist")
        return hex(self.answers[method])


def test_prices_follow_the_network_with_room_above():
    fees = current_fees(FakeConnection(10 * GWEI), Prices())
    assert fees == Fees(12 * GWEI, 22 * GWEI, 2 * GWEI)
    assert fees.fields() == {"maxFeePerGas": 22 * GWEI, "maxPriorityFeePerGas": 2 * GWEI}


def test_a_gas_price_of_the_users_is_the_most_that_is_offered():
    fees = current_fees(FakeConnection(10 * GWEI), Prices(gas_wei=11 * GWEI))
    assert fees == Fees(11 * GWEI, 11 * GWEI, 2 * GWEI)
    tiny = current_fees(FakeConnection(10 * GWEI), Prices(gas_wei=GWEI))
    assert tiny.tip_wei <= tiny.most_wei == GWEI


def test_chains_without_a_base_fee_get_a_plain_price():
    assert current_fees(FakeConnection(None), Prices()).fields() == {"gasPrice": 7 * GWEI}
    assert current_fees(FakeConnection(None), Prices(gas_wei=3)).fields() == {"gasPrice": 3}


def test_a_node_that_suggests_no_tip_is_no_obstacle():
    fees = current_fees(FakeConnection(10 * GWEI, tip=None), Prices())
    assert 0 < fees.tip_wei < GWEI


def test_a_replacement_pays_a_part_more():
    fees = Fees(10, 20, 2).at_least(most_wei=100, tip_wei=10, percent=12)
    assert fees.most_wei >= 112
    assert fees.tip_wei >= 12
    assert fees.expected_wei <= fees.most_wei


def test_quotes_add_up_in_wei_and_dollars():
    cost = quote([50_000, 70_000], Fees(3, 5, 1), Prices(Decimal("2500.5")), limits=[60_000, 90_000], value_wei=10**15)
    shown = cost.as_dict()
    assert (cost.gas, cost.fee_wei, cost.most_fee_wei) == (120_000, 360_000, 750_000)
    assert cost.most_wei == 750_000 + 10**15
    assert shown["value_usd"] == "2.5005"
    assert shown["total_wei"] == 10**15 + 360_000
    assert quote([1], Fees(1, 1, None), Prices()).as_dict()["fee_usd"] is None


def test_prices_are_read_from_options_and_the_environment(monkeypatch):
    monkeypatch.setenv("COMMONLEARN_ETH_USD", "3000")
    monkeypatch.setenv("COMMONLEARN_GAS_GWEI", "0.5")
    assert Prices.from_options() == Prices(Decimal(3000), GWEI // 2)
    assert Prices.from_options("2000", "1") == Prices(Decimal(2000), GWEI)


@pytest.mark.parametrize("text", ["cheap", "-1", "0", "nan", "inf"])
def test_a_price_that_is_none_is_told(text):
    with pytest.raises(InvalidAmount):
        Prices.from_options(eth_usd=text)
    with pytest.raises(InvalidAmount):
        Prices.from_options(gas_gwei=text)


def test_gas_limits_leave_room_but_stay_below_a_transactions_cap():
    assert gas_limit(100_000) == 155_000
    assert gas_limit(15_000_000) == TRANSACTION_GAS_CAP
    assert gas_limit(TRANSACTION_GAS_CAP + 1) == TRANSACTION_GAS_CAP + 1
