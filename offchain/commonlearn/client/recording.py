"""Transactions of a deployment, none of which is lost track of: written into the record before they are sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from commonlearn.chain.abi import checksummed, constructor_types, first_child
from commonlearn.chain.batch import Receipt, receipts_of
from commonlearn.chain.contracts import Call, FactoryContract, encoded_constructor
from commonlearn.chain.errors import RpcError
from commonlearn.chain.incentives import INCENTIVES
from commonlearn.chain.signers import SignedTransaction
from commonlearn.chain.training import MARKET, PARTS
from commonlearn.chain.transactions import Prepared, Sender
from commonlearn.client.deployments import ContractRecord, DeploymentBook, ModelRecord, PendingTransaction
from commonlearn.client.errors import ClientError

__all__ = ["finish_pending", "is_there", "record_contract", "record_model", "send_recorded"]


def is_there(sender: Sender, book: DeploymentBook, name: str) -> bool:
    """Whether a contract is recorded, and still on the chain."""
    return name in book.contracts and sender.connection.has_code(book.contracts[name].address)


def record_contract(sender: Sender, book: DeploymentBook, name: str, receipt: Receipt) -> None:
    """Note a contract that was made, and with a factory what it made itself."""
    address = checksummed(receipt.contract)
    where = (receipt.block_number, receipt.tx_hash, sender.address)
    incentive = next((one for one in INCENTIVES.values() if one.factory == name), None)
    if incentive is None:
        parts = [book.contract(part).address for part in PARTS] if name == MARKET else []
        book.contracts[name] = ContractRecord.of(name, address, *where, encoded_constructor(name, *parts))
    else:
        factory = FactoryContract(sender.connection, address, incentive)
        sponsorship = factory.sponsorship()
        book.contracts[name] = ContractRecord.of(name, address, *where, encoded_constructor(name, sponsorship))
        child = first_child(address)
        if incentive.first_child is not None:
            book.contracts[incentive.first_child] = ContractRecord.of(incentive.first_child, child, *where)
        for contract, view in incentive.made.items():
            # What a factory makes takes its address, its sponsorship and its first child, as far as it needs them.
            given = (address, sponsorship, child)[: len(constructor_types(contract))]
            arguments = encoded_constructor(contract, *given)
            book.contracts[contract] = ContractRecord.of(contract, factory.part(view), *where, arguments)
    book.save()


def send_recorded(
    sender: Sender, book: DeploymentBook, what: str, call: Call, model: dict[str, Any] | None = None
) -> Receipt:
    """Send one transaction, written down before it is sent where its hash is known by then."""

    def write_down(prepared: Prepared) -> None:
        if prepared.signed is not None:
            book.pending = PendingTransaction(what, prepared.signed.raw, prepared.signed.hash, model)
            book.save()

    receipt = sender.send_one(call, before_sending=write_down)
    book.pending = None
    return receipt


def finish_pending(sender: Sender, book: DeploymentBook) -> None:
    """Send the transaction that an interrupted deployment left, if it still can be, and record what it made."""
    pending = book.pending
    if pending is None:
        return
    (receipt,) = receipts_of(sender.connection, [pending.tx_hash])
    if receipt is None:
        signed = Prepared({}, SignedTransaction(pending.raw, pending.tx_hash))
        (answer,) = sender.broadcast([signed])
        if not isinstance(answer, RpcError):  # else its nonce was used by another, or it can no longer be paid
            (receipt,) = sender.wait([pending.tx_hash])
    book.pending = None
    if receipt is not None and receipt.succeeded:
        if receipt.contract is not None:
            record_contract(sender, book, pending.what, receipt)
        elif pending.model is not None:
            record_model(book, ModelRecord(**pending.model), receipt)
    book.save()


def record_model(book: DeploymentBook, expected: ModelRecord, receipt: Receipt) -> ModelRecord:
    """Note a model that was made. Raises `ClientError` where there is none."""
    created = receipt.event("Created")
    if created is None:
        raise ClientError(f"Transaction {receipt.tx_hash} made no model. Is {expected.factory} the project's factory?")
    record = replace(
        expected,
        address=created.values["collaboration"],
        model_address=created.values["model"],
        block=receipt.block_number,
        tx_hashes=[receipt.tx_hash],
    )
    book.put_model(record)
    return record
