"""`commonlearn pod deploy-market`: a market of private training for a network that has none."""

from __future__ import annotations

import typer

from commonlearn.cli import options as o
from commonlearn.cli.output import Output, command
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.session import Connection, CostQuote, Sender
from commonlearn.client.training_market import deploy_market as deploy

__all__ = ["deploy_market"]


@command
def deploy_market(
    ctx: typer.Context,
    keystore: o.Keystore = None,
    clef: o.Clef = None,
    unlocked: o.Unlocked = None,
    from_: o.From = None,
    eth_usd: o.EthUsd = None,
    gas_gwei: o.GasGwei = None,
    yes: o.Yes = False,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Put a market of private training on a chain, once for everybody there. Nobody has rights in it.

    A market that is recorded and still there is named, and nothing is sent. Interrupted? Run the same again: it goes on
    where it stopped.
    """
    output: Output = ctx.obj
    connection = Connection.open(rpc, chain_id=chain_id)
    sender = Sender(connection, o.signer(keystore, clef, unlocked, from_), prices=o.prices(eth_usd, gas_gwei))
    book = DeploymentBook.open(deployments, connection)
    quotes: list[CostQuote] = []

    def confirm(cost: CostQuote) -> bool:
        quotes.append(cost)
        where = f"{connection.network} (chain {connection.chain_id})"
        output.show_cost(cost, f"deploy a market of private training on {where}")
        return output.ask("Send?", yes=yes)

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
