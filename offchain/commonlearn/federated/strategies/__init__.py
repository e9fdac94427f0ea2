"""Strategies by name. A new one is a file here, and a line below; ``tests/offchain/federated`` then tests it."""

from __future__ import annotations

from commonlearn.federated.errors import SettingRefused, UnknownName
from commonlearn.federated.strategies.averaging import FedAvg, FedAvgMomentum
from commonlearn.federated.strategies.base import Aggregate, Strategy, Update
from commonlearn.federated.strategies.robust import Krum, TrimmedMean

__all__ = ["STRATEGIES", "Aggregate", "FedAvg", "Strategy", "Update", "strategy"]

STRATEGIES: dict[str, type[Strategy]] = {each.id: each for each in (FedAvg, FedAvgMomentum, TrimmedMean, Krum)}
"""All strategies by name."""


def strategy(name: str, **settings: int) -> Strategy:
    """Make a strategy.

    Parameters
    ----------
    name : str
        In the registry.
    **settings : int
        Of the strategy, by name.

    Raises
    ------
    UnknownName
        There is none of that name.
    SettingRefused
        It has no such setting, or not with that value.

    Examples
    --------
    >>> strategy("krum", faulty=2)
    Krum(faulty=2)
    """
    if name not in STRATEGIES:
        raise UnknownName("strategy", name, list(STRATEGIES))
    known = getattr(STRATEGIES[name], "__dataclass_fields__", {})
    for setting, value in settings.items():
        if setting not in known:
            raise SettingRefused(setting, f"{name} has no such setting; it has {', '.join(known) or 'none'}")
        if isinstance(value, bool) or not isinstance(value, int):
            raise SettingRefused(setting, f"{value!r} is not a whole number")
    return STRATEGIES[name](**settings)
