"""`commonlearn contribute` and `commonlearn cost`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli.acting import ModelAct, acting_on_model
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command
from commonlearn.cli.relaying import contribute_through
from commonlearn.client.incentives import CHOICES
from commonlearn.client.public_model import PublicModel
from commonlearn.client.quoting import ContributionQuote
from commonlearn.money import format_ether, parse_amount

_SHOWN = 20

Label = Annotated[str | None, typer.Option("--label", help="Class of all texts: name or number.", show_default=False)]
Batch = Annotated[
    int | None,
    typer.Option("--batch", min=1, help="Most items in one transaction.", show_default="a quarter of a block"),
]
Strict = Annotated[bool, typer.Option("--strict", help="Send nothing if any item is bad.")]
LabelColumn = Annotated[
    str | None, typer.Option("--label-column", help="Column of labels in the CSV file.", show_default="label")
]


@acting_on_model
def contribute(
    act: ModelAct,
    texts: o.Texts = None,
    label: Label = None,
    csv: o.Csv = None,
    text: o.TextColumn = None,
    label_column: LabelColumn = None,
    max_stake: Annotated[
        str | None,
        typer.Option(
            "--max-stake",
            help="Most to stake on one contribution, such as 0.001 or 5gwei.",
            show_default="1.25 × the forecast",
        ),
    ] = None,
    stake: Annotated[
        str | None,
        typer.Option("--stake", help="In a market: stake of each contribution.", show_default="the least"),
    ] = None,
    job: Annotated[
        str | None,
        typer.Option("--job", help="Name of this job: running a finished one again sends nothing.", show_default=False),
    ] = None,
    batch: Batch = None,
    strict: Strict = False,
    relayer: Annotated[
        str | None,
        typer.Option("--relayer", help="Address of a relayer that sends and pays for you.", show_default=False),
    ] = None,
) -> None:
    """Teach a model labelled data under stake, many items in one transaction. Bad items are left out and named.

    Interrupted? Run the same again: nothing is staked twice.

    Examples: commonlearn contribute 0x… "dull and far too long" --label negative --keystore key.json ·
    commonlearn contribute 0x… --csv reviews.csv --text review --label-column sentiment --unlocked 0x…
    """
    output, loaded = act.output, act.model
    most_wei = None if max_stake is None else parse_amount(max_stake)
    items, labels = _labelled(loaded, texts, label, csv, text, label_column)
    if relayer is not None:
        contribute_through(act, relayer, items, labels, max_stake_wei=most_wei)
        return

    def confirm(quoted: ContributionQuote) -> bool:
        return act.agree(quoted.cost, f"contribute {quoted.count:,} item(s)", _details(quoted, act.prices.eth_usd))

    with output.progress("contributing") as bar:
        made = loaded.contribute(
            items,
            labels,
            account=act.account,
            max_stake_wei=most_wei,
            stake_wei=None if stake is None else parse_amount(stake),
            job=job,
            batch=batch,
            strict=strict,
            confirm=confirm,
            on_progress=bar,
            prices=act.prices,
        )
    stakes, fees = sum(r.stake_wei for r in made), sum(r.fee_wei for r in made)
    content = {
        **act.place,
        "stakes_wei": stakes,
        "fees_wei": fees,
        "contributions": [{name: getattr(receipt, name) for name in receipt.__slots__} for receipt in made],
        "refused": [refusal.as_dict() for refusal in made.refused],
    }

    def show() -> None:
        taught, transactions = sum(r.taught for r in made), len({r.tx_hash for r in made})
        output.say(
            f"{len(made):,} contribution(s) made in {transactions:,} transaction(s), {taught:,} of them taught the "
            "model something."
        )
        output.say(f"ids {_ranges([receipt.id for receipt in made])}")
        output.say(f"staked {format_ether(stakes)}, fees {format_ether(fees)}")
        if made.refused:
            output.say(f"{len(made.refused):,} left out:")
            rows = [(f"row {r.position + 1:,}", type(r.error).__name__, r.why) for r in made.refused[:_SHOWN]]
            output.table(("which", "error", "why"), rows)
        if len(made.refused) > _SHOWN:
            output.say(f"… and {len(made.refused) - _SHOWN:,} more (--json shows all)")
        output.say(CHOICES[loaded.incentive].afterwards(loaded.terms, loaded.address))

    output.result(content, show)


@command
def cost(
    ctx: typer.Context,
    model: o.Model,
    texts: o.Texts = None,
    label: Label = None,
    csv: o.Csv = None,
    text: o.TextColumn = None,
    label_column: LabelColumn = None,
    batch: Batch = None,
    strict: Strict = False,
    account: Annotated[
        str | None, typer.Option("--account", help="Whose contributions; it needs the stake.", show_default=False)
    ] = None,
    eth_usd: o.EthUsd = None,
    gas_gwei: o.GasGwei = None,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Show what contributing would cost now: the stake, and with texts and --account the fee too. Nothing is sent."""
    output: Output = ctx.obj
    loaded = o.load(output, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    stated = o.prices(eth_usd, gas_gwei)
    quoted: ContributionQuote | None = None
    if texts or csv is not None:
        if account is None:
            raise UsageProblem("Say with --account whose contributions to estimate.")
        items, labels = _labelled(loaded, texts, label, csv, text, label_column)
        quoted = loaded.quote(items, labels, account=account, batch=batch, strict=strict, prices=stated)
    status = loaded.status()
    content = {
        "model": loaded.address,
        "stake_wei": status.stake_wei,
        "floor_wei": getattr(loaded.terms, "floor_wei", 0),
        "terms": loaded.terms.as_dict(),
        "quote": None if quoted is None else quoted.as_dict(),
    }

    def show() -> None:
        usd = stated.eth_usd
        output.say(f"stake now {output.money(status.stake_wei, usd)}")
        for name, text in CHOICES[loaded.incentive].describe(loaded.terms):
            output.say(f"{name}: {text}")
        if quoted is not None:
            fee, stakes = output.money(quoted.cost.fee_wei, usd), output.money(quoted.cost.value_wei, usd)
            output.say(
                f"{quoted.count:,} contribution(s) in {quoted.cost.transactions:,} transaction(s): "
                f"{quoted.cost.gas:,} gas, fee {fee}, stakes {stakes}"
            )

    output.result(content, show)


def _labelled(
    loaded: PublicModel,
    texts: list[str] | None,
    label: str | None,
    csv: Path | None,
    text: str | None,
    label_column: str | None,
) -> tuple[list[Any], list[str]]:
    if csv is None and label_column is not None:
        raise UsageProblem("--label-column names a column of the file given with --csv.")
    if label is not None and label_column is not None:
        raise UsageProblem("Give --label or --label-column, not both.")
    if csv is None and label is None:
        raise UsageProblem(f"Say what the texts are with --label: {', '.join(loaded.classes_.tolist())}.")
    items, table = o.read_items(loaded, texts, csv, text, label_column or "label")
    if label is not None or table is None:
        return items, [str(label)] * len(items)
    return items, [cell.strip() for cell in table.column(label_column or "label")]


def _details(quoted: ContributionQuote, eth_usd: Decimal | None) -> list[tuple[str, str]]:
    details = [("stake", "none")] if quoted.max_stake_wei == 0 else [_stakes(quoted)]
    if quoted.count > 1:
        share = Output.money(quoted.cost.fee_wei // quoted.count, eth_usd)
        details.append(("each fee", f"{share} for {quoted.cost.gas // quoted.count:,} gas"))
    if quoted.already_made:
        details.append(("made already", f"{quoted.already_made:,} by an earlier run, which is continued"))
    if quoted.repeats:
        details.append(("note", "exactly this was contributed before by this account; it would be made once more"))
    if quoted.refused:
        first = quoted.refused[0]
        details.append(("left out", f"{len(quoted.refused):,} item(s); row {first.position + 1:,}: {first.why}"))
    return details


def _stakes(quoted: ContributionQuote) -> tuple[str, str]:
    each = format_ether(quoted.first_stake_wei)
    if quoted.last_stake_wei != quoted.first_stake_wei:
        each += f", rising to {format_ether(quoted.last_stake_wei)}"
    return "each stake", f"{each}; at most {format_ether(quoted.max_stake_wei)} is sent, the rest is credited"


def _ranges(ids: list[int]) -> str:
    parts: list[list[int]] = []
    for id_ in sorted(ids):
        if parts and parts[-1][1] == id_ - 1:
            parts[-1][1] = id_
        else:
            parts.append([id_, id_])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in parts)
