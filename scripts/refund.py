"""Take stakes back: ``./brownie run refund [main FILE [yes]] --network NETWORK``, then the same with ``withdraw``."""

from __future__ import annotations

from commonlearn.chain.fees import CostQuote
from commonlearn.money import format_ether
from scripts import interaction
from scripts.session import session


def main(file: str = "", answer: str = "") -> list[int]:
    """Take back all stakes of the account that the model agrees with and whose wait is over; they are credited.

    Parameters
    ----------
    file : str, optional
        Settings; ``scripts/settings.toml`` by default.
    answer : str, optional
        "yes" sends without asking.

    Returns
    -------
    list of int
        Numbers of the refunded contributions.
    """
    with session("refund", file, answer) as run:
        model = interaction.open_model(run.section.model, run.place)
        confirm, prices = run.confirm_claims, run.prices
        result = interaction.refund(model, run.section, run.signer, confirm=confirm, prices=prices)
        run.show_claims(result)
        if result.made:
            run.output.say("have it paid out: ./brownie run refund withdraw")
        return [claim.id for claim in result.made]


def withdraw(file: str = "", answer: str = "") -> int:
    """Have all paid out that the account is owed: refunds, shares, bounties, and what it sent too much.

    Parameters
    ----------
    file, answer : str, optional
        As for `main`.

    Returns
    -------
    int
        Wei.
    """
    with session("refund", file, answer) as run:
        model = interaction.open_model(run.section.model, run.place)

        def confirm(cost: CostQuote, owed_wei: int) -> bool:
            return run.confirm(cost, "withdraw", [("you get", run.output.money(owed_wei, cost.eth_usd))])

        amount_wei, fee_wei = interaction.withdraw(model, run.signer, confirm=confirm, prices=run.prices)
        run.output.say(f"{format_ether(amount_wei)} paid to {run.signer.address}, fee {format_ether(fee_wei)}")
        return amount_wei
