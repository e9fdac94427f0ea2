"""How users say where the chain is and who they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from commonlearn.chain.connection import Connection
from commonlearn.chain.fees import CostQuote, Prices
from commonlearn.chain.keystores import new_keystore
from commonlearn.chain.signers import ClefSigner, Signer, UnlockedSigner, open_keystore
from commonlearn.chain.transactions import Sender

__all__ = ["Connection", "CostQuote", "Prices", "Sender", "Signer", "new_keystore", "signer_from"]


def signer_from(
    *,
    keystore: Path | None = None,
    clef: str | None = None,
    unlocked: str | None = None,
    address: str | None = None,
    password: Callable[[], str],
) -> Signer | None:
    """The account that a user named; None if none was.

    Parameters
    ----------
    keystore : Path, optional
        An encrypted keystore file.
    clef : str, optional
        Address of an outside signer, such as clef before a hardware wallet.
    unlocked : str, optional
        An account that the node holds unlocked.
    address : str, optional
        Which account of the outside signer.
    password : callable
        Asked for the keystore's password.

    Raises
    ------
    KeystoreProblem, SigningRefused, NodeUnreachable, MalformedAddress
        The account cannot be used.
    """
    if keystore is not None:
        return open_keystore(keystore, password)
    if clef is not None:
        return ClefSigner(clef, address)
    return None if unlocked is None else UnlockedSigner(unlocked)
