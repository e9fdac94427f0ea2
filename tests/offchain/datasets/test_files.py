"""Where data files come from. A toy data set and a downloader that copies: no network.

Requirement P-10.
"""

import gzip
import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from commonlearn.datasets.files import DataSet, cache_folder
from commonlearn.errors import ChecksumMismatch, DataNotFound

CONTENTS = {"plain.txt": b"some rows\n", "packed.csv.gz": b"label,text\n1,fine\n"}
ADDRESS = "https://data.example.org/files/toy.zip"


def archive(contents=CONTENTS):
    """The official archive: nothing in it is compressed for itself."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, content in contents.items():
            file.writestr(zipfile.ZipInfo(name), content)
    return data.getvalue()


def unpack(path: Path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in CONTENTS}


TOY = DataSet(
    name="toy",
    checksums={name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()},
    address=ADDRESS,
    archive_checksum="md5:" + hashlib.md5(archive()).hexdigest(),
    unpack=unpack,
)


class Server:
    """Downloader that hands out fixed bytes, and counts."""

    def __init__(self, data=None, error=None):
        self.data, self.error, self.addresses = data, error, []

    def __call__(self, address, output, _pooch):
        self.addresses.append(address)
        if self.error:
            Path(output).write_bytes(b"half of")
            raise self.error
        Path(output).write_bytes(self.data)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """The data folder and the cache folder, both empty."""
    data, cache = tmp_path / "data", tmp_path / "cache"
    monkeypatch.setenv("COMMONLEARN_DATA", str(data))
    monkeypatch.setenv("COMMONLEARN_CACHE", str(cache))
    return data, cache


def put(folder, name, content):
    path = folder / "toy" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def offline(name, data_set=TOY):
    return data_set.read(name, download=False, downloader=Server(error=AssertionError("downloaded")))


def test_the_named_folder_comes_first_then_the_cache_then_the_download(folders):
    data, _ = folders
    server = Server(archive())
    assert TOY.read("plain.txt", download=True, downloader=server) == CONTENTS["plain.txt"]
    assert server.addresses == [ADDRESS]
    assert offline("plain.txt") == CONTENTS["plain.txt"]
    loose = replace(TOY, content_check=lambda name, content: content == b"another edition")
    put(data, "plain.txt", b"another edition")
    assert offline("plain.txt", loose) == b"another edition"


def test_one_download_brings_all_files_and_leaves_nothing_else(folders):
    _, cache = folders
    TOY.read("plain.txt", download=True, downloader=Server(archive()))
    assert sorted(path.name for path in (cache / "toy").iterdir()) == sorted(CONTENTS)
    assert offline("packed.csv.gz") == CONTENTS["packed.csv.gz"]
    assert gzip.decompress((cache / "toy" / "packed.csv.gz").read_bytes()) == CONTENTS["packed.csv.gz"]


def test_equal_downloads_give_equal_files(folders):
    _, cache = folders
    files = []
    for _ in range(2):
        TOY.read("plain.txt", download=True, downloader=Server(archive()))
        files.append((cache / "toy" / "packed.csv.gz").read_bytes())
        for path in (cache / "toy").iterdir():
            path.unlink()
    assert files[0] == files[1]


def test_without_download_says_where_it_looked_and_what_to_do(folders):
    with pytest.raises(DataNotFound) as refused:
        offline("plain.txt")
    message = str(refused.value)
    for part in (*map(str, folders), "COMMONLEARN_DATA", "COMMONLEARN_CACHE", ADDRESS, "download=True"):
        assert part in message


def test_without_a_named_folder_only_the_cache_counts(folders, monkeypatch):
    data, cache = folders
    put(data, "plain.txt", CONTENTS["plain.txt"])
    monkeypatch.delenv("COMMONLEARN_DATA")
    with pytest.raises(DataNotFound) as refused:
        offline("plain.txt")
    assert refused.value.places == (str(cache / "toy"),)


def test_the_cache_is_the_platforms_unless_named(monkeypatch, tmp_path):
    monkeypatch.setenv("COMMONLEARN_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("COMMONLEARN_CACHE")
    assert cache_folder().name == "commonlearn"


@pytest.mark.parametrize("error", [ConnectionError("refused"), TimeoutError("slow"), OSError("disk")])
def test_a_failed_download_leaves_nothing_and_can_be_repeated(folders, error):
    _, cache = folders
    with pytest.raises(DataNotFound) as refused:
        TOY.read("plain.txt", download=True, downloader=Server(error=error))
    assert ADDRESS in refused.value.places
    assert list((cache / "toy").iterdir()) == []
    assert TOY.read("plain.txt", download=True, downloader=Server(archive())) == CONTENTS["plain.txt"]


def test_another_archive_is_refused_before_it_is_unpacked(folders):
    _, cache = folders
    other = archive({**CONTENTS, "plain.txt": b"poison"})
    with pytest.raises(ChecksumMismatch) as refused:
        TOY.read("plain.txt", download=True, downloader=Server(other))
    assert refused.value.found == hashlib.md5(other).hexdigest()
    assert refused.value.wanted == TOY.archive_checksum
    assert list((cache / "toy").iterdir()) == []


def test_other_contents_of_an_archive_without_checksum_are_refused(folders):
    _, cache = folders
    unknown = replace(TOY, archive_checksum=None)
    with pytest.raises(ChecksumMismatch, match=r"plain\.txt in https"):
        unknown.read("plain.txt", download=True, downloader=Server(archive({**CONTENTS, "plain.txt": b"poison"})))
    assert list((cache / "toy").iterdir()) == []


@pytest.mark.parametrize("data", [b"<html>gone</html>", archive({"other.txt": b""})], ids=["page", "incomplete"])
def test_what_is_no_such_archive_is_refused_and_removed(folders, data):
    _, cache = folders
    with pytest.raises(ChecksumMismatch, match="broken archive"):
        replace(TOY, archive_checksum=None).read("plain.txt", download=True, downloader=Server(data))
    assert list((cache / "toy").iterdir()) == []


def test_a_changed_file_is_refused_wherever_it_lies(folders):
    for folder in folders[::-1]:
        path = put(folder, "plain.txt", b"some rows and one more\n")
        with pytest.raises(ChecksumMismatch) as refused:
            offline("plain.txt")
        assert refused.value.name == str(path)


def test_a_broken_compressed_file_is_refused(folders):
    whole = gzip.compress(CONTENTS["packed.csv.gz"])
    for broken in (whole[:-9], b"no gzip", whole[:15] + b"\xff" * 9 + whole[24:]):
        put(folders[0], "packed.csv.gz", broken)
        with pytest.raises(ChecksumMismatch):
            offline("packed.csv.gz")
