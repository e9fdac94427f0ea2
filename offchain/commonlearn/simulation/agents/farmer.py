"""Wants shares without teaching anything."""

from __future__ import annotations

from typing import ClassVar

from commonlearn.simulation.agents.base import Agent, Offer, World

__all__ = ["EasyFarmer"]


class EasyFarmer(Agent):
    """Looks through `candidates` texts and contributes the one of which the model is surest, with the model's label.

    It reads no text. When it votes, it confirms what the model says.
    """

    habit: ClassVar[str] = "easy-farmer"

    def offer(self, world: World) -> Offer:
        drawn = [self.chance.randrange(world.pool_size) for _ in range(self.settings.candidates)]
        easiest = max(drawn, key=world.sureness)
        return Offer(easiest, world.predict(easiest))

    def judges(self, world: World, given: Offer) -> bool | None:
        if self.chance.random() >= self.settings.votes:
            return None
        return world.predict(given.sample) == given.label
