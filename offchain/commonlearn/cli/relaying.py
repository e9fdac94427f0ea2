"""Contributing through a relayer: what `commonlearn contribute --relayer` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commonlearn.cli.acting import ModelAct
from commonlearn.cli.output import declined_unless
from commonlearn.client.sponsoring.requests import sign_contributions
from commonlearn.client.sponsoring.submitting import relayer_terms, submit

__all__ = ["contribute_through"]


def contribute_through(
    act: ModelAct, url: str, items: Sequence[Any], labels: Sequence[str], *, max_stake_wei: int | None
) -> None:
    """Sign as a relayer's terms say, hand everything over, and show what became of it. The account needs no ether."""
    output, account = act.output, act.account
    terms = relayer_terms(url)
    payee = account.address if terms["payee"] == "author" else str(terms["payee"])
    theirs = "yours" if payee == account.address else f"{payee}'s"
    output.note(f"The relayer at {url} sends, and pays the gas{' and the stake' if terms['pays_stake'] else ''}.")
    output.note(f"What comes back of the stakes is {theirs}; what is proven is yours. You sign, and send nothing.")
    declined_unless(output.ask(f"Sign {len(items):,} contribution(s)?", yes=act.yes))
    limit = int(terms["max_stake_wei"])
    signed = sign_contributions(
        act.model,
        items,
        labels,
        account=account,
        payee=payee,
        relayer=str(terms["relayer"]),
        max_stake_wei=limit if max_stake_wei is None else min(limit, max_stake_wei),
        stake_from_author=not terms["pays_stake"],
    )
    made: list[dict[str, Any]] = []
    with output.progress("relaying") as bar:
        for done, one in enumerate(signed):
            bar(done, len(signed))
            made.append(submit(url, one))

    def show() -> None:
        for answer in made:
            number = f"contribution {answer['id']}" if answer["state"] == "done" else "still under way"
            output.say(f"{number}: transaction {answer['tx_hash']}")

    output.result({**act.place, "relayer": url, "contributions": made}, show)
