"""One scenario under many settings, conditions and seeds: in parallel, and where it stopped after an interruption."""

from __future__ import annotations

import hashlib
import itertools
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self, TextIO

import joblib
from pydantic import Field, ValidationError, model_validator

from commonlearn.simulation.data import load_material
from commonlearn.simulation.errors import SweepProblem, said_of
from commonlearn.simulation.material import Material
from commonlearn.simulation.play import play
from commonlearn.simulation.rules import Table
from commonlearn.simulation.run import Run
from commonlearn.simulation.scenario import PRESETS, DataSettings, Scenario, load_scenario, preset

__all__ = ["SWEEPS", "Axis", "Cell", "Result", "Sweep", "SweepSettings", "load_sweep", "sweep_preset"]

SWEEPS = ("stakes",)
"""Sweeps that come with the package."""

_FORMAT = 2
"""Raised when results of the same settings change."""


class Axis(Table):
    """One thing that is varied: a setting and its values, or choices that change several settings at once."""

    name: str = Field(min_length=1, max_length=40)
    setting: str | None = None
    values: tuple[Any, ...] = ()
    choices: tuple[dict[str, Any], ...] = ()
    """Each a table of settings, with its ``label``."""

    @model_validator(mode="after")
    def _has_points(self) -> Self:
        if bool(self.setting and self.values) == bool(self.choices):
            raise ValueError(f"the axis {self.name!r} needs either setting and values, or choices")
        if any("label" not in choice for choice in self.choices):
            raise ValueError(f"each choice of the axis {self.name!r} needs a label")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """What its points are called."""
        return tuple(str(value) for value in self.values) or tuple(str(choice["label"]) for choice in self.choices)

    def changes(self, point: int) -> dict[str, Any]:
        """What one of its points changes in a scenario."""
        if self.setting:
            return {self.setting: self.values[point]}
        return {name: value for name, value in self.choices[point].items() if name != "label"}


class SweepSettings(Table):
    """A sweep's file.

    *Settings* are what one can choose, *conditions* what may come: recommendations hold in the worst condition.
    """

    title: str = Field(default="A sweep", max_length=100)
    scenario: str
    """A preset's name, or a file beside this one."""
    seeds: tuple[int, ...] = (1, 2, 3)
    attackers: tuple[str, ...] = Field(min_length=1)
    honest: tuple[str, ...] = Field(min_length=1)
    fixed: dict[str, Any] = Field(default_factory=dict)
    """Changes of the scenario that hold everywhere."""
    settings: tuple[Axis, ...] = Field(min_length=1)
    conditions: tuple[Axis, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One run of a sweep: a place on every axis, a seed, and the scenario that follows."""

    labels: tuple[str, ...]
    seed: int
    scenario: Scenario

    def key(self, material: str) -> str:
        """Its name among results: equal for equal settings on equal samples."""
        text = f"{_FORMAT} {material} {self.scenario.fingerprint()}"
        return hashlib.sha256(text.encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Result:
    """What one run gave.

    Parameters
    ----------
    key : str
    labels : tuple of str
        Of settings, then of conditions.
    seed : int
    attacker_profit, honest_profit : float
        Gain, negative for a loss, as a part of all stakes that they gave; 0 if they gave none.
    attacker_share, honest_share : float
        Balances at the end as a part of those at the beginning.
    attackers_part : float
        Part of all contributions that is the attackers', 0 to 1.
    first_accuracy, accuracy, lowest_accuracy, averaged : float or None
        At the beginning; at the end; the lowest noted; by averaged weights at the end.
    honest_stake_wei : int
        Mean stake of an honest contribution.
    """

    key: str
    labels: tuple[str, ...]
    seed: int
    attacker_profit: float
    honest_profit: float
    attacker_share: float
    honest_share: float
    attackers_part: float
    first_accuracy: float
    accuracy: float
    lowest_accuracy: float
    averaged: float | None
    honest_stake_wei: int

    @classmethod
    def of(cls, key: str, cell: Cell, settings: SweepSettings, run: Run) -> Result:
        """Sum up a run."""
        attackers, honest = ([run.outcome(name) for name in names] for names in (settings.attackers, settings.honest))
        sums = []
        for group in (attackers, honest):
            start, end = sum(one.start_wei for one in group), sum(one.end_wei for one in group)
            staked = sum(one.staked_wei for one in group)
            sums.append(((end - start) / staked if staked else 0.0, end / start if start else 0.0))
        staked = sum(one.staked_wei for one in honest)
        return cls(
            key, cell.labels, cell.seed, sums[0][0], sums[1][0], sums[0][1], sums[1][1],
            sum(one.contributions for one in attackers) / max(1, run.contributions),
            run.course.accuracy[0], run.accuracy, min(run.course.accuracy), run.course.averaged[-1],
            staked // max(1, sum(one.contributions for one in honest)),
        )  # fmt: skip


class Sweep:
    """All runs of a sweep.

    Parameters
    ----------
    settings : SweepSettings
    folder : Path, optional
        Where the settings' file lies, for a scenario beside it.

    Raises
    ------
    SweepProblem
        A place on the axes gives no playable scenario, an agent is not there, or the incentive has no money.
    """

    def __init__(self, settings: SweepSettings, folder: Path | None = None) -> None:
        self.settings = settings
        base = _scenario(settings.scenario, folder or Path())
        base = base.changed(settings.fixed) if settings.fixed else base
        if base.points is not None:
            raise SweepProblem("Points have no money, so no profit can be measured: sweep self-assessment or a market.")
        names = [agent.name for agent in base.agents]
        for name in (*settings.attackers, *settings.honest):
            if name not in names:
                raise SweepProblem(f"The sweep names {name!r}, but its scenario has only {', '.join(names)}.")
        self.axes = (*settings.settings, *settings.conditions)
        self.cells = [
            self._cell(base, places, seed)
            for places in itertools.product(*(range(len(axis.labels)) for axis in self.axes))
            for seed in settings.seeds
        ]

    def run(
        self,
        kept: Path,
        *,
        workers: int = 1,
        dask: str | None = None,
        progress: Callable[[int, int], None] | None = None,
        download: bool = False,
    ) -> list[Result]:
        """Play what has not been played yet.

        Parameters
        ----------
        kept : Path
            File to which each result is added at once (JSON lines), and from which earlier ones are taken.
        workers : int, optional
            Processes; -1 for as many as there are cores.
        dask : str, optional
            Address of a Dask scheduler, on whose workers to play instead.
        progress : callable, optional
            Told runs done, and in all.
        download : bool, optional
            Whether to fetch data that are not here.

        Returns
        -------
        list of Result
            In the order of the cells: the same for any number of workers, and after any interruption.
        """
        data = json.dumps(self.cells[0].scenario.data.model_dump(), sort_keys=True)
        source = _material(data, download).source
        keys = [cell.key(source) for cell in self.cells]
        found = {result.key: result for result in _read(kept)}
        wanted = [number for number, key in enumerate(keys) if key not in found]
        done = len(self.cells) - len(wanted)
        if progress is not None:
            progress(done, len(self.cells))
        kept.parent.mkdir(parents=True, exist_ok=True)
        with kept.open("a+", encoding="utf-8") as file, _backend(workers, dask) as jobs:
            _end_line(file)
            parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
            tasks = (joblib.delayed(_play)(keys[number], self.cells[number], self.settings) for number in wanted)
            for result in parallel(tasks):
                file.write(json.dumps(asdict(result)) + "\n")
                file.flush()
                found[result.key] = result
                done += 1
                if progress is not None:
                    progress(done, len(self.cells))
        return [found[key] for key in keys]

    def _cell(self, base: Scenario, places: tuple[int, ...], seed: int) -> Cell:
        changes: dict[str, Any] = {"seed": seed}
        labels = []
        for axis, place in zip(self.axes, places, strict=True):
            changes |= axis.changes(place)
            labels.append(axis.labels[place])
        try:
            return Cell(tuple(labels), seed, base.changed(changes))
        except ValueError as problem:
            where = ", ".join(f"{axis.name} {label}" for axis, label in zip(self.axes, labels, strict=True))
            raise SweepProblem(f"With {where}: {problem}") from None


def load_sweep(path: Path) -> Sweep:
    """Read a sweep from a TOML file. Raises `SweepProblem`, `ScenarioProblem`."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SweepProblem(f"The sweep {path} cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SweepProblem(f"The sweep {path} is no TOML: {error}.") from error
    return Sweep(_checked(content, str(path)), path.parent)


def sweep_preset(name: str, changes: Mapping[str, Any] | None = None) -> Sweep:
    """One of :data:`SWEEPS`, with some of its own entries replaced. Raises `SweepProblem` for another name."""
    if name not in SWEEPS:
        raise SweepProblem(f"There is no sweep {name!r}; there are {', '.join(SWEEPS)}.")
    return Sweep(_checked(tomllib.loads(sweep_text(name)) | dict(changes or {}), name))


def sweep_text(name: str) -> str:
    """The file of a sweep that comes with the package."""
    place = files("commonlearn.simulation") / "presets" / "sweeps" / f"{name}.toml"
    return place.read_text(encoding="utf-8")


def _checked(content: dict[str, Any], where: str) -> SweepSettings:
    try:
        return SweepSettings.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "the file"
        reason = said_of(first)
        raise SweepProblem(f"The setting {name} of the sweep {where} cannot be used: {reason}.") from None


def _scenario(name: str, folder: Path) -> Scenario:
    return preset(name) if name in PRESETS else load_scenario(folder / name)


def _read(kept: Path) -> Iterator[Result]:
    if not kept.is_file():
        return
    for line in kept.read_text(encoding="utf-8").splitlines():
        try:
            content = json.loads(line)
        except ValueError:
            continue  # cut by an interruption: played again
        yield Result(**{**content, "labels": tuple(content["labels"])})


def _end_line(file: TextIO) -> None:
    """Close a line that an interruption has cut, or the next result would be written behind it."""
    file.seek(0)
    last = file.read()[-1:]
    if last not in ("", "\n"):
        file.write("\n")


@contextmanager
def _backend(workers: int, dask: str | None) -> Iterator[int]:
    """Where runs are played; gives the number of jobs."""
    if dask is None:
        yield workers
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise SweepProblem("A Dask cluster needs the package distributed: pip install commonlearn[cluster].") from error
    try:
        client = Client(dask, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise SweepProblem(f"There is no Dask scheduler at {dask}: {error}.") from error
    with client, joblib.parallel_config(backend="dask", wait_for_workers_timeout=30):
        yield -1


@lru_cache(maxsize=2)
def _material(data: str, download: bool = False) -> Material:
    return load_material(DataSettings(**json.loads(data)), download=download)


def _play(key: str, cell: Cell, settings: SweepSettings) -> Result:
    material = _material(json.dumps(cell.scenario.data.model_dump(), sort_keys=True))
    return Result.of(key, cell, settings, play(cell.scenario, material, baseline=False))
