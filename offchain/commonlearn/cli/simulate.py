"""`commonlearn simulate …`: see an incentive before staking on it. No chain, no money."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command

if TYPE_CHECKING:
    from commonlearn.simulation.material import Material
    from commonlearn.simulation.recommend import Recommendation
    from commonlearn.simulation.run import Run
    from commonlearn.simulation.scenario import Scenario
    from commonlearn.simulation.sweep import Result, Sweep

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


@app.command("self-assessment")
@command
def self_assessment(
    ctx: typer.Context,
    scenario: ScenarioFile = None,
    seed: Seed = None,
    samples: Samples = None,
    out: Out = OUT,
    settings: Set = None,
    animation: Animation = True,
    download: Download = False,
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
    scenario: ScenarioFile = None,
    seed: Seed = None,
    samples: Samples = None,
    out: Out = OUT,
    settings: Set = None,
    animation: Animation = True,
    download: Download = False,
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
    scenario: ScenarioFile = None,
    seed: Seed = None,
    samples: Samples = None,
    out: Out = OUT,
    settings: Set = None,
    animation: Animation = True,
    download: Download = False,
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


@app.command("sweep")
@command
def sweep(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(help="TOML file, or the name of a sweep that comes with this program.", metavar="[FILE]")
    ] = "stakes",
    margin: Annotated[
        float,
        typer.Option("--margin", help="Percent of their stakes that attackers must lose at least.", min=0, max=100),
    ] = 20.0,
    most_lost: Annotated[
        float, typer.Option("--most-lost", help="Points of accuracy that the model may lose at most.", min=0, max=100)
    ] = 5.0,
    condition: Annotated[
        list[str] | None,
        typer.Option(
            "--condition",
            help="Judge only by runs under this condition, such as '1 in 7'; may be repeated.",
            show_default="all",
        ),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", help="Seeds 1 to this instead of the file's.", min=1, show_default=False)
    ] = None,
    workers: Annotated[int, typer.Option("--workers", help="Processes; -1 for as many as cores.")] = -1,
    dask: Annotated[
        str | None,
        typer.Option("--dask", help="Play on this Dask cluster, such as tcp://10.0.0.1:8786.", show_default=False),
    ] = None,
    samples: Samples = None,
    out: Out = OUT,
    download: Download = False,
    as_json: o.Json = False,
) -> None:
    """Play a scenario under many settings and conditions; draw heat maps and recommend settings.

    After an interruption the same command goes on where it stopped.

    Examples: commonlearn simulate sweep --margin 30 · commonlearn simulate sweep mine.toml --workers 4
    """
    from commonlearn.simulation.recommend import recommend
    from commonlearn.simulation.sweep import SWEEPS, Sweep, load_sweep, sweep_preset

    output: Output = ctx.obj
    if workers == 0 or workers < -1:
        raise UsageProblem("--workers must be at least 1, or -1 for as many as there are cores.")
    made = sweep_preset(file) if file in SWEEPS else load_sweep(Path(file))
    changes: dict[str, Any] = {}
    if seeds is not None:
        changes["seeds"] = tuple(range(1, seeds + 1))
    if samples is not None:
        changes["fixed"] = {**made.settings.fixed, "samples": samples}
    if changes:
        made = Sweep(made.settings.model_copy(update=changes), Path(file).parent)
    known = {label for axis in made.settings.conditions for label in axis.labels}
    for each in condition or []:
        if each not in known:
            raise UsageProblem(f"--condition {each}: there are {', '.join(sorted(known)) or 'none'}.")
    material = loaded_material(output, made.cells[0].scenario, download)
    name = Path(file).stem
    with output.progress("Playing") as told:
        results = made.run(out / f"{name}.results.jsonl", workers=workers, dask=dask, progress=told)
    among = frozenset(condition) | _other_conditions(made, condition) if condition else None
    found = recommend(
        results, len(made.settings.settings), margin=margin / 100, most_lost=most_lost / 100, conditions=among
    )
    paths = _write_sweep(output, made, results, found, out / name)
    _show_sweep(output, made, found, (margin, most_lost), paths, is_real=material.is_real)


def _other_conditions(made: Sweep, condition: list[str]) -> frozenset[str]:
    """Labels of axes of which no condition was named: these stay all in."""
    axes = [axis for axis in made.settings.conditions if not set(axis.labels) & set(condition)]
    return frozenset(label for axis in axes for label in axis.labels)


def _write_sweep(
    output: Output, made: Sweep, results: list[Result], found: list[Recommendation], path: Path
) -> list[Path]:
    from commonlearn.simulation.maps import write_maps, write_recommendations, write_results

    with output.err.status("Drawing …"):
        kept = path.with_name(f"{path.name}.results.jsonl")
        recommended = write_recommendations(made, found, path.with_name(f"{path.name}.recommended.csv"))
        return [
            kept,
            *write_results(made, results, path),
            recommended,
            write_maps(made, results, path.with_suffix(".png")),
        ]


def _show_sweep(
    output: Output,
    made: Sweep,
    found: list[Recommendation],
    wanted: tuple[float, float],
    paths: list[Path],
    *,
    is_real: bool,
) -> None:
    margin, most_lost = wanted
    axes = [axis.name for axis in made.settings.settings]
    safe = [each for each in found if each.is_safe]
    content = {
        "runs": len(made.cells),
        "is_real": is_real,
        "margin_percent": margin,
        "most_lost_points": most_lost,
        "settings": [
            {
                **dict(zip(axes, each.labels, strict=True)),
                "attackers_profit_at_most": each.attacker_profit,
                "honest_profit_at_least": each.honest_profit,
                "accuracy_at_least": each.accuracy,
                "mean_stake_wei": str(each.honest_stake_wei),
                "is_safe": each.is_safe,
            }
            for each in found
        ],
        "files": [str(path) for path in paths],
    }

    def show() -> None:
        rows = [
            (
                *each.labels, f"{100 * each.attacker_profit:+.1f} %", f"{100 * each.honest_profit:+.1f} %",
                f"{100 * each.accuracy:.1f} %", f"{each.honest_stake_wei / 10**18:.4f}",
                "safe" if each.is_safe else "no",
            )
            for each in found
        ]  # fmt: skip
        output.table((*axes, "attackers", "honest", "accuracy", "stake", ""), rows)
        output.say("")
        output.say(
            "Worst of all conditions and seeds: the attackers' greatest profit and the honest contributors' least, as "
            "percent of the stakes they gave; accuracy at the end; mean stake in ether."
        )
        if safe:
            output.say(
                f"Recommended, as the lowest stake at which attackers lose {margin:g} % of their stakes, the honest "
                f"lose nothing and accuracy falls by {most_lost:g} points at most: "
                f"{', '.join(map(' '.join, zip(axes, safe[0].labels, strict=True)))}."
            )
        else:
            output.say(
                f"No setting here makes attackers lose {margin:g} % of their stakes, leaves the honest whole and keeps "
                f"accuracy within {most_lost:g} points."
            )
        output.say("Written:")
        for path in paths:
            output.say(f"  {path}")

    output.result(content, show)


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

    played = chosen_scenario(scenario, incentive, settings)
    changes = {name: value for name, value in (("seed", seed), ("samples", samples)) if value is not None}
    played = played.changed(changes) if changes else played
    if played.incentive != incentive:
        raise UsageProblem(
            f"The scenario is of the incentive {played.incentive}: commonlearn simulate {played.incentive} plays it."
        )
    material = loaded_material(output, played, download)
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
