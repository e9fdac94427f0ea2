"""One checked connection to one chain."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from commonlearn.chain.abi import Function, checksummed
from commonlearn.chain.errors import NoContract, RpcError, WrongNetwork
from commonlearn.chain.reverts import error_from_rpc
from commonlearn.chain.rpc import Request, Rpc

__all__ = ["DEFAULT_RPC", "Block", "Connection", "network_name"]

DEFAULT_RPC = "http://127.0.0.1:8545"
"""Where a node is looked for when nothing names one."""

_NETWORKS = {
    1: "mainnet",
    10: "optimism",
    137: "polygon",
    8453: "base",
    17000: "holesky",
    42161: "arbitrum",
    560048: "hoodi",
    11155111: "sepolia",
}
_LOCAL_CHAINS = frozenset({1337, 31337})
_LOCAL_CLIENTS = ("anvil", "hardhat", "ganache")


def network_name(chain_id: int) -> str:
    """A short name of a chain, fit for a file name.

    Examples
    --------
    >>> network_name(11155111), network_name(31337), network_name(5)
    ('sepolia', 'local', 'chain-5')
    """
    return "local" if chain_id in _LOCAL_CHAINS else _NETWORKS.get(chain_id, f"chain-{chain_id}")


@dataclass(frozen=True, slots=True)
class Block:
    """Number, hash, Unix time in seconds, price of a unit of gas in wei (None before EIP-1559), and gas limit."""

    number: int
    hash: str
    timestamp: int
    base_fee: int | None
    gas_limit: int = 30_000_000


class Connection:
    """A node that answers and serves the wanted chain.

    Parameters
    ----------
    rpc : Rpc
        The node.
    chain_id : int, optional
        The chain it must serve; any if not given.

    Raises
    ------
    NodeUnreachable
        No answer.
    WrongNetwork
        It serves another chain.
    """

    def __init__(self, rpc: Rpc, *, chain_id: int | None = None) -> None:
        self.rpc = rpc
        self.chain_id = int(rpc.call("eth_chainId"), 16)
        if chain_id is not None and chain_id != self.chain_id:
            raise WrongNetwork(self.chain_id, chain_id)

    @classmethod
    def open(cls, url: str | None = None, *, chain_id: int | None = None) -> Connection:
        """Connect to an address, or to what ``COMMONLEARN_RPC`` names, or to a node on this computer."""
        return cls(Rpc(url or os.environ.get("COMMONLEARN_RPC") or DEFAULT_RPC), chain_id=chain_id)

    @property
    def network(self) -> str:
        """Short name of the chain."""
        return network_name(self.chain_id)

    @cached_property
    def is_local(self) -> bool:
        """Whether this is a development chain: its blocks come at once and it may be reset."""
        if self.chain_id in _LOCAL_CHAINS:
            return True
        try:
            client = str(self.rpc.call("web3_clientVersion")).lower()
        except RpcError:
            return False
        return client.startswith(_LOCAL_CLIENTS)

    @cached_property
    def genesis_hash(self) -> str:
        """Hash of the first block: tells chains with the same number apart."""
        return self.block(0).hash

    def block(self, which: int | str = "latest") -> Block:
        """A block by number or tag.

        Raises
        ------
        LookupError
            The chain has no such block (yet, or any more).
        """
        found = self.rpc.call("eth_getBlockByNumber", hex(which) if isinstance(which, int) else which, False)
        if found is None:
            raise LookupError(f"no block {which}")
        return _block(found)

    def now(self) -> int:
        """Unix time that a transaction sent now would see, as far as the node knows."""
        try:
            return max(self.block("pending").timestamp, self.block("latest").timestamp)
        except (RpcError, LookupError):
            return self.block("latest").timestamp

    def has_code(self, address: str) -> bool:
        """Whether there is a contract at an address."""
        return str(self.rpc.call("eth_getCode", address, "latest")) not in ("0x", "0x0")

    def require_code(self, address: str) -> str:
        """The checksummed address. Raises `NoContract` and `MalformedAddress`."""
        address = checksummed(address)
        if not self.has_code(address):
            raise NoContract(address, self.chain_id)
        return address

    def balance(self, address: str) -> int:
        """Wei of an account."""
        return int(self.rpc.call("eth_getBalance", address, "latest"), 16)

    def read(
        self, address: str, function: Function, *arguments: Any, block: int | str = "latest", sender: str | None = None
    ) -> Any:
        """Result of a view function.

        Raises
        ------
        CommonlearnError
            The contract's own error where it refuses.
        ValueError
            The contract returned something else.
        """
        try:
            method, parameters = call_request(address, function, *arguments, block=block, sender=sender)
            returned = self.rpc.call(method, *parameters)
        except RpcError as error:
            raise error_from_rpc(error) from None
        return function.decode(returned)

    def read_many(
        self, calls: list[tuple[str, Function, tuple[Any, ...]]], *, block: int | str = "latest"
    ) -> list[Any]:
        """Results of many view functions in few round trips; the first refusal is raised."""
        answers = self.rpc.batch_settled(
            [call_request(to, function, *arguments, block=block) for to, function, arguments in calls]
        )
        results = []
        for answer, (_, function, _) in zip(answers, calls, strict=True):
            if isinstance(answer, RpcError):
                raise error_from_rpc(answer)
            results.append(function.decode(answer))
        return results


def call_request(
    address: str, function: Function, *arguments: Any, block: int | str = "latest", sender: str | None = None
) -> Request:
    """The JSON-RPC request of a view function."""
    call = {"to": address, "data": function.encode(*arguments)}
    if sender is not None:
        call["from"] = sender
    return "eth_call", [call, hex(block) if isinstance(block, int) else block]


def _block(found: dict[str, Any]) -> Block:
    fee = found.get("baseFeePerGas")
    return Block(
        number=int(found["number"] or "0x0", 16),
        hash=str(found["hash"]),
        timestamp=int(found["timestamp"], 16),
        base_fee=None if fee is None else int(fee, 16),
        gas_limit=int(found["gasLimit"], 16),
    )
