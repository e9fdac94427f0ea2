"""Habits, one a file. Others can add theirs by :func:`register`."""

from __future__ import annotations

from commonlearn.simulation.agents.base import Agent, Offer, World
from commonlearn.simulation.agents.copier import LazyCopier
from commonlearn.simulation.agents.farmer import EasyFarmer
from commonlearn.simulation.agents.flipper import LabelFlipper
from commonlearn.simulation.agents.honest import Honest
from commonlearn.simulation.agents.mistaken import Mistaken
from commonlearn.simulation.agents.reporter import Reporter
from commonlearn.simulation.agents.sponsor import Sponsor

__all__ = ["HABITS", "Agent", "Offer", "World", "register"]

HABITS: dict[str, type[Agent]] = {
    each.habit: each for each in (Honest, Mistaken, LabelFlipper, LazyCopier, EasyFarmer, Reporter, Sponsor)
}
"""What agents can be, by the word that a scenario says."""


def register(habit: type[Agent]) -> type[Agent]:
    """Make a habit known to scenarios, such as a class of one's own, as a decorator.

    Examples
    --------
    >>> @register
    ... class Idler(Agent):
    ...     habit = "idler"
    ...     is_passive = True
    >>> HABITS.pop("idler") is Idler
    True
    """
    HABITS[habit.habit] = habit
    return habit
