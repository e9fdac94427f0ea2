"""Report data that the model disagrees with: ``./brownie run report [main FILE [yes]] --network NETWORK``."""

from __future__ import annotations

from scripts import interaction
from scripts.session import session


def main(file: str = "", answer: str = "") -> list[int]:
    """Report all contributions of others that can be reported now; the account must be proven. Shares are credited.

    Parameters
    ----------
    file : str, optional
        Settings; ``scripts/settings.toml`` by default.
    answer : str, optional
        "yes" sends without asking.

    Returns
    -------
    list of int
        Numbers of the reported contributions.
    """
    with session("report", file, answer) as run:
        model = interaction.open_model(run.section.model, run.place)
        confirm, prices = run.confirm_claims, run.prices
        result = interaction.report(model, run.section, run.signer, confirm=confirm, prices=prices)
        run.show_claims(result)
        return [claim.id for claim in result.made]
