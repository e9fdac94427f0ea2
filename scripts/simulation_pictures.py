"""``make simulations``: play the published figures and the sweep of stakes; put their pictures into docs/pictures.

With ``--speed`` also the pictures of time against contributions, and of a private training's job against its owners,
from ``reports/bench.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from rich.console import Console

from commonlearn.simulation.data import load_material
from commonlearn.simulation.figures import write_animation, write_picture
from commonlearn.simulation.maps import write_maps
from commonlearn.simulation.palette import LINES, new_figure, tidy
from commonlearn.simulation.play import play
from commonlearn.simulation.reading import reading
from commonlearn.simulation.scenario import preset
from commonlearn.simulation.sweep import sweep_preset

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
RESULTS = ROOT / ".cache" / "simulations"
MOST_BYTES = 200_000


def draw_figures(console: Console) -> list[Path]:
    """Both published figures, as picture and animation."""
    made = []
    for name in ("self-assessment", "market"):
        scenario = preset(name)
        material = load_material(scenario.data)
        if not material.is_real:
            console.print(f"{name}: IMDB is not here, so the pictures in docs stay as they are.", style="yellow")
            continue
        run = play(scenario, material)
        console.print(reading(run))
        made.append(write_picture(run, PICTURES / f"simulation-{name}.png"))
        made.append(write_animation(run, PICTURES / f"simulation-{name}.gif"))
    return made


def draw_sweep(console: Console) -> list[Path]:
    """Heat maps of the sweep that comes with the package; goes on where it stopped."""
    sweep = sweep_preset("stakes")
    if not load_material(sweep.cells[0].scenario.data).is_real:
        return []
    with console.status(f"Sweep of {len(sweep.cells)} runs …"):
        results = sweep.run(RESULTS / "stakes.results.jsonl", workers=1)
    return [write_maps(sweep, results, PICTURES / "simulation-stakes.png")]


def draw_speed() -> Path:
    """Time against contributions, as the benchmark measured it."""
    figures = json.loads((ROOT / "reports" / "bench.json").read_text())["figures"]
    prefix = "simulation.seconds."
    found = {int(key.removeprefix(prefix)): each["value"] for key, each in figures.items() if key.startswith(prefix)}
    points = sorted(found.items())
    figure = new_figure(5.6, 3.6)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    tidy(axes)
    counts, seconds = zip(*points, strict=True)
    axes.loglog(counts, seconds, color=LINES[0][0], marker="o", linewidth=2, label="measured, one core")
    linear = [seconds[0] * count / counts[0] for count in counts]
    axes.loglog(counts, linear, color="#999999", linestyle=(0, (2, 2)), label="in proportion to the first")
    axes.set_xlabel("contributions, with their refunds and reports")
    axes.set_ylabel("seconds")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}" if value < 1_000 else f"{value:,.0f}"))
    axes.legend(frameon=False, fontsize=9)
    figure.savefig(PICTURES / "simulation-speed.png", dpi=110)
    return PICTURES / "simulation-speed.png"


def draw_owners() -> Path:
    """Gas, seconds and jobs a second of private training against the number of owners, as the benchmark measured it."""
    figures = json.loads((ROOT / "reports" / "bench.json").read_text())["figures"]
    panels = (
        ("million gas a job", 1e6, {"gas_per_job": "alone", "gas_per_job_batched": "several at once"}),
        ("seconds, transactions only", 1, {"seconds_per_job": "request to end"}),
        ("jobs a second", 1, {"jobs_per_second": "several at once"}),
    )
    prefix = "market.owners."
    counts = sorted({int(key.removeprefix(prefix).split(".")[0]) for key in figures if key.startswith(prefix)})
    figure = new_figure(10.8, 3.4)
    FigureCanvasAgg(figure)
    for axes, (title, unit, lines) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        tidy(axes)
        for (key, label), (color, *_) in zip(lines.items(), LINES, strict=False):
            values = [figures[f"{prefix}{count}.{key}"]["value"] / unit for count in counts]
            axes.loglog(counts, values, color=color, marker="o", linewidth=2, label=label)
        axes.set_xticks(counts, [str(count) for count in counts])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.set_xlabel("owners")
        axes.set_title(title, fontsize=10)
        axes.legend(frameon=False, fontsize=9)
    figure.savefig(PICTURES / "training-owners.png", dpi=110)
    return PICTURES / "training-owners.png"


def main() -> int:
    """Make them all; return the exit code."""
    console = Console()
    PICTURES.mkdir(parents=True, exist_ok=True)
    made = draw_figures(console) + draw_sweep(console)
    if "--speed" in sys.argv:
        made += [draw_speed(), draw_owners()]
    for path in made:
        console.print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")
    return 1 if any(path.stat().st_size > MOST_BYTES for path in made) else 0


if __name__ == "__main__":
    sys.exit(main())
