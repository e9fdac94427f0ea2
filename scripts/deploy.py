"""Deploy a public model: ``./brownie run deploy [main FILE [yes]] --network NETWORK``."""

from __future__ import annotations

from commonlearn.chain.fees import CostQuote
from scripts.deployment import deploy, plan_from
from scripts.session import session


def main(file: str = "", answer: str = "") -> str:
    """Learn first weights from a labelled table, put them on chain, record and check what was made.

    Parameters
    ----------
    file : str, optional
        Settings; ``scripts/settings.toml`` by default.
    answer : str, optional
        "yes" sends without asking.

    Returns
    -------
    str
        The model's address.
    """
    with session("deploy", file, answer) as run:
        plan, learned = plan_from(run.section, run.signer.address)
        run.output.note(
            f"Learned from {learned.rows:,} rows: held-out accuracy {learned.accuracy:.3f} on {learned.held_out:,} of "
            f"them; always naming the commonest class gives {learned.baseline:.3f}."
        )

        def confirm(cost: CostQuote) -> bool:
            return run.confirm(cost, f"deploy {plan.description.name!r} on {run.place.connection.network}")

        record = deploy(
            plan,
            run.sender,
            run.place.deployments,
            confirm=confirm,
            on_progress=lambda what, done, total: run.output.note(f"{what} {done:,}/{total:,}"),
        )
        run.output.say(f"{record.name} is open at {record.address}, and everything on chain is as planned")
        if run.place.deployments == run.settings.deployments:
            run.output.say(f"recorded in {run.place.deployments / run.place.connection.network}.json")
        else:
            run.output.say("not recorded: this network ends with brownie")
        return record.address
