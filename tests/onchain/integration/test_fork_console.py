"""`brownie console` on a local fork of a chain where a model lives; a second local chain plays the live network.

Requirement X-04.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.transactions import Sender
from scripts.deployment import deploy, plan_from
from scripts.settings import Settings
from tests.support.brownie_process import run_console, run_script
from tests.support.node import LocalNode
from tests.support.settings import WAITS, settings_file

MAINNET = 1


@pytest.fixture
def live():
    with LocalNode(chain_id=MAINNET) as node:
        yield node


@pytest.fixture
def folder(tmp_path: Path, live: LocalNode) -> Path:
    """Settings, and the record of a model that lives on the live network."""
    settings = Settings.read(settings_file(tmp_path, more=[("great", "good")]))
    connection = Connection.open(live.url, chain_id=MAINNET)
    creator = live.accounts()[9]
    plan, _ = plan_from(settings.deploy, creator)
    deploy(plan, Sender(connection, UnlockedSigner(creator), prices=Prices()), settings.deployments)
    return tmp_path


@pytest.fixture
def environment(live: LocalNode, folder: Path) -> dict[str, str]:
    return {
        "MAINNET_LOCAL_URL": live.url,
        "COMMONLEARN_CACHE": str(folder / "cache"),
        "COMMONLEARN_STATE": str(folder / "state"),
    }


def printed(text: str, name: str) -> str:
    """What a line ``print("name", value)`` printed; the console also echoes the line itself."""
    found = re.findall(rf"^{name} = (.*?)\s*$", text, re.MULTILINE)
    assert len(found) == 1, text
    return str(found[0])


def test_the_console_on_a_fork(live, folder, environment):
    """What docs/how-to-use-brownie.md shows: find the model, teach it, let time pass, take the stake back."""
    before = live.request("eth_blockNumber")
    shown = run_console(
        [
            "from pathlib import Path",
            "from scripts.active_network import active_place",
            "from scripts.interaction import open_model",
            f'model = open_model("films", active_place(Path("{folder / "deployments"}")))',
            'print("network = %s %s" % (network.show_active(), chain.id))',
            'print("prediction = %s" % model.predict(["a great and funny film", "dull and long"]).tolist())',
            'receipts = model.contribute(["great", "clumsy"], ["good", "bad"], account=accounts[0].address)',
            'print("given = %s" % [(one.id, one.taught) for one in receipts])',
            f"chain.sleep({WAITS['refund_wait']}); chain.mine()",
            'print("refunded = %s" % [one.id for one in model.refund(account=accounts[0].address).made])',
            "contract = interface.ICollaboration(model.address)",
            "someone = accounts.at(contract.creator(), force=True)",
            'tx = contract.contribute(bytes.fromhex("0000"), 1, {"from": someone, "value": contract.stakeNow() * 2})',
            'print("event = %s" % tx.events["Contributed"]["id"])',
            'print("contributions = %s" % contract.contributions())',
            "money = interface.ISelfAssessment(model.address)",
            'print("terms = %s" % (money.terms(),))',
            'print("owed = %s" % (money.accountOf(accounts[0]),))',
            'print("paid = %s" % model.withdraw(account=accounts[0].address)[0])',
        ],
        network="mainnet-local-fork",
        environment=environment,
    )
    assert "Traceback" not in shown.text, shown.text
    assert "Error" not in shown.text, shown.text
    assert printed(shown.text, "network") == "mainnet-local-fork 1"
    assert printed(shown.text, "prediction") == "['good', 'bad']"
    assert printed(shown.text, "given") == "[(0, True), (1, True)]"
    assert printed(shown.text, "refunded") == "[0, 1]"
    assert "1000000000000000, 250, 3600, 100, 200, 300, 1000" in printed(shown.text, "terms")
    assert printed(shown.text, "event") == "2"
    assert printed(shown.text, "contributions") == "3"
    owed = int(printed(shown.text, "owed").strip("()").split(",")[0])
    assert int(printed(shown.text, "paid")) == owed > 2 * 10**15
    # Nothing of it reached the live network, its records, or the journals that lead to transactions there.
    assert live.request("eth_blockNumber") == before
    assert not (folder / "state").exists()
    assert not (folder / "cache").exists()


@pytest.mark.slow
def test_scripts_run_on_a_fork_and_leave_no_trace(live, folder, environment):
    records = (folder / "deployments" / "mainnet.json").read_text()
    before = live.request("eth_blockNumber")
    for script, said in (
        ("contribute", "1 contribution(s) made, 1 taught the model something"),
        ("deploy", "not recorded: this network ends with brownie"),
    ):
        file = str(folder / "settings.toml")
        ended = run_script(script, "main", file, "yes", network="mainnet-local-fork", environment=environment)
        assert ended.code == 0, ended.text
        assert said in ended.text
    assert (folder / "deployments" / "mainnet.json").read_text() == records
    assert live.request("eth_blockNumber") == before
    (model,) = json.loads(records)["models"]
    assert CollaborationContract(Connection.open(live.url), model["address"]).contributions() == 0
