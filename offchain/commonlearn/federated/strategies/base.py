"""The one interface of ways to make one model out of many, and its exact arithmetic.

An aggregate can be disputed, so anybody must be able to compute it again: everything here is done on the whole numbers
of :class:`Parameters`, exactly, and the order in which updates arrive does not matter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from commonlearn.federated.errors import TooFewUpdates, UpdateRefused
from commonlearn.federated.parameters import Parameters, digest

__all__ = ["Aggregate", "BigIntegers", "Strategy", "Update", "divided", "weighted_mean"]

_MOST_ROWS = (1 << 32) - 1
_WORD = 1 << 62
BigIntegers = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Update:
    """What one owner (or the replicas of one subset) made out of the round's model.

    Parameters
    ----------
    owner : str
        Whose; each once a round. Where an owner's subsets are trained apart, a name for each of them.
    rows : int
        How many it was trained on, 1 to 2^32 - 1.
    parameters : Parameters
        The trained model.
    """

    owner: str
    rows: int
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A round's result.

    Parameters
    ----------
    parameters : Parameters
        The next model.
    memory : Parameters or None
        What the strategy needs in the next round (a speed, say); published with the model.
    """

    parameters: Parameters
    memory: Parameters | None = None


class Strategy(ABC):
    """Make the next model out of the present one and the updates.

    A new strategy is one file and a line in the registry.

    Attributes
    ----------
    id : str
        Name in the registry.
    """

    id: ClassVar[str]

    @abstractmethod
    def needed(self, updates: int) -> int:
        """How many updates are needed at least, where there are so many."""

    @abstractmethod
    def _combined(self, current: Parameters, updates: Sequence[Update], memory: Parameters | None) -> Aggregate:
        """Combine checked updates, which are in the order of their digests."""

    def aggregate(self, current: Parameters, updates: Sequence[Update], memory: Parameters | None = None) -> Aggregate:
        """Combine updates.

        Parameters
        ----------
        current : Parameters
            The model that owners trained on.
        updates : sequence of Update
            In any order; the result is the same, byte for byte.
        memory : Parameters, optional
            Of the round before.

        Raises
        ------
        TooFewUpdates
            There are not as many as the strategy needs.
        UpdateRefused
            An owner is there twice, has no rows, or sends a model of another kind than the present one.

        Examples
        --------
        >>> from commonlearn.federated import Task, quantised, strategy
        >>> model = lambda value: quantised("linear", 1, Task(1, 0), 10, [[value], [0.0]])
        >>> updates = [Update("a", 3, model(1.0)), Update("b", 1, model(5.0))]
        >>> strategy("fedavg").aggregate(model(0.0), updates).parameters.floats()[0].tolist()
        [2.0]
        """
        seen: set[str] = set()
        for update in [*updates, *([Update("memory", 1, memory)] if memory is not None else [])]:
            if update.owner in seen:
                raise UpdateRefused(update.owner, "it is there twice")
            if not 1 <= update.rows <= _MOST_ROWS:
                raise UpdateRefused(update.owner, f"{update.rows} rows are not from 1 to 2^32 - 1")
            if update.parameters.kind != current.kind:
                raise UpdateRefused(update.owner, "its model is of another kind than the round's")
            if update.parameters is not memory:
                seen.add(update.owner)
        needed = max(1, self.needed(len(updates)))
        if len(updates) < needed:
            raise TooFewUpdates(self.id, len(updates), needed)
        ordered = sorted(updates, key=lambda update: (digest(update.parameters), update.rows, update.owner))
        return self._combined(current, ordered, memory)


def weighted_mean(updates: Sequence[Update]) -> npt.NDArray[np.int64]:
    """Mean of all values weighted by rows, each rounded once, halves to even.

    Examples
    --------
    >>> from commonlearn.federated import Task, quantised
    >>> model = lambda value: quantised("linear", 1, Task(1, 0), 1, [[value], [value]])
    >>> weighted_mean([Update("a", 1, model(1.0)), Update("b", 1, model(2.0))]).tolist()
    [2, 2]
    """
    rows, values = [update.rows for update in updates], [update.parameters.flat() for update in updates]
    # In machine words where all sums fit, which they nearly always do; both ways are exact.
    fits = max(int(np.abs(each).max()) for each in values) * sum(rows) < _WORD
    kind = np.int64 if fits else object
    total: Any = sum(each.astype(kind) * count for each, count in zip(values, rows, strict=True))
    return divided(total, sum(rows)).astype(np.int64)


def divided(numerators: Any, denominator: int) -> BigIntegers:
    """Divide whole numbers (Python's, or int64 below 2^62) by a positive one, rounded to the nearest, halves to even.

    Examples
    --------
    >>> divided(np.array([5, 15, -5, 7], dtype=object), 10).tolist()
    [0, 2, 0, 1]
    """
    whole = numerators // denominator
    twice = 2 * (numerators - whole * denominator)
    up = (twice > denominator) | ((twice == denominator) & (whole % 2 == 1))
    return np.asarray(whole + np.asarray(up, dtype=np.int64))
