"""`commonlearn simulate sweep`: many settings, conditions and seeds; heat maps and recommended settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli import simulate_options as so
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command

if TYPE_CHECKING:
    from commonlearn.simulation.recommend import Recommendation
    from commonlearn.simulation.sweep import Result, Sweep

__all__ = ["sweep"]


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
    samples: so.Samples = None,
    out: so.Out = so.OUT,
    download: so.Download = False,
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
    material = so.loaded_material(output, made.cells[0].scenario, download)
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
