"""What every store does: names are hashes, and every byte that comes out is checked against its name."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from commonlearn.storage.cids import cid_from_digest, cid_of, digest_of
from commonlearn.storage.errors import (
    ObjectChanged,
    ObjectMissing,
    ObjectTooLarge,
    StorageError,
    StoreReadOnly,
    StoreUnreachable,
)
from commonlearn.storage.retrying import Retries

__all__ = ["MOST_BYTES", "Store"]

MOST_BYTES = 1 << 30
"""What is fetched at most if nothing else is said: 1 GiB."""

_T = TypeVar("_T")


class Store(ABC):
    """A place for objects.

    Subclasses say how bytes lie there; errors of the place (``OSError`` and what libraries raise) may leave the
    underscored methods as they are.

    Parameters
    ----------
    where : str
        Its name in messages.
    retries : Retries, optional
        How often it is asked.

    Attributes
    ----------
    writable : bool
        Whether objects can be put in and listed.
    """

    writable = True

    def __init__(self, where: str, retries: Retries | None = None) -> None:
        self.where = where
        self.retries = retries or Retries()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.where}>"

    def get(self, cid: str, most: int = MOST_BYTES) -> bytes:
        """Fetch and check an object.

        Parameters
        ----------
        cid : str
            Its identifier.
        most : int
            Bytes that it may have. No more than one above are fetched.

        Returns
        -------
        bytes
            What the identifier names, and nothing else.

        Raises
        ------
        InvalidCid
            It is no identifier, or (:class:`~.errors.OtherCid`) one of another kind.
        ObjectMissing
            It is not here.
        ObjectChanged
            Other bytes are here under its name, also when asked again.
        ObjectTooLarge
            It is longer.
        StoreUnreachable
            The store cannot be read.
        """
        digest = digest_of(cid)

        def once() -> bytes:
            content = self._read(digest, most)
            if len(content) > most:
                raise ObjectTooLarge(cid, self.where, most)
            return content

        content = self._asked(once, cid)
        if hashlib.sha256(content).digest() != digest:
            # Perhaps it was cut on its way, or is just being mended.
            content = self._asked(once, cid)
            if hashlib.sha256(content).digest() != digest:
                raise ObjectChanged(cid, self.where, cid_of(content))
        return content

    def put(self, content: bytes) -> str:
        """Keep an object; again does no harm, and mends one that was changed.

        Returns
        -------
        str
            Its identifier.

        Raises
        ------
        StoreReadOnly
            Objects cannot be put in here.
        StoreUnreachable
            The store cannot be written.
        """
        digest = hashlib.sha256(content).digest()
        cid = cid_from_digest(digest)
        if not self.writable:
            raise StoreReadOnly(self.where, "written")
        self._asked(lambda: self._write(digest, content), cid)
        return cid

    def has(self, cid: str) -> bool:
        """Say whether something lies under a name; whether it is that is only known when it is fetched.

        Raises
        ------
        InvalidCid, StoreUnreachable
            As for :meth:`get`.
        """
        digest = digest_of(cid)
        return self._asked(lambda: self._exists(digest), cid)

    def list(self) -> list[str]:
        """List the identifiers of what is here, sorted, unchecked.

        Raises
        ------
        StoreReadOnly, StoreUnreachable
            It cannot be listed.
        """
        if not self.writable:
            raise StoreReadOnly(self.where, "listed")
        return sorted(map(cid_from_digest, self._asked(self._digests, None)))

    @abstractmethod
    def _read(self, digest: bytes, most: int) -> bytes:
        """Fetch up to one byte more than ``most``; FileNotFoundError if there is nothing."""

    @abstractmethod
    def _write(self, digest: bytes, content: bytes) -> None:
        """Keep all of it or nothing."""

    @abstractmethod
    def _exists(self, digest: bytes) -> bool:
        """Whether something lies under the name."""

    @abstractmethod
    def _digests(self) -> set[bytes]:
        """Names of all that lies here."""

    def _asked(self, act: Callable[[], _T], cid: str | None) -> _T:
        try:
            return self.retries(act)
        except StorageError:
            raise
        except FileNotFoundError:
            if cid is None:
                raise StoreUnreachable(self.where, "it is not there") from None
            raise ObjectMissing(cid, self.where) from None
        except Exception as error:  # libraries of file systems raise whatever they like
            raise StoreUnreachable(self.where, _words(error), cid) from error


def _words(error: Exception) -> str:
    named = error.strerror if isinstance(error, OSError) else None
    return named or str(error) or type(error).__name__
