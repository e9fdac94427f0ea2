"""The provider's side: commit to a test set, have a partition drawn, reveal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commonlearn.chain.batch import Receipt, estimates_of
from commonlearn.chain.errors import RpcError
from commonlearn.chain.fees import CostQuote
from commonlearn.chain.market import MarketContract, MarketView
from commonlearn.chain.transactions import TRANSACTION_GAS_CAP, Sender
from commonlearn.client.batching import fitting, gas_or_none, most_gas
from commonlearn.client.errors import Declined
from commonlearn.client.market.errors import NothingDue, TestSetUnusable
from commonlearn.client.market.records import MarketRecords
from commonlearn.client.market.secrets import SecretFolder
from commonlearn.contract_errors import WrongPhase
from commonlearn.errors import CommonlearnError
from commonlearn.records import Phase

__all__ = ["Commitment", "Provider"]

LEAST_PARTITIONS, MOST_PARTITIONS = 10, 64
_PREPARE_PERCENT = 85
"""The market hashes the test set besides, and states grow: so much of a transaction the engine may take."""

_OVER = (Phase.IDLE, Phase.CLOSED, Phase.VOID)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a provider is about to commit to, and what it costs.

    Attributes
    ----------
    root : bytes
    partitions, test_count : int
    scored : int
        At least so many samples are scored; the drawn partition is shown only.
    bounty_wei, bond_wei, purse_wei : int
        Paid for improvements; lost without the reveals; paid for the computation, the rest comes back.
    secret : Path or None
        The file that must not be lost.
    """

    root: bytes
    partitions: int
    test_count: int
    scored: int
    bounty_wei: int
    bond_wei: int
    purse_wei: int
    secret: Path | None = None

    @property
    def value_wei(self) -> int:
        """What is sent."""
        return self.bounty_wei + self.bond_wei + self.purse_wei

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {**values, "root": "0x" + self.root.hex(), "secret": str(self.secret), "value_wei": self.value_wei}


class Provider:
    """Somebody who offers a bounty.

    Parameters
    ----------
    sender : Sender
    contract : MarketContract
    records : MarketRecords
    secrets : SecretFolder
    """

    def __init__(self, sender: Sender, contract: MarketContract, records: MarketRecords, secrets: SecretFolder) -> None:
        self._sender = sender
        self._contract = contract
        self._records = records
        self._secrets = secrets

    def commit(
        self,
        samples: Sequence[bytes],
        labels: Sequence[int],
        *,
        partitions: int,
        bounty_wei: int,
        confirm: Callable[[CostQuote, Commitment], bool] | None = None,
    ) -> tuple[Commitment, Receipt]:
        """Begin a market. The secret is on disk before anything is sent.

        Raises
        ------
        TestSetUnusable
            It is too small or too large, or holds a sample twice.
        WrongPhase, BountyTooSmall, InsufficientFunds, Declined
            Nothing was sent.
        """
        view = self._records.refresh()
        if view.phase not in _OVER:
            raise WrongPhase(view.phase)
        self._check(samples, labels, partitions)
        known = self._secrets.prepare(self._sender.address, partitions, samples, labels)
        if known.root() in self._committed():
            known = self._secrets.renew(known)  # a salt that was shown hides nothing any more
        terms = self._contract.terms
        drawn = -(-len(samples) // partitions)
        given = Commitment(
            root=known.root(),
            partitions=partitions,
            test_count=len(samples),
            scored=len(samples) - drawn,
            bounty_wei=bounty_wei,
            bond_wei=terms.bond_wei,
            purse_wei=terms.purse_wei(len(samples)),
            secret=self._secrets.write(known),
        )
        call = self._contract.commit(given.root, partitions, len(samples), given.value_wei)
        plan = self._sender.plan([call])
        if confirm is not None and not confirm(plan.cost, given):
            raise Declined
        return given, self._sender.send_one(call, plan=plan)

    def draw(self, *, confirm: Callable[[CostQuote], bool] | None = None) -> tuple[int, Receipt]:
        """Fix which partition must be shown; gives its number. Raises `DrawTooEarly`, `DrawMissed`, `WrongPhase`."""
        plan = self._sender.plan([self._contract.draw()])
        if confirm is not None and not confirm(plan.cost):
            raise Declined
        receipt = self._sender.send_one(plan.calls[0], plan=plan)
        event = receipt.event("Drawn")
        assert event is not None
        return int(event.values["partition"]), receipt

    def reveal(
        self,
        *,
        confirm: Callable[[CostQuote, int], bool] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> tuple[int, list[Receipt]]:
        """Reveal what is due: the drawn partition, or all others, in as many transactions as they need.

        Returns
        -------
        partitions : int
            How many were revealed now.
        receipts : list of Receipt

        Raises
        ------
        NothingDue
            No reveal is due.
        SecretLost
            The test set is not here.
        CommonlearnError
            The contract refuses it.
        """
        view = self._contract.market()
        known = self._secrets.find(view.root) if view.phase in (Phase.PROVING, Phase.REVEALING) else None
        if known is None:
            raise NothingDue("reveal", view.phase)
        due = _due(view)
        receipts: list[Receipt] = []
        if not due:
            raise NothingDue("reveal", view.phase, "nobody took part: end it with commonlearn market end")
        parts, leaves, total = known.parts(), known.leaves(), len(due)
        while due:
            count = self._fitting(leaves, [[one.as_tuple() for one in parts[i]] for i in due])
            shown = [[one.as_tuple() for one in parts[i]] for i in due[:count]]
            plan = self._sender.plan([self._contract.reveal(leaves, shown)])
            if not receipts and confirm is not None and not confirm(plan.cost, total):
                raise Declined
            receipts.append(self._sender.send_one(plan.calls[0], plan=plan))
            due = due[count:]
            if on_progress is not None:
                on_progress(total - len(due), total)
        return total, receipts

    def _fitting(self, leaves: Sequence[bytes], parts: Sequence[Sequence[tuple[bytes, int, bytes]]]) -> int:
        def gas_of(count: int) -> int | None:
            return gas_or_none(self._sender, self._contract.reveal(leaves, parts[:count]), may_shrink=count > 1)

        return fitting(len(parts), 4, most_gas(self._sender.connection), gas_of)[0]

    def _committed(self) -> set[bytes]:
        return {bytes(event.values["root"]) for event in self._contract.events(["Committed"])}

    def _check(self, samples: Sequence[bytes], labels: Sequence[int], partitions: int) -> None:
        """Find out beforehand what would make the test set worthless, or its preparation impossible."""
        if not LEAST_PARTITIONS <= partitions <= MOST_PARTITIONS:
            raise TestSetUnusable(f"{partitions} partitions are not {LEAST_PARTITIONS} to {MOST_PARTITIONS}")
        if len(samples) < partitions:
            raise TestSetUnusable(f"{len(samples)} samples do not fill {partitions} partitions")
        if len(set(samples)) != len(samples):
            raise TestSetUnusable(
                f"{len(samples) - len(set(samples))} of its samples are there twice for the model: when one of two is "
                "shown, everybody knows the other"
            )
        words = self._records.starting_words()
        scored = len(samples) - len(samples) // partitions
        call = self._contract.engine_prepare(words, samples[:scored], labels[:scored])
        (gas,) = estimates_of(self._sender.connection, [call], self._sender.address)
        most = TRANSACTION_GAS_CAP * _PREPARE_PERCENT // 100
        if isinstance(gas, RpcError) or (isinstance(gas, int) and gas > most):
            shown = f"{gas:,} gas" if isinstance(gas, int) else "more gas than a transaction may use"
            raise TestSetUnusable(f"its preparation takes {shown}, more than {most:,}; give fewer samples")
        if isinstance(gas, CommonlearnError):
            raise gas


def _due(view: MarketView) -> list[int]:
    """Partitions to be revealed now, in order."""
    if view.phase is Phase.PROVING:
        return [view.drawn]
    if view.contributions == 0:
        return []
    return [i for i in range(view.next_partition, view.partitions) if i != view.drawn]
