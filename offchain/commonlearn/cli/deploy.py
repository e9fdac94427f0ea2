"""`commonlearn deploy`: from a labelled CSV file to a public model, in one command."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli.acting import ModelAct, acting_on_model
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command
from commonlearn.client.deployer import ZERO_ADDRESS, ModelPlan, deploy_model
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.description import Description
from commonlearn.client.featurizing import FEATURIZER_CHOICES
from commonlearn.client.first_weights import Learned, learn
from commonlearn.client.fitted import StoredFile, keep_state
from commonlearn.client.incentives import CHOICES
from commonlearn.client.session import Connection, CostQuote, Sender
from commonlearn.client.table import read_table

RULES = "Rules of the incentive, fixed for ever"


IncentiveName = StrEnum("IncentiveName", {word.upper().replace("-", "_"): word for word in CHOICES})  # type: ignore[misc]
"""What users call the incentives."""
_DEFAULT = next(iter(CHOICES))
DEFAULT_INCENTIVE = IncentiveName(_DEFAULT)


FeaturizerName = StrEnum("FeaturizerName", {word.upper().replace("-", "_"): word for word in FEATURIZER_CHOICES})  # type: ignore[misc]
"""What users call the featurisers."""
FEATURES = "How samples are made, fixed for ever"


class ModelName(StrEnum):
    """What users call the models."""

    PERCEPTRON = "perceptron"
    CENTROID = "centroid"
    BAYES = "bayes"


def _rules_of_others() -> str:
    """The rules of all incentives but the default one, whose rules have options of their own."""
    said = []
    for choice in list(CHOICES.values())[1:]:
        rules = (f"{one.name} ({one.help}{'' if one.default is None else f'; {one.default}'})" for one in choice.rules)
        said.append(f"[bold]{choice.word}[/bold]: {', '.join(rules)}.")
    return " ".join(said)


def _short(option: str, rule: str) -> Any:
    """An option that is short for a rule of the default incentive."""
    (meant,) = (one for one in CHOICES[_DEFAULT].rules if one.name == rule)
    shown = False if meant.default is None else str(meant.default)
    return typer.Option(option, help=f"{meant.help.capitalize()}.", show_default=shown, rich_help_panel=RULES)


def _settings() -> str:
    """The featurisers' settings."""
    said = []
    for word, choice in FEATURIZER_CHOICES.items():
        if choice.settings:
            named = (
                f"{name} ({one.help}{f'; {one.default}' if one.default != '' else ''})"
                for name, one in choice.settings.items()
            )
            said.append(f"[bold]{word}[/bold]: {', '.join(named)}.")
    return " ".join(said)


def _given(rules: list[str], shorts: dict[str, str | None], option: str = "rule") -> dict[str, str]:
    """Rules by name, from ``--rule NAME=VALUE`` and the short options; settings likewise.

    Raises
    ------
    UsageProblem
        A rule is said twice, or without a value.
    """
    given = {name: value for name, value in shorts.items() if value is not None}
    for one in rules:
        name, equals, value = one.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or not value.strip():
            raise UsageProblem(f"--{option} {one!r} should be NAME=VALUE.")
        if name in given:
            raise UsageProblem(f"The {option} {name} is given twice.")
        given[name] = value.strip()
    return given


@command
def deploy(
    ctx: typer.Context,
    csv: Annotated[Path, typer.Argument(help="Labelled data: a CSV file with a header.", show_default=False)],
    label: Annotated[str, typer.Option("--label", help="Column of labels.", show_default=False)],
    text: Annotated[
        str | None,
        typer.Option("--text", help="Column of texts; without it and --image, columns of cells.", show_default=False),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option("--columns", help="Columns of cells, parted by commas.", show_default="all but the label's"),
    ] = None,
    image: Annotated[
        str | None,
        typer.Option("--image", help="Column of image files, relative to the CSV file's folder.", show_default=False),
    ] = None,
    featurizer: Annotated[
        FeaturizerName | None,
        typer.Option(
            "--featurizer",
            help=" · ".join(f"{word}: {choice.summary}" for word, choice in FEATURIZER_CHOICES.items()),
            show_default="text-presence, table-scaled or image-pixels",
            rich_help_panel=FEATURES,
        ),
    ] = None,
    feature: Annotated[
        list[str] | None,
        typer.Option(
            "--feature",
            metavar="NAME=VALUE",
            help=f"A setting of the featuriser; may be repeated. {_settings()}",
            show_default=False,
            rich_help_panel=FEATURES,
        ),
    ] = None,
    model: Annotated[ModelName, typer.Option("--model", help="Which algorithm.")] = ModelName.PERCEPTRON,
    name: Annotated[str | None, typer.Option("--name", help="Short name.", show_default="the file's")] = None,
    description: Annotated[str, typer.Option("--description", help="What the model is for.")] = "",
    dimension: Annotated[int, typer.Option("--dimension", min=1, max=65_536, help="How many words to know.")] = 1_000,
    incentive: Annotated[
        IncentiveName,
        typer.Option(
            "--incentive",
            help=" · ".join(f"{choice.word}: {choice.summary}" for choice in CHOICES.values()),
            rich_help_panel=RULES,
        ),
    ] = DEFAULT_INCENTIVE,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            "--rule",
            metavar="NAME=VALUE",
            help=f"A rule of the incentive; may be repeated. {_rules_of_others()}",
            show_default=False,
            rich_help_panel=RULES,
        ),
    ] = None,
    beneficiary: Annotated[str | None, _short("--beneficiary", "beneficiary")] = None,
    curator: Annotated[
        str | None,
        typer.Option(
            "--curator", help="May add classes (centroid only).", show_default="nobody", rich_help_panel=RULES
        ),
    ] = None,
    floor: Annotated[str | None, _short("--floor", "floor")] = None,
    growth: Annotated[str | None, _short("--growth", "growth_percent")] = None,
    half_life: Annotated[str | None, _short("--half-life", "half_life")] = None,
    refund_wait: Annotated[str | None, _short("--refund-wait", "refund_wait")] = None,
    report_wait: Annotated[str | None, _short("--report-wait", "report_wait")] = None,
    sweep_wait: Annotated[str | None, _short("--sweep-wait", "sweep_wait")] = None,
    reporter_part: Annotated[str | None, _short("--reporter-part", "reporter_percent")] = None,
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
    choice = CHOICES[incentive.value]
    shorts = {
        "beneficiary": beneficiary,
        "floor": floor,
        "growth_percent": growth,
        "half_life": half_life,
        "refund_wait": refund_wait,
        "report_wait": report_wait,
        "sweep_wait": sweep_wait,
        "reporter_percent": reporter_part,
    }
    terms = choice.terms(_given(rule or [], shorts), account.address)
    connection = Connection.open(rpc, chain_id=chain_id)
    learned = learn(
        read_table(csv),
        label=label,
        text=text,
        columns=None if columns is None else [column.strip() for column in columns.split(",")],
        model=model.value,
        image=image,
        dimension=dimension,
        featurizer=None if featurizer is None else featurizer.value,
        features=_given(feature or [], {}, "feature"),
        notice_seconds=choice.notice_seconds(terms) if curator is not None else 0,
    )
    _show_learned(output, learned)
    about = Description(name or csv.stem, description, learned.classes, learned.featurizer.record())
    plan = ModelPlan(learned.model, about, terms, curator or ZERO_ADDRESS, learned.accuracy)
    sender = Sender(connection, account, prices=o.prices(eth_usd, gas_gwei))
    book = DeploymentBook.open(deployments, connection)
    namesakes = [one.address for one in book.models if one.name == about.name and one.state == "open"]
    quotes: list[CostQuote] = []
    kept: list[StoredFile | None] = []

    def confirm(cost: CostQuote) -> bool:
        quotes.append(cost)
        output.show_cost(
            cost,
            f"deploy {about.name!r} on {connection.network} (chain {connection.chain_id})",
            [("incentive", choice.word), *choice.describe(terms)],
        )
        if namesakes:
            output.note(
                f"  A model named {about.name!r} is recorded already, at {namesakes[-1]}: both will go by their "
                "address only. Choose another name with --name."
            )
        agreed = output.ask("Send?", yes=yes)
        if agreed:
            kept.append(keep_state(learned.featurizer))  # before the contract names it
        return agreed

    record = deploy_model(
        sender,
        book,
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
        "incentive": choice.word,
        "classes": list(learned.classes),
        "block": record.block,
        "tx_hashes": record.tx_hashes,
        "accuracy": learned.accuracy,
        "baseline": learned.baseline,
        "held_out": learned.held_out,
        "featurizer": {key: about.featurizer[key] for key in ("id", "version", "hash") if about.featurizer},
        "state": None if kept[0] is None else kept[0].path,
        "record": str(deployments / f"{connection.network}.json"),
        "quote": quotes[0].as_dict(),
    }

    def show() -> None:
        output.say(f"{record.name} is open at {record.address} on {connection.network} (chain {connection.chain_id})")
        output.say(f"recorded in {deployments / f'{connection.network}.json'}")
        if kept[0] is not None:
            output.say(
                f"Give contributors this file, for commonlearn store add: {kept[0].path} ({kept[0].size:,} bytes)"
            )
        example = '"some text"' if text is not None else "picture.png" if image is not None else f"--csv {csv}"
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
        f"{', …' if len(learned.classes) > 6 else ''}), {learned.featurizer.dimension:,} features by "
        f"{learned.featurizer.id}."
    )
    output.note(
        f"Held-out accuracy {learned.accuracy:.3f} on {learned.held_out:,} rows; always naming the commonest class "
        f"gives {learned.baseline:.3f}."
    )
