"""Who signs: a keystore by its name, or one of a development chain's own accounts.

Keys come from encrypted keystores only, passwords from a prompt or from the file that ``COMMONLEARN_PASSWORD_FILE``
names: neither is ever an argument.
"""

from __future__ import annotations

import os
from getpass import getpass
from importlib import import_module
from pathlib import Path

from commonlearn.chain.errors import KeystoreProblem
from commonlearn.chain.signers import Signer, UnlockedSigner, open_keystore
from commonlearn.errors import CommonlearnError
from scripts.active_network import is_development
from scripts.settings import Accounts

__all__ = ["PASSWORD_FILE", "NoAccount", "keystore_path", "keystore_signer", "signer"]

PASSWORD_FILE = "COMMONLEARN_PASSWORD_FILE"


class NoAccount(CommonlearnError, LookupError):
    """The account that the settings name is not there."""


def signer(chosen: Accounts) -> Signer:
    """Return the account that pays on the active network.

    Parameters
    ----------
    chosen : Accounts
        Of the settings.

    Raises
    ------
    NoAccount
        None is named for live networks, there is no such keystore, or the development chain has fewer accounts.
    KeystoreProblem
        The keystore is damaged, or the password wrong.
    """
    if is_development():
        held = import_module("brownie").accounts
        if chosen.development >= len(held):
            raise NoAccount(
                f"The development chain has {len(held)} accounts, so there is no number {chosen.development}. "
                "Choose a lower one in [account]."
            )
        return UnlockedSigner(held[chosen.development].address)
    if chosen.live is None:
        raise NoAccount('This is a live network: say in [account] who pays, as in live = "deployer".')
    return keystore_signer(chosen.live)


def keystore_path(name: str) -> Path:
    """Return the file of a keystore: a path as it is, or a name among brownie's.

    Raises
    ------
    NoAccount
        There is none; the message names those there are.
    """
    folder: Path = import_module("brownie._config")._get_data_folder() / "accounts"
    path = Path(name).expanduser()
    if path.is_file():
        return path
    named = folder / f"{name}.json"
    if named.is_file():
        return named
    known = ", ".join(sorted(one.stem for one in folder.glob("*.json"))) or "none"
    raise NoAccount(
        f"There is no keystore {name!r} (there are: {known}). Make one with ./brownie accounts generate {name}, or "
        "import one with ./brownie accounts import."
    )


def keystore_signer(name: str) -> Signer:
    """Open a keystore by its name or path."""
    path = keystore_path(name)
    return open_keystore(path, lambda: _password(path))


def _password(keystore: Path) -> str:
    file = os.environ.get(PASSWORD_FILE)
    if not file:
        return getpass(f"Password of {keystore.stem}: ")
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise KeystoreProblem(str(keystore), f"{PASSWORD_FILE} names {file}, which cannot be read ({error})") from None
