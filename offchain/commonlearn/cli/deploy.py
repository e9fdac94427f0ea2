"""`commonlearn deploy`: from a labelled CSV file to a public model, in one command."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commonlearn.cli import options as o
from commonlearn.cli.acting import ModelAct, acting_on_model
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command
from commonlearn.client.deployer import ZERO_ADDRESS, ModelPlan, deploy_model
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.description import Description
from commonlearn.client.first_weights import Learned, learn
from commonlearn.client.session import Connection, CostQuote, Sender
from commonlearn.client.table import read_table
from commonlearn.money import format_ether, parse_amount
from commonlearn.records import Terms

RULES = "Rules of the incentive, fixed for ever"


class ModelName(StrEnum):
    """What users call the models."""

    PERCEPTRON = "perceptron"
    CENTROID = "centroid"
    BAYES = "bayes"


@command
def deploy(
    ctx: typer.Context,
    csv: Annotated[Path, typer.Argument(help="Labelled data: a CSV file with a header.", show_default=False)],
    label: Annotated[str, typer.Option("--label", help="Column of labels.", show_default=False)],
    text: Annotated[
        str | None, typer.Option("--text", help="Column of texts; without it, columns of numbers.", show_default=False)
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option("--columns", help="Columns of numbers, parted by commas.", show_default="all but the label's"),
    ] = None,
    model: Annotated[ModelName, typer.Option("--model", help="Which algorithm.")] = ModelName.PERCEPTRON,
    name: Annotated[str | None, typer.Option("--name", help="Short name.", show_default="the file's")] = None,
    description: Annotated[str, typer.Option("--description", help="What the model is for.")] = "",
    dimension: Annotated[int, typer.Option("--dimension", min=1, max=65_536, help="How many words to know.")] = 1_000,
    beneficiary: Annotated[
        str | None,
        typer.Option(
            "--beneficiary", help="Gets unclaimed stakes.", show_default="the deployer", rich_help_panel=RULES
        ),
    ] = None,
    curator: Annotated[
        str | None,
        typer.Option(
            "--curator", help="May add classes (centroid only).", show_default="nobody", rich_help_panel=RULES
        ),
    ] = None,
    floor: Annotated[str, typer.Option("--floor", help="Lowest stake.", rich_help_panel=RULES)] = "0.0005ether",
    growth: Annotated[
        float,
        typer.Option(
            "--growth", min=0, max=100, help="Percent by which a contribution raises the stake.", rich_help_panel=RULES
        ),
    ] = 1.0,
    half_life: Annotated[
        str, typer.Option("--half-life", help="Quiet time in which the rise halves.", rich_help_panel=RULES)
    ] = "1h",
    refund_wait: Annotated[
        str, typer.Option("--refund-wait", help="When authors can take stakes back.", rich_help_panel=RULES)
    ] = "1d",
    report_wait: Annotated[
        str, typer.Option("--report-wait", help="When others can report.", rich_help_panel=RULES)
    ] = "7d",
    sweep_wait: Annotated[
        str, typer.Option("--sweep-wait", help="When unclaimed stakes are lost.", rich_help_panel=RULES)
    ] = "30d",
    reporter_part: Annotated[
        float,
        typer.Option(
            "--reporter-part", min=0, max=50, help="Percent of a stake for its reporter.", rich_help_panel=RULES
        ),
    ] = 5.0,
    keystore: o.Keystore = None,
    clef: o.Clef = None,
    unlocked: o.Unlocked = None,
    from_: o.From = None,
    eth_usd: o.EthUsd = None,
    gas_gwei: o.GasGwei = None,
    yes: o.Yes = False,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Learn first weights from labelled data and put them on chain as a public model.

    The network gets the factory too if its record has none. Interrupted? Run the same again: it goes on where it
    stopped.

    Examples: commonlearn deploy reviews.csv --text review --label sentiment --keystore key.json ·
    commonlearn deploy patients.csv --label ill --model centroid --unlocked 0x…
    """
    output: Output = ctx.obj
    account = o.signer(keystore, clef, unlocked, from_)
    if curator is not None and model is not ModelName.CENTROID:
        raise UsageProblem("--curator goes with --model centroid: classes of the others are fixed.")
    terms = Terms(
        beneficiary=beneficiary or account.address,
        floor_wei=parse_amount(floor),
        growth_bps=round(growth * 100),
        half_life_seconds=o.parse_duration(half_life),
        refund_wait_seconds=o.parse_duration(refund_wait),
        report_wait_seconds=o.parse_duration(report_wait),
        sweep_wait_seconds=o.parse_duration(sweep_wait),
        reporter_bps=round(reporter_part * 100),
    )
    connection = Connection.open(rpc, chain_id=chain_id)
    learned = learn(
        read_table(csv),
        label=label,
        text=text,
        columns=None if columns is None else [column.strip() for column in columns.split(",")],
        model=model.value,
        dimension=dimension,
        notice_seconds=terms.report_wait_seconds if curator is not None else 0,
    )
    _show_learned(output, learned)
    about = Description(name or csv.stem, description, learned.classes, learned.featurizer.to_dict())
    plan = ModelPlan(learned.model, about, terms, curator or ZERO_ADDRESS, learned.accuracy)
    sender = Sender(connection, account, prices=o.prices(eth_usd, gas_gwei))
    quotes: list[CostQuote] = []

    def confirm(cost: CostQuote) -> bool:
        quotes.append(cost)
        output.show_cost(
            cost, f"deploy {about.name!r} on {connection.network} (chain {connection.chain_id})", _rules(terms)
        )
        return output.ask("Send?", yes=yes)

    record = deploy_model(
        sender,
        DeploymentBook.open(deployments, connection),
        plan,
        confirm=confirm,
        on_progress=lambda what, done, total: output.note(what),
    )
    content = {
        "address": record.address,
        "chain_id": connection.chain_id,
        "network": connection.network,
        "name": record.name,
        "kind": record.kind,
        "classes": list(learned.classes),
        "block": record.block,
        "tx_hashes": record.tx_hashes,
        "accuracy": learned.accuracy,
        "baseline": learned.baseline,
        "held_out": learned.held_out,
        "record": str(deployments / f"{connection.network}.json"),
        "quote": quotes[0].as_dict(),
    }

    def show() -> None:
        output.say(f"{record.name} is open at {record.address} on {connection.network} (chain {connection.chain_id})")
        output.say(f"recorded in {deployments / f'{connection.network}.json'}")
        example = '"some text"' if text is not None else f"--csv {csv}"
        output.say(f"Use it:     commonlearn predict {record.address} {example}")
        output.say(
            f"Improve it: commonlearn contribute {record.address} {example} --label {learned.classes[0]!r} "
            "--keystore FILE"
        )

    output.result(content, show)


@acting_on_model
def add_class(act: ModelAct, texts: o.Texts = None, csv: o.Csv = None, text: o.TextColumn = None) -> None:
    """Announce a class made of these items, for a nearest-centroid model's curator. It takes part after its notice."""
    items, _ = o.read_items(act.model, texts, csv, text)
    added = act.model.add_class(
        items,
        account=act.account,
        confirm=lambda cost: act.agree(cost, f"announce a class of {len(items):,} item(s)"),
        prices=act.prices,
    )
    content = {
        **act.place,
        "number": added.number,
        "active_at": added.active_at,
        "tx_hash": added.tx_hash,
        "fee_wei": added.fee_wei,
    }
    when = datetime.fromtimestamp(added.active_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    act.output.result(content, lambda: act.output.say(f"class {added.number} takes part from {when}"))


def _show_learned(output: Output, learned: Learned) -> None:
    output.note(
        f"Learned from {learned.rows:,} rows, {len(learned.classes)} classes ({', '.join(learned.classes[:6])}"
        f"{', …' if len(learned.classes) > 6 else ''}), {learned.featurizer.dimension:,} features."
    )
    output.note(
        f"Held-out accuracy {learned.accuracy:.3f} on {learned.held_out:,} rows; always naming the commonest class "
        f"gives {learned.baseline:.3f}."
    )


def _rules(terms: Terms) -> list[tuple[str, str]]:
    return [
        ("stake", f"{format_ether(terms.floor_wei)}, +{terms.growth_bps / 100:g} % a contribution, halving every "
                  f"{o.duration(terms.half_life_seconds)}"),
        ("waits", f"refund {o.duration(terms.refund_wait_seconds)}, report {o.duration(terms.report_wait_seconds)}, "
                  f"sweep {o.duration(terms.sweep_wait_seconds)}"),
        ("beneficiary", terms.beneficiary),
    ]  # fmt: skip
