"""Content identifiers.

Requirements V-01, V-02.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multiformats import CID  # here, so that loading it is in no example's time

from commonlearn.storage import InvalidCid, OtherCid, canonical, cid_from_digest, cid_of, digest_of

# As `ipfs add --raw-leaves --quieter` prints them.
KNOWN = {
    b"": "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
    b"hello": "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq",
    b"hello world": "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
    b"hello world\n": "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4",
}


@pytest.mark.parametrize("content", KNOWN)
def test_are_those_of_ipfs(content):
    assert cid_of(content) == KNOWN[content]


@given(st.binary(max_size=100))
def test_and_digests_follow_from_each_other(content):
    digest = hashlib.sha256(content).digest()
    assert digest_of(cid_of(content)) == digest
    assert cid_from_digest(digest) == cid_of(content)
    assert cid_of(content) == canonical(cid_of(content))


def test_in_another_base_are_the_same():
    other = CID.decode(KNOWN[b"hello"]).encode("base58btc")
    assert other != KNOWN[b"hello"]
    assert canonical(other) == KNOWN[b"hello"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b",
        "bafkrei",
        "hello",
        "../../etc/passwd",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykuu",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk1",
        "BAFKREIHDWDCEFGH4DQKJV67UZCMW7OJEE6XEDZDETOJUZJEVTENXQUVYKU"[:-1] + "u",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku ",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku\n",
        "sha256:" + "0" * 64,
        "Qmé",
        "b" * 10_000,
        "f01551220" + "00" * 31,
        5,
        None,
        b"bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
    ],
    ids=range(18),
)
def test_malformed_ones_are_named(text):
    """V-02: each with one error, that shows it."""
    with pytest.raises(InvalidCid, match="is no content identifier") as wrong:
        digest_of(text)
    assert len(str(wrong.value)) < 600


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG", "version 0"),
        ("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", "codec dag-pb"),
        ("f01551b20" + "00" * 32, "another hash"),
        ("f015512" + "10" + "00" * 16, "16 bytes"),
    ],
)
def test_other_kinds_are_refused_by_name(text, kind):
    """V-02: as an identifier of chunks tells nothing about the file's own hash."""
    with pytest.raises(OtherCid, match="ipfs block put") as other:
        digest_of(text)
    assert kind in str(other.value)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_digests_have_32_bytes(length):
    with pytest.raises(InvalidCid, match="32 bytes"):
        cid_from_digest(bytes(length))


@given(st.text(max_size=80))
def test_no_text_makes_another_error(text):
    with suppress(InvalidCid):
        assert len(digest_of(text)) == 32
