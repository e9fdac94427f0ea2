"""`commonlearn refund`, `report`, `sweep` and `withdraw`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli.output import Output, command
from commonlearn.client.claims import Claim, ClaimResult, ClaimState
from commonlearn.client.public_model import PublicModel
from commonlearn.client.session import CostQuote
from commonlearn.money import format_ether

_SHOWN = 20


@command
def refund(
    ctx: typer.Context,
    model: o.Model,
    ids: o.Ids = None,
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
    """Take back the stakes of your contributions that the model agrees with. They are credited; see withdraw."""
    account = o.signer(keystore, clef, unlocked, from_)
    loaded = o.load(ctx.obj, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    _claim(ctx.obj, loaded, loaded.refund, "take stakes back", account, ids, eth_usd, gas_gwei, yes)


@command
def report(
    ctx: typer.Context,
    model: o.Model,
    ids: o.Ids = None,
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
    """Report others' contributions that the model still disagrees with. The proven share their stakes."""
    account = o.signer(keystore, clef, unlocked, from_)
    loaded = o.load(ctx.obj, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    _claim(ctx.obj, loaded, loaded.report, "report others' data", account, ids, eth_usd, gas_gwei, yes)


@command
def sweep(
    ctx: typer.Context,
    model: o.Model,
    ids: o.Ids = None,
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
    """Credit stakes that nobody claimed in time to the model's beneficiary. Anyone may."""
    account = o.signer(keystore, clef, unlocked, from_)
    loaded = o.load(ctx.obj, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    _claim(ctx.obj, loaded, loaded.sweep, "sweep unclaimed stakes", account, ids, eth_usd, gas_gwei, yes)


@command
def withdraw(
    ctx: typer.Context,
    model: o.Model,
    to: Annotated[str | None, typer.Option("--to", help="Recipient.", show_default="the account itself")] = None,
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
    """Have everything paid out that the model owes you: refunds, shares, bounties, and what you sent too much."""
    output: Output = ctx.obj
    account = o.signer(keystore, clef, unlocked, from_)
    loaded = o.load(output, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)

    def confirm(cost: CostQuote, owed_wei: int) -> bool:
        paid = output.money(owed_wei, cost.eth_usd)
        output.show_cost(cost, "withdraw", [("you get", f"{paid} at {to or account.address}")])
        return output.ask("Send?", yes=yes)

    amount_wei, fee_wei = loaded.withdraw(account=account, to=to, confirm=confirm, prices=o.prices(eth_usd, gas_gwei))
    content = {
        "model": loaded.address,
        "account": account.address,
        "to": to or account.address,
        "amount_wei": amount_wei,
        "fee_wei": fee_wei,
    }
    output.result(
        content,
        lambda: output.say(f"{format_ether(amount_wei)} paid to {to or account.address}, fee {format_ether(fee_wei)}"),
    )


def _claim(
    output: Output,
    loaded: PublicModel,
    action: Callable[..., ClaimResult],
    what: str,
    account: Any,
    ids: list[int] | None,
    eth_usd: str | None,
    gas_gwei: str | None,
    yes: bool,
) -> None:
    def confirm(cost: CostQuote, claims: Sequence[Claim]) -> bool:
        stakes = sum(claim.stake_wei for claim in claims)
        output.show_cost(
            cost, what, [("stakes", f"{output.money(stakes, cost.eth_usd)} in {len(claims):,} contribution(s)")]
        )
        return output.ask("Send?", yes=yes)

    with output.progress(what) as bar:
        result = action(account=account, ids=ids, confirm=confirm, on_progress=bar, prices=o.prices(eth_usd, gas_gwei))
    content = {
        "model": loaded.address,
        "account": account.address,
        "made": [claim.id for claim in result.made],
        "credited_wei": result.credited_wei,
        "fee_wei": result.fee_wei,
        "claims": [claim.as_dict() for claim in result.claims],
    }

    def show() -> None:
        output.say(
            f"{len(result.made):,} made, {format_ether(result.credited_wei)} credited, fee "
            f"{format_ether(result.fee_wei)}"
        )
        others = [claim for claim in result.claims if claim.state is not ClaimState.MADE]
        for state, count in Counter(claim.state for claim in others).items():
            output.say(f"{count:,} not: {state.value}")
        if others:
            rows = [(claim.id, loaded.classes_[claim.label], claim.why) for claim in others[:_SHOWN]]
            output.table(("id", "label", "why not"), rows)
        if len(others) > _SHOWN:
            output.say(f"… and {len(others) - _SHOWN:,} more (--json shows all)")
        if result.credited_wei:
            output.say(f"Have it paid out: commonlearn withdraw {loaded.address}")

    output.result(content, show)
