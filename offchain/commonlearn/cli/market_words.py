"""How `commonlearn market` tells what it found and did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from commonlearn.cli.acting import ModelAct
from commonlearn.cli.output import Output
from commonlearn.client.market.audit import Audit
from commonlearn.client.market.settling import Work
from commonlearn.client.market.status import MarketStatus
from commonlearn.client.public_model import PublicModel
from commonlearn.client.session import CostQuote
from commonlearn.durations import duration
from commonlearn.money import format_ether

__all__ = ["show_audit", "show_status", "show_work", "working"]

_SHOWN_WORDS = 12


def show_status(output: Output, address: str, about: MarketStatus, usd: Decimal | None) -> None:
    """Phase, clocks, money, and what can be done."""
    view, terms = about.view, about.terms
    ends = ""
    if view.deadline:
        when = datetime.fromtimestamp(view.deadline, UTC).strftime("%Y-%m-%d %H:%M UTC")
        left = view.deadline - about.now
        ends = f", until {when} ({duration(left)} left)" if left > 0 else f", over since {when}"
    output.say(f"market {view.number} of {address}: {view.phase.name.lower()}{ends}")
    if view.number:
        output.say(f"provider {view.provider}, {view.test_count:,} test samples in {view.partitions} partitions")
        output.say(f"{view.contributions:,} contribution(s) by {view.participants:,} participant(s)")
    for name, wei in (
        ("stakes", about.stakes_wei),
        ("bounty", view.bounty_wei),
        ("purse", view.purse_wei),
        ("bonds of posts", about.post_bonds_wei),
    ):
        if wei:
            output.say(f"{name} {output.money(wei, usd)}")
    output.say(
        f"least stake {format_ether(terms.min_stake_wei)}, bond {format_ether(terms.bond_wei)}, "
        f"{format_ether(terms.step_fee_wei)} a step, post's bond {format_ether(terms.post_bond_wei)}"
    )
    if about.post.is_there:
        said = f"disputed by {about.post.challenger}" if about.post.is_disputed else "not disputed"
        output.say(f"outcome posted by {about.post.poster}: {about.post.steps:,} steps, {said}")
    if about.account is not None:
        mine = about.account
        punished = ", punished" if mine.is_punished else ""
        output.say(f"account: owed {output.money(mine.owed_wei, usd)}, stake {format_ether(mine.stake_wei)}{punished}")
    output.table(("now possible", "who", "why"), [(due.command, due.who, due.why) for due in about.dues])


def show_audit(output: Output, loaded: PublicModel, found: Audit) -> None:
    """The revealed samples, and how they agree."""
    names = loaded.classes_.tolist()
    words = getattr(loaded.featurizer, "words", None)
    rows = []
    for sample in found.samples:
        shown = [str(words[i]) if words else f"#{i}" for i in sample.features[:_SHOWN_WORDS]]
        more = " …" if len(sample.features) > _SHOWN_WORDS else ""
        own = () if sample.learned is None else (names[sample.learned],)
        rows.append((names[sample.label], names[sample.predicted], *own, " ".join(shown) + more))
    columns = ("label", "model says", *(() if found.own_agrees is None else ("with your data",)), "words")
    output.table(columns, rows)
    output.say(f"{len(found.samples):,} samples were shown; always naming the commonest class gives {found.chance:.2f}")
    output.say(f"the model as it is agrees with {found.model_agrees:.2f} of their labels")
    if found.own_agrees is not None:
        output.say(f"after learning your data it agrees with {found.own_agrees:.2f}")
        output.say(f"{found.same:,} of them are among your data, {found.same_agrees:,} with your label")
    output.say(found.verdict)


def working(act: ModelAct) -> Callable[[CostQuote, str, int], bool]:
    """Asks before work that the market pays."""

    def confirm(cost: CostQuote, what: str, steps: int) -> bool:
        pay = act.model.terms.step_fee_wei
        money = act.output.money(pay * steps, cost.eth_usd)
        details = [
            ("steps", f"{steps:,} are left at least; the cost above is of the first transaction"),
            ("pay", f"{format_ether(pay)} a step, {money} in all, as far as you do them"),
        ]
        return act.agree(cost, what, details)

    return confirm


def show_work(act: ModelAct, work: Work) -> None:
    """What was done, what it cost, and what it was paid."""
    content = {
        **act.place,
        "transactions": work.transactions,
        "steps": work.steps,
        "gas": work.gas,
        "fee_wei": work.fee_wei,
        "pay_wei": work.pay_wei,
        "phase": work.phase.name.lower(),
        "done": work.done,
    }

    def show() -> None:
        act.output.say(f"{work.steps:,} step(s) in {work.transactions:,} transaction(s), {work.gas:,} gas")
        act.output.say(f"fees {format_ether(work.fee_wei)}, pay {format_ether(work.pay_wei)}")
        act.output.say(f"the market is {work.phase.name.lower()}; see commonlearn market status {act.model.address}")

    act.output.result(content, show)
