"""What contributions became: recorded ones with their receipts, refused ones with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.batch import Receipt
from commonlearn.chain.events import Event
from commonlearn.chain.reverts import error_from_revert
from commonlearn.client.jobs import Entry, Settled
from commonlearn.errors import CommonlearnError

__all__ = [
    "ContributionReceipt",
    "Contributions",
    "Refusal",
    "contributed_in",
    "receipt_of",
    "refusal_of",
    "settled_by",
]


@dataclass(frozen=True, slots=True)
class ContributionReceipt:
    """One contribution that is in a block.

    Attributes
    ----------
    id : int
        Its number in the model's log.
    position : int
        Which of the samples that were given, from 0.
    label : int
        Class number.
    taught : bool
        Whether the model learned something: only then does a refund prove its author.
    stake_wei : int
        Locked.
    contributed_at : int
        Unix time in seconds; the waits count from here.
    gas_used, fee_wei : int
        What it cost besides; of a batch its share, so that sums are right.
    tx_hash : str
    block_number : int
    """

    id: int
    position: int
    label: int
    taught: bool
    stake_wei: int
    contributed_at: int
    gas_used: int
    fee_wei: int
    tx_hash: str
    block_number: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """One sample that was left out, while the others were contributed.

    Attributes
    ----------
    position : int
        Which of the samples that were given, from 0.
    error : CommonlearnError
        Why.
    tx_hash : str or None
        The transaction in which the contract refused it; None if it was found before anything was sent.
    """

    position: int
    error: CommonlearnError
    tx_hash: str | None = None

    @property
    def why(self) -> str:
        """The same in words, without a number of the sample: it would be one of a part of the data."""
        said, sample = self.error.user_message, getattr(self.error, "sample", None)
        return said.removeprefix(f"Sample {sample}: ")

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "position": self.position,
            "name": type(self.error).__name__,
            "why": self.why,
            "tx_hash": self.tx_hash,
        }


class Contributions(list[ContributionReceipt]):
    """Receipts in the order in which the samples were given, and what was left out.

    Attributes
    ----------
    refused : tuple of Refusal
        In order; empty if all were contributed, and always with ``strict``.
    """

    def __init__(self, receipts: Iterable[ContributionReceipt] = (), refused: Iterable[Refusal] = ()) -> None:
        super().__init__(receipts)
        self.refused = tuple(refused)


def contributed_in(receipt: Receipt, address: str) -> list[Event]:
    """The contributions that a transaction made to one model, in order."""
    return [e for e in receipt.events if e.name == "Contributed" and e.address == address.lower()]


def settled_by(receipt: Receipt, address: str, entries: Sequence[Entry]) -> list[Settled] | None:
    """How a transaction settled each of some contributions; None if it failed or did not carry exactly these.

    Parameters
    ----------
    receipt : Receipt
        The transaction.
    address : str
        The model.
    entries : sequence of Entry
        The contributions, in order.
    """
    refused = {
        int(e.values["position"]): bytes(e.values["reason"])
        for e in receipt.events
        if e.name == "SampleRefused" and e.address == address.lower()
    }
    events = iter(contributed_in(receipt, address))
    settled, place = [], 0
    for i, entry in enumerate(entries):
        if i in refused:
            settled.append(Settled(entry.position, receipt.tx_hash, -1, refused[i]))
            continue
        event = next(events, None)
        if event is None or (bytes(event.values["sample"]), event.values["label"]) != (entry.sample, entry.label):
            return None
        settled.append(Settled(entry.position, receipt.tx_hash, place))
        place += 1
    return settled if next(events, None) is None and settled else None


def receipt_of(entry: Entry, receipt: Receipt, events: list[Event]) -> ContributionReceipt:
    """An entry's own receipt out of its transaction's."""
    values = events[entry.place].values
    share, first = divmod(receipt.gas_used, len(events))
    gas = share + (first if entry.place == 0 else 0)
    return ContributionReceipt(
        id=values["id"],
        position=entry.position,
        label=entry.label,
        taught=values["taught"],
        stake_wei=values["stakeWei"],
        contributed_at=values["contributedAt"],
        gas_used=gas,
        fee_wei=gas * receipt.gas_price_wei,
        tx_hash=receipt.tx_hash,
        block_number=receipt.block_number,
    )


def refusal_of(entry: Entry) -> Refusal:
    """Why a contract left an entry out."""
    return Refusal(entry.position, error_from_revert(entry.reason), entry.tx_hash)
