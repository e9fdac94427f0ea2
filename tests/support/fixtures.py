"""The plain model, open for contributions, with the contracts that made it: fixtures that several folders import.

A folder's ``conftest.py`` imports what it needs; pytest finds fixtures there by name.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import collaborations
from tests.support.plain_model import PlainModel

__all__ = ["bayes", "centroid", "factory", "implementations", "perceptron", "plain", "sponsored", "sponsorship"]

MODELS = ("Perceptron", "NearestCentroid", "NaiveBayes")


@pytest.fixture(scope="module")
def factory(module_isolation: None) -> Any:
    """Makes collaborations."""
    return collaborations.deploy_factory()


@pytest.fixture(scope="module")
def implementations(module_isolation: None) -> dict[str, Any]:
    """All models, by the name of their contract."""
    return {name: collaborations.deploy_model(name) for name in MODELS}


@pytest.fixture(scope="module")
def perceptron(implementations: dict[str, Any]) -> Any:
    """The perceptron's implementation."""
    return implementations["Perceptron"]


@pytest.fixture(scope="module")
def centroid(implementations: dict[str, Any]) -> Any:
    """The nearest centroid's implementation."""
    return implementations["NearestCentroid"]


@pytest.fixture(scope="module")
def bayes(implementations: dict[str, Any]) -> Any:
    """The naive Bayes' implementation."""
    return implementations["NaiveBayes"]


@pytest.fixture(scope="module")
def plain(factory: Any, perceptron: Any) -> PlainModel:
    """The plain model."""
    return PlainModel.create(factory, perceptron)


@pytest.fixture(scope="module")
def sponsorship(module_isolation: None) -> Any:
    """Checks signatures, and holds pools."""
    return collaborations.deploy_sponsorship()


@pytest.fixture(scope="module")
def sponsored(sponsorship: Any, perceptron: Any) -> PlainModel:
    """The plain model, where authors may have others send their contributions."""
    return PlainModel.create(collaborations.deploy_factory(sponsorship=sponsorship), perceptron)
