"""`commonlearn pod deploy-market`: a market of private training for a network that has none."""

from __future__ import annotations

from commonlearn.cli.acting import Acting, acting
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.session import Connection, CostQuote, Sender
from commonlearn.client.training_market import deploy_market as deploy

__all__ = ["deploy_market"]


@acting
def deploy_market(act: Acting) -> None:
    """Put a market of private training on a chain, once for everybody there. Nobody has rights in it.

    A market that is recorded and still there is named, and nothing is sent. Interrupted? Run the same again: it goes on
    where it stopped.
    """
    output = act.output
    connection = Connection.open(act.rpc, chain_id=act.chain_id)
    sender = Sender(connection, act.account, prices=act.prices)
    book = DeploymentBook.open(act.deployments, connection)
    quotes: list[CostQuote] = []

    def confirm(cost: CostQuote) -> bool:
        quotes.append(cost)
        where = f"{connection.network} (chain {connection.chain_id})"
        return act.agree(cost, f"deploy a market of private training on {where}")

    record = deploy(sender, book, confirm=confirm, on_progress=lambda what, done, total: output.note(what))
    content = {
        "address": record.address,
        "chain_id": connection.chain_id,
        "network": connection.network,
        "block": record.block,
        "tx_hash": record.tx_hash,
        "record": str(book.path),
        "is_new": bool(quotes),
        "quote": quotes[0].as_dict() if quotes else None,
    }

    def show() -> None:
        output.say(record.address)
        words = "is open" if quotes else "was there already"
        output.note(f"The market {words} on {connection.network}, since block {record.block}; recorded in {book.path}.")
        output.note(f'For pods\' settings: [contracts] market = "{record.address}"')

    output.result(content, show)
