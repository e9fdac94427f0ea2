"""The chain and the account of a pod, over a real node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from commonlearn.chain.abi import checksummed
from commonlearn.chain.batch import receipts_of, transactions_of
from commonlearn.chain.connection import Block, Connection
from commonlearn.chain.contracts import Call
from commonlearn.chain.errors import RpcError
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import SignedTransaction, Signer
from commonlearn.chain.transactions import Prepared, Sender
from commonlearn.pod.actions import Event, Head
from commonlearn.pod.errors import ConfigProblem
from commonlearn.pod.outside import Mined, Signed

__all__ = ["Decoder", "NodeChain", "NodeWallet"]

Decoder = Callable[[Mapping[str, Any]], "Event | None"]
"""Reads a log entry as a node gives it; None for what is of no interest."""

_NUMBER_USED = ("nonce too low", "nonce is too low", "already been used", "old nonce", "already mined")
_PERCENT_HIGHER = 12
"""Nodes want ten per cent more of a transaction that replaces another."""


class NodeChain:
    """A chain behind a node.

    Parameters
    ----------
    connection : Connection
        The node.
    contracts : sequence of str
        Whose logs are read.
    decode : callable
        Reads a log entry.
    """

    def __init__(self, connection: Connection, contracts: Sequence[str], decode: Decoder) -> None:
        self.connection, self.contracts, self._decode = connection, list(contracts), decode
        self.chain_id, self.genesis = connection.chain_id, connection.genesis_hash

    def head(self) -> Head:
        """The latest block."""
        return _head(self.connection.block("latest"))

    def block(self, number: int) -> Head:
        """A block by its number; LookupError if there is none."""
        return _head(self.connection.block(number))

    def events(self, first: int, last: int) -> list[Event]:
        """What was told in a range of blocks, in order."""
        if not self.contracts:
            return []
        wanted = {"fromBlock": hex(first), "toBlock": hex(last), "address": self.contracts}
        entries = self.connection.rpc.call("eth_getLogs", wanted)
        found = (self._decode(entry) for entry in entries if not entry.get("removed"))
        return sorted((each for each in found if each is not None), key=lambda each: (each.block, each.log_index))


class NodeWallet:
    """An account that signs by itself, at a node.

    Parameters
    ----------
    connection : Connection
        The node.
    signer : Signer
        A keystore or an outside signer.
    prices : Prices, optional
        What the user says about prices.

    Raises
    ------
    ConfigProblem
        The node would have to sign: then it would not be known before it is sent what is sent.
    """

    def __init__(self, connection: Connection, signer: Signer, prices: Prices | None = None) -> None:
        if not signer.signs_locally:
            raise ConfigProblem("account", "the node would sign", "Name a keystore or clef, which sign before sending.")
        self._sender = Sender(connection, signer, prices=prices)
        self.address = signer.address

    def sign(self, call: Call, nonce: int, above: tuple[int, int] | None = None) -> Signed:
        """Sign a call that would succeed now; errors as of :meth:`~commonlearn.chain.transactions.Sender.plan`."""
        if call.to is not None:
            call = replace(call, to=checksummed(call.to))
        plan = self._sender.plan([call])
        fees = plan.fees if above is None else plan.fees.at_least(*above, _PERCENT_HIGHER)
        (limit,) = plan.limits
        signed = self._sender.prepare(call, limit, nonce, fees).signed
        assert signed is not None
        return Signed(signed.hash, signed.raw, limit * fees.most_wei + call.value_wei, fees.most_wei, fees.tip_wei or 0)

    def send(self, raw: str) -> None:
        """Hand a transaction to the chain; again does no harm."""
        (answer,) = self._sender.broadcast([Prepared({}, SignedTransaction(raw, ""))])
        if isinstance(answer, RpcError) and not any(said in answer.message.lower() for said in _NUMBER_USED):
            raise self._sender.refusal(answer)

    def used_nonces(self) -> int:
        """How many transactions of the account are in blocks."""
        return self._sender.used_nonces()

    def mined(self, hashes: Sequence[str]) -> list[Mined | None]:
        """Where transactions are; None for those that are in no block."""
        found: list[Mined | None] = []
        for receipt in receipts_of(self._sender.connection, hashes):
            if receipt is None:
                found.append(None)
                continue
            error = None
            if not receipt.succeeded:
                (sent,) = transactions_of(self._sender.connection, [receipt.tx_hash])
                error = "it had no effect"
                if sent is not None:
                    call = Call(sent.get("to"), str(sent["input"]), int(sent["value"], 16))
                    error = str(self._sender.why(call, receipt, int(sent["gas"], 16)))
            found.append(Mined(receipt.tx_hash, receipt.block_number, receipt.block_hash, error))
        return found


def _head(block: Block) -> Head:
    return Head(block.number, block.hash, block.timestamp)
