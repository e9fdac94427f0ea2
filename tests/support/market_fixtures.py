"""The plain market and the contracts that made it: fixtures that several folders import."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.plain_market import NOBODY, PlainMarket

__all__ = ["linear_engine", "market", "market_factory"]


@pytest.fixture(scope="module")
def market_factory(module_isolation: None, MarketFactory: Any, deployer: Any) -> Any:
    """Makes collaborations under a market."""
    return MarketFactory.deploy(NOBODY, {"from": deployer})


@pytest.fixture(scope="module")
def linear_engine(module_isolation: None, LinearReplay: Any, deployer: Any) -> Any:
    """The engine whose scores can be told by looking."""
    return LinearReplay.deploy({"from": deployer})


@pytest.fixture(scope="module")
def _market(market_factory: Any, perceptron: Any, linear_engine: Any, deployer: Any) -> PlainMarket:
    return PlainMarket.create(market_factory, perceptron, linear_engine, deployer)


@pytest.fixture
def market(_market: PlainMarket) -> PlainMarket:
    """The plain market before its first commitment; the deployer is its provider."""
    return PlainMarket(_market.contract, _market.engine, _market.terms, _market.provider)
