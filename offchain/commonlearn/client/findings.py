"""What the chain says about transactions that were written down. It is only asked, nothing is changed."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from commonlearn.chain.batch import Receipt, receipt_from, transactions_of
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.errors import NodeUnreachable
from commonlearn.chain.events import Event, address_topic
from commonlearn.client.journal import Attempt, Entry

__all__ = ["Findings", "look"]

_REORG_BLOCKS = 100


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
        Its nonce is unused; the attempt is the latest.
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
        The node is gone, or its answers do not fit together.
    """
    findings = Findings()
    if not sent:
        return findings
    hashes = [a.tx_hash for entry in sent for a in attempts[entry.position] if a.tx_hash is not None]
    height, used, receipts = _nonces_and_receipts(contract.connection, author, hashes)
    unknown: list[Entry] = []
    for entry in sent:
        latest = attempts[entry.position][-1]
        mined = [
            (a, receipts[a.tx_hash])
            for a in attempts[entry.position]
            if a.tx_hash in receipts and a.tx_hash not in taken
        ]
        if mined:
            attempt, receipt = mined[0]
            if receipt.succeeded:
                findings.done.append((entry, receipt.tx_hash))
            else:
                findings.failed.append((entry, attempt, receipt))
        elif latest.nonce < used:
            unknown.append(entry)
        else:
            findings.waiting.append((entry, latest))
    if unknown:
        _trace(contract, author, unknown, attempts, claimed, max(0, first_block - _REORG_BLOCKS), height, findings)
    findings.waiting.sort(key=lambda pair: pair[1].nonce)
    return findings


def _nonces_and_receipts(
    connection: Connection, author: str, hashes: Sequence[str]
) -> tuple[int, int, dict[str | None, Receipt]]:
    """Height of the chain, how many nonces of the account are used, and the receipts there are.

    The nonces are asked for before the receipts and in the same batch, which one node answers: so a receipt that is
    missing although its nonce is used is not merely late.
    """
    first = [("eth_blockNumber", []), ("eth_getTransactionCount", [author, "latest"])]
    height, used = 0, 1 << 64
    receipts: dict[str | None, Receipt] = {}
    size = connection.rpc.batch_size - len(first)
    for start in range(0, max(1, len(hashes)), size):
        wanted = [("eth_getTransactionReceipt", [tx_hash]) for tx_hash in hashes[start : start + size]]
        answers = connection.rpc.batch([*first, *wanted])
        height, used = max(height, int(answers[0], 16)), min(used, int(answers[1], 16))
        for answer in answers[len(first) :]:
            if answer and answer.get("blockNumber"):
                receipt = receipt_from(answer)
                receipts[receipt.tx_hash] = receipt
    return height, used, receipts


def _trace(
    contract: CollaborationContract,
    author: str,
    unknown: Sequence[Entry],
    attempts: Mapping[int, Sequence[Attempt]],
    claimed: Mapping[str, set[int]],
    first_block: int,
    height: int,
    findings: Findings,
) -> None:
    """Find out what used the nonces of transactions without receipt: theirs by another hash, or something else.

    A node that signs may have sent one without our learning its hash; a wallet may have replaced one by a faster one.
    Both are in the log, under the author's name, and have the nonce. What is not there was used by something else.
    """
    connection = contract.connection
    head = connection.block().number
    if head < height:
        raise NodeUnreachable(connection.rpc.place, "its answers come from several nodes, and one of them is behind")
    topics = [None, address_topic(author)]
    events = contract.events(["Contributed"], max(contract.created_at_block, first_block), head, more_topics=topics)
    by_nonce: dict[int, list[Event]] = {}
    transactions = transactions_of(connection, [event.tx_hash for event in events])
    for event, transaction in zip(events, transactions, strict=True):
        if transaction is not None and str(transaction["from"]).lower() == author.lower():
            by_nonce.setdefault(int(transaction["nonce"], 16), []).append(event)
    for entry in unknown:
        found = None
        for event in by_nonce.get(attempts[entry.position][-1].nonce, []):
            same = (bytes(event.values["sample"]), event.values["label"]) == (entry.sample, entry.label)
            if same and claimed.get(event.tx_hash, set()) <= {entry.position}:
                found = event
        if found is None:
            findings.lost.append(entry)
        else:
            findings.done.append((entry, found.tx_hash))
