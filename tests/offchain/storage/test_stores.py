"""Stores of all kinds: a folder, memory, S3 by a stand-in, a server of files, an IPFS node and a gateway.

Requirements V-01, V-03, V-04, V-05.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry

from commonlearn.storage import (
    InvalidAddress,
    InvalidCid,
    ObjectChanged,
    ObjectMissing,
    ObjectTooLarge,
    ObjectUnavailable,
    Retries,
    StoreReadOnly,
    StoreUnreachable,
    cid_of,
    ipfs,
    open_store,
)
from commonlearn.storage.ipfs import LARGEST_BLOCK

ROOT = Path(__file__).resolve().parents[3]
CONTENT = b"parameters of a model"
CID = cid_of(CONTENT)
ABSENT = cid_of(b"never put anywhere")


class Bucket(MemoryFileSystem):
    """Stands in for S3: the same interface, and objects in memory."""

    protocol = ("s3", "s3a")
    store: dict = {}  # noqa: RUF012
    pseudo_dirs = [""]  # noqa: RUF012


@pytest.fixture(params=["folder", "memory", "s3", "node"])
def store(request, tmp_path, place, retries, monkeypatch):
    """A store that can be written."""
    if request.param == "s3":
        monkeypatch.setitem(_registry, "s3", Bucket)
        Bucket.store.clear()
        yield open_store("s3://bucket/objects", retries)
        return
    names = {
        "folder": str(tmp_path / "objects"),
        "memory": f"memory://{tmp_path.name}",
        "node": place.url.replace("http", "ipfs"),
    }
    yield open_store(names[request.param], retries)


@pytest.fixture(params=["files", "gateway", "node"])
def remote(request, place, retries):
    """A store on a real socket, and what is behind it."""
    names = {"files": f"{place.url}/objects", "gateway": f"ipfs+{place.url}", "node": place.url.replace("http", "ipfs")}
    return open_store(names[request.param], retries), place


class TestAnyStore:
    def test_gives_what_was_put_in(self, store):
        """V-01: by its identifier, and nothing else."""
        assert store.list() == []
        assert not store.has(CID)
        assert store.put(CONTENT) == CID
        assert store.put(CONTENT) == CID
        assert store.put(b"") == cid_of(b"")
        assert store.get(CID) == CONTENT
        assert store.get(cid_of(b"")) == b""
        assert store.has(CID)
        assert store.list() == sorted([CID, cid_of(b"")])

    def test_names_what_is_missing(self, store):
        """V-03."""
        store.put(CONTENT)
        with pytest.raises(ObjectMissing, match="Name another store") as missing:
            store.get(ABSENT)
        assert missing.value.cid == ABSENT
        assert not store.has(ABSENT)

    def test_keeps_to_sizes(self, store):
        """V-04."""
        store.put(CONTENT)
        assert store.get(CID, most=len(CONTENT)) == CONTENT
        with pytest.raises(ObjectTooLarge, match="more than the 20 bytes"):
            store.get(CID, most=20)

    @pytest.mark.parametrize("cid", ["../../etc/passwd", "", CID[:-1], CID + "/..", 5])
    def test_takes_no_other_names(self, store, cid):
        """V-02: no name leads anywhere else."""
        for ask in (store.get, store.has):
            with pytest.raises(InvalidCid):
                ask(cid)


class TestAChangedObject:
    def test_in_a_folder_is_never_used_and_can_be_mended(self, tmp_path):
        """V-03."""
        store = open_store(tmp_path)
        store.put(CONTENT)
        (tmp_path / CID).write_bytes(b"Parameters of a model")
        with pytest.raises(ObjectChanged, match="has been changed") as changed:
            store.get(CID)
        assert changed.value.found == cid_of(b"Parameters of a model")
        store.put(CONTENT)
        assert store.get(CID) == CONTENT

    def test_on_a_server_is_asked_for_once_more(self, remote):
        store, place = remote
        place.objects[CID] = CONTENT[:-1]
        with pytest.raises(ObjectChanged):
            store.get(CID)
        assert sum("HEAD" not in each for each in place.requests) == 2


class TestAServer:
    def test_gives_objects(self, remote):
        store, place = remote
        place.add(CONTENT)
        assert store.get(CID) == CONTENT
        assert store.has(CID)
        assert not store.has(ABSENT)
        with pytest.raises(ObjectMissing):
            store.get(ABSENT)

    def test_is_asked_again_while_it_is_busy(self, remote, waits):
        """V-05: with pauses that grow."""
        store, place = remote
        place.add(CONTENT)
        place.faults = [503, 429, 500]
        assert store.get(CID) == CONTENT
        assert len(waits) == 3
        assert all(0.5 * 0.25 * 2**n <= wait <= 1.5 * 0.25 * 2**n for n, wait in enumerate(waits))

    def test_is_given_up_when_it_stays_busy(self, remote, waits):
        store, place = remote
        place.faults = [503] * 9
        with pytest.raises(StoreUnreachable, match="503"):
            store.get(CID)
        assert (len(waits), len(place.faults)) == (3, 5)

    def test_is_not_asked_again_where_that_cannot_help(self, remote, waits):
        store, place = remote
        place.faults = [403]
        with pytest.raises(StoreUnreachable, match="403"):
            store.get(CID)
        assert waits == []

    def test_that_is_not_there_is_named(self, waits, retries, place):
        dead = "http://127.0.0.1:9"  # the port of a service that throws everything away, and is nowhere
        for name in (f"{dead}/objects", f"ipfs+{dead}", "ipfs://127.0.0.1:9"):
            with pytest.raises(StoreUnreachable, match="Check its address") as gone:
                open_store(name, retries).get(CID)
            assert isinstance(gone.value, OSError | LookupError)
        assert len(waits) == 9

    def test_cannot_send_more_than_was_asked_for(self, remote):
        """V-04: what is too long is not even fetched."""
        store, place = remote
        large = bytes(40 << 20)
        place.objects[CID] = large
        with pytest.raises(ObjectTooLarge):
            store.get(CID, most=1000)
        assert place.sent < len(large) // 2

    def test_cannot_keep_anybody_waiting_for_ever(self, place, retries, monkeypatch):
        """V-07: however little it sends at a time."""
        large = bytes(1 << 20)
        monkeypatch.setattr(ipfs, "_LONGEST", -1.0)
        for name in (f"ipfs+{place.url}", place.url.replace("http", "ipfs")):
            place.objects[CID] = large
            with pytest.raises(StoreUnreachable, match="not complete"):
                open_store(name, retries).get(CID)

    @pytest.mark.parametrize("scheme", ["", "ipfs+"])
    def test_of_files_can_only_be_read(self, scheme, place):
        store = open_store(f"{scheme}{place.url}")
        with pytest.raises(StoreReadOnly, match="not written"):
            store.put(CONTENT)
        with pytest.raises(StoreReadOnly, match="not listed"):
            store.list()


class TestANode:
    def test_is_given_no_block_that_others_could_not_fetch(self, place):
        store = open_store(place.url.replace("http", "ipfs"))
        assert store.get(store.put(bytes(LARGEST_BLOCK))) == bytes(LARGEST_BLOCK)
        with pytest.raises(ObjectTooLarge, match="1,048,576"):
            store.put(bytes(LARGEST_BLOCK + 1))

    def test_that_names_an_object_otherwise_is_not_believed(self, place, monkeypatch, retries):
        monkeypatch.setattr(type(place), "add", lambda self, content: "QmSomething")
        with pytest.raises(StoreUnreachable, match="QmSomething"):
            open_store(place.url.replace("http", "ipfs"), retries).put(CONTENT)

    def test_never_loses_binary_content(self, place):
        store = open_store(place.url.replace("http", "ipfs"))
        content = bytes(range(256)) * 10 + b"\r\n--\r\n\r\n"
        assert store.get(store.put(content)) == content


class TestAFolder:
    def test_is_made_when_needed_and_files_are_named_by_identifiers(self, tmp_path):
        store = open_store(tmp_path / "a" / "b")
        store.put(CONTENT)
        assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == [CID]
        assert open_store(f"file://{tmp_path}/a/b").get(CID) == CONTENT

    def test_lists_only_objects(self, tmp_path):
        store = open_store(tmp_path)
        store.put(CONTENT)
        (tmp_path / "README").touch()
        (tmp_path / ".half").touch()
        (tmp_path / "bafkreinonsense").touch()
        (tmp_path / ABSENT).mkdir()
        assert store.list() == [CID]

    def test_says_why_it_cannot_be_used(self, tmp_path, retries):
        store = open_store(tmp_path, retries)
        (tmp_path / CID).mkdir()
        with pytest.raises(StoreUnreachable, match="directory"):
            store.get(CID)
        (tmp_path / "file").touch()
        with pytest.raises(StoreUnreachable):
            open_store(tmp_path / "file", retries).put(CONTENT)

    def test_waits_for_nobody(self, tmp_path, retries):
        """V-07: whoever may write in a shared folder may leave a pipe there, or a link to what has no end."""
        store = open_store(tmp_path, retries)
        os.mkfifo(tmp_path / CID)
        with pytest.raises(StoreUnreachable, match="no plain file"):
            store.get(CID)
        (tmp_path / CID).unlink()
        (tmp_path / CID).symlink_to("/dev/zero")
        with pytest.raises(StoreUnreachable, match="no plain file"):
            store.get(CID)
        store.put(CONTENT)
        assert store.get(CID) == CONTENT
        assert Path("/dev/zero").is_char_device()

    def test_follows_its_user_home(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        open_store("~/objects").put(CONTENT)
        assert (tmp_path / "objects" / CID).exists()

    def test_leaves_nothing_half_when_it_is_full(self, tmp_path, monkeypatch, retries):
        """V-05: all of an object or nothing."""
        store = open_store(tmp_path, retries)
        store.put(CONTENT)

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StoreUnreachable, match="No space left"):
            store.put(b"x" * 1000)
        assert [path.name for path in tmp_path.iterdir()] == [CID]

    def test_survives_being_killed_while_it_is_written(self, tmp_path):
        """V-05: whenever the process dies, what has a name is whole."""
        script = (
            "import sys, itertools\nfrom commonlearn.storage import open_store\nstore = open_store(sys.argv[1])\n"
            "for n in itertools.count(): store.put(n.to_bytes(4, 'big') * 100_000); print(n, flush=True)"
        )
        for written in (1, 3, 8):
            with subprocess.Popen(
                [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
            ) as writer:
                for _ in range(written):
                    writer.stdout.readline()
                writer.kill()  # while it writes the next
        store = open_store(tmp_path)
        assert store.list()
        for cid in store.list():
            assert len(store.get(cid)) == 400_000

    def test_may_be_written_by_many_at_once(self, tmp_path):
        store = open_store(tmp_path)
        contents = [bytes([n]) * 50_000 for n in range(8)]
        threads = [threading.Thread(target=lambda: [store.put(each) for each in contents]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.list() == sorted(map(cid_of, contents))
        assert all(store.get(cid_of(each)) == each for each in contents)


class TestNames:
    @pytest.mark.parametrize(
        ("address", "reason"),
        [
            ("", "neither a path nor a URL"),
            ("nowhere://x/y", "nowhere"),
            ("ipfs+https://", "no gateway"),
            ("ipfs+ftp://host", "no gateway"),
            ("https://name:secret@host/x", "keys"),
            ("s3://bucket/x?key=secret", "keys"),
        ],
    )
    def test_that_are_wrong_are_refused(self, address, reason):
        with pytest.raises(InvalidAddress, match=reason) as wrong:
            open_store(address)
        assert "secret" not in str(wrong.value)

    def test_say_what_to_install(self, monkeypatch):
        def missing(_):
            raise ImportError("Install s3fs to access S3")

        monkeypatch.setattr(fsspec, "url_to_fs", missing)
        with pytest.raises(InvalidAddress, match=r'pip install "commonlearn\[s3\]"'):
            open_store("s3://bucket/objects")


class TestRetries:
    def test_are_for_what_may_pass(self):
        waits = []
        failing = iter([ConnectionResetError(), TimeoutError(), OSError(11, "busy")])

        def act():
            for error in failing:
                raise error
            return "done"

        assert Retries(sleep=waits.append)(act) == "done"
        assert len(waits) == 3
        with pytest.raises(PermissionError):
            Retries(sleep=waits.append)(lambda: (_ for _ in ()).throw(PermissionError()))
        assert len(waits) == 3

    def test_wait_no_longer_than_said(self):
        waits = []
        with pytest.raises(ConnectionError):
            Retries(tries=8, longest_wait=1, sleep=waits.append)(lambda: (_ for _ in ()).throw(ConnectionError()))
        assert len(waits) == 7
        assert max(waits) <= 1.5


def test_every_failure_to_get_an_object_is_one_family():
    for kind in (ObjectMissing, ObjectChanged, ObjectTooLarge, StoreUnreachable):
        assert issubclass(kind, ObjectUnavailable)
