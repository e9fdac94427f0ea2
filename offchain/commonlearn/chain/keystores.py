"""Making an encrypted key."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from eth_account import Account

from commonlearn.chain.abi import checksummed
from commonlearn.chain.errors import KeystoreProblem

__all__ = ["new_keystore"]

_PASSWORD_BYTES = 24


def new_keystore(keystore: Path, password: Path) -> str:
    """Make a key: its encrypted keystore, and a file with a random password, each for its user only.

    Parameters
    ----------
    keystore, password : Path
        Files that are not there yet. Folders are made, closed to others.

    Returns
    -------
    str
        The account's address.

    Raises
    ------
    KeystoreProblem
        A file is there already, or cannot be written. No key is ever overwritten.
    """
    for path in (keystore, password):
        if path.exists():
            raise KeystoreProblem(str(path), "it is there already, and no key is overwritten; name another file")
    account, secret = Account.create(), secrets.token_urlsafe(_PASSWORD_BYTES)
    content = json.dumps(Account.encrypt(account.key, secret))
    for path, text in ((password, secret + "\n"), (keystore, content + "\n")):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise KeystoreProblem(str(path), error.strerror or "it cannot be written") from None
    return checksummed(account.address)
