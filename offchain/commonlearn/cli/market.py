"""`commonlearn market …`: what providers, participants, settlers and watchers do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commonlearn.cli import options as o
from commonlearn.cli.acting import Look, ModelAct, acting_on_model, looking_at_model
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.market_words import show_audit, show_status, show_work, working
from commonlearn.client.market.market import PARTITIONS
from commonlearn.client.market.provider import Commitment
from commonlearn.client.public_model import PublicModel
from commonlearn.client.session import CostQuote
from commonlearn.money import format_ether, parse_amount

__all__ = ["app"]

app = typer.Typer(
    name="market",
    help=(
        "A provider pays for what contributions improve on a secret test set; stakes pay for what they worsen.\n\n"
        "The provider: commit, draw, reveal, reveal. Participants: audit, contribute (commonlearn contribute), "
        "withdraw. Anyone, paid: settle, claim, train; or, with a bond: watch."
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
)

State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        help="Folder of providers' secrets and watches' notes.",
        show_default="beside the journals",
        rich_help_panel=o.CHAIN,
    ),
]
LabelColumn = Annotated[str, typer.Option("--label-column", help="Column of labels in the CSV file.")]
GasLimit = Annotated[
    int | None,
    typer.Option("--gas-limit", min=200_000, help="Most gas for a transaction.", show_default="a quarter of a block"),
]


@acting_on_model
def commit(
    act: ModelAct,
    csv: Annotated[Path, typer.Option("--csv", help="The secret test set: a CSV file.", show_default=False)],
    bounty: Annotated[
        str, typer.Option("--bounty", help="What improvements are paid, such as 0.5.", show_default=False)
    ],
    text: o.TextColumn = None,
    label_column: LabelColumn = "label",
    partitions: Annotated[
        int, typer.Option("--partitions", min=10, max=64, help="One of them is shown beforehand and never scored.")
    ] = PARTITIONS,
    state: State = None,
) -> None:
    """Offer a bounty and commit to a secret test set; you are the provider then.

    The test set and its salts are written to a file that only you can read, before anything is sent. Keep a copy of
    it: without it nobody can reveal the test set, and your bond is lost.
    """
    samples, labels = _labelled(act.model, csv, text, label_column)
    market = act.model.market(state=state, prices=act.prices)

    def confirm(cost: CostQuote, given: Commitment) -> bool:
        money = [
            ("bounty", f"{act.output.money(given.bounty_wei, cost.eth_usd)}; what improves nothing comes back"),
            ("bond", f"{act.output.money(given.bond_wei, cost.eth_usd)}; lost if you do not reveal in time"),
            ("purse", f"{act.output.money(given.purse_wei, cost.eth_usd)}; pays the settlement, the rest comes back"),
            ("test set", f"{given.test_count:,} samples in {given.partitions} partitions, {given.scored:,} are scored"),
            ("secret", f"{given.secret} - keep a copy; without it the bond is lost"),
        ]
        return act.agree(cost, "commit to a test set", money)

    given, receipt = market.commit(
        samples,
        labels,
        account=act.account,
        bounty_wei=parse_amount(bounty),
        partitions=partitions,
        confirm=confirm,
    )
    view = market.contract.market()

    def show() -> None:
        act.output.say(f"market {view.number} is on; the secret is in {given.secret}")
        act.output.say(f"After block {view.draw_block}: commonlearn market draw {act.model.address}")

    content = {**act.place, **given.as_dict(), "number": view.number, "draw_block": view.draw_block}
    act.output.result({**content, "tx_hash": receipt.tx_hash, "fee_wei": receipt.fee_wei}, show)


@acting_on_model
def draw(act: ModelAct) -> None:
    """Fix which partition must be shown. Anyone may; if nobody does within 256 blocks, the provider's bond is lost."""
    market = act.model.market(prices=act.prices)
    partition, receipt = market.draw(account=act.account, confirm=lambda cost: act.agree(cost, "draw"))
    content = {**act.place, "partition": partition, "tx_hash": receipt.tx_hash, "fee_wei": receipt.fee_wei}
    act.output.result(content, lambda: act.output.say(f"partition {partition} must be shown by the provider"))


@acting_on_model
def reveal(act: ModelAct, state: State = None) -> None:
    """Reveal what is due: first the drawn partition, after participation all others. The provider's secret does it."""
    market = act.model.market(state=state, prices=act.prices)
    with act.output.progress("revealing") as bar:
        count, receipts = market.reveal(
            account=act.account,
            confirm=lambda cost, total: act.agree(cost, f"reveal the first of {total} partition(s)"),
            on_progress=bar,
        )
    fees = sum(receipt.fee_wei for receipt in receipts)
    content = {**act.place, "partitions": count, "tx_hashes": [r.tx_hash for r in receipts], "fee_wei": fees}
    act.output.result(content, lambda: act.output.say(f"{count} partition(s) revealed, fee {format_ether(fees)}"))


@looking_at_model
def status(
    look: Look,
    account: Annotated[
        str | None, typer.Option("--account", help="Also this account's part in it.", show_default=False)
    ] = None,
    eth_usd: o.EthUsd = None,
) -> None:
    """Show a market's phase, clocks and money, and what anyone can do now."""
    output, loaded = look.output, look.model
    about = loaded.market().status(account)
    usd = o.prices(eth_usd, None).eth_usd
    output.result({"model": loaded.address, **about.as_dict()}, lambda: show_status(output, loaded.address, about, usd))


@looking_at_model
def audit(
    look: Look,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Your own labelled data, to compare with.", show_default=False)
    ] = None,
    text: o.TextColumn = None,
    label_column: LabelColumn = "label",
) -> None:
    """Judge the test set by the revealed partition: whether the model, and your own data, agree with its labels."""
    output, loaded = look.output, look.model
    own = None if csv is None else _labelled(loaded, csv, text, label_column)
    found = loaded.market().audit(own)
    output.result({"model": loaded.address, **found.as_dict()}, lambda: show_audit(output, loaded, found))


@acting_on_model
def settle(act: ModelAct, gas_limit: GasLimit = None) -> None:
    """Have the contract compute the outcome, portion by portion, and credit everybody. It is paid by the purse.

    Interrupted, or overtaken by somebody else? Run the same again: it goes on where the chain stands.
    """
    with act.output.progress("settling") as bar:
        work = act.model.market(prices=act.prices).settle(
            account=act.account, gas_limit=gas_limit, confirm=working(act), on_progress=bar
        )
    show_work(act, work)


@acting_on_model
def claim(act: ModelAct, gas_limit: GasLimit = None) -> None:
    """Have the participants of a settled market credited with what they are owed. It is paid by the purse."""
    work = act.model.market(prices=act.prices).claim(account=act.account, gas_limit=gas_limit, confirm=working(act))
    show_work(act, work)


@acting_on_model
def train(act: ModelAct, gas_limit: GasLimit = None) -> None:
    """Teach the model what was not punished. It is paid by the purse, and ends the market."""
    with act.output.progress("training") as bar:
        work = act.model.market(prices=act.prices).train(
            account=act.account, gas_limit=gas_limit, confirm=working(act), on_progress=bar
        )
    show_work(act, work)


@acting_on_model
def post(act: ModelAct, state: State = None) -> None:
    """Post the outcome with a bond, if nobody did. See watch, which also keeps it alive: a post needs that."""
    _watch(act, state, may_post=True, once=True)


@acting_on_model
def watch(
    act: ModelAct,
    post_: Annotated[bool, typer.Option("--post", help="Post the outcome where nobody did.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Look once, make at most one move, and end.")] = False,
    state: State = None,
) -> None:
    """Compute the outcome, watch what is posted, dispute what is wrong to the end, and keep your own posts alive.

    Until the market is settled. It can be stopped and started again at any time, but must not stay away for longer
    than a move's time while a post or dispute of yours is open.
    """
    _watch(act, state, may_post=post_, once=once)


@acting_on_model
def end(act: ModelAct) -> None:
    """End a market that cannot go on: a missed draw or reveal, nobody took part, never settled or trained."""
    market = act.model.market(prices=act.prices)
    ending, receipt = market.end(account=act.account, confirm=lambda cost: act.agree(cost, "end the market"))
    said = ending.name.lower().replace("_", " ")
    content = {**act.place, "ending": said, "tx_hash": receipt.tx_hash, "fee_wei": receipt.fee_wei}

    def show() -> None:
        act.output.say(f"the market has ended: {said}")
        act.output.say(f"Whoever is owed something: commonlearn market withdraw {act.model.address}")

    act.output.result(content, show)


@acting_on_model
def withdraw(
    act: ModelAct,
    to: Annotated[str | None, typer.Option("--to", help="Recipient.", show_default="the account itself")] = None,
) -> None:
    """Have everything paid out that the market owes you: stakes, shares of bounties, pay, bonds."""
    recipient = to or act.account.address

    def confirm(cost: CostQuote, owed_wei: int) -> bool:
        paid = act.output.money(owed_wei, cost.eth_usd)
        return act.agree(cost, "withdraw", [("you get", f"{paid} at {recipient}")])

    amount, fee = act.model.market(prices=act.prices).withdraw(account=act.account, to=to, confirm=confirm)
    content = {**act.place, "to": recipient, "amount_wei": amount, "fee_wei": fee}
    said = f"{format_ether(amount)} paid to {recipient}, fee {format_ether(fee)}"
    act.output.result(content, lambda: act.output.say(said))


def _watch(act: ModelAct, state: Path | None, *, may_post: bool, once: bool) -> None:
    market = act.model.market(state=state, prices=act.prices)

    def confirm(cost: CostQuote, what: str, bond_wei: int) -> bool:
        bond = f"{act.output.money(bond_wei, cost.eth_usd)}; it comes back unless you are wrong or stay away"
        return act.agree(cost, what, [("bond", bond)])

    def tell(said: str) -> None:
        act.output.note(f"{datetime.now(UTC):%H:%M:%S} {said}")

    phase = market.watch(account=act.account, post=may_post, once=once, confirm=confirm, on_event=tell)
    actions = [
        {"market": one.market, "what": one.what, "tx_hash": one.tx_hash, "outcome": one.outcome}
        for one in market.actions(act.account.address)
    ]
    content = {**act.place, "phase": phase.name.lower(), "is_settled": market.contract.market().is_settled}
    act.output.result({**content, "actions": actions}, lambda: act.output.say(f"the market is {phase.name.lower()}"))


def _labelled(loaded: PublicModel, csv: Path, text: str | None, label_column: str) -> tuple[list[bytes], list[int]]:
    items, table = o.read_items(loaded, None, csv, text, label_column)
    if table is None:
        raise UsageProblem("Give the data with --csv FILE.")
    return loaded.labelled(items, [cell.strip() for cell in table.column(label_column)])


for _command in (commit, draw, reveal, status, audit, settle, claim, train, post, watch, end, withdraw):
    app.command(_command.__name__, no_args_is_help=True)(_command)
