"""A run as a picture, and as an animation: balances and accuracy over simulated days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from PIL import Image

from commonlearn.simulation.palette import ACCURACY, AVERAGED, BASELINE, LINES, new_figure, tidy
from commonlearn.simulation.run import Run

__all__ = ["draw", "write_animation", "write_picture"]

_SIZE = (8.0, 5.8)
_FRAMES, _FRAME_MS, _LAST_MS = 36, 110, 2_500
_COLOURS = 48


@dataclass
class _Line:
    """A line that grows with time."""

    artist: Any
    days: np.ndarray[Any, np.dtype[np.float64]]
    values: np.ndarray[Any, np.dtype[np.float64]]

    def until(self, day: float) -> None:
        count = int(np.searchsorted(self.days, day, side="right"))
        self.artist.set_data(self.days[:count], self.values[:count])


def draw(run: Run) -> tuple[Figure, Callable[[float], None]]:
    """Draw a run.

    Parameters
    ----------
    run : Run

    Returns
    -------
    figure : Figure
        With everything on it.
    show_until : callable
        Shows only what happened until a day.
    """
    figure = new_figure(*_SIZE)
    spans = _spans(run)
    widths = [2.2, 1.0][: len(spans)]
    grid = figure.subplots(2, len(spans), squeeze=False, sharey="row", width_ratios=widths, height_ratios=[1.35, 1.0])
    days = np.array(run.course.days)
    lines: list[_Line] = []
    for column, (start, end, scale, label) in enumerate(spans):
        balances, accuracy = grid[0][column], grid[1][column]
        for axes in (balances, accuracy):
            tidy(axes)
            axes.set_xlim((start - start) * scale, max((end - start) * scale, 1e-9))
            axes.xaxis.set_major_locator(MaxNLocator(6 - 2 * column, integer=(end - start) * scale > 4))
        accuracy.set_xlabel(label, fontsize=10)
        balances.tick_params(labelbottom=False)
        inside = (days >= start - 1e-9) & (days <= end + 1e-9)
        at = (days[inside] - start) * scale
        for number, (name, values) in enumerate(_balances(run)):
            colour, dash = LINES[number % len(LINES)]
            [artist] = balances.plot(at, values[inside], color=colour, linestyle=dash, linewidth=2, label=name,
                                     drawstyle="steps-post" if column else "default")  # fmt: skip
            lines.append(_Line(artist, days[inside], values[inside]))
            _with_axis(lines[-1], start, scale)
        if run.baseline is not None:
            accuracy.axhline(100 * run.baseline, color=BASELINE, linewidth=2, linestyle=(0, (2, 2)),
                             label=f"all data, truly labelled: {100 * run.baseline:.1f} %")  # fmt: skip
        averaged = np.array([np.nan if each is None else each for each in run.course.averaged])
        for values, colour, width, name in (
            (averaged, AVERAGED, 1.4, "averaged weights (free, off chain)"),
            (np.array(run.course.accuracy), ACCURACY, 2.0, "the contract's weights"),
        ):
            if np.isnan(values).all():
                continue
            [artist] = accuracy.plot(at, 100 * values[inside], color=colour, linewidth=width, label=name)
            lines.append(_Line(artist, days[inside], 100 * values[inside]))
            _with_axis(lines[-1], start, scale)
    _dress(run, figure, grid)

    def show_until(day: float) -> None:
        for line in lines:
            line.until(day)

    return figure, show_until


def write_picture(run: Run, path: Path) -> Path:
    """Write a run as PNG."""
    figure, _ = draw(run)
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=120)
    return path


def write_animation(run: Run, path: Path, *, frames: int = _FRAMES) -> Path:
    """Write a run as GIF, which ends on the whole picture.

    Parameters
    ----------
    run : Run
    path : Path
    frames : int, optional
        Pictures but the last.
    """
    figure, show_until = draw(run)
    canvas = FigureCanvasAgg(figure)
    figure.draw_without_rendering()  # gives axes their places
    figure.set_layout_engine("none")  # or axes would move from frame to frame
    last = _frame(canvas, None)
    pictures = []
    for day in _moments(run.course.days, frames):
        show_until(day)
        pictures.append(_frame(canvas, last))
    pictures.append(last)
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=[_FRAME_MS] * (len(pictures) - 1) + [_LAST_MS],
        loop=0, optimize=False, disposal=1,
    )  # fmt: skip
    return path


def _spans(run: Run) -> list[tuple[float, float, float, str]]:
    """Parts of the time axis: first day, last day, units a day, label."""
    end = run.course.days[-1]
    closed = run.notes.get("closed_day")
    if closed is None:
        return [(0.0, end, 1.0, "time (simulated days)")]
    return [
        (0.0, float(closed), 1.0, "taking part (simulated days)"),
        (float(closed), end, 24.0, "settling and teaching (hours)"),
    ]


def _with_axis(line: _Line, start: float, scale: float) -> None:
    """Let a line that is cut by days draw itself in its panel's units."""
    artist, days, values = line.artist, line.days, line.values

    def until(day: float) -> None:
        count = int(np.searchsorted(days, day, side="right"))
        artist.set_data((days[:count] - start) * scale, values[:count])

    line.until = until  # type: ignore[method-assign]


def _balances(run: Run) -> list[tuple[str, np.ndarray[Any, np.dtype[np.float64]]]]:
    """Each agent's line: per cent of the start, or points a head."""
    found = []
    for outcome in run.outcomes:
        values = np.array([float(wei) for wei in run.course.balances[outcome.name]])
        heads = f" ({outcome.agents} agents)" if outcome.agents > 1 else ""
        if run.scenario.points is not None:
            found.append((outcome.name + heads, values / 100 / outcome.agents))
        elif outcome.start_wei:
            found.append((outcome.name + heads, 100 * values / outcome.start_wei))
    return found


def _dress(run: Run, figure: Figure, grid: Any) -> None:
    top, bottom = grid[0][0], grid[1][0]
    is_points = run.scenario.points is not None
    top.set_ylabel("points for each agent" if is_points else "balance (% of start)", fontsize=10)
    bottom.set_ylabel("accuracy (%)", fontsize=10)
    lowest = min(float(line.get_ydata().min()) for axes in grid[0] for line in axes.get_lines())
    if is_points or lowest < 50:
        top.set_ylim(bottom=0)
    if not is_points:
        for axes in grid[0]:
            axes.axhline(100, color="#999999", linewidth=0.8)
    shown = [100 * value for value in run.course.accuracy + [each for each in run.course.averaged if each]]
    if run.baseline:
        shown.append(100 * run.baseline)
    low, high = min(shown), max(shown)
    bottom.set_ylim(max(0, low - 3), min(100, high + 2))
    bottom.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    samples = f"{run.contributions:,} contributions" + ("" if run.is_real else " of synthetic samples")
    if not is_points:
        samples += ", locked stakes not counted"
    figure.suptitle(f"{run.scenario.title}\n$_{{}}$", fontsize=12, x=0.01, ha="left", fontweight="bold")
    figure.text(0.01, 0.955, samples, fontsize=9, color="#555555", va="top")
    for axes in (top, bottom):
        handles, _ = axes.get_legend_handles_labels()
        # Above the panel, where no line ever is
        columns = 4 if len(handles) != 3 else 3
        legend = axes.legend(
            handles=handles, fontsize=8.5, frameon=False, loc="lower left", bbox_to_anchor=(-0.01, 0.99),
            ncols=columns, borderpad=0.1, handlelength=2.6, columnspacing=1.4,
        )  # fmt: skip
        # The legend is wider than a panel may be, so an unseen title keeps its place free.
        legend.set_in_layout(False)
        rows = -(-len(handles) // columns)
        axes.set_title("\n".join(["."] * rows), fontsize=9.5, color="white", loc="left", pad=5)


def _moments(days: Sequence[float], frames: int) -> list[float]:
    """Days to show, so that each frame brings about as many notes as another; the first has a line to show already."""
    places = np.unique(np.linspace(0, len(days) - 1, frames + 2).round().astype(int))[1:-1]
    return [days[place] for place in places.tolist()]


def _frame(canvas: FigureCanvasAgg, palette: Image.Image | None) -> Image.Image:
    canvas.draw()  # type: ignore[no-untyped-call]
    picture = Image.fromarray(
        np.asarray(canvas.buffer_rgba())[  # type: ignore[no-untyped-call]
            ..., :3
        ].copy()
    )
    if palette is None:
        return picture.quantize(_COLOURS, dither=Image.Dither.NONE)
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)
