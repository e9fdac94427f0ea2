"""Who signs: a keystore file, a node's unlocked account, or a signer outside (hardware, through clef).

A private key is never taken from the command line or the environment.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from commonlearn.chain.abi import checksummed
from commonlearn.chain.connection import Connection
from commonlearn.chain.errors import KeystoreProblem, RpcError, SigningRefused, UnknownAccount
from commonlearn.chain.rpc import Rpc
from commonlearn.numerics.hashing import keccak256

__all__ = ["ClefSigner", "LocalSigner", "SignedTransaction", "Signer", "UnlockedSigner", "as_signer", "open_keystore"]

_APPROVAL_SECONDS = 600.0
"""How long somebody may take to approve on a device."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """Bytes ready to be sent, and the hash by which they will be known."""

    raw: str
    hash: str


class Signer(ABC):
    """An account that can sign.

    Attributes
    ----------
    address : str
        Checksummed.
    """

    address: str

    @property
    def signs_locally(self) -> bool:
        """Whether the signed bytes, and so the hash, are known before anything is sent."""
        return True

    @abstractmethod
    def sign(self, transaction: dict[str, Any]) -> SignedTransaction:
        """Sign a transaction with integer fields as of JSON-RPC, ``nonce`` and ``chainId`` included."""

    @abstractmethod
    def sign_typed_data(self, message: dict[str, Any], connection: Connection) -> bytes:
        """Sign typed data (EIP-712), as :func:`commonlearn.chain.typed_data.typed_data` gives it; 65 bytes."""

    def check(self, connection: Connection) -> None:  # noqa: B027 - most signers have nothing to check
        """Find out early whether signing can work. Raises what :meth:`sign` would."""


class LocalSigner(Signer):
    """Signs in this process.

    Parameters
    ----------
    account : eth_account's LocalAccount
        Holds the key in memory.
    """

    def __init__(self, account: LocalAccount) -> None:
        self._account = account
        self.address = checksummed(account.address)

    def sign(self, transaction: dict[str, Any]) -> SignedTransaction:
        signed = self._account.sign_transaction({key: value for key, value in transaction.items() if key != "from"})
        return SignedTransaction("0x" + bytes(signed.raw_transaction).hex(), "0x" + bytes(signed.hash).hex())

    def sign_typed_data(self, message: dict[str, Any], connection: Connection) -> bytes:
        return bytes(self._account.sign_typed_data(full_message=message).signature)


class UnlockedSigner(Signer):
    """An account whose key the node holds unlocked, as development nodes do.

    Parameters
    ----------
    address : str
        The account.
    """

    def __init__(self, address: str) -> None:
        self.address = checksummed(address)

    @property
    def signs_locally(self) -> bool:
        return False

    def sign(self, transaction: dict[str, Any]) -> SignedTransaction:
        raise UnknownAccount(self.address)

    def sign_typed_data(self, message: dict[str, Any], connection: Connection) -> bytes:
        try:
            return _signature(connection.rpc.call("eth_signTypedData_v4", self.address, message))
        except RpcError:
            raise UnknownAccount(self.address) from None

    def check(self, connection: Connection) -> None:
        try:
            held = {str(address).lower() for address in connection.rpc.call("eth_accounts")}
        except RpcError:
            held = set()
        if self.address.lower() not in held:
            raise UnknownAccount(self.address)


class ClefSigner(Signer):
    """A signer in another process that answers as clef does; hardware wallets are reached through it.

    Parameters
    ----------
    url : str
        Its JSON-RPC address.
    address : str, optional
        Which of its accounts; needed when it has several.

    Raises
    ------
    NodeUnreachable
        It does not answer.
    SigningRefused
        It shows no account, or several and none was named.
    """

    def __init__(self, url: str, address: str | None = None) -> None:
        self._rpc = Rpc(url, timeout=_APPROVAL_SECONDS)
        if address is None:
            accounts = self._ask("(any account)", "account_list")
            if len(accounts) != 1:
                raise SigningRefused("(any account)", f"it offers {len(accounts)} accounts; name one with --from")
            address = accounts[0]
        self.address = checksummed(address)

    def _ask(self, address: str, method: str, *params: Any) -> Any:
        try:
            return self._rpc.call(method, *params)
        except RpcError as error:
            raise SigningRefused(address, error.message) from None

    def sign(self, transaction: dict[str, Any]) -> SignedTransaction:
        wanted = {
            key: hex(value) if isinstance(value, int) else value for key, value in transaction.items() if key != "type"
        }
        answer = self._ask(self.address, "account_signTransaction", {**wanted, "from": self.address})
        raw = str(answer["raw"])
        signed_by = Account.recover_transaction(raw)
        if checksummed(signed_by) != self.address:
            raise SigningRefused(self.address, f"the signature is by {signed_by}")
        return SignedTransaction(raw, "0x" + keccak256(bytes.fromhex(raw[2:])).hex())

    def sign_typed_data(self, message: dict[str, Any], connection: Connection) -> bytes:
        return _signature(self._ask(self.address, "account_signTypedData", self.address, message))


def _signature(answer: Any) -> bytes:
    return bytes.fromhex(str(answer).removeprefix("0x"))


def open_keystore(path: str | Path, password: Callable[[], str]) -> LocalSigner:
    """A signer from an encrypted keystore file (Web3 Secret Storage).

    Parameters
    ----------
    path : path
        The file.
    password : callable
        Asked for the password once the file was read.

    Raises
    ------
    KeystoreProblem
        No such file, no keystore, or a wrong password.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise KeystoreProblem(str(path), error.strerror or "it cannot be read") from None
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or not {"crypto", "Crypto"} & content.keys():
            raise ValueError
    except ValueError:
        raise KeystoreProblem(str(path), "it is no keystore file (JSON with a crypto part)") from None
    secret = password()
    try:
        key = Account.decrypt(content, secret)
    except (ValueError, TypeError, KeyError, NotImplementedError) as error:
        reason = "the password is wrong" if "MAC" in str(error) else f"it is damaged or of an unknown kind ({error})"
        raise KeystoreProblem(str(path), reason) from None
    return LocalSigner(Account.from_key(key))


def as_signer(account: Any) -> Signer:
    """A signer from what a user has: a signer, an eth_account or brownie account, or an unlocked account's address.

    Raises
    ------
    MalformedAddress
        None of these.
    """
    if isinstance(account, Signer):
        return account
    if isinstance(account, LocalAccount):
        return LocalSigner(account)
    if hasattr(account, "private_key"):  # brownie's LocalAccount keeps its key in memory under this name
        return LocalSigner(Account.from_key(account.private_key))
    return UnlockedSigner(str(getattr(account, "address", account)))
