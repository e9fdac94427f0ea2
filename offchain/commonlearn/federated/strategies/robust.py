"""Strategies that some bad updates cannot steer. Both ignore rows: a claimed number of rows would be a lever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commonlearn.federated.errors import SettingRefused
from commonlearn.federated.parameters import Parameters
from commonlearn.federated.strategies.base import Aggregate, Strategy, Update, divided

__all__ = ["Krum", "TrimmedMean"]


@dataclass(frozen=True)
class TrimmedMean(Strategy):
    """Of each weight, the mean without the lowest and highest values (Yin et al. 2018, definition 2).

    Parameters
    ----------
    trim : int, default 200
        How much is cut off at each end, in thousandths of the number of updates, 0 to 499; at least one update each
        when it is not 0, and rounded down.
    """

    trim: int = 200
    id = "trimmed-mean"

    def __post_init__(self) -> None:
        if not 0 <= self.trim <= 499:
            raise SettingRefused("trim", f"{self.trim} is not from 0 to 499 thousandths")

    def _cut(self, updates: int) -> int:
        return max(updates * self.trim // 1000, min(self.trim, 1))

    def needed(self, updates: int) -> int:
        return 2 * self._cut(updates) + 1

    def _combined(self, current: Parameters, updates: Sequence[Update], memory: Parameters | None) -> Aggregate:
        values = np.sort(np.stack([update.parameters.flat() for update in updates]), axis=0)
        cut = self._cut(len(updates))
        kept = values[cut : len(updates) - cut].astype(object)
        return Aggregate(current.with_flat(divided(kept.sum(axis=0), len(kept)).astype(np.int64)))


@dataclass(frozen=True)
class Krum(Strategy):
    """The one update that is nearest to its neighbours (Blanchard et al. 2017, section 4).

    The score of an update is the sum of squared distances to the ``n - faulty - 2`` others nearest to it; the lowest
    wins, of equal ones that with the lowest digest.

    Parameters
    ----------
    faulty : int, default 1
        How many bad updates are tolerated; ``2 * faulty + 3`` updates are needed.
    """

    faulty: int = 1
    id = "krum"

    def __post_init__(self) -> None:
        if not 0 <= self.faulty <= 1000:
            raise SettingRefused("faulty", f"{self.faulty} is not from 0 to 1000")

    def needed(self, updates: int) -> int:
        return 2 * self.faulty + 3

    def _combined(self, current: Parameters, updates: Sequence[Update], memory: Parameters | None) -> Aggregate:
        values = [update.parameters.flat().astype(object) for update in updates]
        distances = [[0] * len(values) for _ in values]
        for one in range(len(values)):
            for other in range(one):
                apart = values[one] - values[other]
                distances[one][other] = distances[other][one] = int((apart * apart).sum())
        # an update's distance to itself, 0, is the first of its sorted row and adds nothing
        scores = [sum(sorted(row)[: len(values) - self.faulty - 1]) for row in distances]
        return Aggregate(updates[scores.index(min(scores))].parameters)
