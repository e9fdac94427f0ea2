"""`commonlearn contribute` and `commonlearn cost`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command
from commonlearn.client.incentives import CHOICES
from commonlearn.client.public_model import PublicModel
from commonlearn.client.stakes import ContributionQuote
from commonlearn.money import format_ether, parse_amount

Label = Annotated[str | None, typer.Option("--label", help="Class of all texts: name or number.", show_default=False)]
LabelColumn = Annotated[
    str | None, typer.Option("--label-column", help="Column of labels in the CSV file.", show_default="label")
]


@command
def contribute(
    ctx: typer.Context,
    model: o.Model,
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
    job: Annotated[
        str | None,
        typer.Option("--job", help="Name of this job: running a finished one again sends nothing.", show_default=False),
    ] = None,
    keystore: o.Keystore = None,
    clef: o.Clef = None,
    unlocked: o.Unlocked = None,
    from_: o.From = None,
    eth_usd: o.EthUsd = None,
    gas_gwei: o.GasGwei = None,
    yes: o.Yes = False,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    journal: o.Journal = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Teach a model labelled data under stake. Interrupted? Run the same again: nothing is staked twice.

    Examples: commonlearn contribute 0x… "dull and far too long" --label negative --keystore key.json ·
    commonlearn contribute 0x… --csv reviews.csv --text review --label-column sentiment --unlocked 0x…
    """
    output: Output = ctx.obj
    account = o.signer(keystore, clef, unlocked, from_)
    most_wei = None if max_stake is None else parse_amount(max_stake)
    loaded = o.load(output, model, rpc=rpc, chain_id=chain_id, cache=cache, journal=journal, deployments=deployments)
    items, labels = _labelled(loaded, texts, label, csv, text, label_column)

    def confirm(quoted: ContributionQuote) -> bool:
        _show_quote(output, quoted)
        return output.ask("Send?", yes=yes)

    with output.progress("contributing") as bar:
        receipts = loaded.contribute(
            items,
            labels,
            account=account,
            max_stake_wei=most_wei,
            job=job,
            confirm=confirm,
            on_progress=bar,
            prices=o.prices(eth_usd, gas_gwei),
        )
    stakes, fees = sum(r.stake_wei for r in receipts), sum(r.fee_wei for r in receipts)
    content = {
        "model": loaded.address,
        "account": account.address,
        "stakes_wei": stakes,
        "fees_wei": fees,
        "contributions": [{name: getattr(receipt, name) for name in receipt.__slots__} for receipt in receipts],
    }

    def show() -> None:
        taught = sum(receipt.taught for receipt in receipts)
        output.say(f"{len(receipts):,} contribution(s) made, {taught:,} of them taught the model something.")
        output.say(f"ids {_ranges([receipt.id for receipt in receipts])}")
        output.say(f"staked {format_ether(stakes)}, fees {format_ether(fees)}")
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
        quoted = loaded.quote(items, labels, account=account, prices=stated)
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
            output.say(f"{quoted.count:,} contribution(s): {quoted.cost.gas:,} gas, fee {fee}, stakes {stakes}")

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


def _show_quote(output: Output, quoted: ContributionQuote) -> None:
    details = [("stake", "none")] if quoted.max_stake_wei == 0 else [_stakes(quoted)]
    if quoted.already_made:
        details.append(("made already", f"{quoted.already_made:,} by an earlier run, which is continued"))
    if quoted.repeats:
        details.append(("note", "exactly this was contributed before by this account; it would be made once more"))
    output.show_cost(quoted.cost, f"contribute {quoted.count:,} item(s)", details)


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
