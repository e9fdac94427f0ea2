"""Reads nothing: repeats what others gave."""

from __future__ import annotations

from typing import ClassVar

from commonlearn.simulation.agents.base import Agent, Offer, World

__all__ = ["LazyCopier"]

_LAST = 100


class LazyCopier(Agent):
    """Contributes one of the last hundred contributions again, and confirms everything without looking."""

    habit: ClassVar[str] = "lazy-copier"

    def offer(self, world: World) -> Offer | None:
        given = world.given
        if not given:
            return None
        return given[self.chance.randrange(max(0, len(given) - _LAST), len(given))]

    def judges(self, world: World, given: Offer) -> bool | None:
        return True if self.chance.random() < self.settings.votes else None
