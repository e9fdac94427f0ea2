from tests.support.fixtures import factory, implementations, perceptron
from tests.support.market_fixtures import _market, linear_engine, market, market_factory

__all__ = ["_market", "factory", "implementations", "linear_engine", "market", "market_factory", "perceptron"]
