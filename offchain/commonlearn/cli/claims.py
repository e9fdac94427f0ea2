"""`commonlearn refund`, `report`, `sweep` and `withdraw`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from commonlearn.cli import options as o
from commonlearn.cli.acting import ModelAct, acting_on_model
from commonlearn.client.claims import Claim, ClaimResult, ClaimState
from commonlearn.client.session import CostQuote
from commonlearn.money import format_ether

_SHOWN = 20


@acting_on_model
def refund(act: ModelAct, ids: o.Ids = None) -> None:
    """Take back the stakes of your contributions that the model agrees with. They are credited; see withdraw."""
    _claim(act, act.model.refund, "take stakes back", ids)


@acting_on_model
def report(act: ModelAct, ids: o.Ids = None) -> None:
    """Report others' contributions that the model still disagrees with. The proven share their stakes."""
    _claim(act, act.model.report, "report others' data", ids)


@acting_on_model
def sweep(act: ModelAct, ids: o.Ids = None) -> None:
    """Credit stakes that nobody claimed in time to the model's beneficiary. Anyone may."""
    _claim(act, act.model.sweep, "sweep unclaimed stakes", ids)


@acting_on_model
def withdraw(
    act: ModelAct,
    to: Annotated[str | None, typer.Option("--to", help="Recipient.", show_default="the account itself")] = None,
) -> None:
    """Have everything paid out that the model owes you: refunds, shares, bounties, and what you sent too much."""
    recipient = to or act.account.address

    def confirm(cost: CostQuote, owed_wei: int) -> bool:
        return act.agree(cost, "withdraw", [("you get", f"{act.output.money(owed_wei, cost.eth_usd)} at {recipient}")])

    amount_wei, fee_wei = act.model.withdraw(account=act.account, to=to, confirm=confirm, prices=act.prices)
    content = {**act.place, "to": recipient, "amount_wei": amount_wei, "fee_wei": fee_wei}
    act.output.result(
        content,
        lambda: act.output.say(f"{format_ether(amount_wei)} paid to {recipient}, fee {format_ether(fee_wei)}"),
    )


def _claim(act: ModelAct, action: Callable[..., ClaimResult], what: str, ids: list[int] | None) -> None:
    output, loaded = act.output, act.model

    def confirm(cost: CostQuote, claims: Sequence[Claim]) -> bool:
        stakes = output.money(sum(claim.stake_wei for claim in claims), cost.eth_usd)
        return act.agree(cost, what, [("stakes", f"{stakes} in {len(claims):,} contribution(s)")])

    with output.progress(what) as bar:
        result = action(account=act.account, ids=ids, confirm=confirm, on_progress=bar, prices=act.prices)
    content = {
        **act.place,
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
