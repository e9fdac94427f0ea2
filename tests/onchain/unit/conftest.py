from tests.support.fixtures import (
    bayes,
    centroid,
    factory,
    implementations,
    perceptron,
    plain,
    sponsored,
    sponsorship,
)
from tests.support.market_fixtures import _market, linear_engine, market, market_factory

__all__ = [
    "_market",
    "bayes",
    "centroid",
    "factory",
    "implementations",
    "linear_engine",
    "market",
    "market_factory",
    "perceptron",
    "plain",
    "sponsored",
    "sponsorship",
]
