"""Several stores as one.

Requirement V-06.
"""

from __future__ import annotations

import pytest

from commonlearn.storage import (
    InvalidAddress,
    InvalidCid,
    ObjectChanged,
    ObjectMissing,
    ObjectUnavailable,
    Sources,
    StoreReadOnly,
    StoreUnreachable,
    cid_of,
    open_sources,
    open_store,
)

CONTENT = b"parameters of a model"
CID = cid_of(CONTENT)


@pytest.fixture
def near(tmp_path):
    return open_store(tmp_path / "near")


@pytest.fixture
def far(tmp_path):
    return open_store(tmp_path / "far")


def test_each_is_asked_in_turn_and_the_first_is_filled(near, far):
    far.put(CONTENT)
    both = Sources([near, far])
    assert both.has(CID)
    assert both.get(CID) == CONTENT
    assert near.get(CID) == CONTENT
    assert both.list() == [CID]
    assert Sources([near, far], keep=False).get(CID) == CONTENT


def test_what_is_only_read_is_not_kept_where_that_is_not_wanted(near, far):
    far.put(CONTENT)
    Sources([near, far], keep=False).get(CID)
    assert not near.has(CID)


def test_a_changed_object_is_mended_from_the_next(near, far, tmp_path):
    for store in (near, far):
        store.put(CONTENT)
    (tmp_path / "near" / CID).write_bytes(b"other")
    assert Sources([near, far]).get(CID) == CONTENT
    assert near.get(CID) == CONTENT


def test_a_dead_store_does_not_matter_while_another_lives(far, retries, place):
    far.put(CONTENT)
    dead = open_store("http://127.0.0.1:9/objects", retries)
    both = Sources([dead, far])
    assert both.get(CID) == CONTENT
    assert both.put(b"more") == cid_of(b"more")
    assert far.has(cid_of(b"more"))
    assert both.has(CID)


def test_all_reasons_are_told(near, far, tmp_path, retries):
    with pytest.raises(ObjectMissing, match=r"near.*far"):
        Sources([near, far]).get(CID)
    near.put(CONTENT)
    (tmp_path / "near" / CID).write_bytes(b"other")
    with pytest.raises(ObjectUnavailable, match=r"any of 3 stores.*changed.*is not in.*cannot be used") as failed:
        Sources([near, far, open_store("http://127.0.0.1:9/x", retries)]).get(CID)
    assert [type(each) for each in failed.value.reasons] == [ObjectChanged, ObjectMissing, StoreUnreachable]
    with pytest.raises(ObjectChanged):
        Sources([near]).get(CID)


def test_no_room_in_the_first_loses_nothing(near, far, monkeypatch):
    def full(_):
        raise StoreUnreachable("near", "No space left on device")

    far.put(CONTENT)
    monkeypatch.setattr(near, "put", full)
    assert Sources([near, far]).get(CID) == CONTENT


def test_malformed_names_are_refused_before_anybody_is_asked(far, place):
    with pytest.raises(InvalidCid):
        Sources([open_store(place.url), far]).get("../x")
    assert place.requests == []


def test_there_must_be_one_and_one_to_write(place):
    with pytest.raises(InvalidAddress, match="no store"):
        open_sources([])
    with pytest.raises(StoreReadOnly):
        open_sources([place.url, f"ipfs+{place.url}"]).put(CONTENT)


def test_are_opened_by_name(tmp_path, place):
    place.add(CONTENT)
    sources = open_sources([tmp_path, f"{place.url}/objects"])
    assert sources.get(CID) == CONTENT
    place.objects.clear()
    assert sources.get(CID) == CONTENT
