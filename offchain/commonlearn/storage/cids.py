"""Content identifiers: an object's name is the hash of its bytes, as IPFS writes it.

One kind only: CID version 1, codec *raw*, hash SHA-256, in base32 (lower case, without padding). It holds exactly the
32 bytes that a contract keeps, so that each follows from the other. Objects are hashed whole: for files up to 256 KiB
that is what ``ipfs add --raw-leaves`` gives; longer ones it cuts into chunks, whose identifier is that of a tree and
tells nothing about the file's own hash. Such identifiers are refused by name.
"""

from __future__ import annotations

import hashlib

from commonlearn.storage.errors import InvalidCid, OtherCid

__all__ = ["canonical", "cid_from_digest", "cid_of", "digest_of"]

_LONGEST = 200


def cid_of(content: bytes) -> str:
    """Name bytes.

    Examples
    --------
    >>> cid_of(b"hello world")
    'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
    """
    return cid_from_digest(hashlib.sha256(content).digest())


def cid_from_digest(digest: bytes) -> str:
    """Give the identifier for a hash, as from a contract.

    Parameters
    ----------
    digest : bytes
        32 bytes of SHA-256.

    Raises
    ------
    InvalidCid
        It has another length.

    Examples
    --------
    >>> digest_of(cid_from_digest(bytes(32))) == bytes(32)
    True
    """
    if len(digest) != 32:
        raise InvalidCid(bytes(digest).hex(), f"a SHA-256 has 32 bytes, not {len(digest)}")
    from multiformats import CID, multihash  # slow to load, and not needed by whoever has no object

    return str(CID("base32", 1, "raw", multihash.wrap(bytes(digest), "sha2-256")))


def digest_of(cid: str) -> bytes:
    """Give the 32 bytes that an identifier names, as for a contract.

    Parameters
    ----------
    cid : str
        In any base that says which it is; case and all must be right.

    Raises
    ------
    InvalidCid
        It is malformed.
    OtherCid
        It is of another kind.

    Examples
    --------
    >>> digest_of("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG")
    Traceback (most recent call last):
    ...
    commonlearn.storage.errors.OtherCid: The content identifier ... is version 0...
    """
    if not isinstance(cid, str):
        raise InvalidCid(cid, "it is no text")
    if not cid or len(cid) > _LONGEST or not cid.isascii():
        raise InvalidCid(cid, "it is empty, too long, or has other signs than letters and digits")
    from multiformats import CID

    try:
        found = CID.decode(cid)
        codec, function, digest = found.codec.name, found.hashfun.name, bytes(found.raw_digest)
    except ImportError:  # a hash for which another package would be needed
        raise OtherCid(cid, "by another hash than SHA-256") from None
    except Exception as error:  # its parts raise many kinds, each with a base of its own
        raise InvalidCid(cid, str(error) or "it is malformed") from None
    if str(found) != cid:
        raise InvalidCid(cid, "its letters are of both cases, or it does not end as it should")
    if found.version != 1:
        raise OtherCid(cid, f"version {found.version}, a tree of chunks")
    if codec != "raw":
        raise OtherCid(cid, f"of codec {codec}, not of plain bytes")
    if function != "sha2-256" or len(digest) != 32:
        raise OtherCid(cid, f"by the hash {function} with {len(digest)} bytes")
    return digest


def canonical(cid: str) -> str:
    """Give an identifier in base32, as stores name objects; errors as for :func:`digest_of`."""
    return cid_from_digest(digest_of(cid))
