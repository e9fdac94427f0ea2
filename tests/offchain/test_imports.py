"""Imports point one way (docs/architecture.md), and the checker that says so finds what breaks it.

Requirement X-01.
"""

from pathlib import Path

import pytest

from tests.support.import_rules import PYTHON_ROOMS, SOLIDITY_ROOMS, python_violations, solidity_violations

ROOT = Path(__file__).resolve().parents[2]


def test_the_package_keeps_the_rules():
    assert [str(violation) for violation in python_violations(ROOT / "offchain" / "commonlearn")] == []


def test_the_contracts_keep_the_rules():
    assert [str(violation) for violation in solidity_violations(ROOT)] == []


def test_each_room_of_the_package_is_in_the_table():
    package = ROOT / "offchain" / "commonlearn"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    assert folders | modules <= PYTHON_ROOMS.keys()


@pytest.mark.parametrize("rooms", [PYTHON_ROOMS, SOLIDITY_ROOMS], ids=["python", "solidity"])
def test_the_tables_have_no_circle(rooms):
    settled: set[str] = set()
    while len(settled) < len(rooms):
        ready = {room for room, allowed in rooms.items() if allowed <= settled} - settled
        assert ready, f"these rooms import one another: {sorted(rooms.keys() - settled)}"
        settled |= ready


@pytest.fixture
def package(tmp_path):
    """A package with an empty module in each room."""
    folder = tmp_path / "commonlearn"
    for room in PYTHON_ROOMS:
        (folder / room).mkdir(parents=True)
        (folder / room / "some.py").touch()
    return folder


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("numerics/some.py", "from commonlearn.models import some"),
        ("models/some.py", "import commonlearn.money"),
        ("models/some.py", "from ..chain import some"),
        ("models/some.py", "from commonlearn import chain"),
        ("models/some.py", "from commonlearn import PublicModel"),
        ("models/some.py", "from commonlearn import PublicModel, __version__"),
        ("models/some.py", "def later():\n    import requests"),
        ("numerics/some.py", "from urllib.request import urlopen"),
        ("featurizers/some.py", "import pooch"),
        ("numerics/some.py", "from eth_hash.auto import keccak"),
        ("numerics/hashing.py", "from eth_utils import keccak"),
        ("client/some.py", "from web3 import Web3"),
        ("client/some.py", "import eth_account"),
        ("client/some.py", "from commonlearn.evaluation import some"),
        ("cli/some.py", "from commonlearn.chain import some"),
        ("chain/some.py", "from commonlearn.client import some"),
        ("errors.py", "import commonlearn.records"),
        ("__init__.py", "import brownie"),
        ("chain/some.py", "from brownie.network import web3"),
        ("client/some.py", "from scripts.local_node import LocalNode"),
        ("evaluation/some.py", "import tests.support"),
        ("evaluation/some.py", "from importlib import import_module\nimport_module('web3')"),
        ("evaluation/some.py", "import importlib\nimportlib.import_module(name)"),
        ("attic/some.py", "from commonlearn.errors import CommonlearnError"),
    ],
)
def test_a_planted_python_violation_is_found(package, path, line):
    (package / path).parent.mkdir(exist_ok=True)
    (package / path).write_text(line + "\n")
    assert [violation.path for violation in python_violations(package)] == [path]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("numerics/hashing.py", "from eth_hash.auto import keccak"),
        ("chain/some.py", "from web3 import Web3\nfrom eth_account import Account"),
        ("client/some.py", "from commonlearn.chain import some\nfrom ..models import some\nfrom . import other"),
        ("client/some.py", "import requests"),
        ("cli/some.py", "from commonlearn.client.some import thing"),
        ("cli/some.py", "from commonlearn import __version__"),
        ("__init__.py", "from commonlearn.client import some"),
        ("models/some.py", "'''import web3'''\nimport numpy as np"),
    ],
)
def test_a_legal_python_import_passes(package, path, line):
    (package / path).write_text(line + "\n")
    assert python_violations(package) == []


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("contracts/types/A.sol", "../libraries/B.sol"),
        ("contracts/libraries/A.sol", "../../interfaces/IModel.sol"),
        ("contracts/models/A.sol", "../incentives/B.sol"),
        ("contracts/incentives/A.sol", "../models/B.sol"),
        ("contracts/data/A.sol", "../core/B.sol"),
        ("contracts/core/A.sol", "../models/Perceptron.sol"),
        ("contracts/core/A.sol", "../testing/B.sol"),
        ("contracts/models/A.sol", "../testing/references/B.sol"),
        ("contracts/models/nested/A.sol", "../../core/B.sol"),
        ("contracts/A.sol", "./types/B.sol"),
        ("interfaces/A.sol", "../contracts/libraries/B.sol"),
        ("interfaces/A.sol", "@openzeppelin/contracts/proxy/Clones.sol"),
        ("contracts/core/A.sol", "contracts/types/B.sol"),
        ("contracts/core/A.sol", "hardhat/console.sol"),
    ],
)
@pytest.mark.parametrize(
    "form",
    ['import {{B}} from "{}";', "import '{}';", 'import * as B from "{}";', 'import {{\n  B,\n  C\n}} from\n "{}";'],
)
def test_a_planted_solidity_violation_is_found(tmp_path, path, target, form):
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("pragma solidity ^0.8.30;\n" + form.format(target) + "\ncontract A {}\n")
    assert [violation.path for violation in solidity_violations(tmp_path)] == [path]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("contracts/core/A.sol", "../data/B.sol"),
        ("contracts/core/A.sol", "../../interfaces/IModel.sol"),
        ("contracts/models/nested/A.sol", "../../types/B.sol"),
        ("contracts/models/A.sol", "@openzeppelin/contracts/proxy/Clones.sol"),
        ("contracts/testing/references/A.sol", "../../models/B.sol"),
        ("interfaces/A.sol", "./B.sol"),
        ("interfaces/A.sol", "../contracts/types/B.sol"),
    ],
)
def test_a_legal_solidity_import_passes(tmp_path, path, target):
    (tmp_path / path).parent.mkdir(parents=True)
    source = f'// import {{Z}} from "../testing/Z.sol";\n/* import "../core/Z.sol"; */\nimport {{B}} from "{target}";\n'
    (tmp_path / path).write_text(source)
    assert solidity_violations(tmp_path) == []
