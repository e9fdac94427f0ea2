"""What is played: one small TOML file with an incentive's terms, the data, and agents with balances, rates and habits.

>>> play = preset("self-assessment")
>>> play.incentive, [agent.name for agent in play.agents]
('self-assessment', ['honest', 'adversary'])
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from commonlearn.simulation.errors import ScenarioProblem, said_of
from commonlearn.simulation.quantities import Part, Seconds, Wei
from commonlearn.simulation.rules import MarketRules, PointsRules, SelfAssessmentRules, Table

__all__ = ["INCENTIVES", "PRESETS", "AgentSettings", "DataSettings", "Scenario", "load_scenario", "preset"]

INCENTIVES = ("self-assessment", "market", "points")
"""What can be simulated; also names of the tables that hold each one's terms."""

PRESETS = ("self-assessment", "market", "points", "crowd")
"""Scenarios that come with the package; the first two are the published figures."""

_DAY = 86_400
_BENEFICIARY = "0x" + "be" * 20


class DataSettings(Table):
    """The samples, and the model that meets them."""

    source: Literal["imdb", "synthetic"] = "imdb"
    model: Literal["perceptron", "naive-bayes", "nearest-centroid"] = "perceptron"
    first: int = Field(default=2_000, ge=50, le=20_000)
    """From how many training samples vocabulary and first weights are learned; the rest is contributed."""
    taught: int | None = Field(default=None, ge=0)
    """From how many of these the first weights are learned; all by default, and 0 begins with zero weights."""
    dimension: int = Field(default=1_000, ge=10, le=65_536)
    """Number of words."""
    margin: int = Field(default=75, ge=0)
    """The perceptron's margin."""


class AgentSettings(Table):
    """One agent, or many alike."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=32)
    habit: str
    """One of :data:`commonlearn.simulation.agents.HABITS`."""
    count: int = Field(default=1, ge=1, le=1_000)
    """How many there are; each has the purse and habits to itself."""
    purse: Wei = 0
    """What each has at the beginning."""
    stake_mean: Wei = 1 << 90
    """Most that it is willing to stake on a contribution: mean, and standard deviation in `stake_stdev`."""
    stake_stdev: Wei = 0
    every: Seconds = 3_600
    """Mean time between its contributions; standard deviation in `every_stdev`."""
    every_stdev: Seconds = 1
    starts: Seconds = 0
    """When it comes, after the beginning."""
    limit: int | None = Field(default=None, ge=0)
    """At most so many contributions; no limit if not given."""
    mistakes: Part = 0.0
    """Part of its labels that are wrong without intent."""
    confidence: float | None = Field(default=None, ge=0, le=1)
    """If given, it works with the chance of the model's accuracy plus this: nobody helps a bad model."""
    most_doubt: float | None = Field(default=None, ge=0)
    """If given, it looks first what the model says of a sample, and leaves it out when another class than its own leads
    by more than this, in units of the model's scores."""
    refunds: bool = True
    """Whether it asks for its stakes."""
    report_after: Seconds | None = None
    """How long after reports open it reports; it never does if not given."""
    retry: Seconds = _DAY
    """In what time it asks again for what the model did not grant."""
    votes: Part = 0.0
    """Points: part of the others' contributions that it looks at and votes on."""
    candidates: int = Field(default=20, ge=1, le=1_000)
    """Farmer: among how many samples it chooses the easiest."""
    sponsor: str | None = None
    """Name of the agent that stakes for it."""


class Scenario(Table):
    """All that decides a run but the seed's chance.

    Exactly one of `self_assessment`, `market` and `points` is given, as a table of that name.
    """

    title: str = Field(default="A simulation", max_length=100)
    seed: int = Field(default=1, ge=0, lt=1 << 63)
    samples: int | None = Field(default=None, ge=1, le=100_000_000)
    """Contributions in all; by default as many as there are samples to contribute."""
    started_at: int = Field(default=1_800_000_000, ge=1, lt=1 << 40)
    """Unix time of the beginning."""
    longest: Seconds = 20 * 365 * _DAY
    """After so much time nobody contributes any more."""
    measure_every: Seconds = 2 * _DAY
    """How often accuracy and balances are noted."""
    data: DataSettings = DataSettings()
    agents: tuple[AgentSettings, ...] = Field(min_length=1)
    self_assessment: SelfAssessmentRules | None = None
    market: MarketRules | None = None
    points: PointsRules | None = None
    published: dict[str, float] = Field(default_factory=dict)
    """End balances by agent, and `accuracy`, as published for this setting, as parts of 1."""

    @property
    def incentive(self) -> str:
        """One of :data:`INCENTIVES`."""
        return next(name for name in INCENTIVES if getattr(self, name.replace("-", "_")) is not None)

    @property
    def beneficiary(self) -> str:
        """Address of whom swept stakes go to: nobody who takes part."""
        return _BENEFICIARY

    def changed(self, changes: Mapping[str, Any]) -> Scenario:
        """Replace some settings.

        Parameters
        ----------
        changes : mapping
            Dotted names to values as in the file: ``self-assessment.floor``, ``agents.adversary.count``, ``seed``.

        Raises
        ------
        ScenarioProblem
            There is no such setting, or the value cannot be used.

        Examples
        --------
        >>> preset("self-assessment").changed({"agents.adversary.purse": "20ether"}).agents[1].purse
        20000000000000000000
        """
        content = self.as_dict()
        for name, value in changes.items():
            _put(content, name, value)
        return _checked(content, None)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON and TOML, in the units in which it was checked; :func:`load_scenario` reads it again."""
        content = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
        return _in_file_units(content)

    def fingerprint(self) -> str:
        """A short name of these settings: equal for equal settings."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @model_validator(mode="after")
    def _is_playable(self) -> Self:
        from commonlearn.simulation.checks import problem_of

        problem = problem_of(self)
        if problem is not None:
            raise problem
        return self


def load_scenario(path: Path) -> Scenario:
    """Read a scenario from a TOML file.

    Raises
    ------
    ScenarioProblem
        The file is not there or no TOML, or a setting cannot be used; the error names it.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioProblem("--scenario", f"the file cannot be read ({error.strerror})", str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioProblem("--scenario", f"it is no TOML: {error}", str(path)) from error
    return _checked(content, str(path))


def preset(name: str) -> Scenario:
    """Give one of :data:`PRESETS`. Raises `ScenarioProblem` for another name."""
    if name not in PRESETS:
        raise ScenarioProblem("preset", f"there is no {name!r}; there are {', '.join(PRESETS)}")
    return _checked(tomllib.loads(preset_text(name)), None)


def preset_text(name: str) -> str:
    """The file of a preset, to start a scenario of one's own from."""
    return (files("commonlearn.simulation") / "presets" / f"{name}.toml").read_text(encoding="utf-8")


def _checked(content: dict[str, Any], where: str | None) -> Scenario:
    try:
        return Scenario.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        problem = first.get("ctx", {}).get("error")
        if isinstance(problem, ScenarioProblem):
            raise ScenarioProblem(problem.setting, problem.reason, where) from None
        name = ".".join(_way(content, first["loc"])) or "of the file"
        raise ScenarioProblem(name, said_of(first), where) from None


def _way(content: Any, steps: Sequence[Any]) -> list[str]:
    """A setting's name as ``--set`` takes it: agents by their names, not by their numbers."""
    way = []
    for step in steps:
        try:
            content = content[step]
        except (LookupError, TypeError):
            content = None
        named = content.get("name") if isinstance(step, int) and isinstance(content, dict) else None
        way.append(str(step if named is None else named))
    return way


def _in_file_units(content: dict[str, Any]) -> dict[str, Any]:
    """Hundredths back to percent and points, which the file has."""
    for table, names in (
        ("self-assessment", ("growth-percent", "reporter-percent")),
        ("points", ("grant", "least-vote", "most-vote", "give-percent", "fee-percent")),
    ):
        for name in names:
            if name in content.get(table, {}):
                content[table][name] /= 100
    return content


def _put(content: dict[str, Any], name: str, value: Any) -> None:
    *way, last = name.split(".")
    place: Any = content
    for step in way:
        if isinstance(place, list):
            found = [each for each in place if each["name"] == step]
            if not found:
                raise ScenarioProblem(name, f"there is no agent {step!r}; there are "
                                      + ", ".join(each["name"] for each in place))  # fmt: skip
            place = found[0]
        else:
            place = place.setdefault(step, {})
    if not isinstance(place, dict):
        raise ScenarioProblem(name, "it is a list of agents; write agents.NAME.SETTING")
    place[last] = value
