"""Salted rows, trees, spot checks and shard packages. O-06, O-07, O-08."""

from __future__ import annotations

import dataclasses

import nacl.public
import numpy as np
import pytest
from eth_abi import encode as abi_encode
from hypothesis import given, settings
from hypothesis import strategies as st

from commonlearn.custody import (
    Column,
    Disclosure,
    Schema,
    Shard,
    check_disclosure,
    derived_salts,
    disclose,
    drawn_rows,
    leaf_of,
    masked,
    new_key,
    open_shard,
    roots_hash,
    row_bytes,
    seal_shard,
    spot_answer,
    subset_tree,
)
from commonlearn.custody.errors import (
    KeyRefused,
    SealedForAnother,
    ShardChanged,
    ShardMalformed,
    SpotCheckFailed,
    SumsRefused,
    ValueRefused,
    WrongRoot,
    WrongShard,
)
from commonlearn.custody.rows import values_of
from commonlearn.numerics import keccak256, verify
from tests.support.tables import PATIENTS, patients, tables

SECRET = bytes(range(32))
DATASET, SENDER = b"d" * 32, b"s" * 20


def committed(rows: int = 9) -> tuple[list[bytes], list[bytes]]:
    table = patients(rows=rows)
    return row_bytes(table), derived_salts(SECRET, 3, rows)


@given(st.integers(0, 2**32), st.binary(max_size=100), st.binary(min_size=32, max_size=32))
def test_leaves_are_those_of_the_contract(position, row, salt):
    """O-06: keccak256(abi.encode(position, salt, keccak256(row)))."""
    encoded = abi_encode(["uint256", "bytes32", "bytes32"], [position, salt, keccak256(row)])
    assert leaf_of(position, row, salt) == keccak256(encoded)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=5))
def test_the_hash_of_roots_is_that_of_the_contract(roots):
    """O-06: keccak256(abi.encode(roots))."""
    assert roots_hash(roots) == keccak256(abi_encode(["bytes32[]"], [roots]))


@given(tables())
@settings(max_examples=30, deadline=None)
def test_rows_have_one_sequence_of_bytes(table):
    """O-06."""
    rows = row_bytes(table)
    assert np.array_equal(np.stack([values_of(row) for row in rows]), table.values, equal_nan=True)
    strange = table.values.copy()
    strange[np.isnan(strange)] = np.frombuffer(b"\xff\xf8" + bytes(6), dtype=">f8")[0]  # another NaN
    strange[strange == 0] = -0.0
    assert row_bytes(dataclasses.replace(table, values=strange)) == rows


def test_roots_have_32_bytes():
    with pytest.raises(ValueError, match="32 bytes"):
        roots_hash([bytes(31)])


@pytest.mark.parametrize("row", [b"", b"\0", b"\0\1", b"\0\1" + bytes(7), b"\0\1\x80" + bytes(7), b"\0\1\xff\xf8" + bytes(6),
                                 b"\0\1\x7f\xf0" + bytes(6)])  # fmt: skip
def test_other_bytes_are_refused(row):
    with pytest.raises(ValueRefused):
        values_of(row)


def test_each_row_is_under_the_root_at_its_place_only():
    """O-06."""
    rows, salts = committed()
    tree = subset_tree(rows, salts)
    for place, (row, salt) in enumerate(zip(rows, salts, strict=True)):
        assert verify(tree.root, leaf_of(place, row, salt), tree.proof(place))
        assert not verify(tree.root, leaf_of(place + 1, row, salt), tree.proof(place))
        assert not verify(tree.root, leaf_of(place, row, bytes(32)), tree.proof(place))
    assert subset_tree(rows[::-1], salts).root != tree.root


def test_salts_differ_by_secret_subset_and_row():
    """O-06: without a salt, two possible rows could be told apart by their hash."""
    found = [*derived_salts(SECRET, 0, 50), *derived_salts(SECRET, 1, 50), *derived_salts(bytes(32), 0, 50)]
    assert len(set(found)) == 150
    assert derived_salts(SECRET, 0, 50) == found[:50]
    with pytest.raises(ValueError, match="32 random bytes"):
        derived_salts(bytes(31), 0, 1)
    with pytest.raises(ValueError, match="32 bytes"):
        leaf_of(0, b"", bytes(31))
    with pytest.raises(ValueError, match=r"shorter|longer"):
        subset_tree([b"a"], [])


def test_a_spot_check_from_challenge_to_dispute():
    """O-07."""
    rows, salts = committed()
    root, challenge = subset_tree(rows, salts).root, b"c" * 32
    (place,) = drawn_rows(b"block hash", len(rows), 1)
    answer = spot_answer(rows[place], salts[place], challenge)
    assert answer == keccak256(rows[place] + salts[place] + challenge)
    check_disclosure(root, disclose(rows, salts, place), challenge=challenge, answer=answer)


@pytest.mark.parametrize(
    "change",
    [{"row": b"x"}, {"salt": bytes(32)}, {"salt": b""}, {"position": 3}, {"proof": ()}, {"proof": (bytes(32),) * 3}],
)
def test_another_row_is_found_out(change):
    """O-07."""
    rows, salts = committed()
    shown = dataclasses.replace(disclose(rows, salts, 2), **change)
    with pytest.raises(SpotCheckFailed, match="not under the committed root"):
        check_disclosure(subset_tree(rows, salts).root, shown)


def test_a_wrong_answer_is_found_out():
    """O-07: also one to another challenge, and none."""
    rows, salts = committed()
    shown, root = disclose(rows, salts, 2), subset_tree(rows, salts).root
    right = spot_answer(rows[2], salts[2], b"c" * 32)
    for challenge, answer in [(b"c" * 32, bytes(32)), (b"d" * 32, right), (b"c" * 32, None)]:
        with pytest.raises(SpotCheckFailed, match="answer"):
            check_disclosure(root, shown, challenge=challenge, answer=answer)
    with pytest.raises(ValueError, match="32 bytes"):
        spot_answer(rows[0], salts[0], b"short")
    with pytest.raises(IndexError):
        disclose(rows, salts, 9)
    assert isinstance(shown, Disclosure)


@given(st.integers(1, 200), st.data())
def test_drawn_rows_are_different_and_in_range(rows, data):
    """O-07."""
    count = data.draw(st.integers(0, rows))
    drawn = drawn_rows(b"seed", rows, count)
    assert len(set(drawn)) == count
    assert all(0 <= row < rows for row in drawn)
    assert drawn == drawn_rows(b"seed", rows, count)


def test_more_rows_than_there_are_cannot_be_drawn():
    with pytest.raises(ValueError, match="cannot be drawn"):
        drawn_rows(b"", 3, 4)


@pytest.fixture(scope="module")
def shard() -> Shard:
    table = patients(rows=20)
    return Shard(DATASET, SENDER, 4, table, tuple(derived_salts(SECRET, 4, 20)))


KEYS = new_key()


def opened(package: bytes, shard: Shard, **change: object) -> Shard:
    agreed = {
        "private": KEYS[0],
        "schema": PATIENTS,
        "dataset": DATASET,
        "sender": SENDER,
        "subset": 4,
        "root": shard.root,
    }
    return open_shard(package, **(agreed | change))


def test_a_shard_arrives_as_it_was_sent(shard):
    """O-08."""
    package = seal_shard(shard, KEYS[1])
    got = opened(package, shard)
    assert got.to_bytes() == shard.to_bytes()
    assert np.array_equal(got.table.values, shard.table.values, equal_nan=True)
    assert seal_shard(shard, KEYS[1]) != package  # a fresh key each time
    for row in row_bytes(shard.table):
        assert row[2:] not in package


def test_a_package_for_another_key_is_named(shard):
    """O-08."""
    with pytest.raises(SealedForAnother):
        opened(seal_shard(shard, new_key()[1]), shard)


@pytest.mark.parametrize("change", [lambda p: p[:-1], lambda p: p + b"x", lambda p: p[:60] + bytes([p[60] ^ 1]) + p[61:],
                                    lambda p: b"", lambda p: b"CLX2" + p[4:], lambda p: p[:12], lambda p: p[:30]])  # fmt: skip
def test_changed_bytes_are_named(shard, change):
    """O-08."""
    with pytest.raises(ShardChanged):
        opened(change(seal_shard(shard, KEYS[1])), shard)


@pytest.mark.parametrize(
    ("change", "what"),
    [({"dataset": b"e" * 32}, "dataset"), ({"sender": b"t" * 20}, "sender"), ({"subset": 5}, "subset"),
     ({"schema": Schema((Column("x", "number"), Column("y", "number")), "y")}, "schema")],
)  # fmt: skip
def test_a_shard_of_something_else_is_named(shard, change, what):
    """O-08: a sealed box does not say who made it, so what is inside must."""
    with pytest.raises(WrongShard) as caught:
        opened(seal_shard(shard, KEYS[1]), shard, **change)
    assert caught.value.what == what


def test_rows_that_were_not_committed_are_named(shard):
    """O-08: swapped after the commitment."""
    values = shard.table.values.copy()
    values[7, 0] += 1
    other = dataclasses.replace(shard, table=dataclasses.replace(shard.table, values=values))
    with pytest.raises(WrongRoot) as caught:
        opened(seal_shard(other, KEYS[1]), shard)
    assert (caught.value.found, caught.value.wanted) == (other.root, shard.root)
    salted = dataclasses.replace(shard, salts=shard.salts[::-1])
    with pytest.raises(WrongRoot):
        opened(seal_shard(salted, KEYS[1]), shard)


def test_what_is_no_shard_is_named(shard):
    """O-08: although it decrypts."""
    good = shard.to_bytes()

    def sealed(data: bytes) -> bytes:
        head = seal_shard(shard, KEYS[1])[:12]
        return head + nacl.public.SealedBox(nacl.public.PublicKey(KEYS[1])).encrypt(data)

    assert opened(sealed(good), shard).subset == 4
    start = 4 + 32 + 20 + 32 + 4 + 4 + 2
    strange = [b"", b"CLS2" + good[4:], good[:-1], good + b"x", good[:start]]
    strange.append(good[:start] + b"\xff\xf0" + good[start + 2 :])  # minus infinity
    strange.append(good[: start + 16] + b"\x40\x24" + good[start + 18 :])  # category 10
    strange.append(good[:start] + np.array(0.5, dtype=">f8").tobytes() + good[start + 8 :])  # half a year
    strange.append(good[: start + 24] + b"\x7f\xf8" + bytes(6) + good[start + 32 :])  # no target
    for data in strange:
        with pytest.raises(ShardMalformed):
            opened(sealed(data), shard)


@pytest.mark.parametrize("change", [{"dataset": b""}, {"sender": b""}, {"salts": ()}, {"salts": (b"",) * 20}])
def test_a_shard_that_is_not_whole_is_not_sent(shard, change):
    with pytest.raises(ValueError, match="bytes"):
        dataclasses.replace(shard, **change).to_bytes()
    with pytest.raises(ValueError, match="32 bytes"):
        seal_shard(shard, b"")


# Points of small order, with which the shared secret is zeros whatever the other key is (RFC 7748, section 6.1).
SMALL_ORDER = [
    bytes(32),
    (1).to_bytes(32, "little"),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    (2**255 - 20).to_bytes(32, "little"),
    (2**255 - 19).to_bytes(32, "little"),
    (2**255 - 18).to_bytes(32, "little"),
]


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_nothing_is_encrypted_to_a_key_that_is_everybodys(shard, key):
    """O-08: a receiver could register one; nor is anything masked with it."""
    with pytest.raises(KeyRefused):
        seal_shard(shard, key)
    private, public = new_key()
    with pytest.raises(SumsRefused, match="key is none"):
        masked(np.zeros(1, dtype=np.int64), private, public, [key, new_key()[1]], b"job 1")
