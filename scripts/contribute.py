"""Contribute labelled data under stake: ``./brownie run contribute [main FILE [yes]] --network NETWORK``."""

from __future__ import annotations

from commonlearn.client.incentives import CHOICES
from commonlearn.client.quoting import ContributionQuote
from commonlearn.money import format_ether
from scripts.interaction import contribute, open_model
from scripts.session import session


def main(file: str = "", answer: str = "") -> list[int]:
    """Contribute the rows of a table. Interrupted? Run the same again: nothing is staked twice.

    Parameters
    ----------
    file : str, optional
        Settings; ``scripts/settings.toml`` by default.
    answer : str, optional
        "yes" sends without asking.

    Returns
    -------
    list of int
        Numbers of the contributions.
    """
    with session("contribute", file, answer) as run:
        model = open_model(run.section.model, run.place)

        def confirm(quoted: ContributionQuote) -> bool:
            stakes = f"{format_ether(quoted.first_stake_wei)} to {format_ether(quoted.last_stake_wei)}"
            details = [
                ("each stake", f"{stakes}; at most {format_ether(quoted.max_stake_wei)} is sent, the rest is credited")
            ]
            if quoted.already_made:
                details.append(("made already", f"{quoted.already_made:,} by an earlier run, which is continued"))
            if quoted.repeats:
                details.append(("note", "exactly this was contributed before; it would be made once more"))
            return run.confirm(quoted.cost, f"contribute {quoted.count:,} row(s)", details)

        receipts = contribute(model, run.section, run.signer, confirm=confirm, prices=run.prices)
        taught = sum(receipt.taught for receipt in receipts)
        staked = format_ether(sum(receipt.stake_wei for receipt in receipts))
        run.output.say(
            f"{len(receipts):,} contribution(s) made, {taught:,} taught the model something, {staked} staked"
        )
        run.output.say(CHOICES[model.incentive].afterwards(model.terms, model.address))
        return [receipt.id for receipt in receipts]
