"""The tools around the contracts: one set of compiler settings, artifacts that fit the sources, nodes that end."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import yaml

from scripts import export_abi
from scripts.compiler import CompilationError, CompilerSettings, compile_standard
from scripts.local_node import LocalNode, NodeError, free_port
from scripts.run_brownie import digest_inputs
from tests.support.actors import ROLES, cast
from tests.support.gas import GasSnapshots
from tests.support.node import GENESIS, chain_for_tests
from tests.support.reverts import custom_error

ROOT = Path(__file__).resolve().parents[2]


class TestCompilerSettings:
    def test_each_tool_gets_the_same(self):
        settings = CompilerSettings.load()
        environment = settings.forge_environment()
        assert environment["FOUNDRY_SOLC"] == f"toolchain/solc/solc-v{settings.version}"
        assert environment["FOUNDRY_EVM_VERSION"] == settings.standard_json()["evmVersion"]
        assert environment["FOUNDRY_OPTIMIZER_RUNS"] == str(settings.standard_json()["optimizer"]["runs"])

    def test_foundry_toml_does_not_repeat_them(self):
        profile = tomllib.loads((ROOT / "foundry.toml").read_text())["profile"]["default"]
        assert profile.keys().isdisjoint({"solc", "evm_version", "optimizer", "optimizer_runs", "via_ir"})

    def test_via_ir_is_one_line(self, tmp_path):
        config = yaml.safe_load((ROOT / "brownie-config.yaml").read_text())
        config["compiler"]["solc"]["viaIR"] = True
        path = tmp_path / "brownie-config.yaml"
        path.write_text(yaml.safe_dump(config))
        settings = CompilerSettings.load(path)
        assert settings.standard_json()["viaIR"] is True
        assert settings.forge_environment()["FOUNDRY_VIA_IR"] == "true"

    def test_the_solc_wrapper_is_of_the_installed_version(self):
        version = CompilerSettings.load().version
        wrapper = ROOT / "toolchain" / "solc" / f"solc-v{version}"
        said = subprocess.run([wrapper, "--version"], capture_output=True, text=True, check=True).stdout
        installed = json.loads((ROOT / "node_modules" / "solc" / "package.json").read_text())["version"]
        assert f"Version: {version}+commit." in said
        assert installed == version

    def test_a_missing_compiler_is_named(self):
        with pytest.raises(CompilationError, match=r"asks for solc 0\.1\.0, but there is no toolchain/solc"):
            compile_standard({}, "0.1.0")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project of one contract that imports an interface, a type and a package."""
    root = tmp_path_factory.mktemp("project")
    head = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.30;\n"
    files = {
        "interfaces/IThing.sol": "interface IThing { error Odd(uint256 n); }",
        "contracts/types/Half.sol": "type Half is uint256;",
        "contracts/Unrelated.sol": "contract Unrelated {}",
        "contracts/core/Thing.sol": (
            'import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";\n'
            'import {IThing} from "../../interfaces/IThing.sol";\n'
            'import {Half} from "../types/Half.sol";\n'
            "contract Thing is IThing {\n"
            "  Half public immutable half;\n"
            "  constructor(Half h) { half = h; }\n"
            "  function copy() external returns (address) { return Clones.clone(address(this)); }\n"
            "}"
        ),
    }
    for name, source in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{head}{source}\n")
    for name in ("brownie-config.yaml", "package-lock.json"):
        shutil.copy(ROOT / name, root / name)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    return root


@pytest.fixture(scope="module")
def artifacts(project):
    return export_abi.build(project, ("Thing",))


class TestArtifacts:
    def test_an_artifact_holds_what_its_source_needs_and_no_more(self, artifacts):
        sources = artifacts["Thing"]["standardJsonInput"]["sources"]
        assert {"contracts/core/Thing.sol", "contracts/types/Half.sol", "interfaces/IThing.sol"} <= sources.keys()
        assert "node_modules/@openzeppelin/contracts/proxy/Clones.sol" in sources
        assert "contracts/Unrelated.sol" not in sources

    def test_the_recorded_input_alone_gives_the_bytecode(self, artifacts, tmp_path):
        """Requirement C-03."""
        thing = artifacts["Thing"]
        output = compile_standard(thing["standardJsonInput"], CompilerSettings.load().version, tmp_path)
        unit = output["contracts"]["contracts/core/Thing.sol"]["Thing"]
        assert "0x" + unit["evm"]["bytecode"]["object"] == thing["bytecode"]
        assert len(thing["immutableReferences"]) == 1

    def test_they_name_no_folder_of_this_machine(self, artifacts, project):
        text = export_abi.render(artifacts["Thing"])
        assert str(project) not in text
        assert str(ROOT) not in text

    def test_differences_are_found_and_mended(self, artifacts, tmp_path):
        assert export_abi.differences(artifacts, tmp_path) == ["Thing.json"]
        assert export_abi.write(artifacts, tmp_path) == ["Thing.json"]
        assert export_abi.differences(artifacts, tmp_path) == []
        (tmp_path / "Thing.json").write_text((tmp_path / "Thing.json").read_text().replace('"abi"', '"ABI"'))
        (tmp_path / "Gone.json").write_text("{}")
        assert export_abi.differences(artifacts, tmp_path) == ["Gone.json", "Thing.json"]
        export_abi.write(artifacts, tmp_path)
        assert export_abi.differences(artifacts, tmp_path) == []

    def test_an_artifact_is_current_until_a_source_changes(self, artifacts, project, tmp_path):
        export_abi.write(artifacts, tmp_path)
        assert export_abi.current(tmp_path, project, ("Thing",)) == artifacts
        imported = project / "interfaces" / "IThing.sol"
        text = imported.read_text()
        imported.write_text(text + "// changed\n")
        try:
            assert export_abi.current(tmp_path, project, ("Thing",)) == {}
        finally:
            imported.write_text(text)
        (tmp_path / "Thing.json").write_text("cut sho")
        assert export_abi.current(tmp_path, project, ("Thing",)) == {}

    def test_a_contract_that_is_not_there_is_named(self, project):
        with pytest.raises(CompilationError, match=r"one file Nothing\.sol under contracts/, found none"):
            export_abi.build(project, ("Nothing",))

    def test_a_contract_that_must_be_linked_is_refused(self, project):
        library = "library Outer { function f() external pure returns (uint256) { return 1; } }"
        user = "contract Linked { function f() external pure returns (uint256) { return Outer.f(); } }"
        path = project / "contracts" / "Linked.sol"
        path.write_text(f"// SPDX-License-Identifier: MIT\npragma solidity ^0.8.30;\n{library}\n{user}\n")
        try:
            with pytest.raises(CompilationError, match="Linked must be linked to a library"):
                export_abi.build(project, ("Linked",))
        finally:
            path.unlink()


@pytest.mark.parametrize(
    "name", ["interfaces/IThing.sol", "contracts/types/Half.sol", "brownie-config.yaml", "package-lock.json"]
)
def test_a_change_that_brownie_does_not_see_changes_the_digest(project, name):
    before = digest_inputs(project)
    text = (project / name).read_text()
    (project / name).write_text(text + "\n")
    try:
        assert digest_inputs(project) != before
    finally:
        (project / name).write_text(text)
    assert digest_inputs(project) == before


class TestLocalNode:
    def test_it_is_of_the_chain_and_time_that_were_asked_for(self):
        with chain_for_tests(chain_id=11155111) as node:
            assert int(node.request("eth_chainId"), 16) == 11155111
            assert node.timestamp() == GENESIS
            node.increase_time(86_400)
            assert GENESIS + 86_400 <= node.timestamp() <= GENESIS + 86_460
            assert len(node.accounts()) == 10
        assert not node.is_running
        with pytest.raises(NodeError, match="does not answer eth_chainId"):
            node.request("eth_chainId")

    def test_it_goes_back_to_a_snapshot_once(self):
        with chain_for_tests() as node:
            name = node.snapshot()
            node.increase_time(1000)
            node.revert(name)
            assert int(node.request("eth_blockNumber"), 16) == 0
            with pytest.raises(NodeError, match="no snapshot"):
                node.revert(name)

    def test_a_fork_has_what_the_forked_chain_has(self):
        with chain_for_tests(chain_id=11155111) as node:
            stranger = "0x" + "5" * 40
            node.request("anvil_setBalance", stranger, hex(7))
            with LocalNode(fork_url=node.url) as fork:
                assert int(fork.request("eth_getBalance", stranger, "latest"), 16) == 7
                assert int(fork.request("eth_chainId"), 16) == 11155111

    def test_it_starts_again_where_it_was(self, tmp_path):
        node = LocalNode(state=tmp_path / "state.json").start()
        try:
            node.request("evm_mine")
            url = node.url
            node.stop()
            node.start()
            assert (node.url, int(node.request("eth_blockNumber"), 16)) == (url, 1)
        finally:
            node.stop()

    def test_a_taken_port_is_refused(self):
        with LocalNode() as node, pytest.raises(NodeError, match=f"port {node.port} is taken"):
            LocalNode(port=node.port).start()

    def test_what_anvil_says_is_passed_on(self):
        with pytest.raises(NodeError, match="--no-such-flag"):
            LocalNode(arguments=("--no-such-flag",)).start()

    def test_it_ends_with_its_starter_even_when_that_is_killed(self):
        program = (
            "import sys\nfrom scripts.local_node import LocalNode\nnode = LocalNode().start()\n"
            "print(node.port, flush=True)\nsys.stdin.read()"
        )
        starter = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        with starter:
            orphan = LocalNode(port=int(starter.stdout.readline()))
            assert orphan.request("eth_chainId") == hex(31337)
            starter.send_signal(signal.SIGKILL)
        with pytest.raises(NodeError, match="does not answer"):
            self._ask_for_twenty_seconds(orphan)

    @staticmethod
    def _ask_for_twenty_seconds(node):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            node.request("eth_chainId")

    def test_a_free_port_can_be_listened_on(self):
        port = free_port()
        with socket.create_server(("127.0.0.1", port)) as server:
            assert server.getsockname()[1] == port


class TestGasSnapshots:
    def test_a_moved_number_fails(self, tmp_path):
        path = tmp_path / "suite.json"
        GasSnapshots(path, update=True).check("update", 100)
        GasSnapshots(path, update=False).check("update", 100)
        with pytest.raises(AssertionError, match=r"moved from 100 to 101 \(\+1\)"):
            GasSnapshots(path, update=False).check("update", 101)

    def test_an_unknown_name_fails(self, tmp_path):
        with pytest.raises(AssertionError, match=r"no gas snapshot 'new' in suite.json \(measured 5\)"):
            GasSnapshots(tmp_path / "suite.json", update=False).check("new", 5)

    def test_a_name_used_twice_fails(self, tmp_path):
        snapshots = GasSnapshots(tmp_path / "suite.json", update=True)
        snapshots.check("update", 100)
        with pytest.raises(AssertionError, match="taken twice"):
            snapshots.check("update", 100)

    def test_recording_a_whole_module_drops_old_names(self, tmp_path):
        path = tmp_path / "suite.json"
        GasSnapshots(path, update=True).check("old", 1)
        GasSnapshots(path, update=True).check("some", 2)
        assert json.loads(path.read_text()) == {"old": 1, "some": 2}
        GasSnapshots(path, update=True, fresh=True).check("new", 3)
        assert json.loads(path.read_text()) == {"new": 3}


def test_each_role_has_an_account_of_its_own():
    actors = cast([f"account {i}" for i in range(10)])
    assert tuple(actors) == ROLES
    assert len(set(actors.values())) == len(ROLES)
    with pytest.raises(ValueError, match="7 roles need as many accounts, the chain has 3"):
        cast(["a", "b", "c"])


def test_custom_errors_are_worded_as_brownie_does():
    address = "0xAbCd" + "0" * 36
    assert custom_error("Far", address, 3, True) == f"Far: {address.lower()}, 3, True"
    assert custom_error("Empty") == "Empty: "
    assert custom_error("Tagged", bytes(2)) == "Tagged: " + str(bytes(2))
