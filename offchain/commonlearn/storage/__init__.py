"""Objects named by the hash of their bytes, wherever they lie: a folder, S3, a web server, IPFS.

A place is never trusted: whatever comes out of it is checked against its name. See
:func:`~commonlearn.storage.opening.open_store`.
"""

from __future__ import annotations

from commonlearn.storage.base import MOST_BYTES, Store
from commonlearn.storage.cids import canonical, cid_from_digest, cid_of, digest_of
from commonlearn.storage.errors import (
    InvalidAddress,
    InvalidCid,
    ObjectChanged,
    ObjectMissing,
    ObjectTooLarge,
    ObjectUnavailable,
    OtherCid,
    StorageError,
    StoreReadOnly,
    StoreUnreachable,
)
from commonlearn.storage.files import FileStore
from commonlearn.storage.opening import open_sources, open_store
from commonlearn.storage.retrying import Retries
from commonlearn.storage.sources import Sources

__all__ = [
    "MOST_BYTES",
    "FileStore",
    "InvalidAddress",
    "InvalidCid",
    "ObjectChanged",
    "ObjectMissing",
    "ObjectTooLarge",
    "ObjectUnavailable",
    "OtherCid",
    "Retries",
    "Sources",
    "StorageError",
    "Store",
    "StoreReadOnly",
    "StoreUnreachable",
    "canonical",
    "cid_from_digest",
    "cid_of",
    "digest_of",
    "open_sources",
    "open_store",
]
