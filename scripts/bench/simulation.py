"""How fast simulations are: the two published figures, and self-assessment for ever more contributions.

Times are the processor's: simulations use one core, and what else the machine does should not count.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table

from commonlearn.simulation.data import load_material
from commonlearn.simulation.learner import learner_of
from commonlearn.simulation.material import Material
from commonlearn.simulation.play import play
from commonlearn.simulation.scenario import Scenario, preset

__all__ = ["SIZES", "Rate", "figure_seconds", "measure_rates", "rate_table"]

SIZES = (10_000, 100_000, 1_000_000)
LARGEST_VARIABLE = "BENCH_SIMULATION_SIZE"
"""Environment variable with the largest number of contributions to play; a million by default."""


@dataclass(frozen=True)
class Rate:
    """How many seconds of one core so many contributions took, with their refunds and reports."""

    contributions: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Contributions a second."""
        return self.contributions / self.seconds


def figure_seconds(name: str) -> float:
    """Seconds of one core for one of the published figures after loading: the play and the baseline."""
    scenario = preset(name)
    material = _ready(scenario)
    begin = time.process_time()
    play(scenario, material)
    return time.process_time() - begin


def measure_rates() -> Iterator[Rate]:
    """Play self-assessment on drawn samples, each of which returns when all were had, for growing numbers."""
    largest = int(os.environ.get(LARGEST_VARIABLE, SIZES[-1]))
    base = preset("self-assessment").changed(
        # Nobody goes broke, so that all contribute to the end; ten measurements whatever the number.
        {"data.source": "synthetic", "agents.honest.purse": "1000ether", "agents.adversary.purse": "100000ether"}
    )
    material = _ready(base)
    for size in SIZES:
        if size > largest:
            return
        seconds_apart = size * 3_600 // 7 // 10
        scenario = base.changed({"samples": size, "measure-every": max(86_400, seconds_apart)})
        begin = time.process_time()
        play(scenario, material, baseline=False)
        yield Rate(size, time.process_time() - begin)


def rate_table(rates: list[Rate]) -> Table:
    """Time against number, for people."""
    table = Table("contributions", "seconds", "a second", title="Self-assessment, played on drawn samples")
    for each in rates:
        table.add_row(f"{each.contributions:,}", f"{each.seconds:.2f}", f"{each.per_second:,.0f}")
    return table


def _ready(scenario: Scenario) -> Material:
    """The material with all that is made of it but once."""
    material = load_material(scenario.data)
    learner_of(material).measure()
    assert len(material.rows) == len(material.truths)
    return material
