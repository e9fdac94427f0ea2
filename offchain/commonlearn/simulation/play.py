"""Play a scenario, whatever its incentive."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from commonlearn.simulation.learner import learner_of
from commonlearn.simulation.market import MarketSimulation
from commonlearn.simulation.material import Material
from commonlearn.simulation.points import PointsSimulation
from commonlearn.simulation.run import Run
from commonlearn.simulation.scenario import Scenario
from commonlearn.simulation.self_assessment import SelfAssessmentSimulation
from commonlearn.simulation.stage import Progress

__all__ = ["baseline_of", "play"]


class _Simulation(Protocol):
    def run(self) -> Run:
        """Play to the end."""


_SIMULATIONS: dict[str, Callable[[Scenario, Material, Progress | None], _Simulation]] = {
    "self-assessment": SelfAssessmentSimulation,
    "market": MarketSimulation,
    "points": PointsSimulation,
}


def play(scenario: Scenario, material: Material, progress: Progress | None = None, *, baseline: bool = True) -> Run:
    """Run a scenario.

    Parameters
    ----------
    scenario : Scenario
    material : Material
        What :func:`~commonlearn.simulation.data.load_material` gave for its data.
    progress : callable, optional
        Told contributions so far, and in all.
    baseline : bool, optional
        Whether to learn all samples with true labels for comparison.

    Returns
    -------
    Run
        The same for the same scenario and material.

    Examples
    --------
    >>> from commonlearn.simulation import preset
    >>> from commonlearn.simulation.data import load_material
    >>> small = preset("self-assessment").changed(
    ...     {"samples": 60, "data.source": "synthetic", "data.first": 200, "data.dimension": 50}
    ... )
    >>> run = play(small, load_material(small.data))
    >>> run.contributions, sum(each.contributions for each in run.outcomes)
    (60, 60)
    """
    begin = time.perf_counter()
    run = _SIMULATIONS[scenario.incentive](scenario, material, progress).run()
    if baseline:
        run.baseline = baseline_of(material)
    run.seconds = time.perf_counter() - begin
    return run


def baseline_of(material: Material) -> float:
    """Held-out accuracy after learning every sample of the pool once, truly labelled, 0 to 1."""
    learner = learner_of(material)
    for sample, label in enumerate(material.truths):
        learner.learn(sample, label)
    return learner.measure().contract
