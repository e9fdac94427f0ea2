"""How pictures look: light ground, colours that colour-blind people tell apart, dashes besides.

Colours: Okabe and Ito, "Color Universal Design" (2008).
"""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

__all__ = ["ACCURACY", "AVERAGED", "BASELINE", "LINES", "new_figure", "tidy"]

ACCURACY, AVERAGED, BASELINE = "#000000", "#7a7a7a", "#b0b0b0"

LINES: tuple[tuple[str, Any], ...] = (
    ("#0072B2", "-"),
    ("#D55E00", (0, (5, 2))),
    ("#009E73", (0, (6, 2, 1, 2))),
    ("#CC79A7", (0, (1, 1.2))),
    ("#E69F00", "-"),
    ("#56B4E9", (0, (5, 2))),
    ("#8B5A2B", (0, (6, 2, 1, 2))),
    ("#5E3C99", (0, (1, 1.2))),
)
"""Colour and dashes of each agent's line, in turn."""


def new_figure(width: float, height: float) -> Figure:
    """A figure of so many inches that draws without a screen and keeps no state."""
    figure = Figure(figsize=(width, height), dpi=100, facecolor="white", layout="constrained")
    return figure


def tidy(axes: Any) -> None:
    """Take away what carries nothing."""
    axes.set_facecolor("white")
    axes.grid(True, color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#888888")
    axes.tick_params(colors="#333333", labelsize=9)
