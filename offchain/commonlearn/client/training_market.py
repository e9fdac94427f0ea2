"""Putting a market of private training on a chain, for everybody: three parts of its code, then the market.

Nobody has rights in it, whoever deploys it, so one on a network is enough. Interrupted? Done again, it goes on where it
stopped.
"""

from __future__ import annotations

from collections.abc import Callable

from commonlearn.chain.batch import estimates_of
from commonlearn.chain.compiled import artifact
from commonlearn.chain.contracts import deployment_call
from commonlearn.chain.errors import RpcError
from commonlearn.chain.fees import CostQuote, quote
from commonlearn.chain.training import MARKET, PARTS
from commonlearn.chain.transactions import Sender, gas_limit
from commonlearn.client.deployments import ContractRecord, DeploymentBook
from commonlearn.client.errors import Declined
from commonlearn.client.recording import finish_pending, is_there, record_contract, send_recorded
from commonlearn.errors import CommonlearnError

__all__ = ["deploy_market", "quote_market", "recorded_market"]

_MARKET_GAS = 4_800_000
"""The market itself, measured: it cannot be estimated before its parts are there."""


def recorded_market(sender: Sender, book: DeploymentBook) -> ContractRecord | None:
    """The market that a network has already: recorded, on its chain, and of this version's source."""
    return book.contracts[MARKET] if _is_ours(sender, book, MARKET) else None


def quote_market(sender: Sender, book: DeploymentBook) -> CostQuote:
    """What is to be paid for what a network lacks.

    Raises
    ------
    CommonlearnError
        The node does not estimate it.
    """
    parts = [part for part in PARTS if not _is_ours(sender, book, part)]
    gases = [_MARKET_GAS]
    for gas in estimates_of(sender.connection, [deployment_call(part) for part in parts], sender.address):
        if isinstance(gas, CommonlearnError):
            raise sender.refusal(gas) if isinstance(gas, RpcError) else gas
        gases.append(gas)
    return quote(gases, sender.fees(), sender.prices, limits=[gas_limit(gas) for gas in gases])


def deploy_market(
    sender: Sender,
    book: DeploymentBook,
    *,
    confirm: Callable[[CostQuote], bool] | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> ContractRecord:
    """Deploy a market and record it; the recorded one, if there is one.

    Parameters
    ----------
    sender : Sender
        Pays, and gets no rights.
    book : DeploymentBook
        Where it is recorded.
    confirm : callable, optional
        Asked with the cost before anything is sent.
    on_progress : callable, optional
        Told what is being done, and how far.

    Returns
    -------
    ContractRecord

    Raises
    ------
    InsufficientFunds, Declined
        Nothing was sent.
    """
    sender.signer.check(sender.connection)
    finish_pending(sender, book)
    found = recorded_market(sender, book)
    if found is not None:
        return found
    cost = quote_market(sender, book)
    sender.require_funds(cost.most_wei)
    if confirm is not None and not confirm(cost):
        raise Declined
    names = [name for name in (*PARTS, MARKET) if not _is_ours(sender, book, name)]
    for done, name in enumerate(names):
        if on_progress is not None:
            on_progress(f"deploying {name}", done, len(names))
        given = [book.contract(part).address for part in PARTS] if name == MARKET else []
        record_contract(sender, book, name, send_recorded(sender, book, name, deployment_call(name, *given)))
    return book.contracts[MARKET]


def _is_ours(sender: Sender, book: DeploymentBook, name: str) -> bool:
    """Whether a contract is there, and of the source that ships with this package."""
    return (
        is_there(sender, book, name)
        and book.contracts[name].standard_json_sha256 == artifact(name)["standardJsonInputSha256"]
    )
