"""Bulk work: many receipts, estimates or transactions in few round trips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import Call
from commonlearn.chain.errors import RpcError
from commonlearn.chain.events import Event, decode_log
from commonlearn.chain.reverts import error_from_rpc
from commonlearn.errors import CommonlearnError

__all__ = ["Receipt", "call_fields", "estimates_of", "receipt_from", "receipts_of", "transactions_of"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one transaction.

    Attributes
    ----------
    tx_hash, block_hash : str
        Of the transaction, and of the block it is in.
    block_number : int
        The block's number.
    succeeded : bool
        Whether it had any effect but its fee.
    gas_used : int
        Units of gas.
    gas_price_wei : int
        What a unit cost.
    contract : str or None
        The contract that it created.
    events : tuple of Event
        This project's events in it, in order.
    """

    tx_hash: str
    block_hash: str
    block_number: int
    succeeded: bool
    gas_used: int
    gas_price_wei: int
    contract: str | None
    events: tuple[Event, ...]

    @property
    def fee_wei(self) -> int:
        """What the transaction cost besides its value."""
        return self.gas_used * self.gas_price_wei

    def event(self, name: str) -> Event | None:
        """The first event of a name."""
        return next((event for event in self.events if event.name == name), None)


def receipt_from(answer: dict[str, Any]) -> Receipt:
    """A receipt as nodes give it."""
    events = (decode_log(log) for log in answer["logs"])
    return Receipt(
        tx_hash=str(answer["transactionHash"]),
        block_hash=str(answer["blockHash"]),
        block_number=int(answer["blockNumber"], 16),
        succeeded=int(answer["status"], 16) == 1,
        gas_used=int(answer["gasUsed"], 16),
        gas_price_wei=int(answer.get("effectiveGasPrice") or "0x0", 16),
        contract=answer.get("contractAddress"),
        events=tuple(event for event in events if event is not None),
    )


def receipts_of(connection: Connection, hashes: Sequence[str]) -> list[Receipt | None]:
    """Receipts of transactions; None for those that are in no block."""
    answers = connection.rpc.batch([("eth_getTransactionReceipt", [tx_hash]) for tx_hash in hashes])
    return [receipt_from(answer) if answer and answer.get("blockNumber") else None for answer in answers]


def transactions_of(connection: Connection, hashes: Sequence[str]) -> list[dict[str, Any] | None]:
    """Transactions as the node knows them; None for unknown ones."""
    return list(connection.rpc.batch([("eth_getTransactionByHash", [tx_hash]) for tx_hash in hashes]))


def call_fields(call: Call, sender: str) -> dict[str, str]:
    """A call as an object of JSON-RPC."""
    fields = {"from": sender, "data": call.data, "value": hex(call.value_wei)}
    return fields if call.to is None else {**fields, "to": call.to}


def estimates_of(connection: Connection, calls: Sequence[Call], sender: str) -> list[int | CommonlearnError]:
    """Gas that each call would take on the latest state, or the error by which it would fail."""
    answers = connection.rpc.batch_settled([("eth_estimateGas", [call_fields(call, sender)]) for call in calls])
    return [error_from_rpc(answer) if isinstance(answer, RpcError) else int(answer, 16) for answer in answers]
