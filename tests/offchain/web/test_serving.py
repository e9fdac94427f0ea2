"""The list of models, the server of files, and the local chain behind `make web`. Requirement W-12."""

import json
import urllib.request

import pytest

from commonlearn.client.public_model import PublicModel
from scripts.local_node import LocalNode
from scripts.web.__main__ import main
from scripts.web.listing import ListedModel, from_records, to_json
from scripts.web.serving import PortTaken, serving
from scripts.web.world import DAYS, World


@pytest.fixture
def records(tmp_path):
    """Records of one public and of some local chains."""
    folder = tmp_path / "deployments"
    folder.mkdir()
    models = [
        {"name": "films", "address": "0x" + "1" * 40, "state": "open"},
        {"name": "later", "address": "0x" + "2" * 40, "state": "uploading"},
    ]
    (folder / "sepolia.json").write_text(json.dumps({"network": "sepolia", "chain_id": 11155111, "models": models}))
    for name in ("local", "sepolia-local", "development"):
        (folder / f"{name}.json").write_text("{}")
    return folder


def test_open_models_of_public_chains_are_listed(records):
    assert from_records(records) == [ListedModel("films", "0x" + "1" * 40, 11155111, "sepolia")]


def test_a_damaged_record_is_named(records):
    (records / "hoodi.json").write_text('{"models": [{}]}')
    with pytest.raises(ValueError, match=r"hoodi\.json is no deployment record"):
        from_records(records)


def test_what_is_not_known_is_left_out():
    (entry,) = json.loads(to_json([ListedModel("films", "0x01", 1, "mainnet", rpc_url="http://127.0.0.1:1")]))
    assert entry == {
        "name": "films",
        "address": "0x01",
        "chainId": 1,
        "network": "mainnet",
        "rpcUrl": "http://127.0.0.1:1",
    }


def test_files_are_served_with_the_list(tmp_path):
    """Only on this computer, and with types that modules need."""
    (tmp_path / "index.html").write_text("<title>page</title>")
    (tmp_path / "main.js").write_text("export {}")
    with serving(lambda: "[]", folder=tmp_path) as address:
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address) as answer:
            assert b"page" in answer.read()
        with urllib.request.urlopen(f"{address}main.js") as answer:
            assert answer.headers["Content-Type"] == "text/javascript"
            assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        with urllib.request.urlopen(f"{address}deployments.json") as answer:
            assert json.loads(answer.read()) == []


def test_a_port_that_is_taken_is_said(tmp_path):
    with serving(lambda: "[]", folder=tmp_path) as address:
        port = int(address.rsplit(":", 1)[1].strip("/"))
        with pytest.raises(PortTaken, match=rf"port {port} is taken: .*PORT={port + 1}"):
            serving(lambda: "[]", port=port, folder=tmp_path).__enter__()


def test_the_list_is_written_into_the_built_page(tmp_path):
    assert main(["--list", str(tmp_path)]) == 0
    assert isinstance(json.loads((tmp_path / "deployments.json").read_text()), list)


def test_the_chain_has_a_model_under_each_incentive(tmp_path):
    """Their histories fill the last days, up to now; each can be used at once."""
    with LocalNode(timestamp=World.start_of_chain(), base_fee=10**9) as node:
        world = World(node, tmp_path)
        started = node.timestamp()
        world.build(real_data=False)
        assert {model.incentive for model in world.models} == {"self-assessment", "points", "market"}
        assert node.timestamp() - started == pytest.approx(DAYS * 86_400, abs=120)
        staked, *others = [PublicModel.load(one.address, rpc=node.url, cache=tmp_path) for one in world.models]
        counts = staked.account_status(world.people["you"]).counts()
        assert counts["open"] > 0
        assert counts["refunded"] > 0
        assert staked.account_status(world.people["mallory"]).counts()["forfeited"] > 0
        assert all(model.status().contributions > 0 for model in others)
