"""What can go wrong between this computer and a chain, besides a contract's own refusal."""

from __future__ import annotations

from typing import Any

from commonlearn.errors import CommonlearnError
from commonlearn.money import format_ether

__all__ = [
    "ChainError",
    "InsufficientFunds",
    "KeystoreProblem",
    "MalformedAddress",
    "NoContract",
    "NodeUnreachable",
    "NotACollaboration",
    "NotAMarket",
    "RpcError",
    "SigningRefused",
    "TransactionFailed",
    "TransactionPending",
    "UnknownAccount",
    "WrongNetwork",
]


class ChainError(CommonlearnError):
    """Anything between this computer and a chain."""


class NodeUnreachable(ChainError, ConnectionError):
    """No answer from the node.

    Parameters
    ----------
    url : str
        Where the node should be. Path and credentials are not shown, as they often hold a key.
    reason : str
        What the transport said.
    """

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"The node at {url} does not answer ({reason}). Check that it runs and that --rpc or COMMONLEARN_RPC "
            "names it; then try again."
        )
        self.url, self.reason = url, reason


class WrongNetwork(ChainError):
    """The node serves another chain than the one wanted."""

    def __init__(self, found: int, wanted: int) -> None:
        super().__init__(
            f"The node serves chain {found}, but chain {wanted} is wanted. Name a node of that chain with --rpc."
        )
        self.found, self.wanted = found, wanted


class MalformedAddress(ChainError, ValueError):
    """A text is no address."""

    def __init__(self, text: object, reason: str = "it is not 0x and 40 hexadecimal digits") -> None:
        super().__init__(f"{text!r} is no address: {reason}. Copy it again.")
        self.text, self.reason = text, reason


class NoContract(ChainError, LookupError):
    """There is no code at an address."""

    def __init__(self, address: str, chain_id: int) -> None:
        super().__init__(
            f"There is no contract at {address} on chain {chain_id}. Check the address and the network; "
            "a local chain that was started anew has forgotten its contracts."
        )
        self.address, self.chain_id = address, chain_id


class NotACollaboration(ChainError, LookupError):
    """There is a contract at an address, but no public model."""

    def __init__(self, address: str, hint: str = "") -> None:
        super().__init__(
            f"The contract at {address} is not a public model. "
            f"{hint or 'Use the address that commonlearn deploy printed.'}"
        )
        self.address, self.hint = address, hint


class NotAMarket(NotACollaboration):
    """A public model is not taught by markets."""

    def __init__(self, address: str, incentive: str) -> None:
        ChainError.__init__(
            self,
            f"The model at {address} has the incentive {incentive}, not a prediction market. Markets are for models "
            "that were deployed with --incentive market; commonlearn status shows what this one is for.",
        )
        self.address, self.incentive = address, incentive


class RpcError(ChainError):
    """The node answered a request with an error.

    Parameters
    ----------
    method : str
        What was asked.
    code : int
        The node's error code.
    message : str
        What the node said.
    data : object
        What it added; revert data where a contract refused.
    """

    def __init__(self, method: str, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"The node refused {method}: {message} (code {code}). Try again, or use another node.")
        self.method, self.code, self.message, self.data = method, code, message, data


class UnknownAccount(ChainError, LookupError):
    """The node does not hold the named account."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"The node does not sign for {address}. Use --keystore FILE or --clef URL, or an account that the node "
            "has unlocked."
        )
        self.address = address


class InsufficientFunds(ChainError):
    """An account has less ether than a transaction can cost."""

    def __init__(self, address: str, has_wei: int, needs_wei: int) -> None:
        super().__init__(
            f"{address} has {format_ether(has_wei)}, but this can cost up to {format_ether(needs_wei)}. "
            "Send ether to it, do less at once, or withdraw what it is owed first."
        )
        self.address, self.has_wei, self.needs_wei = address, has_wei, needs_wei


class KeystoreProblem(ChainError, ValueError):
    """A keystore file cannot be opened."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"The keystore {path} cannot be opened: {reason}. Check the file and the password.")
        self.path, self.reason = path, reason


class SigningRefused(ChainError, PermissionError):
    """The external signer did not sign."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"The signer of {address} did not sign: {reason}. Approve the transaction there, then try again."
        )
        self.address, self.reason = address, reason


class TransactionPending(ChainError, TimeoutError):
    """A transaction was sent but is not in a block yet."""

    def __init__(self, hashes: list[str], seconds: float) -> None:
        more = f" and {len(hashes) - 1} more" if len(hashes) > 1 else ""
        super().__init__(
            f"After {seconds:.0f} seconds, transaction {hashes[0]}{more} is not in a block yet. It was sent and may "
            "still arrive: "
            "run the same command again later, perhaps with a higher --gas-gwei; nothing is paid twice."
        )
        self.hashes, self.seconds = hashes, seconds


class TransactionFailed(ChainError):
    """A transaction is in a block but had no effect, and repeating it as a call does not say why."""

    def __init__(self, tx_hash: str, gas_used: int, gas_limit: int) -> None:
        why = "it ran out of gas" if gas_used * 10 >= gas_limit * 9 else "the contract refused it"
        super().__init__(f"Transaction {tx_hash} failed: {why}. Only its fee was paid. Run the same command again.")
        self.tx_hash, self.gas_used, self.gas_limit = tx_hash, gas_used, gas_limit
