"""Heat maps of a sweep, and its numbers as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize, TwoSlopeNorm

from commonlearn.simulation.palette import new_figure
from commonlearn.simulation.recommend import Recommendation
from commonlearn.simulation.sweep import Axis, Result, Sweep

__all__ = ["write_maps", "write_recommendations", "write_results"]

_GAINS, _PARTS = "PuOr", "cividis"
"""Purple for gains and orange for losses, white between; and dark to light. Told apart by colour-blind people."""

_MEASURES = (
    ("attacker_profit", "attackers' profit\n(% of stakes given)"),
    ("honest_profit", "honest contributors'\nprofit (% of stakes)"),
    ("accuracy", "accuracy at the end\n(%)"),
)


def write_results(sweep: Sweep, results: Sequence[Result], path: Path) -> list[Path]:
    """Write all runs as CSV and Parquet, whose metadata have the sweep's settings (``commonlearn.sweep``)."""
    columns: dict[str, Any] = {
        axis.name: [each.labels[number] for each in results] for number, axis in enumerate(sweep.axes)
    }
    names = (
        "seed", "attacker_profit", "honest_profit", "attacker_share", "honest_share", "attackers_part",
        "first_accuracy", "accuracy", "lowest_accuracy", "averaged",
    )  # fmt: skip
    columns |= {name: [getattr(each, name) for each in results] for name in names}
    columns["honest_stake_wei"] = pa.array([each.honest_stake_wei for each in results], pa.decimal128(38, 0))
    table = pa.table(columns)
    pacsv.write_csv(table, path.with_suffix(".csv"))
    metadata = {"commonlearn.sweep": sweep.settings.model_dump_json(by_alias=True)}
    pq.write_table(table.replace_schema_metadata(metadata), path.with_suffix(".parquet"))
    return [path.with_suffix(".csv"), path.with_suffix(".parquet")]


def write_recommendations(sweep: Sweep, found: Sequence[Recommendation], path: Path) -> Path:
    """Write the table of recommendations as CSV."""
    columns: dict[str, Any] = {
        axis.name: [each.labels[number] for each in found] for number, axis in enumerate(sweep.settings.settings)
    }
    columns |= {
        "attackers_profit_at_most": [each.attacker_profit for each in found],
        "honest_profit_at_least": [each.honest_profit for each in found],
        "accuracy_at_least": [each.accuracy for each in found],
        "mean_stake_wei": pa.array([each.honest_stake_wei for each in found], pa.decimal128(38, 0)),
        "is_safe": [each.is_safe for each in found],
    }
    pacsv.write_csv(pa.table(columns), path)
    return path


def write_maps(sweep: Sweep, results: Sequence[Result], path: Path) -> Path:
    """Draw attackers' and honest contributors' profit over the first two axes, a column for each point of the third.

    Means over seeds, and over the axes behind the third. With one axis, maps of one row. Accuracy is drawn below.
    """
    axes = list(sweep.axes)
    across, down, panels = axes[0], axes[1] if len(axes) > 1 else None, axes[2] if len(axes) > 2 else None
    columns = panels.labels if panels else ("",)
    wide, high = len(across.labels), len(down.labels) if down else 1
    figure = new_figure(2.2 + len(columns) * max(1.9, 0.85 * wide), 1.4 + 3 * max(1.2, 0.5 * high + 0.5))
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(_MEASURES), len(columns), squeeze=False, sharex=True, sharey=True)
    for row, (measure, title) in enumerate(_MEASURES):
        values = np.array([_means(results, measure, across, down, place if panels else None) for place in columns])
        limit = max(1.0, float(np.nanmax(np.abs(values))))
        is_gain = measure != "accuracy"
        norm = TwoSlopeNorm(0, -limit, limit) if is_gain else Normalize(values.min() - 0.5, values.max() + 0.5)
        for column, (place, shown) in enumerate(zip(columns, values, strict=True)):
            panel = grid[row][column]
            image = panel.imshow(shown, cmap=_GAINS if is_gain else _PARTS, norm=norm, aspect="auto")
            _label(panel, shown, abs(norm(shown) - 0.5) > 0.31 if is_gain else norm(shown) < 0.5, is_gain)
            panel.set_xticks(range(wide), [_short(label) for label in across.labels], fontsize=8.5)
            panel.set_yticks(range(high), down.labels if down else [""], fontsize=8.5)
            if row == 0 and panels:
                panel.set_title(f"{panels.name}: {place}", fontsize=9.5)
            if row == len(_MEASURES) - 1:
                panel.set_xlabel(across.name + (" (ether)" if across.labels[0].endswith("ether") else ""), fontsize=9.5)
            if column == 0 and down:
                panel.set_ylabel(down.name.replace(" (", "\n("), fontsize=9.5)
        bar = figure.colorbar(image, ax=list(grid[row]), shrink=0.9, pad=0.02)
        bar.set_label(title, fontsize=9)
        bar.ax.tick_params(labelsize=8)
    seeds = len(sweep.settings.seeds)
    runs = f"means of {seeds} seeds" if seeds > 1 else "one seed"
    figure.suptitle(f"{sweep.settings.title} ({runs})", fontsize=11.5, x=0.01, ha="left", fontweight="bold")
    figure.savefig(path, dpi=110)
    return path


def _means(
    results: Sequence[Result], measure: str, across: Axis, down: Axis | None, panel: str | None
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Mean of a measure in per cent, shape (points of `down`, points of `across`)."""
    shape = (len(down.labels) if down else 1, len(across.labels))
    sums, counts = np.zeros(shape), np.zeros(shape)
    for each in results:
        if panel is not None and each.labels[2] != panel:
            continue
        place = (down.labels.index(each.labels[1]) if down else 0, across.labels.index(each.labels[0]))
        sums[place] += 100 * getattr(each, measure)
        counts[place] += 1
    return np.asarray(sums / counts)


def _label(panel: Any, values: np.ndarray[Any, Any], is_dark: np.ndarray[Any, Any], is_gain: bool) -> None:
    """Write the values into a panel."""
    panel.tick_params(length=0)
    for side in panel.spines.values():
        side.set_visible(False)
    for place, value in np.ndenumerate(values):
        text = f"{value:.1f}" if not is_gain else f"{value:+.0f}" if abs(value) >= 9.95 else f"{value:+.1f}"
        colour = "white" if is_dark[place] else "#222222"
        text = text.replace("-", "\N{MINUS SIGN}")  # as the scale beside writes it
        panel.text(place[1], place[0], text, ha="center", va="center", fontsize=9, color=colour)


def _short(label: str) -> str:
    return label.removesuffix("ether").strip()
