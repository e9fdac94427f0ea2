"""Simulated time: what is to happen when.

Nothing is ever looked through for what is due: whatever waits lies in a heap by its time, so a thousand waiting claims
cost a contribution no more than ten.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

__all__ = ["Clock"]


class Clock:
    """Calls functions in the order of their times; equal times in the order in which they were asked for.

    Parameters
    ----------
    started_at : int
        Unix seconds.

    Attributes
    ----------
    now : int
        Time of the present call or action, in Unix seconds; never falls.

    Examples
    --------
    >>> clock, seen = Clock(100), []
    >>> clock.at(130, seen.append, "later")
    >>> clock.at(110, seen.append, "soon")
    >>> clock.run()
    >>> seen, clock.now
    (['soon', 'later'], 130)
    """

    def __init__(self, started_at: int) -> None:
        self.now = started_at
        self._last_action = started_at
        self._asked = 0
        self._waiting: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []

    def at(self, time: int, call: Callable[..., None], *arguments: Any) -> None:
        """Let something happen at a time; one that has passed means now."""
        self._asked += 1
        heapq.heappush(self._waiting, (time, self._asked, call, arguments))

    def act(self) -> int:
        """The time of an action that is done now: each has a second, and so a block, of its own.

        So a simulation can be replayed on a chain to the second, and no claim falls into the second of a contribution.
        """
        self.now = max(self.now, self._last_action + 1)
        self._last_action = self.now
        return self.now

    def next_action(self) -> int:
        """The time that :meth:`act` would give."""
        return max(self.now, self._last_action + 1)

    def run(self) -> None:
        """Go on until nothing waits any more."""
        waiting, pop = self._waiting, heapq.heappop
        while waiting:
            time, _, call, arguments = pop(waiting)
            if time > self.now:
                self.now = time
            call(*arguments)
