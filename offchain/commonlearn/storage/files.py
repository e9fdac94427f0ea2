"""Objects as files of a file system that fsspec knows: a folder, S3, a web server, memory."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import fsspec

from commonlearn.storage.base import Store
from commonlearn.storage.cids import cid_from_digest, digest_of
from commonlearn.storage.errors import InvalidCid
from commonlearn.storage.retrying import Retries

__all__ = ["CIDS", "HEXADECIMAL", "FileStore", "Naming", "folder_store"]

_CHUNK = 1 << 20
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True)
class Naming:
    """How a file is named after a hash.

    Attributes
    ----------
    name : callable
        Of 32 bytes, the file's name.
    digest : callable
        Of a file's name, the 32 bytes; None if it is not such a name.
    """

    name: Callable[[bytes], str]
    digest: Callable[[str], bytes | None]


def _from_cid(name: str) -> bytes | None:
    try:
        return digest_of(name) if name.startswith("bafkrei") else None
    except InvalidCid:
        return None


def _from_hexadecimal(name: str) -> bytes | None:
    return bytes.fromhex(name) if re.fullmatch(r"[0-9a-f]{64}", name) else None


CIDS = Naming(cid_from_digest, _from_cid)
HEXADECIMAL = Naming(bytes.hex, _from_hexadecimal)


def folder_store(folder: str | Path, naming: Naming = CIDS, retries: Retries | None = None) -> FileStore:
    """Open a folder of this machine.

    Parameters
    ----------
    folder : str or Path
        ``~`` is the user's home; made when something is put in.
    naming : Naming
        Of its files.
    retries : Retries, optional
        How often it is asked.
    """
    full = str(Path(folder).expanduser().absolute())
    return FileStore(fsspec.filesystem("file"), full, str(folder), naming, retries)


class FileStore(Store):
    """Files of one folder, each named by the hash of its content.

    Parameters
    ----------
    files : AbstractFileSystem
        Of fsspec.
    folder : str
        In it; made when something is put in.
    where : str
        Its name in messages.
    naming : Naming
        Of the files.
    retries : Retries, optional
        How often it is asked.

    Examples
    --------
    >>> import fsspec
    >>> store = FileStore(fsspec.filesystem("memory"), "/example", "memory")
    >>> store.get(store.put(b"parameters"))
    b'parameters'
    """

    def __init__(
        self,
        files: fsspec.AbstractFileSystem,
        folder: str,
        where: str,
        naming: Naming = CIDS,
        retries: Retries | None = None,
    ) -> None:
        super().__init__(where, retries)
        self.files, self.folder, self.naming = files, folder.rstrip("/"), naming
        protocols = (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)
        self.is_local = "file" in protocols
        self.writable = not {"http", "https"} & set(protocols)

    def path(self, digest: bytes) -> str:
        """Say where the file of a hash is or would be."""
        return f"{self.folder}/{self.naming.name(digest)}"

    def _read(self, digest: bytes, most: int) -> bytes:
        parts, size = [], 0
        with self._opened(self.path(digest)) as file:
            while size <= most and (part := file.read(min(_CHUNK, most + 1 - size))):
                parts.append(part)
                size += len(part)
        return b"".join(parts)

    def _opened(self, path: str) -> IO[bytes]:
        if self.is_local:
            return _plain_file(path)
        # From a web server it comes as a stream, as not all give parts of files.
        stream: dict[str, Any] = {} if self.writable else {"block_size": 0, "size": 1}
        file: IO[bytes] = self.files.open(path, "rb", **stream)
        return file

    def _write(self, digest: bytes, content: bytes) -> None:
        path = self.path(digest)
        self.files.makedirs(self.folder, exist_ok=True)
        if not self.is_local:
            self.files.pipe_file(path, content)  # object stores show all of it or nothing
            return
        # Written aside and moved: an interruption leaves no half file, and a damaged one is mended.
        aside = f"{self.folder}/.{self.naming.name(digest)[-20:]}.{secrets.token_hex(8)}"
        try:
            with open(aside, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(aside)
            raise

    def _exists(self, digest: bytes) -> bool:
        if self.writable:
            return bool(self.files.isfile(self.path(digest)))
        try:
            with self.files.open(self.path(digest), "rb", block_size=0, size=1):
                return True
        except FileNotFoundError:
            return False

    def _digests(self) -> set[bytes]:
        if not self.files.exists(self.folder):
            return set()
        entries = self.files.ls(self.folder, detail=True)
        names = (entry["name"].rsplit("/", 1)[-1] for entry in entries if entry["type"] == "file")
        return {digest for name in names if (digest := self.naming.digest(name)) is not None}


def _plain_file(path: str) -> IO[bytes]:
    """Open a file, and nothing else: who may write in the folder could leave a pipe there, which is waited for."""
    descriptor = os.open(path, _READING)
    kind = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(kind):
        os.close(descriptor)
        wrong = errno.EISDIR if stat.S_ISDIR(kind) else errno.EINVAL
        raise OSError(wrong, "it is a directory" if stat.S_ISDIR(kind) else "it is no plain file")
    return os.fdopen(descriptor, "rb")
