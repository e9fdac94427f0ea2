"""The compiled contracts that ship with the package."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["ARTIFACT_NAMES", "artifact"]

ARTIFACT_NAMES = (
    "Badges",
    "Collaboration",
    "CollaborationFactory",
    "MarketCollaboration",
    "MarketFactory",
    "MarketSettlement",
    "ModelReplay",
    "NaiveBayes",
    "NearestCentroid",
    "Perceptron",
    "PerceptronReplay",
    "PointsCollaboration",
    "PointsFactory",
    "Sponsorship",
    "TrainingCatalogue",
    "TrainingMarket",
    "TrainingRounds",
    "TrainingSettlement",
)
"""The contracts that are deployed."""


@cache
def artifact(name: str) -> dict[str, Any]:
    """One compiled contract: ``abi``, ``bytecode``, ``compiler``, ``standardJsonInputSha256`` and more.

    Parameters
    ----------
    name : str
        One of :data:`ARTIFACT_NAMES`.

    Returns
    -------
    dict
        As written by the project's export; shared, so do not change it.

    Raises
    ------
    KeyError
        No such contract.
    """
    if name not in ARTIFACT_NAMES:
        raise KeyError(f"no contract {name!r}; there are {', '.join(ARTIFACT_NAMES)}")
    text = (files("commonlearn.chain") / "artifacts" / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
