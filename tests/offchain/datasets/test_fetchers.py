"""The three fetchers: on the real files where they are, on archives rebuilt from them, and on broken ones.

Requirement P-10.
"""

import csv
import gzip
import hashlib
import io
import os
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commonlearn.datasets import (
    fetch_heart_disease,
    fetch_imdb,
    fetch_mnist,
    fetch_sms_spam,
    heart_disease,
    imdb,
    load_breast_cancer,
    load_digits,
    mnist,
    sms_spam,
)
from commonlearn.errors import ChecksumMismatch, DataNotFound, InvalidConfiguration


def real(name):
    """The folder of a real data set; skips the test where there is none."""
    folder = Path(os.environ.get("COMMONLEARN_DATA", "")) / name
    if not os.environ.get("COMMONLEARN_DATA") or not folder.is_dir():
        pytest.skip(f"the data set {name} is not here: set COMMONLEARN_DATA")
    return folder


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """No data folder, an empty cache."""
    monkeypatch.delenv("COMMONLEARN_DATA", raising=False)
    monkeypatch.setenv("COMMONLEARN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def server(data):
    """A downloader that hands out these bytes."""
    return lambda address, output, _pooch: Path(output).write_bytes(data)


def zipped(contents):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize("subset", ["train", "test"])
def test_imdb_has_25000_mixed_reviews_of_each_subset(subset):
    real("imdb")
    reviews = fetch_imdb(subset, download=False)
    assert len(reviews.data) == len(reviews.target) == 25_000
    assert reviews.target.sum() == 12_500
    assert reviews.target_names == ["negative", "positive"]
    # Sorted by class, the first thousand would all be negative.
    assert 400 < reviews.target[:1_000].sum() < 600
    texts, target = fetch_imdb(subset, download=False, return_X_y=True)
    assert texts == reviews.data
    np.testing.assert_array_equal(target, reviews.target)


@pytest.mark.slow
def test_imdb_from_its_archive_is_the_very_same(monkeypatch, tmp_path):
    folder = real("imdb")
    expected = {subset: fetch_imdb(subset, download=False, return_X_y=True) for subset in ("train", "test")}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        members = {
            "aclImdb/README": b"",
            "aclImdb/train/unsup/0_0.txt": b"unlabelled",
            "aclImdb/train/urls_neg.txt": b"",
        }
        for subset, (texts, _) in expected.items():
            with gzip.open(folder / f"{subset}_meta.csv.gz", "rt", encoding="utf-8") as table:
                names = [row["file"] for row in csv.DictReader(table)]
            members |= {f"aclImdb/{name}": text.encode() for name, text in zip(names, texts, strict=True)}
        for name in sorted(members):
            entry = tarfile.TarInfo(name)
            entry.size = len(members[name])
            tar.addfile(entry, io.BytesIO(members[name]))
    monkeypatch.delenv("COMMONLEARN_DATA")
    monkeypatch.setenv("COMMONLEARN_CACHE", str(tmp_path))
    checksum = "md5:" + hashlib.md5(data.getvalue()).hexdigest()
    monkeypatch.setattr(imdb, "DATA_SET", replace(imdb.DATA_SET, archive_checksum=checksum))
    for subset, (texts, target) in expected.items():
        again, target_again = fetch_imdb(subset, return_X_y=True, downloader=server(data.getvalue()))
        assert again == texts
        np.testing.assert_array_equal(target_again, target)


def test_imdb_is_downloaded_only_with_its_published_checksum(empty):
    with pytest.raises(ChecksumMismatch) as refused:
        fetch_imdb(downloader=server(b"not the archive"))
    assert refused.value.wanted == "md5:7c2ac02c03563afcf9b574c7e56c153a"


def test_imdb_refuses_other_subsets(empty):
    with pytest.raises(InvalidConfiguration, match="unsup"):
        fetch_imdb("unsup")


def test_sms_spam_has_5574_messages():
    real("sms_spam")
    messages = fetch_sms_spam(download=False)
    assert (len(messages.data), int(messages.target.sum())) == (5_574, 747)
    assert messages.target_names[messages.target[2]] == "spam"
    assert messages.data[2].startswith("Free entry in 2 a wkly comp")


def test_sms_spam_from_its_archive_is_the_same(monkeypatch, tmp_path):
    content = (real("sms_spam") / "SMSSpamCollection").read_bytes()
    expected = fetch_sms_spam(download=False, return_X_y=True)
    monkeypatch.delenv("COMMONLEARN_DATA")
    monkeypatch.setenv("COMMONLEARN_CACHE", str(tmp_path))
    data = zipped({"readme": b"", "SMSSpamCollection": content})
    texts, target = fetch_sms_spam(return_X_y=True, downloader=server(data))
    assert texts == expected[0]
    np.testing.assert_array_equal(target, expected[1])


def messages(ham, spam, end=b"\n"):
    return end.join([b"ham\tsee you"] * ham + [b"spam\twin a prize"] * spam) + end


def test_sms_spam_accepts_another_edition_only_if_it_is_complete(empty):
    texts, target = fetch_sms_spam(return_X_y=True, downloader=server(zipped({sms_spam._FILE: messages(4_827, 747)})))
    assert (len(texts), target.sum()) == (5_574, 747)
    (empty / "sms_spam" / sms_spam._FILE).unlink()
    for broken in (messages(4_826, 747), messages(4_828, 746), b"label,text\n", b"\xff\xfe", b""):
        with pytest.raises(ChecksumMismatch):
            fetch_sms_spam(downloader=server(zipped({sms_spam._FILE: broken})))


def test_heart_disease_has_920_patients_of_four_sites():
    real("heart_disease")
    patients = fetch_heart_disease(download=False)
    assert patients.data.shape == (920, 13)
    sites, sizes = np.unique(patients.site, return_counts=True)
    assert dict(zip(sites.tolist(), sizes.tolist(), strict=True)) == {
        "cleveland": 303, "hungarian": 294, "switzerland": 123, "va": 200,
    }  # fmt: skip
    assert patients.target.sum() == 509
    assert patients.data[0, 0] == 63.0
    assert len(patients.feature_names) == 13


def test_heart_disease_takes_a_cholesterol_of_zero_as_missing():
    real("heart_disease")
    patients = fetch_heart_disease(["switzerland"], download=False)
    assert np.isnan(patients.data[:, patients.feature_names.index("chol")]).all()


def test_heart_disease_from_its_archive_is_the_same(monkeypatch, tmp_path):
    folder = real("heart_disease")
    contents = {name: (folder / name).read_bytes() for name in heart_disease.DATA_SET.checksums}
    expected = fetch_heart_disease(["va", "hungarian"], download=False, return_X_y=True)
    monkeypatch.delenv("COMMONLEARN_DATA")
    monkeypatch.setenv("COMMONLEARN_CACHE", str(tmp_path))
    again = fetch_heart_disease(["va", "hungarian"], return_X_y=True, downloader=server(zipped(contents)))
    for one, other in zip(again, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_heart_disease_accepts_another_edition_only_if_it_is_complete(empty):
    row = b",".join([b"1.0"] * 13 + [b"0"])
    whole = {f"processed.{site}.data": b"\r\n".join([row] * n) for site, n in heart_disease._SITES.items()}
    data, target = fetch_heart_disease(return_X_y=True, downloader=server(zipped(whole)))
    assert (data.shape, target.sum()) == ((920, 13), 0)
    for broken in (b"\n".join([row] * 199), b"\n".join([row[:-2]] * 200), b"many words"):
        (empty / "heart_disease" / "processed.va.data").unlink(missing_ok=True)
        with pytest.raises(ChecksumMismatch, match=r"processed\.va\.data"):
            fetch_heart_disease(["va"], downloader=server(zipped({**whole, "processed.va.data": broken})))


@pytest.mark.parametrize("sites", [[], ["basel"], "cleveland"])
def test_heart_disease_refuses_other_sites(empty, sites):
    with pytest.raises(InvalidConfiguration, match="sites"):
        fetch_heart_disease(sites)


@pytest.mark.parametrize("fetch", [fetch_imdb, fetch_sms_spam, fetch_heart_disease])
def test_nothing_is_downloaded_unasked(empty, fetch):
    def refuse(*_):
        raise AssertionError("downloaded")

    with pytest.raises(DataNotFound):
        fetch(download=False, downloader=refuse)


def test_two_data_sets_need_no_files_at_all(empty):
    assert load_breast_cancer().data.shape == (569, 30)
    assert load_digits().data.shape == (1_797, 64)


class TestMnist:
    def test_loads_the_published_digits(self):
        real("mnist")
        digits = fetch_mnist("test", download=False)
        assert digits.images.shape == (10_000, 28, 28)
        assert digits.images.dtype == np.uint8
        assert np.bincount(digits.target).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
        data, target = fetch_mnist("test", download=False, return_X_y=True)
        assert data.shape == (10_000, 784)
        assert target.tolist() == digits.target.tolist()

    def test_downloads_each_file_from_its_address(self, empty, monkeypatch):
        contents = {
            "t10k-images-idx3-ubyte.gz": bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]),
            "t10k-labels-idx1-ubyte.gz": bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]),
        }
        sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        monkeypatch.setattr(mnist, "_CHECKSUMS", sums)
        asked = []

        def serve(address, output, _pooch):
            asked.append(address)
            Path(output).write_bytes(gzip.compress(contents[address.rsplit("/", 1)[-1]]))

        digits = fetch_mnist("test", downloader=serve)
        assert digits.images.tolist() == [[[1, 2, 3]], [[4, 5, 6]]]
        assert digits.target.tolist() == [7, 9]
        assert len(asked) == 2
        assert fetch_mnist("test", download=False).target.tolist() == [7, 9]  # from the cache

    def test_refuses_other_content(self, empty):
        with pytest.raises(ChecksumMismatch):
            fetch_mnist("test", downloader=server(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 0]))))

    def test_says_what_is_missing(self, empty):
        with pytest.raises(DataNotFound, match="mnist"):
            fetch_mnist(download=False)
        with pytest.raises(InvalidConfiguration):
            fetch_mnist("all")
