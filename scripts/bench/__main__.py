"""``make bench``: measure, print the table, write ``reports/bench.json``. Exits with 1 when a target is missed.

With names of groups (``python -m scripts.bench training``, ``make bench GROUPS=training``) only these are measured, and
all other figures of the report stay as they are.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from commonlearn.errors import DataNotFound
from commonlearn.evaluation import AccuracyRow, accuracy_table, featurized_table, imdb_one_pass
from commonlearn.sandbox import SandboxUnavailable
from scripts.bench.costs import costs
from scripts.bench.gas import measure_gas
from scripts.bench.inputs import Inputs
from scripts.bench.market import cost_table, measure_settlement
from scripts.bench.owners import OWNERS, measure_owners, scale_table
from scripts.bench.sandbox import measure_overhead
from scripts.bench.simulation import figure_seconds, measure_rates, rate_table
from scripts.bench.speed import measure_inference
from scripts.bench.sync import measure_sync
from scripts.bench.targets import TARGETS, reached
from scripts.bench.training import cost_rows, measure_training

ROOT = Path(__file__).resolve().parents[2]
PEER = json.loads((Path(__file__).parent / "peer_0xdeca10b.json").read_text())
PEER_ACCURACY = "0.79-0.83"
PEER_SELF_ASSESSMENT_SECONDS = 1_661
PEER_JOBS_PER_SECOND = "65-70"
"""The IBM paper's, transactions alone, on 4 to 12 servers of 32 cores."""


@dataclass(frozen=True)
class Figure:
    """A line of the report."""

    key: str
    value: float
    peer: float | str | None = None
    floor: float | None = None

    @property
    def target(self) -> float | None:
        """What it should reach."""
        return TARGETS.get(self.key)

    @property
    def is_reached(self) -> bool | None:
        """Whether it does."""
        return reached(self.key, self.value)


def _gas(console: Console) -> Iterator[Figure]:
    if not Inputs(use_data=True).has_peer_weights:
        console.print(
            "The peer's weights are not in COMMONLEARN_DATA: weights of the same spread are used for gas.",
            style="yellow",
        )
    with console.status("Gas, on a local chain …"):
        for found in measure_gas():
            yield Figure(f"gas.{found.key}", found.gas, PEER["gas"].get(found.key), found.floor)


def _market(console: Console) -> Iterator[Figure]:
    with console.status("A market's settlement …"):
        found = measure_settlement()
    console.print(cost_table(found))
    yield Figure("gas.market_settle_per_pair", round(found.pair_gas, 1))
    yield Figure("gas.market_settle_per_pair_predicting", round(found.predicting_pair_gas, 1))
    yield Figure("gas.market_settle_1000x100", found.gas)


def _training(console: Console) -> Iterator[Figure]:
    with console.status("Private training: one life, then hundreds in batches …"):
        found = measure_training()
    console.print(cost_rows(found))
    yield Figure("market.transactions_per_job", found.transactions)
    yield Figure("market.gas_per_job", found.gas)
    yield Figure("market.gas_per_job_batched", round(found.batched_gas))
    yield Figure("market.jobs_per_second", round(found.jobs_per_second, 1), PEER_JOBS_PER_SECOND)
    for each in costs(found.gas, found.data_bytes):
        yield Figure(f"market.cost_ether.{each.key}", round(each.ether, 9))
        yield Figure(f"market.cost_dollars.{each.key}", round(each.dollars, 4))
    for each in costs(found.batched_gas, found.batched_bytes):
        yield Figure(f"market.cost_ether_batched.{each.key}", round(each.ether, 9))
    with console.status(f"Private training: jobs of {OWNERS[0]} to {OWNERS[-1]} owners …"):
        scales = list(measure_owners())
    console.print(scale_table(scales))
    for scale in scales:
        key = f"market.owners.{scale.owners}"
        yield Figure(f"{key}.transactions", scale.transactions)
        yield Figure(f"{key}.gas_per_job", scale.gas)
        yield Figure(f"{key}.gas_per_job_batched", round(scale.batched_gas))
        yield Figure(f"{key}.seconds_per_job", round(scale.seconds, 4))
        yield Figure(f"{key}.jobs_per_second", round(scale.jobs_per_second, 1))
        for each in costs(scale.gas, scale.data_bytes):
            yield Figure(f"{key}.cost_dollars.{each.key}", round(each.dollars, 4))


def _speed(console: Console) -> Iterator[Figure]:
    with console.status("Inference …"):
        speed = measure_inference(Inputs(use_data=True))
    yield Figure(
        "inference.reviews_per_second", round(speed.reviews_per_second), None, round(speed.floor_reviews_per_second)
    )


def _simulation(console: Console) -> Iterator[Figure]:
    with console.status("Simulations: the two published figures …"):
        yield Figure(
            "simulation.self_assessment_seconds",
            round(figure_seconds("self-assessment"), 3),
            PEER_SELF_ASSESSMENT_SECONDS,
        )
        yield Figure("simulation.market_seconds", round(figure_seconds("market"), 3))
    with console.status("Simulations: up to a million contributions …"):
        rates = list(measure_rates())
    console.print(rate_table(rates))
    yield Figure("simulation.contributions_per_second", round(rates[-1].per_second))
    yield from (Figure(f"simulation.seconds.{each.contributions}", round(each.seconds, 2)) for each in rates)


def _sync(console: Console) -> Iterator[Figure]:
    with console.status("100,000 events of a model's log, made, then read …"):
        found = measure_sync()
    yield Figure("sync.events_per_second", round(found.events_per_second))
    yield Figure("sync.learned_events_per_second", round(found.learned_per_second))
    yield Figure("sync.exported_rows_per_second", round(found.rows_per_second))


def _sandbox(console: Console) -> Iterator[Figure]:
    try:
        with console.status("Programs in the sandbox and outside …"):
            yield Figure("sandbox.overhead_ms", round(measure_overhead(), 1))
    except SandboxUnavailable as error:
        console.print(f"No sandbox: {error.user_message}", style="yellow")


def _accuracy(console: Console) -> Iterator[Figure]:
    try:
        yield from _accuracy_of_real_data(console)
    except DataNotFound as error:
        console.print(f"No accuracy: {error.user_message}", style="yellow")


def _accuracy_of_real_data(console: Console) -> Iterator[Figure]:
    with console.status("Accuracy: 25,000 contributions in five orders, then five data sets …"):
        result = imdb_one_pass()
        yield Figure("accuracy.imdb_first_weights", round(result.first, 5))
        yield Figure("accuracy.imdb_public_model", round(_mean(result.contract), 5), PEER_ACCURACY)
        yield Figure("accuracy.imdb_free_inference", round(_mean(result.averaged), 5))
        rows = accuracy_table()
    yield Figure("accuracy.most_lost_to_fixed_point", round(max(row.cost_points for row in rows) / 100, 5))
    _print_rows(console, rows)
    yield from (
        Figure(f"accuracy.{row.task}.{row.family}", round(row.fixed, 5), None, round(row.floating, 5)) for row in rows
    )
    with console.status("Accuracy of the featurisers …"):
        for one in featurized_table():
            key = f"accuracy.{one.task}.{one.featurizer}.{one.family}"
            yield Figure(key, round(one.fixed, 5), None, round(one.floating, 5))


GROUPS: Mapping[str, Callable[[Console], Iterator[Figure]]] = {
    "gas": _gas,
    "market": _market,
    "training": _training,
    "inference": _speed,
    "simulation": _simulation,
    "sync": _sync,
    "sandbox": _sandbox,
    "accuracy": _accuracy,
}
"""What can be measured by itself, by name."""


def _mean(values: tuple[float, ...]) -> float:
    return sum(values) / len(values)


def _print_rows(console: Console, rows: list[AccuracyRow]) -> None:
    table = Table(
        "task",
        "family",
        "fixed point",
        "floating point",
        "lost (points)",
        "scikit-learn",
        title="Fixed against floating point",
    )
    for row in rows:
        table.add_row(
            row.task,
            row.family,
            f"{row.fixed:.4f}",
            f"{row.floating:.4f}",
            f"{row.cost_points:+.2f}",
            f"{row.reference:.4f}",
        )
    console.print(table)


def _shown(value: float | str | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.4f}"


def _print(console: Console, figures: list[Figure]) -> None:
    table = Table("figure", title="This project, its nearest peer (0xDeCA10B) and the floor")
    for name in ("measured", "peer", "peer / measured", "floor", "target", ""):
        table.add_column(name, justify="right")
    marks = {True: "[green]reached", False: "[red]MISSED", None: ""}
    for each in figures:
        ratio = f"{each.peer / each.value:.1f} x" if isinstance(each.peer, int | float) else "-"
        table.add_row(
            each.key,
            _shown(each.value),
            _shown(each.peer),
            ratio,
            _shown(each.floor),
            _shown(each.target),
            marks[each.is_reached],
        )
    console.print(table)
    console.print(
        "Floor of gas: the transaction and its data, a cold read a touched word, a write a changed one, one new word "
        "of record,\none changed word of state, the logged sample. Floor of inference: a float64 sparse matrix "
        "product.\nFloor of accuracy: floating point.",
        style="dim",
    )


def _kept(path: Path, chosen: list[str]) -> dict[str, Any]:
    """Figures of the report before, where only some groups are measured."""
    if not chosen or not path.exists():
        return {}
    kept: dict[str, Any] = json.loads(path.read_text())["figures"]
    return kept


def main(arguments: list[str] | None = None, path: Path = ROOT / "reports" / "bench.json") -> int:
    """Measure; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description="Measure, and write the report.")
    parser.add_argument("groups", nargs="*", help=f"all, or some of {', '.join(GROUPS)}", metavar="GROUP")
    chosen: list[str] = parser.parse_args(arguments).groups
    if unknown := [name for name in chosen if name not in GROUPS]:
        parser.error(f"there is no group {unknown[0]}; there are {', '.join(GROUPS)}")
    console = Console(width=None if sys.stdout.isatty() else 150)
    figures = [
        figure for name, measure in GROUPS.items() if not chosen or name in chosen for figure in measure(console)
    ]
    _print(console, figures)
    measured = {each.key: {**asdict(each), "target": each.target, "reached": each.is_reached} for each in figures}
    report = {
        "peer": PEER["source"],
        "machine": {"python": platform.python_version(), "system": platform.system(), "processor": platform.machine()},
        "figures": _kept(path, chosen) | measured,
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n")
    console.print(f"Written to {path.parent.name}/{path.name}.")
    return 1 if any(each.is_reached is False for each in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
