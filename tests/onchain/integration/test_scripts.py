"""The four scripts as users run them, on a chain with Sepolia's number, by accounts that are keystores.

Requirements X-04, C-03, P-06.
"""

from __future__ import annotations

import json

import pytest

from commonlearn.chain.contracts import CollaborationContract
from commonlearn.records import Status
from tests.support.brownie_process import run_script
from tests.support.settings import WAITS

TRUTH = [("great", "good"), ("dull", "bad")]
LIES = [("great and funny film", "bad"), ("boring and long film", "good")]


def the_record(testnet):
    return json.loads((testnet.folder / "deployments" / "sepolia.json").read_text())


@pytest.mark.slow
def test_a_models_life_on_a_testnet(testnet):
    deploying, deployer = testnet.person("deployer")
    honest, alice = testnet.person("alice", more=TRUTH)
    lying, mallory = testnet.person("mallory", more=LIES)

    deployed = testnet.run("deploy", "main", deploying, answer="y\n")
    assert deployed.code == 0, deployed.text
    assert "network          sepolia (chain 11155111)" in deployed.text
    assert f"account          {deployer}" in deployed.text
    assert "floor            0.001 ether" in deployed.text
    assert "Cost to deploy 'films' on sepolia" in deployed.text
    assert "($" in deployed.text
    assert "everything on chain is as planned" in deployed.text
    record = the_record(testnet)
    (model,) = record["models"]
    assert (record["chain_id"], model["creator"], model["state"]) == (11_155_111, deployer, "open")
    contract = CollaborationContract(testnet.connection, model["address"])
    assert contract.creator() == deployer

    contributed = testnet.run("contribute", "main", honest, "yes")
    assert contributed.code == 0, contributed.text
    assert "2 contribution(s) made, 2 taught the model something" in contributed.text
    lied = testnet.run("contribute", "main", lying, "yes")
    assert lied.code == 0, lied.text
    assert contract.contributions() == 4

    testnet.node.increase_time(WAITS["refund_wait"])
    refunded = testnet.run("refund", "main", honest, "yes")
    assert "2 made" in refunded.text, refunded.text
    owed, proven = contract.account(alice)
    assert proven > 0

    testnet.node.increase_time(WAITS["report_wait"])
    reported = testnet.run("report", "main", honest, "yes")
    assert "2 made" in reported.text, reported.text
    assert contract.statuses(range(4)) == [Status.REFUNDED] * 2 + [Status.FORFEITED] * 2
    owed_after, _ = contract.account(alice)
    assert owed_after > owed

    before = testnet.connection.balance(alice)
    withdrawn = testnet.run("refund", "withdraw", honest, "yes")
    assert withdrawn.code == 0, withdrawn.text
    assert before < testnet.connection.balance(alice) <= before + owed_after
    assert contract.account(alice)[0] == 0
    assert contract.account(mallory)[1] == 0
    locked, _, carry = contract.totals()
    assert locked == 0
    assert testnet.connection.balance(contract.address) == carry + contract.account(mallory)[0]


def test_a_script_asks_before_it_sends(testnet):
    file, deployer = testnet.person("deployer")
    for answer in ("n\n", ""):
        ended = testnet.run("deploy", "main", file, answer=answer)
        assert ended.code == 3
        assert "Cost to deploy 'films'" in ended.text
        assert "Send? [y/N]" in ended.text
        assert "Nothing was sent" in ended.text
    assert testnet.connection.balance(deployer) == 10**19
    assert not (testnet.folder / "deployments").exists()


def test_what_goes_wrong_is_said_without_a_traceback(testnet):
    file, deployer = testnet.person("deployer")
    unknown = testnet.run("contribute", "main", file, "yes")
    assert unknown.code == 5
    assert "NotDeployed: No model named 'films' is recorded for the network sepolia" in unknown.text
    file.write_text(file.read_text().replace('model = "films"', f'model = "{deployer}"'))
    elsewhere = testnet.run("contribute", "main", file, "yes")
    assert elsewhere.code == 5
    assert "NoContract" in elsewhere.text
    for ended in (unknown, elsewhere):
        assert "Traceback" not in ended.text


def test_on_a_development_network_it_is_a_rehearsal(testnet):
    """The chain ends with brownie, so nothing is recorded."""
    file, _ = testnet.person("deployer")
    ended = run_script("deploy", "main", str(file), "yes", network="development", environment=testnet.environment)
    assert ended.code == 0, ended.text
    assert "everything on chain is as planned" in ended.text
    assert "not recorded: this network ends with brownie" in ended.text
    assert not (testnet.folder / "deployments").exists()
