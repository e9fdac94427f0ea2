"""Options that commands of `commonlearn simulate` share, and what they stand for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output

if TYPE_CHECKING:
    from commonlearn.simulation.material import Material
    from commonlearn.simulation.scenario import Scenario

__all__ = ["chosen_scenario", "loaded_material", "parsed_settings"]

ScenarioFile = Annotated[
    str | None,
    typer.Option(
        "--scenario", help="TOML file, or the name of a scenario that comes with this program.",
        show_default="the published figure's", metavar="FILE",
    ),
]  # fmt: skip
Seed = Annotated[int | None, typer.Option("--seed", help="Of all chance.", show_default="the scenario's")]
Samples = Annotated[
    int | None, typer.Option("--samples", help="Contributions in all.", show_default="the scenario's", metavar="N")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for what is written.", metavar="DIR")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="Another value of a setting, such as self-assessment.floor=0.002ether; may be repeated.",
        show_default=False, metavar="NAME=VALUE",
    ),
]  # fmt: skip
Animation = Annotated[bool, typer.Option("--animation/--no-animation", help="Whether to write a GIF too.")]
Download = Annotated[bool, typer.Option("--download", help="Fetch the reviews if they are not here (84 MB).")]

OUT = Path("simulations")


def chosen_scenario(name: str | None, usual: str, settings: list[str] | None) -> Scenario:
    """A scenario by the name of a preset or a file, with changes. Raises `ScenarioProblem`, `UsageProblem`."""
    from commonlearn.simulation.scenario import PRESETS, load_scenario, preset

    name = name or usual
    found = preset(name) if name in PRESETS else load_scenario(Path(name))
    return found.changed(parsed_settings(settings)) if settings else found


def parsed_settings(settings: list[str] | None) -> dict[str, Any]:
    """Names and values of ``--set``. Raises `UsageProblem`."""
    parsed: dict[str, Any] = {}
    for each in settings or []:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise UsageProblem(f"--set {each} is no NAME=VALUE, such as self-assessment.floor=0.002ether.")
        try:
            parsed[name.strip()] = json.loads(value)
        except ValueError:
            parsed[name.strip()] = value.strip()
    return parsed


def loaded_material(output: Output, scenario: Scenario, download: bool) -> Material:
    """The scenario's samples, with a word if they are not the real ones."""
    from commonlearn.simulation.data import load_material

    with output.err.status("Loading samples …"):
        material = load_material(scenario.data, download=download)
    if not material.is_real:
        output.note(f"The samples are {material.source}: figures show the mechanism, not a model's true accuracy.")
    return material
