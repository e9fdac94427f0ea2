"""Several stores as one: each is asked in turn, and the first that can be written is filled."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from commonlearn.storage.base import MOST_BYTES, Store
from commonlearn.storage.cids import digest_of
from commonlearn.storage.errors import InvalidAddress, ObjectMissing, ObjectUnavailable, StorageError, StoreReadOnly

__all__ = ["Sources"]


class Sources:
    """Stores, the nearest first.

    Parameters
    ----------
    stores : sequence of Store
        At least one.
    keep : bool
        Whether what comes from a later store is put into the first that can be written.

    Raises
    ------
    InvalidAddress
        There is none.
    """

    def __init__(self, stores: Sequence[Store], *, keep: bool = True) -> None:
        if not stores:
            raise InvalidAddress("", "no store is named")
        self.stores, self.keep = tuple(stores), keep

    def __repr__(self) -> str:
        return f"<Sources {', '.join(store.where for store in self.stores)}>"

    def get(self, cid: str, most: int = MOST_BYTES) -> bytes:
        """Fetch an object from the first store that gives it whole and unchanged.

        Raises
        ------
        InvalidCid
            As for one store.
        ObjectMissing
            It is in none of them.
        ObjectUnavailable
            None gave it, each for a reason of its own; they are in ``reasons``. With a single store, that reason.
        """
        digest_of(cid)
        reasons: list[StorageError] = []
        for store in self.stores:
            try:
                content = store.get(cid, most)
            except StorageError as error:
                reasons.append(error)
                continue
            self._keep(content, store)
            return content
        if len(reasons) == 1:
            raise reasons[0]
        if all(type(each) is ObjectMissing for each in reasons):
            raise ObjectMissing(cid, ", ".join(store.where for store in self.stores))
        raise ObjectUnavailable(cid, reasons)

    def put(self, content: bytes) -> str:
        """Put an object into the first store that can be written; errors as for one store."""
        return self._first_writable("written").put(content)

    def has(self, cid: str) -> bool:
        """Say whether any store that answers has something of that name."""
        digest_of(cid)
        for store in self.stores:
            with suppress(StorageError):
                if store.has(cid):
                    return True
        return False

    def list(self) -> list[str]:
        """List what is in the first store that can be written."""
        return self._first_writable("listed").list()

    def _first_writable(self, what: str) -> Store:
        for store in self.stores:
            if store.writable:
                return store
        raise StoreReadOnly(", ".join(store.where for store in self.stores), what)

    def _keep(self, content: bytes, source: Store) -> None:
        first = next((store for store in self.stores if store.writable), None)
        if self.keep and first is not None and self.stores.index(first) < self.stores.index(source):
            with suppress(StorageError):  # what was fetched is good, whether or not there is room for it
                first.put(content)
