"""Fitted state by content hash: what is too long for the chain lies in files, whose hashes the model's contract names.

A file's address is ``sha256:`` and the 64 digits that ``sha256sum`` prints. A store holds bytes and judges nothing but
that hash (:mod:`commonlearn.storage`); :mod:`commonlearn.featurizers.state` reads what is in them, and nothing in them
is ever run or unpickled.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Protocol

import platformdirs

from commonlearn.errors import InvalidMetadata, StateChanged, StateMissing
from commonlearn.storage import ObjectChanged, ObjectMissing, StoreUnreachable, cid_from_digest, digest_of
from commonlearn.storage.files import HEXADECIMAL, folder_store

__all__ = ["STORE_VARIABLE", "FolderStore", "Store", "address_of", "default_store", "folder_hash"]

STORE_VARIABLE = "COMMONLEARN_STORE"
_ADDRESS = re.compile(r"sha256:([0-9a-f]{64})")
_ANY_SIZE = 1 << 62


class Store(Protocol):
    """Where state lies. A folder is one; anything else that gives bytes for an address may be another."""

    def get(self, address: str) -> bytes:
        """Read and check what an address names.

        Raises
        ------
        StateMissing
            It is not here.
        StateChanged
            What is here has another hash.
        """

    def put(self, content: bytes) -> str:
        """Keep bytes, and give their address."""


def address_of(content: bytes) -> str:
    """Name bytes by their hash.

    Examples
    --------
    >>> address_of(b"")[:16]
    'sha256:e3b0c4429'
    """
    return "sha256:" + hashlib.sha256(content).hexdigest()


def folder_hash(folder: Path) -> str:
    """Hash all files of a folder, with their names, as one address.

    It is that of the lines ``<sha256>  <path>`` as ``sha256sum`` prints them, ordered by path, hidden files left out.

    Raises
    ------
    OSError
        It cannot be read.
    """
    lines = []
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            with path.open("rb") as file:
                lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name.as_posix()}\n")
    return address_of("".join(lines).encode())


def default_store() -> FolderStore:
    """Give the folder that ``COMMONLEARN_STORE`` names, else one among the user's data."""
    named = os.environ.get(STORE_VARIABLE)
    return FolderStore(Path(named).expanduser() if named else platformdirs.user_data_path("commonlearn") / "store")


class FolderStore:
    """A folder with one file an address, named by the hash's digits.

    Parameters
    ----------
    folder : path
        Made when something is put in.

    Examples
    --------
    >>> import tempfile
    >>> store = FolderStore(tempfile.mkdtemp())
    >>> store.get(store.put(b"fitted numbers"))
    b'fitted numbers'
    >>> store.get("sha256:" + "0" * 64)
    Traceback (most recent call last):
    ...
    commonlearn.errors.StateMissing: The file 0000000000000000000000000000000000000000000000000000000000000000 ...
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._files = folder_store(folder, HEXADECIMAL)

    def path(self, address: str) -> Path:
        """Say where the file of an address is or would be.

        Raises
        ------
        InvalidMetadata
            It is no address, and so never a path out of the folder.
        """
        return self.folder / _digits(address)

    def get(self, address: str) -> bytes:
        digits = _digits(address)
        try:
            return self._files.get(cid_from_digest(bytes.fromhex(digits)), _ANY_SIZE)
        except ObjectMissing:
            raise StateMissing(digits, str(self.folder)) from None
        except ObjectChanged as error:
            raise StateChanged(str(self.path(address)), f"sha256:{digest_of(error.found).hex()}") from None
        except StoreUnreachable as error:
            raise StateMissing(digits, str(self.folder), error.reason) from None

    def put(self, content: bytes) -> str:
        return f"sha256:{digest_of(self._files.put(content)).hex()}"

    def addresses(self) -> list[str]:
        """List what is here, unchecked."""
        return sorted(f"sha256:{digest_of(cid).hex()}" for cid in self._files.list())


def _digits(address: str) -> str:
    match = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if match is None:
        raise InvalidMetadata(f"{address!r} is no content hash (sha256: and 64 digits).")
    return match[1]
