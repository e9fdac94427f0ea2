"""Shards on their way: canonical bytes, encrypted to the receiver, checked against the root on arrival.

A shard's bytes, big-endian: ``CLS1``, 32 bytes dataset, 20 sender, 32 schema hash, 4 subset, 4 rows, 2 columns, then
the rows (8 bytes a column, as in :mod:`commonlearn.custody.rows`), then 32 bytes of salt a row.

A package is ``CLX1``, 8 bytes that tell for which key it is (the first of its SHA-256), then a NaCl sealed box
(X25519, XSalsa20-Poly1305) of the shard. A sealed box does not say who made it: sender, dataset and subset stand
inside, and the root on the chain, which only the sender could post, proves the rows.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import nacl.exceptions
import nacl.public
import numpy as np

from commonlearn.custody.errors import (
    KeyRefused,
    SealedForAnother,
    ShardChanged,
    ShardMalformed,
    ValueRefused,
    WrongRoot,
    WrongShard,
)
from commonlearn.custody.rows import SALT_BYTES, row_bytes, subset_tree, values_of
from commonlearn.custody.schema import Schema
from commonlearn.custody.table import Table, check_values

__all__ = ["Shard", "new_key", "open_shard", "seal_shard"]

_MAGIC, _SEALED = b"CLS1", b"CLX1"
_HEAD = struct.Struct(">4s32s20s32sIIH")
_FINGERPRINT = 8


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """A subset as it is handed over.

    Parameters
    ----------
    dataset : bytes
        32 bytes that name it on the chain.
    sender : bytes
        The owner's address, 20 bytes.
    subset : int
        Its number, from 0.
    table : Table
    salts : tuple of bytes
        One a row, 32 bytes each.
    """

    dataset: bytes
    sender: bytes
    subset: int
    table: Table
    salts: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        """Root of the salted rows."""
        return subset_tree(row_bytes(self.table), self.salts).root

    def to_bytes(self) -> bytes:
        """Give the canonical bytes.

        Raises
        ------
        ValueError
            Lengths of dataset, sender or salts are wrong.
        """
        rows = row_bytes(self.table)
        if len(self.dataset) != 32 or len(self.sender) != 20:
            raise ValueError("a dataset's name has 32 bytes, an address 20")
        if not rows or len(self.salts) != len(rows) or any(len(salt) != SALT_BYTES for salt in self.salts):
            raise ValueError("a shard has at least one row, and a salt of 32 bytes for each")
        head = _HEAD.pack(
            _MAGIC,
            self.dataset,
            self.sender,
            self.table.schema.hash(),
            self.subset,
            len(rows),
            len(self.table.schema.columns),
        )
        return head + b"".join(row[2:] for row in rows) + b"".join(self.salts)

    @classmethod
    def from_bytes(cls, data: bytes, schema: Schema) -> Shard:
        """Read canonical bytes.

        Raises
        ------
        ShardMalformed
            They are none.
        WrongShard
            They are of another schema.
        """
        if len(data) < _HEAD.size or data[:4] != _MAGIC:
            raise ShardMalformed("it does not begin as one")
        _, dataset, sender, schema_hash, subset, count, columns = _HEAD.unpack_from(data)
        if schema_hash != schema.hash():
            raise WrongShard("schema", "0x" + schema_hash.hex(), "0x" + schema.hash().hex())
        if columns != len(schema.columns) or not count or len(data) != _HEAD.size + count * (8 * columns + SALT_BYTES):
            raise ShardMalformed("its length is not that of its rows")
        ends = [_HEAD.size + 8 * columns * row for row in range(count + 1)]
        wide = struct.pack(">H", columns)
        try:
            values = np.stack([values_of(wide + data[ends[row] : ends[row + 1]]) for row in range(count)])
            check_values(Table(schema, values))
        except ValueRefused as error:
            raise ShardMalformed(str(error)) from error
        table = Table(schema, values)
        salts = tuple(data[ends[-1] + SALT_BYTES * row : ends[-1] + SALT_BYTES * (row + 1)] for row in range(count))
        return cls(dataset, sender, subset, table, salts)


def new_key() -> tuple[bytes, bytes]:
    """Make a private and a public X25519 key, 32 bytes each. The public one is registered on the chain.

    Examples
    --------
    >>> [len(part) for part in new_key()]
    [32, 32]
    """
    key = nacl.public.PrivateKey.generate()
    return bytes(key), bytes(key.public_key)


def seal_shard(shard: Shard, receiver: bytes) -> bytes:
    """Encrypt a shard to a public key.

    Parameters
    ----------
    shard : Shard
    receiver : bytes
        X25519 public key, 32 bytes.

    Returns
    -------
    bytes
        Other ones each time: sealed boxes have a fresh key inside.

    Raises
    ------
    ValueError
        The key has another length.
    KeyRefused
        It is one of the few points with which everybody shares the same secret.

    Examples
    --------
    >>> from commonlearn.custody import Column, Schema, check_columns
    >>> schema = Schema((Column("x", "number"), Column("y", "number")), "y")
    >>> shard = Shard(bytes(32), bytes(20), 0, check_columns(schema, {"x": [1], "y": [2]}), (bytes(32),))
    >>> private, public = new_key()
    >>> got = open_shard(seal_shard(shard, public), private, schema, bytes(32), bytes(20), 0, shard.root)
    >>> got.table.values.tolist()
    [[1.0, 2.0]]
    """
    if len(receiver) != 32:
        raise ValueError("a public key has 32 bytes")
    box = nacl.public.SealedBox(nacl.public.PublicKey(receiver))
    content = shard.to_bytes()
    try:
        return _SEALED + _fingerprint(receiver) + box.encrypt(content)
    except (nacl.exceptions.CryptoError, RuntimeError):
        raise KeyRefused from None


def open_shard(
    package: bytes, private: bytes, schema: Schema, dataset: bytes, sender: bytes, subset: int, root: bytes
) -> Shard:
    """Decrypt a package, and check that it is what was agreed on and committed.

    Parameters
    ----------
    package : bytes
        From anybody.
    private : bytes
        The receiver's private key, 32 bytes.
    schema, dataset, sender, subset
        What was agreed on.
    root : bytes
        Of the subset, as it stands on the chain.

    Raises
    ------
    SealedForAnother
        It is for another key.
    ShardChanged
        It was changed or cut.
    ShardMalformed
        What is inside is no shard.
    WrongShard
        It is another dataset's, sender's, schema's or subset's.
    WrongRoot
        Its rows are not those committed.
    """
    key = nacl.public.PrivateKey(private)
    start = len(_SEALED) + _FINGERPRINT
    if len(package) < start or package[:4] != _SEALED:
        raise ShardChanged
    if package[4:start] != _fingerprint(bytes(key.public_key)):
        raise SealedForAnother
    try:
        data = nacl.public.SealedBox(key).decrypt(package[start:])
    except (nacl.exceptions.CryptoError, ValueError, TypeError) as error:
        raise ShardChanged from error
    shard = Shard.from_bytes(data, schema)
    wanted: Sequence[tuple[str, object, object]] = (
        ("dataset", "0x" + shard.dataset.hex(), "0x" + dataset.hex()),
        ("sender", "0x" + shard.sender.hex(), "0x" + sender.hex()),
        ("subset", shard.subset, subset),
    )
    for what, found, agreed in wanted:
        if found != agreed:
            raise WrongShard(what, found, agreed)
    if shard.root != root:
        raise WrongRoot(shard.root, root)
    return shard


def _fingerprint(public: bytes) -> bytes:
    return hashlib.sha256(public).digest()[:_FINGERPRINT]
