"""What simulations of all incentives share: agents, the sample that comes next, what is noted on the way."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from commonlearn.simulation.actions import ActionLog
from commonlearn.simulation.agents import HABITS, Agent, Offer
from commonlearn.simulation.clock import Clock
from commonlearn.simulation.learner import Accuracy, learner_of
from commonlearn.simulation.material import Material
from commonlearn.simulation.run import DAY, Course, Outcome
from commonlearn.simulation.scenario import Scenario

__all__ = ["Progress", "Stage"]

Progress = Callable[[int, int], None]
"""Called with contributions so far, and in all."""

_TELL_EVERY = 256


class Stage:
    """The world that agents see, with its clock.

    Parameters
    ----------
    scenario : Scenario
    material : Material
    progress : callable, optional
        Told how far it is.
    """

    def __init__(self, scenario: Scenario, material: Material, progress: Progress | None = None) -> None:
        self.scenario, self.material = scenario, material
        self.clock = Clock(scenario.started_at)
        self.learner = learner_of(material)
        self.actions = ActionLog()
        self.course = Course()
        self.given: list[Offer] = []
        self.samples = scenario.samples or len(material.pool)
        self.agents: list[Agent] = []
        self.outcomes: list[Outcome] = []
        self.group: list[Outcome] = []  # of each agent
        for settings in scenario.agents:
            outcome = Outcome(settings.name, settings.habit, settings.count, settings.purse * settings.count)
            self.outcomes.append(outcome)
            for nth in range(settings.count):
                chance = random.Random(f"{scenario.seed}/{settings.name}/{nth}")
                self.agents.append(HABITS[settings.habit](settings, len(self.agents), chance))
                self.group.append(outcome)
        self._order: list[int] = (
            np.random.RandomState(scenario.seed % (1 << 32)).permutation(len(material.pool)).tolist()
        )
        self._drawn = 0
        self._progress = progress
        self._truths = material.truths
        self.predict = self.learner.predict
        self.sureness = self.learner.sureness
        self._measured: Accuracy = self.learner.measure()

    # ------------------------------------------------------------------------------------------------ what agents see

    @property
    def accuracy(self) -> float:
        """As last measured."""
        return self._measured.contract

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self.learner.classes

    @property
    def pool_size(self) -> int:
        """Number of samples in the pool."""
        return len(self._order)

    def next_sample(self) -> int:
        """The next of the pool, in the seed's order."""
        sample = self._order[self._drawn % len(self._order)]
        self._drawn += 1
        return sample

    def truth(self, sample: int) -> int:
        """A sample's true class."""
        return self._truths[sample]

    # ------------------------------------------------------------------------------------------------------- the play

    @property
    def is_over(self) -> bool:
        """Whether nobody contributes any more."""
        return len(self.given) >= self.samples or self.clock.now > self.scenario.started_at + self.scenario.longest

    def agent_named(self, name: str) -> Agent:
        """The one agent of a name."""
        return next(agent for agent in self.agents if agent.settings.name == name)

    def started(self, turn: Callable[[Agent], None]) -> None:
        """Give every agent its first turn."""
        for agent in self.agents:
            if not agent.is_passive:
                self.clock.at(self.scenario.started_at + agent.settings.starts + agent.wait(), turn, agent)

    def contributed(self, agent: Agent, offer: Offer, taught: bool) -> None:
        """Count a contribution."""
        self.given.append(offer)
        agent.contributed += 1
        outcome = self.group[agent.number]
        outcome.contributions += 1
        outcome.taught += taught
        if self._progress is not None and len(self.given) % _TELL_EVERY == 0:
            self._progress(len(self.given), self.samples)

    def measure(self) -> None:
        """Measure the model's accuracy."""
        self._measured = self.learner.measure()

    def note(self, balances: dict[str, int], locked: dict[str, int], *, time: int | None = None) -> None:
        """Add a moment to the course."""
        course = self.course
        course.days.append(((self.clock.now if time is None else time) - self.scenario.started_at) / DAY)
        course.actions.append(len(self.actions))
        course.accuracy.append(self._measured.contract)
        course.averaged.append(self._measured.averaged)
        for name, wei in balances.items():
            course.balances.setdefault(name, []).append(wei)
        for name, wei in locked.items():
            course.locked.setdefault(name, []).append(wei)

    def finished(self) -> None:
        """Tell that all is done."""
        if self._progress is not None:
            self._progress(len(self.given), self.samples)
