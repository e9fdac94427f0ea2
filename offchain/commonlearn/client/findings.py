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
from commonlearn.chain.events import Event, address_topic
from commonlearn.client.journal import Attempt, Entry

__all__ = ["Findings", "look"]

_REORG_BLOCKS = 100
_DEEP_BLOCKS = 64
"""Blocks as deep as this are the same on every node. Deeper states are often not kept, so the log is asked instead."""


@dataclass
class Findings:
    """Each contribution under way is in exactly one of these.

    Attributes
    ----------
    done : list of (Entry, tx_hash)
        In a block, by this transaction.
    failed : list of (Entry, Attempt, Receipt)
        Its transaction is in a block but failed, so its nonce is used up.
    lost : list of Entry
        Its nonce was used by something else, so none of its transactions can ever get into a block.
    waiting : list of (Entry, Attempt)
        Its nonce is unused, or what used it is not known yet; the attempt is the latest.
    """

    done: list[tuple[Entry, str]] = field(default_factory=list)
    failed: list[tuple[Entry, Attempt, Receipt]] = field(default_factory=list)
    lost: list[Entry] = field(default_factory=list)
    waiting: list[tuple[Entry, Attempt]] = field(default_factory=list)


def look(
    contract: CollaborationContract,
    author: str,
    sent: Sequence[Entry],
    attempts: Mapping[int, Sequence[Attempt]],
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
    sent : sequence of Entry
        The contributions.
    attempts : mapping of position to attempts
        Their transactions; those of one contribution share a nonce.
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
    """
    findings = Findings()
    if not sent:
        return findings
    connection = contract.connection
    used = _used_nonces(connection, author, "latest")
    hashes = [a.tx_hash for entry in sent for a in attempts[entry.position] if a.tx_hash is not None]
    receipts = {receipt.tx_hash: receipt for receipt in receipts_of(connection, hashes) if receipt is not None}
    for entry in sent:
        own = attempts[entry.position]
        mined = [(a, receipts[a.tx_hash]) for a in own if a.tx_hash in receipts and a.tx_hash not in taken]
        if mined:
            attempt, receipt = mined[0]
            if receipt.succeeded:
                findings.done.append((entry, receipt.tx_hash))
            else:
                findings.failed.append((entry, attempt, receipt))
        elif own[-1].nonce >= used:
            findings.waiting.append((entry, own[-1]))
        else:
            _trace(contract, author, entry, own, claimed, taken, max(0, first_block - _REORG_BLOCKS), findings)
    findings.waiting.sort(key=lambda pair: pair[1].nonce)
    return findings


def _trace(
    contract: CollaborationContract,
    author: str,
    entry: Entry,
    own: Sequence[Attempt],
    claimed: Mapping[str, set[int]],
    taken: Container[str],
    first_block: int,
    findings: Findings,
) -> None:
    """Find out what used a nonce whose transaction has no receipt.

    It may be the same contribution by another hash: a node that signs may have sent one without our learning its
    hash, a wallet may have replaced one by a faster one. Or it is something else, and ours can never happen.
    """
    nonce = own[-1].nonce
    user, is_deep = _user_of_nonce(contract.connection, author, nonce)
    if is_deep:
        tx_hash = _logged_with_nonce(contract, author, entry, nonce, claimed, first_block)
    elif user is None:
        findings.waiting.append((entry, own[-1]))
        return
    else:
        tx_hash = str(user["hash"])
        ours = tx_hash not in taken and any(attempt.tx_hash == tx_hash for attempt in own)
        (receipt,) = receipts_of(contract.connection, [tx_hash])
        if receipt is None or ours:
            findings.waiting.append((entry, own[-1]))  # its receipt is about to be there
            return
        same = receipt.succeeded and any(_is_same(contract, event, entry) for event in receipt.events)
        if not same or not claimed.get(tx_hash, set()) <= {entry.position}:
            tx_hash = ""
    if tx_hash:
        findings.done.append((entry, tx_hash))
    else:
        findings.lost.append(entry)


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


def _logged_with_nonce(
    contract: CollaborationContract,
    author: str,
    entry: Entry,
    nonce: int,
    claimed: Mapping[str, set[int]],
    first_block: int,
) -> str:
    """Hash of the transaction with this nonce that made this contribution, by the log; empty if none did."""
    connection = contract.connection
    first, last = max(contract.created_at_block, first_block), connection.block().number
    events = contract.events(["Contributed"], first, last, more_topics=[None, address_topic(author)])
    events = [event for event in events if _is_same(contract, event, entry)]
    for event, transaction in zip(
        events, transactions_of(connection, [event.tx_hash for event in events]), strict=True
    ):
        mine = transaction is not None and int(transaction["nonce"], 16) == nonce
        if mine and claimed.get(event.tx_hash, set()) <= {entry.position}:
            return event.tx_hash
    return ""


def _is_same(contract: CollaborationContract, event: Event, entry: Entry) -> bool:
    if event.name != "Contributed" or event.address != contract.address.lower():
        return False
    return (bytes(event.values["sample"]), event.values["label"]) == (entry.sample, entry.label)
