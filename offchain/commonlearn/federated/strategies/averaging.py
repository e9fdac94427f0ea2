"""Federated averaging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commonlearn.federated.errors import SettingRefused
from commonlearn.federated.parameters import MAX_UNITS, Parameters
from commonlearn.federated.strategies.base import Aggregate, BigIntegers, Strategy, Update, divided, weighted_mean

__all__ = ["FedAvg", "FedAvgMomentum"]


class FedAvg(Strategy):
    """Mean of the updates weighted by rows (McMahan et al. 2017, algorithm 1)."""

    id = "fedavg"

    def needed(self, updates: int) -> int:
        return 1

    def _combined(self, current: Parameters, updates: Sequence[Update], memory: Parameters | None) -> Aggregate:
        return Aggregate(current.with_flat(weighted_mean(updates)))


@dataclass(frozen=True)
class FedAvgMomentum(Strategy):
    """Federated averaging with momentum at the server (Hsu, Qi and Brown 2019, FedAvgM).

    ``speed = momentum * speed + (mean - current)``; ``next = current + speed``. Both stop at the ends of their range:
    otherwise a single update near them would leave no average at all.

    Parameters
    ----------
    momentum : int, default 500
        In thousandths, 0 to 999.
    """

    momentum: int = 500
    id = "fedavg-momentum"

    def __post_init__(self) -> None:
        if not 0 <= self.momentum <= 999:
            raise SettingRefused("momentum", f"{self.momentum} is not from 0 to 999 thousandths")

    def needed(self, updates: int) -> int:
        return 1

    def _combined(self, current: Parameters, updates: Sequence[Update], memory: Parameters | None) -> Aggregate:
        before = np.zeros(current.flat().shape, dtype=object) if memory is None else memory.flat().astype(object)
        change = weighted_mean(updates) - current.flat()
        speed = _stopped(divided(before * self.momentum, 1000) + change.astype(object))
        return Aggregate(current.with_flat(_stopped(current.flat() + speed)), current.with_flat(speed))


def _stopped(values: BigIntegers) -> BigIntegers:
    return np.clip(values, -MAX_UNITS, MAX_UNITS)
