"""What can go wrong with content-addressed objects."""

from __future__ import annotations

from collections.abc import Sequence

from commonlearn.errors import CommonlearnError

__all__ = [
    "InvalidAddress",
    "InvalidCid",
    "ObjectChanged",
    "ObjectMissing",
    "ObjectTooLarge",
    "ObjectUnavailable",
    "OtherCid",
    "StorageError",
    "StoreReadOnly",
    "StoreUnreachable",
]


class StorageError(CommonlearnError):
    """Anything with content-addressed objects."""


class InvalidCid(StorageError, ValueError):
    """A text is no content identifier."""

    def __init__(self, text: object, reason: str) -> None:
        shown = repr(text) if len(repr(text)) <= 100 else repr(text)[:97] + "..."
        super().__init__(
            f"{shown} is no content identifier (CID): {reason.rstrip('.')}. It should look like bafkrei and 52 more of "
            "the letters a to z and digits 2 to 7; copy it again from where it was published."
        )
        self.text, self.reason = text, reason


class OtherCid(InvalidCid):
    """A content identifier is well formed, but of a kind that does not name an object by the hash of its bytes."""

    def __init__(self, text: str, kind: str) -> None:
        StorageError.__init__(
            self,
            f"The content identifier {text!r} is {kind}; here objects are named by CID version 1, codec raw, hash "
            "sha2-256, in base32. Large files that were added to IPFS in chunks have other identifiers: add the file "
            "as one block (commonlearn does, or: ipfs block put --cid-codec raw FILE), and use the identifier of that.",
        )
        self.text, self.reason, self.kind = text, kind, kind


class InvalidAddress(StorageError, ValueError):
    """A place for objects is not named in a way that is known."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"The store {address!r} cannot be used: {reason.rstrip('.')}. Name a folder, s3://BUCKET/FOLDER, "
            "https://HOST/FOLDER (to read), ipfs://HOST:PORT (a node's own interface) or ipfs+https://HOST (to read)."
        )
        self.address, self.reason = address, reason


class ObjectUnavailable(StorageError, LookupError):
    """An object could not be had from any of several stores."""

    def __init__(self, cid: str, reasons: Sequence[StorageError]) -> None:
        told = " ".join(f"({number}) {each.user_message}" for number, each in enumerate(reasons, 1))
        super().__init__(
            f"The object {cid} could not be had from any of {len(reasons)} stores. {told} Name a store that has it, or "
            "ask its owner to put it in again."
        )
        self.cid, self.reasons = cid, tuple(reasons)


class ObjectMissing(ObjectUnavailable):
    """An object is not in a store."""

    def __init__(self, cid: str, where: str) -> None:
        StorageError.__init__(
            self,
            f"The object {cid} is not in {where}. Name another store that has it, or ask its owner to put it in again.",
        )
        self.cid, self.where, self.reasons = cid, where, ()


class ObjectChanged(ObjectUnavailable, ValueError):
    """A store gives other bytes than their name says."""

    def __init__(self, cid: str, where: str, found: str) -> None:
        StorageError.__init__(
            self,
            f"What {where} gives for {cid} has been changed: its identifier is {found}. It is not used. Put the object "
            "in again, which mends it, or name another store.",
        )
        self.cid, self.where, self.found, self.reasons = cid, where, found, ()


class ObjectTooLarge(ObjectUnavailable, ValueError):
    """An object has more bytes than it may have."""

    def __init__(self, cid: str, where: str, most: int) -> None:
        StorageError.__init__(
            self,
            f"The object {cid} has more than the {most:,} bytes that it may have in {where}, so it is not taken. Raise "
            "the limit if its size is as agreed, or use another store.",
        )
        self.cid, self.where, self.most, self.reasons = cid, where, most, ()


class StoreUnreachable(ObjectUnavailable, OSError):
    """A store does not answer, or not as it should, however often it is asked."""

    def __init__(self, where: str, reason: str, cid: str | None = None) -> None:
        what = "" if cid is None else f" for {cid}"
        StorageError.__init__(
            self,
            f"The store {where} cannot be used{what}: {reason.rstrip('.')}. Check its address, the network and its "
            "permissions, and try again.",
        )
        self.cid, self.where, self.reason, self.reasons = cid or "", where, reason, ()


class StoreReadOnly(StorageError, OSError):
    """A store can be read, not written or listed."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            f"{where} can only be asked for single objects, not {what}. Name a folder, s3://… or a node's ipfs://…."
        )
        self.where, self.what = where, what
