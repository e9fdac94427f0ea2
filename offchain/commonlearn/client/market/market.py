"""A model's market as an object: what each side does, each step resumable. Made by `PublicModel.market`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from commonlearn.chain.batch import Receipt
from commonlearn.chain.fees import CostQuote, Prices
from commonlearn.chain.market import MarketContract
from commonlearn.chain.signers import as_signer
from commonlearn.chain.transactions import Sender
from commonlearn.client.cache import ModelCache
from commonlearn.client.errors import Declined
from commonlearn.client.market.audit import Audit, audit
from commonlearn.client.market.errors import NothingDue
from commonlearn.client.market.provider import Commitment, Provider
from commonlearn.client.market.records import MarketRecords
from commonlearn.client.market.secrets import SecretFolder
from commonlearn.client.market.settling import Settler, Work
from commonlearn.client.market.status import MarketStatus, status_of
from commonlearn.client.market.store import Action, WatchStore
from commonlearn.client.market.watching import Watcher
from commonlearn.client.synced_model import SyncedModel
from commonlearn.contract_errors import NothingOwed
from commonlearn.records import Ending, Phase

__all__ = ["PARTITIONS", "Market"]

PARTITIONS = 10
"""As many as the contract demands: the drawn one, which is not scored, is then a tenth of the test set."""

Ask = Callable[[CostQuote, str, int], bool]
Progress = Callable[[int, int], None]


class Market:
    """The market of a model.

    Parameters
    ----------
    model : SyncedModel
        Loaded with a node.
    cache : ModelCache
        The model's.
    folder : Path
        Of providers' secrets and watches' notes.
    prices : Prices or None
        Gas price and the dollar's; from the environment by default.

    Raises
    ------
    NotACollaboration
        The model's incentive is another.
    """

    def __init__(self, model: SyncedModel, cache: ModelCache, folder: Path, prices: Prices | None) -> None:
        self._model = model
        self._folder = folder
        self._prices = prices
        self.contract = MarketContract(model.contract)
        self.records = MarketRecords(model, self.contract, cache)
        connection = self.contract.connection
        self._secrets = SecretFolder(folder, connection.chain_id, connection.genesis_hash, self.contract.address)

    def _sender(self, account: Any) -> Sender:
        return Sender(self.contract.connection, as_signer(account), prices=self._prices)

    # ------------------------------------------------------------------------------------------------------ looking

    def status(self, account: str | None = None) -> MarketStatus:
        """Phase, clocks and money now, and what can be done."""
        return status_of(self.contract, account)

    def audit(self, own: tuple[Sequence[bytes], Sequence[int]] | None = None) -> Audit:
        """Judge the test set by the revealed partition, perhaps with own encoded samples and class numbers.

        Raises
        ------
        NothingDue
            Nothing is revealed yet.
        """
        view = self.records.refresh()
        shown = [one for one in self.records.shown(view) if one.partition == view.drawn]
        if not shown:
            raise NothingDue("audit", view.phase, "nothing is revealed yet")
        model = self._model
        configuration = model.contract.model.configuration()
        return audit(model.twin, configuration, shown, own, now=self.contract.connection.now())

    # ----------------------------------------------------------------------------------------------------- provider

    def commit(
        self,
        samples: Sequence[bytes],
        labels: Sequence[int],
        *,
        account: Any,
        bounty_wei: int,
        partitions: int = PARTITIONS,
        confirm: Callable[[CostQuote, Commitment], bool] | None = None,
    ) -> tuple[Commitment, Receipt]:
        """Begin a market as its provider. See :meth:`Provider.commit`."""
        return self._provider(account).commit(
            samples, labels, partitions=partitions, bounty_wei=bounty_wei, confirm=confirm
        )

    def draw(self, *, account: Any, confirm: Callable[[CostQuote], bool] | None = None) -> tuple[int, Receipt]:
        """Fix which partition must be shown. See :meth:`Provider.draw`."""
        return self._provider(account).draw(confirm=confirm)

    def reveal(
        self,
        *,
        account: Any,
        confirm: Callable[[CostQuote, int], bool] | None = None,
        on_progress: Progress | None = None,
    ) -> tuple[int, list[Receipt]]:
        """Reveal what is due. See :meth:`Provider.reveal`."""
        return self._provider(account).reveal(confirm=confirm, on_progress=on_progress)

    def _provider(self, account: Any) -> Provider:
        return Provider(self._sender(account), self.contract, self.records, self._secrets)

    # --------------------------------------------------------------------------------------------------- settlement

    def settle(
        self,
        *,
        account: Any,
        gas_limit: int | None = None,
        confirm: Ask | None = None,
        on_progress: Progress | None = None,
    ) -> Work:
        """Prepare, replay on chain in portions and credit, as far as is due. See :meth:`Settler.settle`."""
        return self._settler(account, gas_limit, confirm, on_progress).settle()

    def claim(
        self,
        *,
        account: Any,
        gas_limit: int | None = None,
        confirm: Ask | None = None,
        on_progress: Progress | None = None,
    ) -> Work:
        """Have the participants of a settled market credited."""
        return self._settler(account, gas_limit, confirm, on_progress).claim()

    def train(
        self,
        *,
        account: Any,
        gas_limit: int | None = None,
        confirm: Ask | None = None,
        on_progress: Progress | None = None,
    ) -> Work:
        """Teach the model what was not punished."""
        return self._settler(account, gas_limit, confirm, on_progress).train()

    def _settler(
        self, account: Any, gas_limit: int | None, confirm: Ask | None, on_progress: Progress | None
    ) -> Settler:
        return Settler(
            self._sender(account),
            self.contract,
            self.records,
            gas_limit=gas_limit,
            confirm=confirm,
            on_progress=on_progress,
        )

    def end(self, *, account: Any, confirm: Callable[[CostQuote], bool] | None = None) -> tuple[Ending, Receipt]:
        """End a market that cannot go on. Raises `NothingToEnd`."""
        sender = self._sender(account)
        plan = sender.plan([self.contract.end()])
        if confirm is not None and not confirm(plan.cost):
            raise Declined
        receipt = sender.send_one(plan.calls[0], plan=plan)
        event = receipt.event("Ended")
        assert event is not None
        return Ending(event.values["ending"]), receipt

    # --------------------------------------------------------------------------------------------------- optimistic

    def watch(
        self,
        *,
        account: Any,
        post: bool = False,
        once: bool = False,
        confirm: Ask | None = None,
        on_event: Callable[[str], None] | None = None,
    ) -> Phase:
        """Compute the outcome, watch what is posted, dispute what is wrong, keep own posts alive, until it is settled.

        Parameters
        ----------
        account : signer, eth_account account, or address
        post : bool
            Whether to post the outcome where nobody did.
        once : bool
            Look once, and make at most one move.
        confirm : callable, optional
            Asked before a bond is sent.
        on_event : callable, optional
            Told what happens, in words.
        """
        sender = self._sender(account)
        with closing(self._store(sender.address)) as store:
            watcher = Watcher(
                sender, self.contract, self.records, store, may_post=post, confirm=confirm, on_event=on_event
            )
            return watcher.run(until_settled=not once)

    def actions(self, account: str) -> list[Action]:
        """What watches of an account did."""
        with closing(self._store(account)) as store:
            return store.actions()

    def _store(self, account: str) -> WatchStore:
        connection = self.contract.connection
        place = (connection.chain_id, connection.genesis_hash, self.contract.address, account)
        return WatchStore(WatchStore.path_of(self._folder, *place))

    # -------------------------------------------------------------------------------------------------------- money

    def withdraw(
        self, *, account: Any, to: str | None = None, confirm: Callable[[CostQuote, int], bool] | None = None
    ) -> tuple[int, int]:
        """Pay out all that an account is owed; gives amount and fee in wei.

        Raises
        ------
        NothingOwed, WithdrawalFailed, Declined
        """
        sender = self._sender(account)
        owed_wei = self.contract.account(sender.address).owed_wei
        if owed_wei == 0:
            raise NothingOwed(sender.address)
        plan = sender.plan([self.contract.withdraw(to or sender.address)])
        if confirm is not None and not confirm(plan.cost, owed_wei):
            raise Declined
        receipt = sender.send_one(plan.calls[0], plan=plan)
        event = receipt.event("Withdrawn")
        return (owed_wei if event is None else int(event.values["amountWei"])), receipt.fee_wei
