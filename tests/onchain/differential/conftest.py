"""Harnesses that expose what is compared, and a trainer that feeds a model hundreds of samples a transaction."""

from collections.abc import Callable
from typing import Any

import brownie
import pytest

from commonlearn.models.configuration import Kind, ModelConfiguration
from tests.support.collaborations import deploy_model
from tests.support.twins import ANY_WORDS


@pytest.fixture(scope="module")
def implementations(module_isolation: None) -> dict[Kind, Any]:
    """The contract behind each kind."""
    return {kind: deploy_model(name) for kind, name in ANY_WORDS.items()}


@pytest.fixture(scope="module")
def make_trainer(implementations: dict[Kind, Any], deployer: Any) -> Callable[[Kind, ModelConfiguration | int], Any]:
    """``make_trainer(kind, configuration)`` gives a trainer whose model waits for its words."""
    trainers = brownie.project.get_loaded_projects()[0].ModelTrainer

    def make(kind: Kind, configuration: ModelConfiguration | int) -> Any:
        word = configuration if isinstance(configuration, int) else configuration.to_int()
        return trainers.deploy(implementations[kind], word, {"from": deployer})

    return make


@pytest.fixture(scope="module")
def codec(module_isolation: None, deployer: Any) -> Any:
    return brownie.project.get_loaded_projects()[0].FeatureCodecHarness.deploy({"from": deployer})


@pytest.fixture(scope="module")
def logarithm(module_isolation: None, deployer: Any) -> Any:
    return brownie.project.get_loaded_projects()[0].Log2Harness.deploy({"from": deployer})


@pytest.fixture(scope="module")
def stake_price(module_isolation: None, deployer: Any) -> Any:
    return brownie.project.get_loaded_projects()[0].StakePriceHarness.deploy({"from": deployer})
