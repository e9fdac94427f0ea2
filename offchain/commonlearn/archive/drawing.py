"""A model's life as a picture: one panel a question, one axis of blocks."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from commonlearn.archive.life import Curve, Life

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["SUFFIXES", "drawn"]

SUFFIXES = ("png", "svg", "pdf")
"""Kinds of pictures."""

_ETHER, _GWEI = 10**18, 10**9
_COLOURS = (
    "#4269d0",
    "#efb118",
    "#3ca951",
    "#ff725c",
    "#a463f2",
    "#6cc5b0",
    "#9c6b4e",
    "#97bbf5",
    "#ff8ab7",
    "#9498a0",
)
_OF_ENDINGS = {
    "proven": "#3ca951",
    "votes for": "#3ca951",
    "returned": "#9498a0",
    "forfeited": "#e15759",
    "votes against": "#e15759",
    "swept": "#efb118",
}
_INK, _FAINT = "#333333", "#dddddd"
_MOST_CLASSES = 8


def drawn(life: Life, *, title: str, kind: str = "png") -> bytes:
    """Draw a life.

    Parameters
    ----------
    life : Life
    title : str
        Above the panels.
    kind : {"png", "svg", "pdf"}, optional

    Returns
    -------
    bytes
        The picture's file; the same for the same life and version of matplotlib.
    """
    import matplotlib as mpl  # takes half a second, which no other command should wait for
    from matplotlib.figure import Figure

    style: Any = {
        "font.size": 9,
        "axes.edgecolor": _FAINT,
        "axes.labelcolor": _INK,
        "xtick.color": _INK,
        "ytick.color": _INK,
        "text.color": _INK,
        "svg.hashsalt": "commonlearn",
        "figure.dpi": 130,
    }
    panels = [_contributions, _participants]
    if life.stakes_wei.values.any():
        panels.append(_stakes)
    panels.append(_endings)
    if life.accuracy is not None:
        panels.append(_accuracy)
    with mpl.rc_context(style):
        figure = Figure(figsize=(8.2, 1.0 + 1.75 * len(panels)), layout="constrained")
        axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
        for draw, axis in zip(panels, axes, strict=True):
            _plain(axis)
            draw(axis, life)
        _blocks(axes, life)
        sink = io.BytesIO()
        nothing: dict[str, Any] = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
        figure.savefig(sink, format=kind, metadata=nothing[kind])
    return sink.getvalue()


def _plain(axis: Axes) -> None:
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.grid(axis="y", color=_FAINT, linewidth=0.7)
    axis.set_axisbelow(True)
    axis.tick_params(length=0)


def _end(life: Life) -> float:
    """Where the axis ends: behind the last block, so that what happened in it is seen."""
    return life.last_block + max(1.0, 0.015 * (life.last_block - life.first_block))


def _blocks(axes: Any, life: Life) -> None:
    """The axis that all panels share, and the blocks of note."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    last = axes[-1]
    last.set_xlabel("block")
    last.set_xlim(life.first_block, _end(life))
    last.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    last.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value):,}"))
    for block, what in life.marks:
        for axis in axes:
            axis.axvline(block, color="#aaaaaa", linewidth=0.8, linestyle=":")
        axes[1].annotate(  # a panel without a legend
            what, (block, 1), xycoords=("data", "axes fraction"), xytext=(2, -2), textcoords="offset points",
            fontsize=7, va="top", color="#777777",
        )  # fmt: skip


def _name(axis: Axes, text: str, number: str = "") -> None:
    axis.set_title(text, loc="left", fontsize=9, fontweight="bold", pad=4)
    axis.set_title(number, loc="right", fontsize=9, pad=4)
    most = float(axis.dataLim.ymax)  # minus infinity where nothing was drawn
    axis.set_ylim(0, 1.06 * (most if 0 < most < np.inf else 1.0))


def _stepped(curve: Curve, life: Life) -> tuple[Any, Any]:
    """Points of a curve from the first block to behind the last."""
    blocks = np.concatenate([[life.first_block], curve.blocks, [_end(life)]])
    values = np.concatenate([[0.0], curve.values, [curve.last]])
    return blocks, values


def _stacked(axis: Axes, life: Life, curves: dict[str, Curve], colours: list[str]) -> None:
    grid = np.unique(np.concatenate([_stepped(curve, life)[0] for curve in curves.values()]))
    areas = [_at(curve, grid) for curve in curves.values()]
    names = [f"{name} {int(curve.last):,}" for name, curve in curves.items()]
    axis.stackplot(grid, areas, labels=names, colors=colours, alpha=0.85, step="post", linewidth=0)
    axis.legend(loc="upper left", frameon=True, framealpha=0.8, edgecolor="none", fontsize=8)
    _whole(axis)


def _contributions(axis: Axes, life: Life) -> None:
    curves = life.contributions
    if len(curves) > _MOST_CLASSES:
        curves = {f"{len(curves)} classes": _sum(list(curves.values()))}
    _stacked(axis, life, curves, list(_COLOURS))
    _name(axis, "Contributions", f"{int(sum(curve.last for curve in curves.values())):,}")


def _participants(axis: Axes, life: Life) -> None:
    axis.step(*_stepped(life.participants, life), where="post", color=_COLOURS[4], linewidth=1.6)
    _name(axis, "Accounts that have contributed", f"{int(life.participants.last):,}")
    _whole(axis)


def _stakes(axis: Axes, life: Life) -> None:
    blocks, values = _stepped(life.stakes_wei, life)
    unit, wei = ("Ether", _ETHER) if values.max() >= _ETHER / 1_000 else ("Gwei", _GWEI)
    axis.fill_between(blocks, values / wei, step="post", color=_COLOURS[1], alpha=0.6, linewidth=0)
    axis.yaxis.set_major_formatter("{x:,g}")
    _name(axis, f"{unit} at stake", f"{life.stakes_wei.last / wei:,.6g} now, {values.max() / wei:,.6g} at most")


def _endings(axis: Axes, life: Life) -> None:
    curves = {name: curve for name, curve in life.endings.items() if len(curve.values)}
    if curves:
        _stacked(axis, life, curves, [_OF_ENDINGS[name] for name in curves])
    else:
        axis.text(0.5, 0.5, "none yet", transform=axis.transAxes, ha="center", va="center", color="#777777")
        axis.set_yticks([0])
    total = int(sum(curve.last for curve in curves.values()))
    _name(axis, "Votes" if "votes for" in life.endings else "Contributions whose stake has left", f"{total:,}")


def _accuracy(axis: Axes, life: Life) -> None:
    assert life.accuracy is not None
    blocks = np.append(life.accuracy.blocks, _end(life))
    values = np.append(life.accuracy.values, life.accuracy.last)
    axis.step(blocks, 100 * values, where="post", color=_COLOURS[0], linewidth=1.6)
    low, high = 100 * values.min(), 100 * values.max()
    axis.set_ylim(max(0.0, low - 5), min(101.0, high + 5))
    axis.set_yticks([tick for tick in axis.get_yticks() if 0 <= tick <= 100])
    axis.set_title("Accuracy on the given file, %", loc="left", fontsize=9, fontweight="bold", pad=4)
    axis.set_title(f"{100 * values[0]:.1f} at first, {100 * values[-1]:.1f} now", loc="right", fontsize=9, pad=4)


def _whole(axis: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{int(value):,}"))


def _at(curve: Curve, grid: Any) -> Any:
    """A curve's values in some blocks."""
    places = np.searchsorted(curve.blocks, grid, side="right")
    return np.concatenate([[0.0], curve.values])[places]


def _sum(curves: list[Curve]) -> Curve:
    grid = np.unique(np.concatenate([curve.blocks for curve in curves]))
    return Curve(grid, sum((_at(curve, grid) for curve in curves), np.zeros(len(grid))))
