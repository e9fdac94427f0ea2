"""`commonlearn leaderboard`, `confirm`, `contest` and `badges`: for models whose contributors give points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli.acting import Look, ModelAct, acting_on_model, looking_at_model
from commonlearn.cli.output import Output, command
from commonlearn.client.leaderboard import Standing
from commonlearn.client.session import CostQuote
from commonlearn.client.voting import Candidate, VoteResult
from commonlearn.money import format_ether
from commonlearn.records import Badge

VoteIds = Annotated[list[int], typer.Argument(help="Numbers of contributions.", show_default=False)]

_REASONS = {
    Badge.FIRST_LIGHT: "contributed for the first time",
    Badge.CONFIRMED: "others confirmed a contribution",
    Badge.HUNDRED: "earned 100 points",
    Badge.JUDGE: "10 votes that agreed with the final tallies",
    Badge.STEADY: "contributed in 4 different weeks",
}


@looking_at_model
def leaderboard(
    look: Look,
    top: Annotated[int, typer.Option("--top", min=1, help="How many accounts.")] = 20,
) -> None:
    """Show who has how many points, computed from the whole log. Free."""
    output, loaded = look.output, look.model
    rows = loaded.leaderboard(top=top)

    def show() -> None:
        columns = ("", "account", "points", "received", "given", "can give", "confirmed", "votes", "badges")
        output.table(columns, [_row(place, row) for place, row in enumerate(rows, 1)])

    output.result({"model": loaded.address, "accounts": [row.as_dict() for row in rows]}, show)


@acting_on_model
def confirm(act: ModelAct, ids: VoteIds) -> None:
    """Say that others' contributions are right: shows each, then gives its author points, at a fee of your own.

    Example: commonlearn confirm 0x… 3 4 7 --keystore key.json
    """
    _vote(act, ids, confirms=True)


@acting_on_model
def contest(act: ModelAct, ids: VoteIds) -> None:
    """Say that others' contributions are wrong: their authors lose points by them. Costs as much as confirming."""
    _vote(act, ids, confirms=False)


@command
def badges(
    ctx: typer.Context,
    model: o.Model,
    holder: Annotated[str, typer.Argument(help="Address of the account.", show_default=False)],
    claim: Annotated[
        bool, typer.Option("--claim", help="Have earned badges minted to it; whoever pays may be anyone.")
    ] = False,
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
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Show an account's badges (free), or have those minted that it has earned (--claim). None can be moved or sold."""
    output: Output = ctx.obj
    account = o.signer(keystore, clef, unlocked, from_) if claim else None
    loaded = o.load(output, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    claimed = None
    if account is not None:

        def ask(cost: CostQuote, earned: Sequence[Badge]) -> bool:
            output.show_cost(cost, f"claim {', '.join(badge.title for badge in earned)} for {holder}")
            return output.ask("Send?", yes=yes)

        claimed = loaded.claim_badges(account=account, holder=holder, confirm=ask, prices=o.prices(eth_usd, gas_gwei))
    views = loaded.badges(holder)
    content = {
        "model": loaded.address,
        "holder": holder,
        "badges": [view.as_dict() for view in views],
        "claimed": [] if claimed is None else [badge.name.lower() for badge in claimed.badges],
        "judged": [] if claimed is None else list(claimed.judged),
        "fee_wei": 0 if claimed is None else claimed.fee_wei,
    }

    def show() -> None:
        if claimed is not None:
            got = ", ".join(badge.title for badge in claimed.badges) or "nothing to claim"
            output.say(f"claimed: {got}, fee {format_ether(claimed.fee_wei)}")
        rows = [
            (view.badge.title, "yes" if view.is_awarded else "earned: claim it" if view.is_earned else "not yet",
             _REASONS[view.badge])
            for view in views
        ]  # fmt: skip
        output.table(("badge", "", "for"), rows)

    output.result(content, show)


def show_standing(output: Output, row: Standing) -> None:
    """An account's points, for people."""
    output.say("")
    output.say(f"account {row.address}{', a founder' if row.is_founder else ''}")
    output.say(f"points         {_points(row.points)}: {_points(row.received)} received, {_points(row.burned)} burned")
    output.say(f"given          {_points(row.given)}; the next vote would weigh {_points(row.can_give)}")
    output.say(f"contributions  {row.contributions:,}, {row.confirmed:,} of them confirmed")
    output.say(f"votes          {row.votes:,}, {row.right_votes:,} counted as right")
    output.say(f"badges         {', '.join(badge.title for badge in row.badges) or 'none'}")


def _vote(act: ModelAct, ids: list[int], *, confirms: bool) -> None:
    output = act.output
    verb = "confirm" if confirms else "contest"

    def ask(cost: CostQuote, candidates: Sequence[Candidate]) -> bool:
        for one in candidates:
            output.note(f"{one.id}: {one.class_name!r} says {one.author}; the model says {one.predicted_name!r}")
            output.note(f"   {_short(one.content)}")
            so_far = f"so far {_points(one.confirmed)} for it, {_points(one.contested)} against it"
            output.note(f"   {so_far}; " + (f"left out: {one.why_not}" if one.why_not else _gives(one, confirms)))
        ready = [one for one in candidates if not one.why_not]
        weight = sum(one.weight for one in ready)
        return act.agree(cost, f"{verb} {len(ready):,} contribution(s)", [("points", f"{_points(weight)} in all")])

    with output.progress(verb) as bar:
        vote = act.model.confirm if confirms else act.model.contest
        result = vote(ids, account=act.account, confirm=ask, on_progress=bar, prices=act.prices)
    _show_votes(act, result, verb)


def _show_votes(act: ModelAct, result: VoteResult, verb: str) -> None:
    output = act.output
    content = {
        **act.place,
        "made": list(result.made),
        "weight": result.weight,
        "burned": result.burned,
        "fee_wei": result.fee_wei,
        "tx_hashes": list(result.tx_hashes),
        "contributions": [one.as_dict() for one in result.candidates],
    }

    def show() -> None:
        output.say(
            f"{len(result.made):,} {verb}ed with {_points(result.weight)} points, {_points(result.burned)} points "
            f"burned, fee {format_ether(result.fee_wei)}"
        )
        for one in result.candidates:
            if one.why_not:
                output.say(f"not {one.id}: {one.why_not}")

    output.result(content, show)


def _row(place: int, row: Standing) -> tuple[Any, ...]:
    return (
        place,
        row.address + (" (founder)" if row.is_founder else ""),
        _points(row.points),
        _points(row.received),
        _points(row.given),
        _points(row.can_give),
        f"{row.confirmed:,} of {row.contributions:,}",
        f"{row.votes:,}",
        ", ".join(badge.title for badge in row.badges),
    )


def _gives(one: Candidate, confirms: bool) -> str:
    return f"your vote {'gives' if confirms else 'takes'} {_points(one.weight)}"


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:,.2f}".rstrip("0").rstrip(".")


def _short(text: str) -> str:
    return text if len(text) <= 300 else text[:297] + "..."
