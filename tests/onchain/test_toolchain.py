"""brownie as this project runs it: repaired, on a chain of its own, with the artifacts that the package ships."""

import json
from importlib import import_module
from pathlib import Path

import brownie
import pytest

from scripts.export_abi import CONTRACTS, FOLDER
from tests.support.reverts import custom_error, reverts

ROOT = Path(__file__).resolve().parents[2]
SOURCE = """
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;
contract ToolchainProbe {
    error ProbeRefused(address who, uint256 number, bool odd, bytes2 tag);
    error ProbeEmpty();
    uint256 public immutable number;
    constructor(uint256 n) { number = n; }
    function refuse(uint256 n) external { revert ProbeRefused(msg.sender, n, n % 2 == 1, 0x0aff); }
    function refuseEmpty() external pure { revert ProbeEmpty(); }
}
contract ToolchainOther { function nothing() external {} }
"""


METADATA_DIGITS = 2 * 53


@pytest.fixture(scope="module")
def probes():
    version = brownie.project.get_loaded_projects()[0]._compiler_config["solc"]["version"]
    return brownie.project.compile_source(SOURCE, solc_version=version)


@pytest.fixture(scope="module")
def probe(probes, deployer):
    return probes.ToolchainProbe.deploy(2**255 + 1, {"from": deployer})


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_package_ships_what_is_tested_here(name):
    """Requirement C-03."""
    shipped = json.loads((ROOT / FOLDER / f"{name}.json").read_text())
    built = brownie.project.get_loaded_projects()[0][name]
    # The bytecode ends in a hash of the metadata: sources, settings, compiler and ABI. The rest may differ by the order of
    # functions, which the IR pipeline lets depend on the other sources of a run; the shipped code itself is run by
    # tests/offchain, and tests/onchain/deployment recompiles it from its own input.
    same = shipped["bytecode"][-METADATA_DIGITS:] == built.bytecode[-METADATA_DIGITS:]
    assert same, f"{FOLDER}/{name}.json is not of the present contracts: run `make artifacts` and commit"


def test_the_chain_was_started_for_this_run():
    assert brownie.rpc.is_child()


def test_a_contract_with_immutables_is_recognised(probe, probes):
    verify = import_module("brownie.network.contract")._verify_deployed_code
    assert verify(probe.address, probes.ToolchainProbe._build["deployedBytecode"], "Solidity")
    assert not verify(probe.address, probes.ToolchainOther._build["deployedBytecode"], "Solidity")


def test_a_block_is_mined_at_a_time(chain):
    at = chain[-1].timestamp + 12_345
    chain.mine(timestamp=at)
    assert chain[-1].timestamp == at


def test_custom_errors_are_expected_by_name_and_arguments(probe, mallory):
    with reverts("ProbeRefused", mallory, 3, True, b"\x0a\xff"):
        probe.refuse(3, {"from": mallory})
    with reverts("ProbeRefused", mallory, 4, False, b"\x0a\xff"):
        probe.refuse.call(4, {"from": mallory})
    with reverts("ProbeEmpty"):
        probe.refuseEmpty({"from": mallory})


def test_another_argument_is_not_accepted(probe, mallory, alice):
    with (
        pytest.raises(AssertionError, match="Unexpected revert string"),
        reverts("ProbeRefused", alice, 3, True, b"\x0a\xff"),
    ):
        probe.refuse(3, {"from": mallory})
    with pytest.raises(AssertionError, match="Unexpected revert string"), brownie.reverts(custom_error("ProbeRefused")):
        probe.refuse(3, {"from": mallory})


def test_actors_are_different_accounts(deployer, alice, bob, carol, mallory, beneficiary, stranger):
    assert len({deployer, alice, bob, carol, mallory, beneficiary, stranger}) == 7
