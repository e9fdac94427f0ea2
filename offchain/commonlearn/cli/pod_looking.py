"""`commonlearn pod datasets` and `commonlearn pod jobs`: what a market offers, and what is under way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commonlearn.cli import options as o
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command
from commonlearn.money import format_ether, parse_amount

if TYPE_CHECKING:
    from commonlearn.pod.catalogue import Catalogue

__all__ = ["datasets", "jobs"]

SomeSettings = Annotated[
    Path | None,
    typer.Option(
        "--config", help="A pod's settings, for node and market.", show_default=False, rich_help_panel=o.CHAIN
    ),
]
Market = Annotated[
    str | None,
    typer.Option("--market", help="The market's address.", show_default=False, rich_help_panel=o.CHAIN),
]
FirstBlock = Annotated[
    int | None,
    typer.Option(
        "--from-block", min=0, help="Where the market's events begin.", show_default="0", rich_help_panel=o.CHAIN
    ),
]
All = Annotated[bool, typer.Option("--all", help="Also those that are not ready, or over.")]


@command
def datasets(
    ctx: typer.Context,
    schema: Annotated[
        str | None, typer.Option("--schema", help="SHA-256 of the schema, or its file.", show_default=False)
    ] = None,
    custody: Annotated[
        Literal["local", "sharded"] | None, typer.Option("--custody", help="Where they lie.", show_default=False)
    ] = None,
    min_quality: Annotated[float, typer.Option("--min-quality", min=0, max=1, help="Least quality score.")] = 0.0,
    max_price: Annotated[
        str | None, typer.Option("--max-price", help="Highest price, with a unit.", show_default=False)
    ] = None,
    min_rows: Annotated[int, typer.Option("--min-rows", min=0, help="Least rows of a subset.")] = 0,
    owner: Annotated[str | None, typer.Option("--owner", help="Whose.", show_default=False)] = None,
    all_phases: All = False,
    config: SomeSettings = None,
    market: Market = None,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    from_block: FirstBlock = None,
    as_json: o.Json = False,
) -> None:
    """Search a market's catalogue: what a job can be asked for on. No pod need run."""
    from commonlearn.pod.catalogue import Wanted, schema_hash
    from commonlearn.records import Custody

    output: Output = ctx.obj
    wanted = Wanted(
        schema=None if schema is None else schema_hash(schema),
        custody=None if custody is None else Custody[custody.upper()],
        min_quality=round(min_quality * 1_000_000),
        max_price_wei=None if max_price is None else parse_amount(max_price),
        min_rows=min_rows,
        owner=owner,
    )
    found = _catalogue(output, config, market, rpc, chain_id, from_block).datasets(wanted, all_phases=all_phases)

    def show() -> None:
        if not found:
            output.say("No dataset suits. Ask for less, or see all with --all.")
            return
        output.table(
            ["dataset", "owner", "phase", "custody", "schema", "quality", "rows", "price", "subsets × seats", "train"],
            [
                (
                    each.dataset,
                    _short(each.owner),
                    "faulty" if each.is_faulty else each.phase.name.lower(),
                    each.custody.name.lower(),
                    _short(each.schema),
                    f"{each.quality / 1_000_000:.3f}",
                    each.rows,
                    format_ether(each.price_wei),
                    f"{each.subsets} × {each.replicas}",
                    each.seats_verified,
                )
                for each in found
            ],
        )

    output.result({"datasets": [each.as_dict() for each in found]}, show)


@command
def jobs(
    ctx: typer.Context,
    numbers: Annotated[list[int] | None, typer.Argument(help="Only these.", show_default=False)] = None,
    buyer: Annotated[str | None, typer.Option("--buyer", help="Whose.", show_default=False)] = None,
    all_phases: All = False,
    config: SomeSettings = None,
    market: Market = None,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    from_block: FirstBlock = None,
    as_json: o.Json = False,
) -> None:
    """Show jobs: how far they are, what they wait for, and until when. No pod need run."""
    output: Output = ctx.obj
    catalogue = _catalogue(output, config, market, rpc, chain_id, from_block)
    found = catalogue.jobs(numbers=numbers or (), buyer=buyer, all_phases=all_phases)

    def show() -> None:
        if not found:
            output.say("No job is under way. See those that are over with --all.")
            return
        output.table(
            ["job", "buyer", "phase", "waits for", "until (UTC)", "round", "datasets", "budget"],
            [
                (
                    each.job,
                    _short(each.buyer),
                    each.phase.name.lower(),
                    _waiting(each.missing_wei, len(each.datasets) - len(each.approved), each.phase.name)
                    or each.stage.name.lower(),
                    f"block {each.draw_block}" if each.draw_block else _moment(each.deadline),
                    f"{each.round + 1} of {each.rounds}",
                    ", ".join(map(str, each.datasets)),
                    format_ether(each.budget_wei),
                )
                for each in found
            ],
        )

    output.result({"jobs": [each.as_dict() for each in found]}, show)


def _waiting(missing_wei: int, unapproved: int, phase: str) -> str:
    if phase not in ("REQUESTED", "APPROVED"):
        return ""
    waits = [f"{unapproved} approval(s)"] if unapproved else []
    return ", ".join([*waits, format_ether(missing_wei)] if missing_wei else waits)


def _short(word: str) -> str:
    return word[:10] + "…"


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S") if seconds else ""


def _catalogue(
    output: Output, config: Path | None, market: str | None, rpc: str | None, chain_id: int | None, first: int | None
) -> Catalogue:
    from commonlearn.pod import read_config
    from commonlearn.pod.catalogue import read_catalogue

    if config is not None:
        settings = read_config(config)
        market = market or settings.contracts.get("market")
        rpc, chain_id = rpc or settings.node.url, chain_id or settings.node.chain_id
        first = settings.node.first_block if first is None else first
    if market is None:
        raise UsageProblem("Say which market: --market ADDRESS, or --config FILE of a pod's settings that name one.")
    with output.progress("reading the market", of_blocks=True) as bar:
        return read_catalogue(rpc, market, chain_id=chain_id, first_block=first or 0, tell=bar)
