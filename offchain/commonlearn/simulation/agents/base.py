"""What every agent can do and see; a habit is a class that changes as little of it as it needs.

To add a habit, derive from :class:`Agent`, give it a ``habit``, and name it in
:data:`commonlearn.simulation.agents.HABITS` (or call :func:`commonlearn.simulation.agents.register`).
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

if TYPE_CHECKING:
    from commonlearn.simulation.scenario import AgentSettings

__all__ = ["Agent", "Offer", "World"]


class Offer(NamedTuple):
    """What an agent contributes.

    Parameters
    ----------
    sample : int
        Number in the pool.
    label : int
        Class that it gives.
    """

    sample: int
    label: int


class World(Protocol):
    """What an agent sees. Texts and the model are free to look at; truth is for those who read the text."""

    @property
    def accuracy(self) -> float:
        """Of the model, as last measured on the held-out samples, 0 to 1."""

    @property
    def classes(self) -> int:
        """Number of classes."""

    @property
    def given(self) -> list[Offer]:
        """All contributions so far, in order; do not change it."""

    @property
    def pool_size(self) -> int:
        """Number of samples in the pool."""

    def next_sample(self) -> int:
        """A sample that nobody has had yet; after the last one they begin anew."""

    def truth(self, sample: int) -> int:
        """A sample's true class."""

    def predict(self, sample: int) -> int:
        """What the model says now."""

    def sureness(self, sample: int) -> float:
        """By how much the class that the model predicts leads."""


class Agent:
    """Contributes new samples with their true labels, now and then a wrong one by mistake.

    Parameters
    ----------
    settings : AgentSettings
        Balances, rates and habits.
    number : int
        Among all agents, from 0.
    chance : random.Random
        Its own, so that nobody's draws change another's.
    """

    habit: ClassVar[str]
    is_passive: ClassVar[bool] = False
    """Whether it never contributes itself."""

    def __init__(self, settings: AgentSettings, number: int, chance: random.Random) -> None:
        self.settings = settings
        self.number = number
        self.chance = chance
        self.address = f"0x{number + 1:040x}"
        self.contributed = 0

    def wait(self) -> int:
        """Seconds until its next turn, at least 1."""
        settings = self.settings
        return max(1, int(self.chance.gauss(settings.every, settings.every_stdev)))

    def most_stake(self) -> int:
        """What it is willing to stake this time, in wei."""
        settings = self.settings
        if not settings.stake_stdev:
            return settings.stake_mean
        return max(0, int(self.chance.gauss(settings.stake_mean, settings.stake_stdev)))

    def is_done(self) -> bool:
        """Whether it will not contribute any more."""
        return self.settings.limit is not None and self.contributed >= self.settings.limit

    def works(self, world: World) -> bool:
        """Whether it contributes in this turn."""
        confidence = self.settings.confidence
        return confidence is None or self.chance.random() < world.accuracy + confidence

    def offer(self, world: World) -> Offer | None:
        """What it contributes now; None for nothing after all."""
        sample = world.next_sample()
        label = self.mistaken(world, world.truth(sample))
        doubt = self.settings.most_doubt
        if doubt is not None and world.predict(sample) != label and world.sureness(sample) > doubt:
            return None
        return Offer(sample, label)

    def judges(self, world: World, given: Offer) -> bool | None:
        """Points: whether it confirms a contribution, or contests it (False); None for no vote."""
        if self.chance.random() >= self.settings.votes:
            return None
        return self.mistaken(world, world.truth(given.sample)) == given.label

    def mistaken(self, world: World, label: int) -> int:
        """A label, sometimes another one by mistake."""
        if self.settings.mistakes and self.chance.random() < self.settings.mistakes:
            return (label + 1 + self.chance.randrange(world.classes - 1)) % world.classes
        return label
