"""A pod on a real chain: exactly one transfer for each action, also when it is killed between signing and sending.

Requirements Y-01, Y-02.
"""

from __future__ import annotations

import pytest
from eth_account import Account

from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import Call
from commonlearn.chain.signers import LocalSigner, UnlockedSigner
from commonlearn.errors import CommonlearnError
from commonlearn.pod import Action, ConfigProblem, Event, Pace, Role, Runner, Stage, State
from commonlearn.pod.wallet import NodeChain, NodeWallet
from tests.support.node import chain_for_tests

PAYEE = "0x" + "00" * 18 + "beef"
KEY = "0x" + "42" * 32


class Payer(Role):
    """Pays some people, once each."""

    name = "sponsor"

    def __init__(self, count=3, to=PAYEE):
        self.count, self.to = count, to

    def plan(self, view, memory):
        return [Action(f"pay {n}", "pay", {"wei": n + 1}) for n in range(self.count)]

    @property
    def handlers(self):
        return {"pay": lambda action, _: Call(self.to, "0x", action.values["wei"])}


@pytest.fixture(scope="module")
def node():
    with chain_for_tests() as found:
        found.request("anvil_setBalance", Account.from_key(KEY).address, hex(10**20))
        yield found


@pytest.fixture
def world(node, tmp_path):
    snapshot = node.request("evm_snapshot")
    connection = Connection.open(node.url)
    yield (
        connection,
        NodeChain(connection, [], lambda _: None),
        NodeWallet(connection, LocalSigner(Account.from_key(KEY))),
    )
    node.request("evm_revert", snapshot)


def runner_of(world, folder, **more):
    _, chain, wallet = world
    state = State(folder, chain.chain_id, chain.genesis, wallet.address)
    return Runner(state, chain, wallet, [Payer()], Pace(confirmations=1), clock=lambda: 1_800_000_000.0, **more)


def end(runner):
    runner.close()
    runner.state.close()


def until_done(runner, node):
    for _ in range(10):
        runner.turn()
        node.request("anvil_mine", "0x1")
        if {entry.stage for entry in runner.state.last_entries(9)} == {Stage.DONE}:
            return
    raise AssertionError(runner.state.last_entries(9))


def test_each_is_paid_once(world, node, tmp_path):
    runner = runner_of(world, tmp_path)
    until_done(runner, node)
    end(runner)
    assert world[0].balance(PAYEE) == 1 + 2 + 3
    assert world[2].used_nonces() == 3


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("at", range(4, 13))
def test_also_when_it_ends_between_any_two_steps(world, node, tmp_path, at):
    count = 0

    def on_step(_):
        nonlocal count
        count += 1
        if count == at:
            raise BaseException("killed")

    runner = runner_of(world, tmp_path, on_step=on_step)
    with pytest.raises(BaseException, match="killed"):
        until_done(runner, node)
    end(runner)
    runner = runner_of(world, tmp_path)
    until_done(runner, node)
    end(runner)
    assert world[0].balance(PAYEE) == 6
    assert world[2].used_nonces() == 3


def test_also_when_blocks_are_taken_back(world, node, tmp_path):
    runner = runner_of(world, tmp_path)
    before = node.request("evm_snapshot")
    runner.turn()
    assert world[0].balance(PAYEE) == 6
    node.request("evm_revert", before)
    node.request("anvil_mine", "0x2")
    assert world[0].balance(PAYEE) == 0
    until_done(runner, node)
    end(runner)
    assert world[0].balance(PAYEE) == 6


def test_what_waits_is_replaced_by_a_dearer_one(world, node):
    _, _, wallet = world
    node.request("evm_setAutomine", False)
    try:
        cheap = wallet.sign(Call(PAYEE, "0x", 5), 0)
        wallet.send(cheap.raw)
        wallet.send(cheap.raw)
        dear = wallet.sign(Call(PAYEE, "0x", 5), 0, (cheap.fee_wei, cheap.tip_wei))
        assert dear.fee_wei * 100 > cheap.fee_wei * 110
        wallet.send(dear.raw)
        node.request("anvil_mine", "0x1")
    finally:
        node.request("evm_setAutomine", True)
    assert [mined and mined.error for mined in wallet.mined([cheap.hash, dear.hash])] == [None, None]
    assert wallet.mined([cheap.hash]) == [None]
    wallet.send(cheap.raw)  # its number is used: no harm
    assert world[0].balance(PAYEE) == 5


def test_what_cannot_be_paid_is_said_before_it_is_sent(world):
    with pytest.raises(CommonlearnError, match="ether"):
        world[2].sign(Call(PAYEE, "0x", 10**21), 0)
    assert world[2].used_nonces() == 0


def test_a_node_that_signs_will_not_do(world):
    with pytest.raises(ConfigProblem, match="sign before sending"):
        NodeWallet(world[0], UnlockedSigner(PAYEE))


def test_logs_are_read_in_order(world, node):
    connection, _, wallet = world
    # Creation code of a contract that logs its input's first byte on every call.
    runtime = "60003560005260206000a000"
    creation = f"0x6b{runtime}600052600c6014f3"
    wallet.send(wallet.sign(Call(None, creation), 0).raw)
    (contract,) = {
        node.request("eth_getTransactionReceipt", hash_)["contractAddress"]
        for hash_ in node.request("eth_getBlockByNumber", "latest", False)["transactions"]
    }
    for number in (1, 2):
        wallet.send(wallet.sign(Call(contract, "0x" + f"{number:064x}"), number).raw)

    def decode(entry):
        value = int(entry["data"], 16)
        return Event(int(entry["blockNumber"], 16), int(entry["logIndex"], 16), "Told", {"value": value}, contract)

    chain = NodeChain(connection, [contract], decode)
    assert [event.values["value"] for event in chain.events(0, chain.head().number)] == [1, 2]
    assert chain.events(0, 0) == []
    with pytest.raises(LookupError):
        chain.block(10**6)
