"""What the chain says about transactions that were written down. It is only asked, nothing is changed.

A receipt settles a transaction. Without one, a used nonce settles nothing yet: nodes answer the parts of a batch side
by side, publish a block's state and its receipts not quite at once, and stand many behind one address. So who used a
nonce is found out from the block that used it. Only what that block says makes a transaction count as lost; until
then it waits.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from commonlearn.chain.batch import Receipt, receipts_of, transactions_of
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.errors import RpcError
from commonlearn.chain.events import address_topic
from commonlearn.client.errors import UnloggedContributions
from commonlearn.client.jobs import Attempt, Parcel, Settled
from commonlearn.client.receipts import settled_by

__all__ = ["Findings", "look"]

_REORG_BLOCKS = 100
_DEEP_BLOCKS = 64
"""Blocks as deep as this are the same on every node. Deeper states are often not kept, so the log is asked instead."""


@dataclass
class Findings:
    """Each parcel under way is in exactly one of these.

    Attributes
    ----------
    done : list of Settled
        How each contribution of the parcels that are in a block was settled there.
    failed : list of (Parcel, Attempt, Receipt)
        Its transaction is in a block but failed, so its nonce is used up.
    lost : list of Parcel
        Its nonce was used by something else, so none of its transactions can ever get into a block.
    waiting : list of (Parcel, Attempt)
        Its nonce is unused, or what used it is not known yet; the attempt is the latest.
    """

    done: list[Settled] = field(default_factory=list)
    failed: list[tuple[Parcel, Attempt, Receipt]] = field(default_factory=list)
    lost: list[Parcel] = field(default_factory=list)
    waiting: list[tuple[Parcel, Attempt]] = field(default_factory=list)


def look(
    contract: CollaborationContract,
    author: str,
    under_way: Sequence[Parcel],
    *,
    claimed: Mapping[str, set[int]],
    taken: Container[str],
    first_block: int,
) -> Findings:
    """Ask the chain about contributions under way.

    Parameters
    ----------
    contract : CollaborationContract
        The model.
    author : str
        The account.
    under_way : sequence of Parcel
        The contributions with their transactions.
    claimed : mapping of transaction hash to positions
        Which transactions are known to belong to which contributions; -1 stands for those of other jobs.
    taken : container of transaction hashes
        Those by which contributions of other jobs were made. Equal contributions with the same nonce have one hash, and
        only one of them is made by it.
    first_block : int
        Their transactions are in later blocks, re-organisations aside.

    Raises
    ------
    NodeUnreachable
        The node is gone.
    UnloggedContributions
        The contract does not log what it takes.
    """
    findings = Findings()
    if not under_way:
        return findings
    connection = contract.connection
    used = _used_nonces(connection, author, "latest")
    hashes = [a.tx_hash for parcel in under_way for a in parcel.attempts if a.tx_hash is not None]
    receipts = {receipt.tx_hash: receipt for receipt in receipts_of(connection, hashes) if receipt is not None}
    for parcel in under_way:
        latest = parcel.attempts[-1]
        mined = [(a, receipts[a.tx_hash]) for a in parcel.attempts if a.tx_hash in receipts and a.tx_hash not in taken]
        if mined:
            attempt, receipt = mined[0]
            settled = settled_by(receipt, contract.address, parcel.entries)
            if settled is not None:
                findings.done += settled
            elif receipt.succeeded:
                raise UnloggedContributions(receipt.tx_hash)
            else:
                findings.failed.append((parcel, attempt, receipt))
        elif latest.nonce >= used:
            findings.waiting.append((parcel, latest))
        else:
            _trace(contract, author, parcel, claimed, taken, max(0, first_block - _REORG_BLOCKS), findings)
    findings.waiting.sort(key=lambda pair: pair[1].nonce)
    return findings


def _trace(
    contract: CollaborationContract,
    author: str,
    parcel: Parcel,
    claimed: Mapping[str, set[int]],
    taken: Container[str],
    first_block: int,
    findings: Findings,
) -> None:
    """Find out what used a nonce whose transaction has no receipt.

    It may be the same contributions by another hash: a node that signs may have sent one without our learning its
    hash, a wallet may have replaced one by a faster one. Or it is something else, and ours can never happen.
    """
    user, is_deep = _user_of_nonce(contract.connection, author, parcel.nonce)
    if is_deep:
        candidates = _logged_with_nonce(contract, author, parcel, first_block)
    elif user is None:
        findings.waiting.append((parcel, parcel.attempts[-1]))
        return
    else:
        candidates = [str(user["hash"])]
        if candidates[0] not in taken and any(attempt.tx_hash == candidates[0] for attempt in parcel.attempts):
            findings.waiting.append((parcel, parcel.attempts[-1]))  # its receipt is about to be there
            return
    for receipt in receipts_of(contract.connection, candidates):
        if receipt is None:
            findings.waiting.append((parcel, parcel.attempts[-1]))
            return
        settled = settled_by(receipt, contract.address, parcel.entries)
        if settled is not None and claimed.get(receipt.tx_hash, set()) <= set(parcel.positions):
            findings.done += settled
            return
    findings.lost.append(parcel)


def _user_of_nonce(connection: Connection, author: str, nonce: int) -> tuple[dict[str, Any] | None, bool]:
    """The transaction that used a nonce, and whether it is in a block too deep for its state to be asked for.

    None where the node does not know its own latest block in full yet.
    """
    head = connection.block().number
    with_it, depth = head, 1
    while True:
        without_it = head - depth
        if without_it < 0:
            without_it = -1
            break
        try:
            if _used_nonces(connection, author, hex(without_it)) <= nonce:
                break
        except RpcError:
            if depth <= _DEEP_BLOCKS:
                raise
            return None, True
        with_it, depth = without_it, depth * 2
    while with_it - without_it > 1:
        middle = (with_it + without_it) // 2
        if _used_nonces(connection, author, hex(middle)) <= nonce:
            without_it = middle
        else:
            with_it = middle
    block = connection.rpc.call("eth_getBlockByNumber", hex(with_it), True)
    for transaction in (block or {}).get("transactions", []):
        if str(transaction["from"]).lower() == author.lower() and int(transaction["nonce"], 16) == nonce:
            return transaction, False
    return None, False


def _used_nonces(connection: Connection, author: str, block: str) -> int:
    return int(connection.rpc.call("eth_getTransactionCount", author, block), 16)


def _logged_with_nonce(contract: CollaborationContract, author: str, parcel: Parcel, first_block: int) -> list[str]:
    """Hashes of the transaction with this nonce that made the parcel's contributions, by the log; none if none did."""
    connection = contract.connection
    first, last = max(contract.created_at_block, first_block), connection.block().number
    events = contract.events(["Contributed"], first, last, more_topics=[None, address_topic(author)])
    same = {(entry.sample, entry.label) for entry in parcel.entries}
    alike = [event for event in events if (bytes(event.values["sample"]), event.values["label"]) in same]
    hashes = list(dict.fromkeys(event.tx_hash for event in alike if event.address == contract.address.lower()))
    return [
        tx_hash
        for tx_hash, transaction in zip(hashes, transactions_of(connection, hashes), strict=True)
        if transaction is not None and int(transaction["nonce"], 16) == parcel.nonce
    ]
