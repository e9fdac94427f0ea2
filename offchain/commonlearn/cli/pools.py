"""`commonlearn pool …` and `commonlearn prepaid`: gas that is repaid, and ether kept in the sponsorship contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from commonlearn.cli import options as o
from commonlearn.cli.acting import Look, ModelAct, acting_on_model, looking_at_model
from commonlearn.cli.errors import UsageProblem
from commonlearn.client.session import CostQuote
from commonlearn.client.sponsoring.pools import PoolDesk
from commonlearn.money import format_ether, parse_amount
from commonlearn.records import PoolTerms

__all__ = ["pool", "prepaid"]

pool = typer.Typer(name="pool", help="Repay the gas of proven contributions out of a pool.", no_args_is_help=True)

Amount = Annotated[str, typer.Argument(help="Ether, such as 0.1 or 5gwei.", show_default=False)]


@pool.command("open")
@acting_on_model
def open_(
    act: ModelAct,
    amount: Amount,
    cap: Annotated[str, typer.Option("--cap", help="Most to repay for one contribution.")] = "0.002ether",
    author_cap: Annotated[str, typer.Option("--author-cap", help="Most for all of one author.")] = "0.02ether",
    earn: Annotated[str, typer.Option("--earn", help="For how long contributions are noted.")] = "30d",
    claim_time: Annotated[str, typer.Option("--claim", help="For how long after that they can be claimed.")] = "30d",
) -> None:
    """Open a pool for your model. It is spent on proven contributions only; the rest comes back at the end."""
    desk = PoolDesk(act.model, act.prices)
    until = act.model.contract.connection.now() + o.parse_duration(earn)
    terms = PoolTerms(parse_amount(cap), parse_amount(author_cap), until, until + o.parse_duration(claim_time))
    receipt = desk.open(act.account, terms, parse_amount(amount), confirm=_asked(act, "open a pool"))
    content = {"model": act.model.address, "amount_wei": parse_amount(amount), "tx_hash": receipt.tx_hash}
    content["terms"] = dict(zip(PoolTerms.__slots__, terms.as_tuple(), strict=True))
    act.output.result(
        content, lambda: act.output.say(f"The pool of {act.model.address} holds {format_ether(parse_amount(amount))}")
    )


@pool.command("fund")
@acting_on_model
def fund(
    act: ModelAct,
    amount: Amount,
) -> None:
    """Add to a model's pool. Anyone may; what is left in the end goes to the model's creator."""
    desk = PoolDesk(act.model, act.prices)
    receipt = desk.fund(act.account, parse_amount(amount), confirm=_asked(act, "add to the pool"))
    left = desk.pool().left_wei
    content = {"model": act.model.address, "tx_hash": receipt.tx_hash, "left_wei": left}
    act.output.result(content, lambda: act.output.say(f"The pool holds {format_ether(left)}"))


@pool.command("show")
@looking_at_model
def show_(
    look: Look,
) -> None:
    """Show a model's pool: its rules, what is left, and what is noted and not repaid yet."""
    output, loaded = look.output, look.model
    desk = PoolDesk(loaded)
    found, standing = desk.pool(), desk.standing()
    terms = found.terms
    content = {
        "model": loaded.address,
        "creator": found.creator,
        "left_wei": found.left_wei,
        "terms": dict(zip(PoolTerms.__slots__, terms.as_tuple(), strict=True)),
        "noted": standing,
    }

    def show() -> None:
        output.say(f"holds {format_ether(found.left_wei)}, opened by {found.creator}")
        output.say(
            f"repays {format_ether(terms.cap_wei)} a contribution, {format_ether(terms.author_cap_wei)} an author"
        )
        output.say(f"notes contributions until {_date(terms.earn_until)}, pays until {_date(terms.claim_until)}")
        rows = [(one.id, one.payer, format_ether(one.owed_wei), "yes" if one.is_proven else "no") for one in standing]
        if rows:
            output.table(["id", "paid by", "owed at most", "proven"], rows)

    output.result(content, show)


@pool.command("contribute")
@acting_on_model
def contribute(
    act: ModelAct,
    text: Annotated[str, typer.Argument(help="The text, or a row of numbers as a,b,c.", show_default=False)],
    label: Annotated[str, typer.Option("--label", help="Its class: name or number.", show_default=False)],
    max_stake: Annotated[
        str | None, typer.Option("--max-stake", help="Most to stake.", show_default="1.25 × the forecast")
    ] = None,
) -> None:
    """Contribute one item under stake so that the pool repays its gas once it is proven."""
    items, _ = o.read_items(act.model, [text], None, None)
    most_wei = None if max_stake is None else parse_amount(max_stake)
    desk = PoolDesk(act.model, act.prices)
    receipt = desk.contribute(
        act.account, items[0], label, max_stake_wei=most_wei, confirm=_asked(act, "contribute 1 item")
    )
    made, noted = receipt.event("Contributed"), receipt.event("GasNoted")
    assert made is not None
    owed_wei = 0 if noted is None else int(noted.values["owedWei"])
    content = {
        **act.place,
        "id": made.values["id"],
        "taught": made.values["taught"],
        "stake_wei": made.values["stakeWei"],
        "fee_wei": receipt.fee_wei,
        "owed_wei": owed_wei,
        "tx_hash": receipt.tx_hash,
    }

    def show() -> None:
        act.output.say(f"contribution {made.values['id']}, fee {format_ether(receipt.fee_wei)}")
        act.output.say(f"once it is proven, the pool repays up to {format_ether(owed_wei)}: commonlearn pool claim")

    act.output.result(content, show)


@pool.command("claim")
@acting_on_model
def claim(
    act: ModelAct,
    everybody: Annotated[bool, typer.Option("--everybody", help="Also what others are repaid.")] = False,
) -> None:
    """Have the gas of your proven contributions repaid into your balance; see prepaid --withdraw."""
    desk = PoolDesk(act.model, act.prices)
    payer = None if everybody else act.account.address
    claimed, paid_wei = desk.claim(act.account, payer=payer, confirm=_asked(act, "claim gas"))
    content = {"model": act.model.address, "claimed": claimed, "paid_wei": paid_wei}
    act.output.result(
        content, lambda: act.output.say(f"{format_ether(paid_wei)} repaid for {claimed:,} contribution(s)")
    )


@pool.command("close")
@acting_on_model
def close(
    act: ModelAct,
) -> None:
    """End a pool whose claims are over: the rest is credited to who opened it."""
    desk = PoolDesk(act.model, act.prices)
    receipt = desk.close(act.account, confirm=_asked(act, "close the pool"))
    event = receipt.event("PoolClosed")
    assert event is not None
    rest, creator = int(event.values["restWei"]), str(event.values["creator"])
    content = {"model": act.model.address, "creator": creator, "rest_wei": rest}
    act.output.result(content, lambda: act.output.say(f"{format_ether(rest)} credited to {creator}"))


@acting_on_model
def prepaid(
    act: ModelAct,
    add: Annotated[str | None, typer.Option("--add", help="Ether to add.", show_default=False)] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Pay everything out.")] = False,
    to: Annotated[str | None, typer.Option("--to", help="Recipient.", show_default="the account itself")] = None,
    cancel: Annotated[
        str | None,
        typer.Option("--cancel", help="Number of a signed contribution to make useless.", show_default=False),
    ] = None,
) -> None:
    """Your balance in the model's sponsorship contract: prepaid stakes, repaid gas. Add to it, or have it paid out."""
    if sum(one is not None for one in (add, cancel)) + withdraw > 1:
        raise UsageProblem("Give only one of --add, --withdraw and --cancel.")
    desk = PoolDesk(act.model, act.prices)
    if add is not None:
        desk.deposit(act.account, parse_amount(add), confirm=_asked(act, "deposit"))
    elif withdraw:
        desk.withdraw(act.account, to, confirm=_asked(act, "withdraw"))
    elif cancel is not None:
        if not cancel.isdecimal():
            raise UsageProblem("--cancel takes the nonce of a signed contribution, a whole number.")
        desk.cancel(act.account, int(cancel), confirm=_asked(act, "cancel"))
    balance = desk.contract.balance(act.account.address)
    content = {"model": act.model.address, "account": act.account.address, "balance_wei": balance}
    act.output.result(content, lambda: act.output.say(f"{act.account.address} has {format_ether(balance)} there"))


def _asked(act: ModelAct, what: str) -> Callable[[CostQuote], bool]:
    return lambda cost: act.agree(cost, what)


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(min(seconds, 1 << 37), UTC).strftime("%Y-%m-%d %H:%M UTC")
