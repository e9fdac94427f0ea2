"""What a simulation gives: its course over time, how it ended for each agent, and all actions."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from commonlearn.simulation.actions import ActionLog
from commonlearn.simulation.scenario import Scenario

__all__ = ["Course", "Outcome", "Run"]

DAY = 86_400


@dataclass
class Outcome:
    """How it went for the agents of one name.

    Parameters
    ----------
    name, habit : str
    agents : int
        How many they are.
    start_wei, end_wei : int
        Purses at the beginning; purses and what is owed at the end. Under points: hundredths of a point.
    contributions, taught : int
        How many they gave, and how many of these taught.
    staked_wei : int
        Sum of the stakes that they gave.
    refunded, forfeited, swept : int
        How their contributions ended.
    reports : int
        How many of the others' contributions they reported.
    votes : int
        Points: how often they voted.
    lost_wei : int
        Stakes that they lost.
    """

    name: str
    habit: str
    agents: int = 1
    start_wei: int = 0
    end_wei: int = 0
    contributions: int = 0
    taught: int = 0
    staked_wei: int = 0
    refunded: int = 0
    forfeited: int = 0
    swept: int = 0
    reports: int = 0
    votes: int = 0
    lost_wei: int = 0

    @property
    def share(self) -> float | None:
        """The end as a part of the beginning: 1.97 is a balance nearly doubled; None for who began with nothing."""
        return self.end_wei / self.start_wei if self.start_wei else None


@dataclass
class Course:
    """Balances and accuracy at the moments when they were noted.

    Parameters
    ----------
    days : list of float
        Since the beginning.
    actions : list of int
        How many actions had been done.
    accuracy : list of float
        By the contract's weights, on the held-out samples, 0 to 1.
    averaged : list of float or None
        By the mean of a perceptron's weights over its log.
    balances : dict of str to list of int
        By agents' name: purses and what is owed, in wei (under points: hundredths of a point).
    locked : dict of str to list of int
        Stakes that are locked, in wei.
    """

    days: list[float] = field(default_factory=list)
    actions: list[int] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    averaged: list[float | None] = field(default_factory=list)
    balances: dict[str, list[int]] = field(default_factory=dict)
    locked: dict[str, list[int]] = field(default_factory=dict)

    def table(self) -> pa.Table:
        """A row a moment."""
        columns: dict[str, Any] = {
            "days": pa.array(self.days, pa.float64()),
            "actions": pa.array(self.actions, pa.int64()),
            "accuracy": pa.array(self.accuracy, pa.float64()),
            "accuracy_averaged": pa.array(self.averaged, pa.float64()),
        }
        for name, values in self.balances.items():
            columns[f"{name}.balance_wei"] = pa.array(values, pa.decimal128(38, 0))
        for name, values in self.locked.items():
            columns[f"{name}.locked_wei"] = pa.array(values, pa.decimal128(38, 0))
        return pa.table(columns)


@dataclass
class Run:
    """A finished simulation.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        The one that was used.
    source : str
        What the samples are.
    is_real : bool
        Whether they are the real ones.
    contributions : int
    baseline : float or None
        Accuracy after learning all samples with true labels once, 0 to 1.
    course : Course
    outcomes : list of Outcome
        In the order of the scenario's agents.
    actions : ActionLog
    notes : dict
        Numbers of the incentive's own, such as a market's rounds.
    seconds : float
        How long the simulation took, loading not included.
    """

    scenario: Scenario
    seed: int
    source: str
    is_real: bool
    contributions: int
    baseline: float | None
    course: Course
    outcomes: list[Outcome]
    actions: ActionLog
    notes: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def accuracy(self) -> float:
        """The contract's, at the end."""
        return self.course.accuracy[-1]

    def outcome(self, name: str) -> Outcome:
        """Of the agents of a name. Raises `KeyError` if there are none."""
        for each in self.outcomes:
            if each.name == name:
                return each
        raise KeyError(name)

    def summary(self) -> dict[str, Any]:
        """All but course and actions, ready for JSON; amounts as text, as JSON's numbers are not exact."""
        return {
            "title": self.scenario.title,
            "incentive": self.scenario.incentive,
            "seed": self.seed,
            "source": self.source,
            "is_real": self.is_real,
            "contributions": self.contributions,
            "days": self.course.days[-1],
            "accuracy": {
                "first": self.course.accuracy[0],
                "last": self.course.accuracy[-1],
                "averaged": self.course.averaged[-1],
                "baseline": self.baseline,
            },
            "agents": [
                {
                    **{name: str(value) if name.endswith("_wei") else value for name, value in asdict(each).items()},
                    "share": each.share,
                }
                for each in self.outcomes
            ],
            "notes": self.notes,
            "seconds": round(self.seconds, 3),
        }

    def write(self, folder: Path, name: str) -> list[Path]:
        """Write the run's numbers: course as CSV and Parquet, actions as Parquet, summary and settings as JSON.

        Parquet files carry settings and seed in their metadata (``commonlearn.scenario``, ``commonlearn.seed``).

        Parameters
        ----------
        folder : Path
            Made if it is not there.
        name : str
            What the files' names begin with.

        Returns
        -------
        list of Path
        """
        folder.mkdir(parents=True, exist_ok=True)
        settings = json.dumps(self.scenario.as_dict())
        metadata = {"commonlearn.scenario": settings, "commonlearn.seed": str(self.seed)}
        course = self.course.table()
        paths = [folder / f"{name}{end}" for end in (".csv", ".parquet", ".actions.parquet", ".json")]
        pacsv.write_csv(course, paths[0])
        pq.write_table(course.replace_schema_metadata(metadata), paths[1])
        pq.write_table(self.actions.table().replace_schema_metadata(metadata), paths[2], compression="zstd")
        content = {**self.summary(), "scenario": self.scenario.as_dict()}
        paths[3].write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        return paths
