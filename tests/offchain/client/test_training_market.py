"""A market of private training is put on a chain once, recorded, and finished after an interruption (H-01)."""

from __future__ import annotations

import pytest
from eth_account import Account

from commonlearn.chain.compiled import artifact
from commonlearn.chain.errors import InsufficientFunds
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import LocalSigner
from commonlearn.chain.training import MARKET, PARTS, TrainingContract
from commonlearn.chain.transactions import Sender
from commonlearn.client import training_market
from commonlearn.client.deployments import ContractRecord, DeploymentBook
from commonlearn.client.errors import Declined
from commonlearn.client.training_market import deploy_market, quote_market, recorded_market
from commonlearn.numerics import keccak256
from scripts.deployment import masked_code_hash


@pytest.fixture
def book(network, tmp_path):
    return lambda: DeploymentBook.open(tmp_path / "deployments", network.connection)


def test_it_is_made_once_and_recorded_for_verifiers(network, book):
    record = deploy_market(network.sender(), book())
    assert TrainingContract(network.connection, record.address).jobs() == 0
    recorded = book().contracts
    parts = "".join("0" * 24 + recorded[part].address[2:].lower() for part in PARTS)
    assert recorded[MARKET].constructor_arguments == "0x" + parts
    for name in (*PARTS, MARKET):
        code = bytes.fromhex(network.connection.rpc.call("eth_getCode", recorded[name].address, "latest")[2:])
        assert masked_code_hash(code, artifact(name)) == artifact(name)["deployedBytecodeKeccak256"]
    before = network.sent("deployer")
    assert deploy_market(network.sender(), book(), confirm=lambda _: pytest.fail("it asks")) == record
    assert network.sent("deployer") == before


def test_what_is_quoted_is_what_it_costs(network, book):
    sender = network.sender()
    quoted, before = quote_market(sender, book()).gas, network.connection.block().number
    deploy_market(sender, book())
    blocks = range(before + 1, network.connection.block().number + 1)
    found = [network.connection.rpc.call("eth_getBlockByNumber", hex(number), False)["gasUsed"] for number in blocks]
    assert quoted == pytest.approx(sum(int(gas, 16) for gas in found), rel=0.03)


def test_a_no_sends_nothing(network, book):
    before = network.sent("deployer")
    with pytest.raises(Declined):
        deploy_market(network.sender(), book(), confirm=lambda _: False)
    assert network.sent("deployer") == before
    assert recorded_market(network.sender(), book()) is None


def test_an_account_without_ether_sends_nothing(network, book):
    poor = Sender(network.connection, LocalSigner(Account.from_key(keccak256(b"poor"))), prices=Prices())
    with pytest.raises(InsufficientFunds):
        deploy_market(poor, book())


@pytest.mark.parametrize("after", range(4))
def test_interrupted_it_goes_on(network, book, tmp_path, monkeypatch, after):
    """Cut off after a transaction was sent and before it was recorded, nothing is paid twice."""
    signer = LocalSigner(Account.from_key(keccak256(str(tmp_path).encode())))
    network.node.request("anvil_setBalance", signer.address, hex(10**18))
    sender, made = Sender(network.connection, signer, prices=Prices()), []

    def dies(*arguments):
        if len(made) == after:
            raise KeyboardInterrupt
        made.append(arguments)
        return record_contract(*arguments)

    record_contract = training_market.record_contract
    monkeypatch.setattr(training_market, "record_contract", dies)
    with pytest.raises(KeyboardInterrupt):
        deploy_market(sender, book())
    monkeypatch.setattr(training_market, "record_contract", record_contract)
    record = deploy_market(sender, book())
    assert TrainingContract(network.connection, record.address).datasets() == 0
    assert sender.used_nonces() == 4


def test_a_market_of_another_version_is_not_taken_for_this_one(network, book):
    first = deploy_market(network.sender(), book())
    older = book()
    older.contracts[MARKET] = ContractRecord(**{**vars(first), "standard_json_sha256": "00"})
    older.save()
    assert recorded_market(network.sender(), book()) is None
    assert deploy_market(network.sender(), book()).address != first.address
