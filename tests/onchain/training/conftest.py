"""The harness of the arithmetic, and a market with its people."""

from typing import Any

import brownie
import pytest

from tests.support.training import World


@pytest.fixture(scope="module")
def arithmetic(module_isolation: None, deployer: Any) -> Any:
    """The libraries' functions."""
    return brownie.project.get_loaded_projects()[0].TrainingHarness.deploy({"from": deployer})


@pytest.fixture(scope="module")
def world(module_isolation: None, accounts: Any) -> World:
    """A market whose people are registered."""
    return World.create(brownie.project.get_loaded_projects()[0], accounts)
