"""`commonlearn status`, `sync` and `history`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from commonlearn.cli import options as o
from commonlearn.cli.acting import Look, looking_at_model
from commonlearn.cli.output import Output
from commonlearn.cli.points import show_standing
from commonlearn.client.incentives import CHOICES
from commonlearn.client.views import AccountStatus, ContributionView, ModelStatus
from commonlearn.money import format_ether
from commonlearn.records import Status

_SHOWN = 50


@looking_at_model
def status(
    look: Look,
    account: Annotated[
        str | None, typer.Option("--account", help="Also this account's money and contributions.", show_default=False)
    ] = None,
    eth_usd: o.EthUsd = None,
) -> None:
    """Show a model's size, money and clocks, and an account's part in it."""
    output, loaded = look.output, look.model
    about = loaded.status()
    staked = about.incentive == "self-assessment"
    mine = loaded.account_status(account) if account is not None and staked else None
    standing = loaded.standing(account) if account is not None and not staked else None
    shown = mine or standing

    def show() -> None:
        _show_model(output, about, eth_usd)
        if mine is not None:
            _show_account(output, mine, about, eth_usd)
        if standing is not None:
            show_standing(output, standing)

    output.result({"model": about.as_dict(), "account": None if shown is None else shown.as_dict()}, show)


@looking_at_model
def sync(
    look: Look,
    log: Annotated[
        bool, typer.Option("--log", help="Read the whole log too, for averaged predictions offline.")
    ] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Compare every word with the contract's.")] = False,
) -> None:
    """Bring the copy here up to date, so that predict works offline."""
    output, loaded = look.output, look.model
    report = loaded.last_sync
    assert report is not None
    if log:
        with output.progress("reading the log", of_blocks=True) as bar:
            loaded.sync_log(on_progress=bar)
    if verify:
        loaded.verify()
    content = {
        "model": loaded.address,
        "chain_id": loaded.chain_id,
        "mode": report.mode,
        "block": report.block,
        "contributions": report.contributions,
        "new_contributions": report.new_contributions,
        "notice": report.notice,
        "verified": verify,
    }

    def show() -> None:
        how = {
            "snapshot": "read from the contract",
            "events": "continued from the log",
            "unchanged": "already up to date",
        }
        output.say(f"{how[report.mode]}: {report.contributions:,} contributions as of block {report.block:,}")
        if report.new_contributions:
            output.say(f"{report.new_contributions:,} of them new")
        if verify:
            output.say("every word is the contract's")
        output.say(f"Now offline: commonlearn predict {loaded.address} --offline …")

    output.result(content, show)


@looking_at_model
def history(
    look: Look,
    last: Annotated[int, typer.Option("--last", min=1, help="How many events.")] = 20,
) -> None:
    """Show what happened to a model: who contributed, refunded, reported, withdrew."""
    output, loaded = look.output, look.model
    lines = loaded.history(last=last)

    def show() -> None:
        rows = [
            (
                line.block,
                line.event,
                "" if line.id is None else line.id,
                line.who or "",
                "" if line.amount_wei is None else format_ether(line.amount_wei),
                line.detail,
            )
            for line in lines
        ]
        output.table(("block", "event", "id", "who", "amount", ""), rows)

    output.result({"model": loaded.address, "events": [line.as_dict() for line in lines]}, show)


def _show_model(output: Output, about: ModelStatus, eth_usd: str | None) -> None:
    usd = o.prices(eth_usd, None).eth_usd
    output.say(f"{about.name or 'model'} at {about.address} on chain {about.chain_id} ({about.kind})")
    output.say(f"classes        {', '.join(about.classes)}")
    output.say(f"contributions  {about.contributions:,} as of block {about.block:,}")
    if about.stake_wei or about.locked_wei:
        output.say(f"stake now      {output.money(about.stake_wei, usd)}")
        output.say(f"stakes locked  {output.money(about.locked_wei, usd)}")
        output.say(f"proven         {format_ether(about.proven_gwei * 10**9)} by all accounts")
    output.say(f"incentive      {about.incentive}")
    for name, text in CHOICES[about.incentive].describe(about.terms):
        output.say(f"{name:<15}{text}")


def _show_account(output: Output, mine: AccountStatus, about: ModelStatus, eth_usd: str | None) -> None:
    usd = o.prices(eth_usd, None).eth_usd
    counts = ", ".join(f"{count:,} {name}" for name, count in mine.counts().items())
    output.say("")
    output.say(f"account {mine.address}, which has {output.money(mine.balance_wei, usd)}")
    output.say(f"owed           {output.money(mine.owed_wei, usd)}")
    output.say(f"proven         {format_ether(mine.proven_gwei * 10**9)}")
    output.say(f"stakes locked  {output.money(mine.locked_wei, usd)}")
    output.say(f"contributions  {counts}")
    open_ = [view for view in mine.contributions if view.status is Status.OPEN]
    if open_:
        rows = [
            (view.id, view.class_name, format_ether(view.stake_wei), _when(view.contributed_at), _next(view, about.now))
            for view in open_[:_SHOWN]
        ]
        output.table(("id", "label", "stake", "given", "next"), rows)
    if len(open_) > _SHOWN:
        output.say(f"… and {len(open_) - _SHOWN:,} more open ones (--json shows all)")


def _next(view: ContributionView, now: int) -> str:
    if now < view.refundable_at:
        return f"refund in {o.duration(view.refundable_at - now)}"
    if view.agrees:
        return "refund now" if now < view.sweepable_at else "refund now, before it is swept"
    if now < view.reportable_at:
        return f"the model disagrees; others may report in {o.duration(view.reportable_at - now)}"
    return "the model disagrees; others may report it"


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
