"""Means well, and errs."""

from __future__ import annotations

from typing import ClassVar

from commonlearn.simulation.agents.base import Agent, World

__all__ = ["Mistaken"]

_USUAL = 0.1


class Mistaken(Agent):
    """An honest contributor a tenth of whose labels are wrong, unless `mistakes` says another part."""

    habit: ClassVar[str] = "mistaken"

    def mistaken(self, world: World, label: int) -> int:
        part = self.settings.mistakes if "mistakes" in self.settings.model_fields_set else _USUAL
        if self.chance.random() < part:
            return (label + 1 + self.chance.randrange(world.classes - 1)) % world.classes
        return label
