"""Simulations: agents of many habits against the twins of model and money, to see an incentive before staking on it."""

from commonlearn.simulation.errors import ScenarioProblem, SweepProblem
from commonlearn.simulation.scenario import PRESETS, Scenario, load_scenario, preset

__all__ = ["PRESETS", "Scenario", "ScenarioProblem", "SweepProblem", "load_scenario", "preset"]
