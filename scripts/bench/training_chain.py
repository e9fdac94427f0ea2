"""A market of private training on a local chain, whose transactions are counted, weighed and timed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from commonlearn.chain.abi import function_of
from commonlearn.chain.batch import Receipt, receipt_from
from commonlearn.chain.contracts import deployment_call
from commonlearn.numerics import keccak256
from commonlearn.protocol import VOTE_ROUND, seal, vote_digest
from scripts.local_node import GAS_LIMIT, LocalNode

__all__ = [
    "CHALLENGE_SECONDS",
    "ENVIRONMENT",
    "ETHER",
    "PROGRAM",
    "SALT",
    "SCHEMA",
    "SCORE",
    "TEST_SET",
    "TrainingChain",
]

MARKET = "TrainingMarket"
PARTS = ("TrainingCatalogue", "TrainingRounds", "TrainingSettlement")
ETHER = 10**18
SCHEMA, ENVIRONMENT, TEST_SET, PROGRAM = (keccak256(word) for word in (b"schema", b"environment", b"tests", b"program"))
SALT = keccak256(b"salt")
SCORE, CHALLENGE_SECONDS = 700_000, 60
_SETTLED = keccak256(b"Settled(uint256,uint256,uint256)").hex()


class TrainingChain:
    """A market, deployed anew.

    Parameters
    ----------
    node : LocalNode
        Running; its accounts are the people.

    Attributes
    ----------
    transactions, gas, data_bytes : int
        Of all that was sent since :meth:`forget`.
    seconds : float
        From sending each transaction until its receipt was there; nothing else is timed.
    """

    def __init__(self, node: LocalNode) -> None:
        self.node = node
        self.accounts = node.accounts()
        self.forget()
        parts = [str(self._send(self.accounts[0], deployment_call(part).data).contract) for part in PARTS]
        self.market = str(self._send(self.accounts[0], deployment_call(MARKET, *parts).data).contract)
        self.chain_id = int(node.request("eth_chainId"), 16)
        self.forget()

    def forget(self) -> None:
        """Count from nothing again."""
        self.transactions, self.gas, self.data_bytes, self.seconds = 0, 0, 0, 0.0

    def call(self, name: str, *arguments: Any) -> bytes:
        """Encode a call of the market."""
        return bytes.fromhex(function_of(MARKET, name).encode(*arguments).removeprefix("0x"))

    def act(self, who: str, *calls: bytes, value: int = 0) -> Receipt:
        """Send calls in one transaction."""
        data = calls[0] if len(calls) == 1 else self.call("multicall", list(calls))
        return self._send(who, "0x" + data.hex(), self.market, value)

    def act_in_portions(self, who: str, calls: Iterable[bytes], most: int, value_each: int = 0) -> Receipt:
        """Send calls, up to ``most`` in a transaction; the last receipt."""
        left, receipt = list(calls), None
        while left:
            portion, left = left[:most], left[most:]
            receipt = self.act(who, *portion, value=value_each * len(portion))
        assert receipt is not None
        return receipt

    def seal(self, job: int, round_: int, subset: int, who: str, digest: bytes) -> bytes:
        """Seal a digest."""
        return seal(self.chain_id, self.market, job, round_, subset, who, digest, SALT)

    def vote_seal(self, job: int, who: str, weights: Sequence[int]) -> bytes:
        """Seal a vote of the first sitting on the score and these weights."""
        return self.seal(job, VOTE_ROUND, 0, who, vote_digest(job, SCORE, list(weights)))

    def block_hash(self, number: int) -> bytes:
        """Hash of a block."""
        return bytes.fromhex(self.node.request("eth_getBlockByNumber", hex(number), False)["hash"][2:])

    def require_closed(self, count: int) -> None:
        """Make sure that all that was measured really came to its end."""
        logs: Sequence[Any] = self.node.request(
            "eth_getLogs", {"address": self.market, "fromBlock": "0x0", "topics": ["0x" + _SETTLED]}
        )
        if len(logs) != count:
            raise RuntimeError(f"{len(logs)} of {count} jobs were settled in the benchmark")

    def _send(self, who: str, data: str, to: str | None = None, value: int = 0) -> Receipt:
        fields = {"from": who, "data": data, "value": hex(value), "gas": hex(GAS_LIMIT), "gasPrice": "0x0"}
        if to:
            fields["to"] = to
        begun = time.perf_counter()
        answer = self.node.request("eth_sendTransactionSync", fields)
        self.seconds += time.perf_counter() - begun
        receipt = receipt_from(answer)
        if not receipt.succeeded:
            raise RuntimeError("a step of a job failed in the benchmark")
        self.transactions += 1
        self.gas += receipt.gas_used
        self.data_bytes += len(data) // 2 - 1
        return receipt
