"""Rows under commitments: their bytes, salts, leaves, trees and spot checks.

Exactly, with everything big-endian and keccak-256 as Ethereum has it:

- row: 2 bytes number of columns, then 8 bytes IEEE 754 a column (categories as their place in the schema's list; an
  empty cell is the quiet NaN ``7ff8000000000000``; there is no −0)
- leaf: ``keccak256(abi.encode(position, salt, keccak256(row)))``, that is of 96 bytes: the row's place in its subset as
  uint256, 32 bytes of salt, 32 of hash. No inner node of a tree is the hash of as many bytes.
- subset: the Merkle tree of its leaves in order (:class:`commonlearn.numerics.MerkleTree`, OpenZeppelin's
  ``MerkleProof``)
- table: ``keccak256(abi.encode(roots))`` of all subsets' roots in order
- answer to a spot check: ``keccak256(row ‖ salt ‖ challenge)``

Without its salt a leaf tells nothing of its row, even if only two rows are possible.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from commonlearn.custody.errors import SpotCheckFailed, ValueRefused
from commonlearn.custody.table import Floats, Table
from commonlearn.numerics import MerkleTree, keccak256, verify

__all__ = [
    "SALT_BYTES",
    "Disclosure",
    "check_disclosure",
    "derived_salts",
    "disclose",
    "drawn_rows",
    "leaf_of",
    "roots_hash",
    "row_bytes",
    "spot_answer",
    "subset_tree",
    "values_of",
]

SALT_BYTES = 32
_WORD = 32
_NAN = struct.pack(">Q", 0x7FF8 << 48)


def row_bytes(table: Table) -> list[bytes]:
    """Canonical bytes of each row.

    Examples
    --------
    >>> from commonlearn.custody import Column, Schema, check_columns
    >>> schema = Schema((Column("x", "number"), Column("y", "number")), "y")
    >>> row_bytes(check_columns(schema, {"x": [None], "y": [1.5]}))[0].hex(" ", 2)
    '0002 7ff8 0000 0000 0000 3ff8 0000 0000 0000'
    """
    values = table.values + 0.0
    values[np.isnan(values)] = np.frombuffer(_NAN, dtype=">f8")[0]
    head = struct.pack(">H", values.shape[1])
    return [head + row.tobytes() for row in values.astype(">f8")]


def values_of(row: bytes) -> Floats:
    """Values of a row's bytes, shape (columns,).

    Raises
    ------
    ValueRefused
        They are not canonical.
    """
    if len(row) < 2 or len(row) != 2 + 8 * int.from_bytes(row[:2], "big"):
        raise ValueRefused("row", 0, "its bytes are not a whole number of columns")
    values = np.frombuffer(row, dtype=">f8", offset=2).astype(np.float64)
    for place, value in enumerate(values):
        own = row[2 + 8 * place : 10 + 8 * place]
        if (np.isnan(value) and own != _NAN) or np.isinf(value) or own == b"\x80" + bytes(7):
            raise ValueRefused("row", 0, f"value {place} is not in its canonical form")
    return values


def derived_salts(secret: bytes, subset: int, rows: int) -> list[bytes]:
    """Salts of a subset out of one secret, so that an owner has 32 bytes to keep, and none to lose.

    HMAC-SHA256 under the secret of ``commonlearn row salt``, subset and row (4 bytes each).

    Parameters
    ----------
    secret : bytes
        At least 32 random bytes, for one table only: salts of equal places would else be equal.
    subset, rows : int

    Raises
    ------
    ValueError
        The secret is too short.

    Examples
    --------
    >>> salts = derived_salts(bytes(32), subset=0, rows=2)
    >>> len(salts[0]), salts[0] != salts[1]
    (32, True)
    """
    if len(secret) < SALT_BYTES:
        raise ValueError("the secret for salts must have at least 32 random bytes")
    place = b"commonlearn row salt" + subset.to_bytes(4, "big")
    return [hmac.digest(secret, place + row.to_bytes(4, "big"), hashlib.sha256) for row in range(rows)]


def leaf_of(position: int, row: bytes, salt: bytes) -> bytes:
    """A row's leaf.

    Examples
    --------
    >>> leaf_of(0, b"", bytes(32)).hex()[:8]
    'fb8b8f91'
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return keccak256(position.to_bytes(_WORD, "big") + salt + keccak256(row))


def subset_tree(rows: Sequence[bytes], salts: Sequence[bytes]) -> MerkleTree:
    """Tree of a subset; its root goes on the chain.

    Raises
    ------
    ValueError
        There are not as many salts as rows, or none, or one is not 32 bytes long.

    Examples
    --------
    >>> rows = [bytes(10), bytes(18)]
    >>> tree = subset_tree(rows, derived_salts(bytes(32), 0, 2))
    >>> check_disclosure(tree.root, disclose(rows, derived_salts(bytes(32), 0, 2), 1))
    """
    return MerkleTree([leaf_of(place, row, salt) for place, (row, salt) in enumerate(zip(rows, salts, strict=True))])


def roots_hash(roots: Sequence[bytes]) -> bytes:
    """What stands for all subsets: ``keccak256(abi.encode(bytes32[] roots))``.

    Examples
    --------
    >>> roots_hash([bytes(32)]).hex()[:8]
    '6ae4749a'
    """
    if any(len(root) != _WORD for root in roots):
        raise ValueError("a root has 32 bytes")
    return keccak256(_WORD.to_bytes(_WORD, "big") + len(roots).to_bytes(_WORD, "big") + b"".join(roots))


def spot_answer(row: bytes, salt: bytes, challenge: bytes) -> bytes:
    """Answer a spot check: only who has the row and its salt can.

    Parameters
    ----------
    row, salt : bytes
    challenge : bytes
        32 fresh random bytes of who asks.

    Examples
    --------
    >>> spot_answer(b"", bytes(32), bytes(32)) == keccak256(bytes(64))
    True
    """
    if len(salt) != SALT_BYTES or len(challenge) != _WORD:
        raise ValueError("salt and challenge have 32 bytes each")
    return keccak256(row + salt + challenge)


def drawn_rows(seed: bytes, rows: int, count: int) -> list[int]:
    """Which rows are checked: different ones, drawn from a seed that nobody chose (SHA-256 of seed and a counter).

    Examples
    --------
    >>> len(set(drawn_rows(b"block", 100, 5)))
    5
    """
    if not 0 <= count <= rows:
        raise ValueError(f"{count} different rows of {rows} cannot be drawn")
    drawn: dict[int, None] = {}
    counter, limit = 0, (1 << 64) // max(rows, 1) * rows
    while len(drawn) < count:
        word = int.from_bytes(hashlib.sha256(seed + counter.to_bytes(8, "big")).digest()[:8], "big")
        counter += 1
        if word < limit:  # else low rows would come a little oftener
            drawn[word % rows] = None
    return list(drawn)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One row shown in a dispute, with what proves that it was committed.

    Parameters
    ----------
    position : int
        Its place in the subset.
    row, salt : bytes
    proof : tuple of bytes
    """

    position: int
    row: bytes
    salt: bytes
    proof: tuple[bytes, ...]


def disclose(rows: Sequence[bytes], salts: Sequence[bytes], position: int) -> Disclosure:
    """Show one row of a subset.

    Raises
    ------
    IndexError
        There is no such row.
    """
    proof = subset_tree(rows, salts).proof(position)
    return Disclosure(position, rows[position], salts[position], tuple(proof))


def check_disclosure(
    root: bytes, shown: Disclosure, *, challenge: bytes | None = None, answer: bytes | None = None
) -> None:
    """Check a shown row against the root, and against an answer that was given before.

    Raises
    ------
    SpotCheckFailed
        The row is not under the root, or the answer was not that row's.
    """
    if len(shown.salt) != SALT_BYTES or not verify(root, leaf_of(shown.position, shown.row, shown.salt), shown.proof):
        raise SpotCheckFailed(f"the row shown as number {shown.position} is not under the committed root")
    if challenge is not None and answer != spot_answer(shown.row, shown.salt, challenge):
        raise SpotCheckFailed(f"the answer for row {shown.position} was not that of the row under the root")
