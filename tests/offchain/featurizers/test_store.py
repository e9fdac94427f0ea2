"""Fitted state by content hash.

Requirement F-03.
"""

import hashlib
import pickle

import numpy as np
import pytest

from commonlearn.errors import InvalidMetadata, StateChanged, StateMissing
from commonlearn.featurizers import FolderStore, default_store
from commonlearn.featurizers.state import State
from commonlearn.featurizers.store import address_of, folder_hash


def test_an_address_is_what_sha256sum_prints(store):
    assert store.put(b"numbers") == "sha256:" + hashlib.sha256(b"numbers").hexdigest()
    assert store.path(address_of(b"numbers")).name == hashlib.sha256(b"numbers").hexdigest()
    assert store.addresses() == [address_of(b"numbers")]


def test_a_missing_file_says_where_to_get_it(store):
    with pytest.raises(StateMissing, match="commonlearn store add FILE") as missing:
        store.get("sha256:" + "0" * 64)
    assert str(store.folder) in missing.value.user_message


def test_a_changed_file_is_found_whenever_it_is_read(store):
    address = store.put(b"numbers")
    assert store.get(address) == b"numbers"
    store.path(address).write_bytes(b"Numbers")
    with pytest.raises(StateChanged, match="has been changed"):
        store.get(address)
    store.put(b"numbers")  # putting it in again mends it
    assert store.get(address) == b"numbers"


def test_a_file_that_cannot_be_read_says_why(store):
    address = address_of(b"x")
    store.path(address).mkdir(parents=True)
    with pytest.raises(StateMissing, match="cannot be read"):
        store.get(address)


@pytest.mark.parametrize("address", ["../../etc/passwd", "sha256:../x", "sha256:" + "A" * 64, "md5:00", 5, None])
def test_no_address_leads_out_of_the_folder(store, address):
    with pytest.raises(InvalidMetadata, match="no content hash"):
        store.get(address)


def test_the_folder_is_named_or_among_the_users_data(tmp_path, monkeypatch):
    assert default_store().folder == tmp_path / "store"
    monkeypatch.delenv("COMMONLEARN_STORE")
    assert default_store().folder.name == "store"
    assert "commonlearn" in str(default_store().folder)


def test_a_folder_is_known_by_names_and_contents(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "one").write_bytes(b"1")
    (tmp_path / "a" / "two").write_bytes(b"2")
    first = folder_hash(tmp_path / "a")
    lines = [f"{hashlib.sha256(b'1').hexdigest()}  b/one\n", f"{hashlib.sha256(b'2').hexdigest()}  two\n"]
    assert first == address_of("".join(lines).encode())
    (tmp_path / "a" / ".hidden").write_bytes(b"3")
    assert folder_hash(tmp_path / "a") == first
    (tmp_path / "a" / "two").rename(tmp_path / "a" / "three")
    assert folder_hash(tmp_path / "a") != first


class TestTheLayout:
    def test_never_changes(self):
        """Files of published models live on: other bytes for the same state would be another hash."""
        state = State({"b": 1, "a": ["é", 0.5]}, {"w": np.array([[1, -2]], dtype=np.int16)})
        assert state.to_bytes() == (
            b'commonlearn state 1\n{"arrays":[["w","<i2",[1,2]]],"content":{"a":["\xc3\xa9",0.5],"b":1}}\n\x01\x00\xfe\xff'
        )

    @pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f8"])
    def test_comes_back(self, kind):
        state = State({}, {"x": np.arange(6, dtype=kind).reshape(2, 3), "none": np.zeros((0, 2), dtype=kind)})
        again = State.from_bytes(state.to_bytes())
        assert again.arrays["x"].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert again.arrays["none"].shape == (0, 2)
        assert again.to_bytes() == state.to_bytes()

    def test_big_endian_numbers_are_the_same_state(self):
        one, other = (State({}, {"x": np.array([1, 2], dtype=kind)}) for kind in ("<i4", ">i4"))
        assert one.address() == other.address()

    @pytest.mark.parametrize("array", [np.array(["a"]), np.array([object()]), np.array([1j]), np.array([1.0], "f4")])
    def test_holds_plain_numbers_only(self, array):
        with pytest.raises(InvalidMetadata, match="does not hold"):
            State({}, {"x": array}).to_bytes()

    def test_holds_no_number_that_is_not_finite(self):
        with pytest.raises(ValueError, match=r"not JSON compliant|Out of range"):
            State({"x": float("nan")}).to_bytes()

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            pickle.dumps({"arrays": [], "content": {}}),
            b"commonlearn state 2\n{}\n",
            b"commonlearn state 1\n",
            b"commonlearn state 1\nnot json\n",
            b'commonlearn state 1\n{"arrays":[]}\n',
            b'commonlearn state 1\n{"arrays":[],"content":[]}\n',
            b'commonlearn state 1\n{"arrays":[],"content":{}}\ntrailing',
            b'commonlearn state 1\n{"arrays":[["x","<i2",[2]]],"content":{}}\n\0\0',
            b'commonlearn state 1\n{"arrays":[["x","<i2",[-1]]],"content":{}}\n',
            b'commonlearn state 1\n{"arrays":[["x","|O",[1]]],"content":{}}\n\0\0\0\0\0\0\0\0',
            b'commonlearn state 1\n{"arrays":[["x","<i2",[9999999999999999999]]],"content":{}}\n',
            b'commonlearn state 1\n' + b"[" * 100_000 + b"\n",
        ],
        ids=range(13),
    )  # fmt: skip
    def test_refuses_anything_else(self, data):
        with pytest.raises(InvalidMetadata, match=r"not fitted state|is broken"):
            State.from_bytes(data)

    def test_a_pickle_is_never_loaded(self, monkeypatch):
        monkeypatch.setattr(pickle, "loads", lambda *_: pytest.fail("unpickled"))
        monkeypatch.setattr(pickle, "load", lambda *_: pytest.fail("unpickled"))
        State.from_bytes(State({}, {"x": np.array([1], dtype=np.int16)}).to_bytes())

    def test_arrays_must_be_as_expected(self):
        state = State({}, {"x": np.zeros((2, 3), dtype=np.int16)})
        assert state.array("x", "<i2", (None, 3)).shape == (2, 3)
        for name, kind, shape in (("y", "<i2", (2, 3)), ("x", "<i4", (2, 3)), ("x", "<i2", (2,)), ("x", "<i2", (3, 3))):
            with pytest.raises(InvalidMetadata, match="no array"):
                state.array(name, kind, shape)


def test_anything_with_get_and_put_is_a_store():
    class InMemory(dict):
        def get(self, address):
            return self[address]

        def put(self, content):
            self[address_of(content)] = content
            return address_of(content)

    from commonlearn.featurizers import VocabularyText, featurizer_from_dict

    words, store = VocabularyText(["good", "bad"], "plain", stored=True), InMemory()
    words.save(store)
    assert featurizer_from_dict(words.record(), store=store) == words
    assert isinstance(default_store(), FolderStore)
