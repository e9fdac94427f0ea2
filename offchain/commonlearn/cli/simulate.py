"""`commonlearn simulate …`: see an incentive before staking on it. No chain, no money."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli import simulate_options as so
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command
from commonlearn.cli.simulate_sweep import sweep

if TYPE_CHECKING:
    from commonlearn.simulation.run import Run

__all__ = ["app"]

# Simulations bring pydantic, pyarrow and matplotlib along, so commands import them when they run: others start fast.

app = typer.Typer(
    name="simulate",
    help=(
        "See an incentive before you stake: agents of many habits play against the contracts' own arithmetic.\n\n"
        "Nothing is sent and nothing is paid. A scenario is one small file; `commonlearn simulate scenario crowd` "
        "prints one to begin with. docs/how-to-choose-stakes.md shows the way."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("self-assessment")
@command
def self_assessment(
    ctx: typer.Context,
    scenario: so.ScenarioFile = None,
    seed: so.Seed = None,
    samples: so.Samples = None,
    out: so.Out = so.OUT,
    settings: so.Set = None,
    animation: so.Animation = True,
    download: so.Download = False,
    as_json: o.Json = False,
) -> None:
    """Stakes that come back if the model agrees later; by default 23,000 reviews and an adversary who spends more.

    Examples: commonlearn simulate self-assessment · commonlearn simulate self-assessment --scenario crowd --seed 2
    """
    _simulate(ctx.obj, "self-assessment", scenario, seed, samples, out, settings, animation, download)


@app.command("market")
@command
def market(
    ctx: typer.Context,
    scenario: so.ScenarioFile = None,
    seed: so.Seed = None,
    samples: so.Samples = None,
    out: so.Out = so.OUT,
    settings: so.Set = None,
    animation: so.Animation = True,
    download: so.Download = False,
    as_json: o.Json = False,
) -> None:
    """A bounty for what improves the model on a secret test set; by default 8,000 reviews.

    Example: commonlearn simulate market --set market.full-score=50
    """
    _simulate(ctx.obj, "market", scenario, seed, samples, out, settings, animation, download)


@app.command("points")
@command
def points(
    ctx: typer.Context,
    scenario: so.ScenarioFile = None,
    seed: so.Seed = None,
    samples: so.Samples = None,
    out: so.Out = so.OUT,
    settings: so.Set = None,
    animation: so.Animation = True,
    download: so.Download = False,
    as_json: o.Json = False,
) -> None:
    """Points that contributors give one another; no money.

    Example: commonlearn simulate points --samples 1000
    """
    _simulate(ctx.obj, "points", scenario, seed, samples, out, settings, animation, download)


@app.command("scenario")
@command
def scenario(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Which; without a name, all are listed.", show_default=False)
    ] = None,
    as_json: o.Json = False,
) -> None:
    """Print a scenario that comes with this program, to change it.

    Example: commonlearn simulate scenario crowd > mine.toml
    """
    from commonlearn.simulation.scenario import PRESETS, preset, preset_text

    output: Output = ctx.obj
    if name is None:
        rows = [(each, preset(each).incentive, preset(each).title) for each in PRESETS]
        content = {"scenarios": [{"name": one, "incentive": kind, "title": title} for one, kind, title in rows]}
        output.result(content, lambda: output.table(("name", "incentive", "what it plays"), rows))
        return
    preset(name)
    output.result({"name": name, "text": preset_text(name)}, lambda: output.say(preset_text(name).rstrip("\n")))


app.command("sweep")(sweep)


def _simulate(
    output: Output,
    incentive: str,
    scenario: str | None,
    seed: int | None,
    samples: int | None,
    out: Path,
    settings: list[str] | None,
    animation: bool,
    download: bool,
) -> None:
    from commonlearn.simulation.play import play

    played = so.chosen_scenario(scenario, incentive, settings)
    changes = {name: value for name, value in (("seed", seed), ("samples", samples)) if value is not None}
    played = played.changed(changes) if changes else played
    if played.incentive != incentive:
        raise UsageProblem(
            f"The scenario is of the incentive {played.incentive}: commonlearn simulate {played.incentive} plays it."
        )
    material = so.loaded_material(output, played, download)
    with output.progress("Simulating") as told:
        run = play(played, material, told)
    paths = _write(output, run, out, Path(scenario).stem if scenario else incentive, animation)
    _show(output, run, paths)


def _write(output: Output, run: Run, out: Path, name: str, animation: bool) -> list[Path]:
    from commonlearn.simulation.figures import write_animation, write_picture
    from commonlearn.simulation.reading import reading

    try:
        paths = run.write(out, name)
        text = out / f"{name}.txt"
        text.write_text(reading(run) + "\n", encoding="utf-8")
        with output.err.status("Drawing …"):
            paths += [text, write_picture(run, out / f"{name}.png")]
            if animation:
                paths.append(write_animation(run, out / f"{name}.gif"))
    except OSError as error:
        raise UsageProblem(f"--out {out}: it cannot be written to ({error.strerror}).") from error
    return paths


def _show(output: Output, run: Run, paths: list[Path]) -> None:
    from commonlearn.simulation.reading import reading

    content = {**run.summary(), "reading": reading(run), "files": [str(path) for path in paths]}

    def show() -> None:
        unit: Callable[[Any], str] = _points if run.scenario.points is not None else _percent
        rows = [
            (
                each.name, unit(each), f"{each.contributions:,}", f"{each.taught:,}",
                *(
                    (f"{each.votes:,}",)
                    if run.scenario.points is not None
                    else (f"{each.refunded:,}", f"{each.forfeited + each.swept:,}", f"{each.reports:,}")
                ),
            )
            for each in run.outcomes
        ]  # fmt: skip
        ends = ("votes",) if run.scenario.points is not None else ("refunded", "lost", "reports")
        output.table(("agents", "end", "contributed", "taught", *ends), rows)
        output.say("")
        output.say(reading(run))
        output.say("")
        output.say(f"Simulated in {run.seconds:.1f} s. Written:")
        for path in paths:
            output.say(f"  {path}")

    output.result(content, show)


def _percent(each: Any) -> str:
    return f"{100 * each.share:.1f} %" if each.share is not None else f"{each.end_wei / 10**18:.4g} ether"


def _points(each: Any) -> str:
    return f"{each.end_wei / 100 / each.agents:,.0f} points"
