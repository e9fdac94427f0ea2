"""Wants the model to be wrong."""

from __future__ import annotations

from typing import ClassVar

from commonlearn.simulation.agents.base import Agent, Offer, World

__all__ = ["LabelFlipper"]


class LabelFlipper(Agent):
    """Contributes new samples with false labels, and votes against the truth."""

    habit: ClassVar[str] = "label-flipper"

    def offer(self, world: World) -> Offer:
        sample = world.next_sample()
        return Offer(sample, (world.truth(sample) + 1) % world.classes)

    def judges(self, world: World, given: Offer) -> bool | None:
        if self.chance.random() >= self.settings.votes:
            return None
        return world.truth(given.sample) != given.label
