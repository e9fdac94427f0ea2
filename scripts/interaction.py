"""Taking part in a public model from brownie: what the scripts do, without what they print and ask.

They serve in ``./brownie console`` too: ``model = open_model("tickets", active_place(Path("deployments")))``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commonlearn import PublicModel
from commonlearn.chain.fees import CostQuote, Prices
from commonlearn.chain.signers import Signer
from commonlearn.client.claims import Claim, ClaimResult
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.errors import NotDeployed
from commonlearn.client.quoting import ContributionQuote
from commonlearn.client.receipts import ContributionReceipt
from commonlearn.client.table import raw_for, read_table
from scripts.active_network import Place
from scripts.settings import Claims, Contributions

__all__ = ["address_of", "contribute", "open_model", "refund", "report", "withdraw"]

ConfirmClaims = Callable[[CostQuote, Sequence[Claim]], bool]


def address_of(model: str, place: Place) -> str:
    """Return the address that a user means: an address, or the latest model of a name in the network's record.

    Raises
    ------
    NotDeployed
        The network's record has no model of this name.
    """
    if model.startswith("0x"):
        return model
    named = [one for one in DeploymentBook.open(place.deployments, place.connection).models if one.name == model]
    if not named:
        raise NotDeployed(f"model named {model!r}", place.connection.network)
    return named[-1].address


def open_model(model: str, place: Place) -> PublicModel:
    """Load a model by address or name, synced with the active network.

    Raises
    ------
    NotDeployed, NoContract, NotACollaboration, NotYetOpen
        There is no such model, or it is not ready.
    """
    return PublicModel.load(
        address_of(model, place),
        rpc=place.connection.rpc.url,
        chain_id=place.connection.chain_id,
        cache=place.cache,
        journal=place.journal,
    )


def contribute(
    model: PublicModel,
    settings: Contributions,
    signer: Signer,
    *,
    confirm: Callable[[ContributionQuote], bool] | None = None,
    prices: Prices | None = None,
) -> list[ContributionReceipt]:
    """Contribute the labelled rows of a table.

    Parameters
    ----------
    model : PublicModel
    settings : Contributions
        Names the table, its columns and the most to stake.
    signer : Signer
        Pays, and is refunded.
    confirm : callable, optional
        Asked with a quote before anything is sent.
    prices : Prices, optional
        Of gas and ether.

    Returns
    -------
    list of ContributionReceipt
        In the table's order. After an interruption the same call goes on, and nothing is staked twice.
    """
    table = read_table(settings.csv)
    return model.contribute(
        raw_for(model.featurizer, table, text=settings.text, leave_out=[settings.label]),
        [cell.strip() for cell in table.column(settings.label)],
        account=signer,
        max_stake_wei=settings.max_stake,
        job=settings.job,
        confirm=confirm,
        prices=prices,
    )


def refund(
    model: PublicModel,
    settings: Claims,
    signer: Signer,
    *,
    confirm: ConfirmClaims | None = None,
    prices: Prices | None = None,
) -> ClaimResult:
    """Take back all stakes that can be taken back now; they are credited."""
    return model.refund(account=signer, ids=settings.ids, confirm=confirm, prices=prices)


def report(
    model: PublicModel,
    settings: Claims,
    signer: Signer,
    *,
    confirm: ConfirmClaims | None = None,
    prices: Prices | None = None,
) -> ClaimResult:
    """Report all contributions of others that can be reported now. Raises `NotProven` if the account may not."""
    return model.report(account=signer, ids=settings.ids, confirm=confirm, prices=prices)


def withdraw(
    model: PublicModel,
    signer: Signer,
    *,
    confirm: Callable[[CostQuote, int], bool] | None = None,
    prices: Prices | None = None,
) -> tuple[int, int]:
    """Have all paid out that an account is owed; returns amount and fee in wei. Raises `NothingOwed`."""
    return model.withdraw(account=signer, confirm=confirm, prices=prices)
