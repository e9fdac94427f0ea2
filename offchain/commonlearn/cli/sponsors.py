"""`commonlearn sign` and `commonlearn relay`: contributions that somebody else sends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from commonlearn.cli import options as o
from commonlearn.cli.contribute import Label, LabelColumn, _labelled
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command, declined_unless
from commonlearn.client.sponsoring.relaying import Office, serve
from commonlearn.client.sponsoring.requests import sign_contributions
from commonlearn.money import format_ether, parse_amount

__all__ = ["relay", "sign"]

_GWEI = 10**9

Payee = Annotated[str | None, typer.Option("--payee", help="Who gets the stakes back.", show_default="you, the author")]


@command
def sign(
    ctx: typer.Context,
    model: o.Model,
    texts: o.Texts = None,
    label: Label = None,
    csv: o.Csv = None,
    text: o.TextColumn = None,
    label_column: LabelColumn = None,
    payee: Payee = None,
    relayer: Annotated[
        str | None, typer.Option("--relayer", help="Account that may send them.", show_default="anyone")
    ] = None,
    max_stake: Annotated[
        str | None, typer.Option("--max-stake", help="Most to stake on each.", show_default="2 × the forecast")
    ] = None,
    stake_from_author: Annotated[
        bool, typer.Option("--stake-from-author", help="Stake your own prepaid ether (commonlearn prepaid).")
    ] = False,
    valid: Annotated[str, typer.Option("--valid", help="For how long they may be sent.")] = "1h",
    author: Annotated[
        str | None, typer.Option("--author", help="Account with code for which your key signs.", show_default="you")
    ] = None,
    output_file: Annotated[
        Path | None, typer.Option("--output", help="Write them to this file.", show_default="standard output")
    ] = None,
    keystore: o.Keystore = None,
    clef: o.Clef = None,
    unlocked: o.Unlocked = None,
    from_: o.From = None,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Sign labelled data so that somebody else can contribute them for you. Nothing is sent, and it costs nothing.

    Example: commonlearn sign 0x… "dull and far too long" --label negative --keystore key.json --output signed.json
    """
    output: Output = ctx.obj
    account = o.signer(keystore, clef, unlocked, from_)
    loaded = o.load(output, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    items, labels = _labelled(loaded, texts, label, csv, text, label_column)
    signed = sign_contributions(
        loaded,
        items,
        labels,
        account=account,
        payee=payee,
        relayer=relayer,
        max_stake_wei=None if max_stake is None else parse_amount(max_stake),
        stake_from_author=stake_from_author,
        valid_seconds=o.parse_duration(valid),
        author=author,
    )
    written = [one.as_dict() for one in signed]
    if output_file is not None:
        try:
            output_file.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise UsageProblem(f"{output_file} cannot be written: {error.strerror}.") from None
    content = {"model": loaded.address, "author": signed[0].request.author, "signed": written}

    def show() -> None:
        if output_file is None:
            output.say(json.dumps(written, indent=1))
        else:
            output.say(f"{len(signed):,} contribution(s) signed, in {output_file}")

    output.result(content, show)


@command
def relay(
    ctx: typer.Context,
    models: Annotated[list[str], typer.Argument(help="Models to serve; trust them with stakes.", show_default=False)],
    host: Annotated[str, typer.Option("--host", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Where to listen; 0 for any free one.")] = 8765,
    budget: Annotated[str, typer.Option("--budget", help="Most to spend in all, on fees and stakes.")] = "0.05ether",
    per_hour: Annotated[int, typer.Option("--per-hour", min=0, help="Contributions of one account in an hour.")] = 10,
    per_day: Annotated[int, typer.Option("--per-day", min=0, help="Contributions of one account in a day.")] = 50,
    max_stake: Annotated[str, typer.Option("--max-stake", help="Most to stake on one contribution.")] = "0.01ether",
    max_gas_gwei: Annotated[float, typer.Option("--max-gas-gwei", min=0, help="Most to pay for a unit of gas.")] = 50.0,
    payee: Annotated[
        str, typer.Option("--payee", help="Who must be named to get stakes back: sponsor, author or an address.")
    ] = "sponsor",
    stakes: Annotated[bool, typer.Option("--stakes/--no-stakes", help="Pay stakes too, or gas alone.")] = True,
    ledger: Annotated[
        Path | None, typer.Option("--ledger", help="File that remembers limits and budget.", show_default="the state")
    ] = None,
    keystore: o.Keystore = None,
    clef: o.Clef = None,
    unlocked: o.Unlocked = None,
    from_: o.From = None,
    yes: o.Yes = False,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Serve over HTTP: send others' signed contributions, and pay for them within limits. Ctrl-C ends it.

    GET /terms says what is offered; POST /contributions takes what commonlearn sign makes.
    """
    output: Output = ctx.obj
    account = o.signer(keystore, clef, unlocked, from_)
    loaded = [o.load(output, m, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments) for m in models]
    office = Office(
        models=loaded,
        account=account,
        pays_stake=stakes,
        payee={"sponsor": account.address}.get(payee, payee),
        per_hour=per_hour,
        per_day=per_day,
        budget_wei=parse_amount(budget),
        max_stake_wei=parse_amount(max_stake),
        max_gas_wei=int(max_gas_gwei * _GWEI),
        ledger=ledger,
    )
    with office.open() as relayer:
        offered, address = relayer.offered(), relayer.sender.address
        balance = relayer.sender.connection.balance(address)
        output.note(
            f"{address} sends, has {format_ether(balance)}, and may spend {format_ether(int(offered['left_wei']))}."
        )
        output.note(
            f"One contribution stakes up to {max_stake}; {per_hour} an hour and {per_day} a day for one account."
        )
        output.note(f"Stakes go back to {payee}. Ledger: {relayer.ledger.path}")
        declined_unless(output.ask("Serve, and spend that?", yes=yes))

        def ready(url: str) -> None:
            output.note(f"Listening at {url}")

        serve(relayer, host, port, on_ready=ready)
        made, spent_wei = relayer.ledger.count(), relayer.ledger.spent_wei()

    output.result(
        {"relayer": address, "contributions": made, "spent_wei": spent_wei},
        lambda: output.say(f"{made:,} contribution(s) in the ledger, spent {format_ether(spent_wei)}"),
    )
