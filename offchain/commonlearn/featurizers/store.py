"""Fitted state by content hash: what is too long for the chain lies in files, whose hashes the model's contract names.

A file's address is ``sha256:`` and the 64 digits that ``sha256sum`` prints. A store holds bytes and judges nothing but
that hash; :mod:`commonlearn.featurizers.state` reads what is in them, and nothing in them is ever run or unpickled.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

import platformdirs

from commonlearn.errors import InvalidMetadata, StateChanged, StateMissing

__all__ = ["STORE_VARIABLE", "FolderStore", "Store", "address_of", "default_store", "folder_hash"]

STORE_VARIABLE = "COMMONLEARN_STORE"
_ADDRESS = re.compile(r"sha256:([0-9a-f]{64})")


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

    def path(self, address: str) -> Path:
        """Say where the file of an address is or would be.

        Raises
        ------
        InvalidMetadata
            It is no address, and so never a path out of the folder.
        """
        match = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
        if match is None:
            raise InvalidMetadata(f"{address!r} is no content hash (sha256: and 64 digits).")
        return self.folder / match[1]

    def get(self, address: str) -> bytes:
        path = self.path(address)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise StateMissing(path.name, str(self.folder)) from None
        except OSError as error:
            raise StateMissing(path.name, str(self.folder), error.strerror) from None
        found = address_of(content)
        if found != address:
            raise StateChanged(str(path), found)
        return content

    def put(self, content: bytes) -> str:
        address = address_of(content)
        self.folder.mkdir(parents=True, exist_ok=True)
        # Written aside and moved: an interruption leaves no half file, and a damaged one is mended.
        with NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as aside:
            aside.write(content)
        os.replace(aside.name, self.path(address))
        return address

    def addresses(self) -> list[str]:
        """List what is here, unchecked."""
        names = sorted(path.name for path in self.folder.glob("*") if path.is_file())
        return [f"sha256:{name}" for name in names if _ADDRESS.fullmatch(f"sha256:{name}")]
