"""Large Movie Review Dataset: 50,000 film reviews, half of them positive."""

from __future__ import annotations

import csv
import io
import random
import re
import tarfile
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from commonlearn.datasets.files import DataSet, Downloader
from commonlearn.errors import InvalidConfiguration

__all__ = ["fetch_imdb"]

_SUBSETS = ("train", "test")
# The archive is sorted by class, and one pass of an online learner over sorted data ends at 50 % accuracy. So the
# rows, negative ones by number and then positive ones by number, are shuffled once with these seeds.
_SEEDS = {"train": 20110624, "test": 20110625}
_MEMBER = re.compile(r"aclImdb/(train|test)/(neg|pos)/(\d+)_\d+\.txt")

_DESCRIPTION = """Large Movie Review Dataset: 25,000 training and 25,000 test reviews from IMDb, half of each positive
(rating 7 to 10), half negative (1 to 4); no film is rated more than 30 times. Texts as published, `<br />` included;
order shuffled once with a fixed seed. No licence is stated; the reviews belong to their authors. Please cite: Maas et
al., "Learning Word Vectors for Sentiment Analysis", ACL 2011."""


def _unpack(archive: Path) -> dict[str, bytes]:
    texts: dict[str, dict[tuple[str, int], str]] = {subset: {} for subset in _SUBSETS}
    with tarfile.open(archive) as tar:
        for member in tar:
            match = _MEMBER.fullmatch(member.name)
            file = tar.extractfile(member) if match else None
            if match and file:
                texts[match[1]][match[2], int(match[3])] = file.read().decode("utf-8")
    contents = {}
    for subset, reviews in texts.items():
        order = sorted(reviews)  # negative before positive, by number
        random.Random(_SEEDS[subset]).shuffle(order)
        table = io.StringIO(newline="")
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["label", "text"])
        writer.writerows((int(sentiment == "pos"), reviews[sentiment, number]) for sentiment, number in order)
        contents[f"{subset}.csv.gz"] = table.getvalue().encode("utf-8")
    return contents


DATA_SET = DataSet(
    name="imdb",
    checksums={
        "train.csv.gz": "76aced530fc3107fb59efd3cc641505bf1ee9ccd38ce4f6ddc2d34b5a385bb59",
        "test.csv.gz": "292570160eac047fef203450df01db67453ce8c5927b7efb8402aa5a21b6575a",
    },
    address="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
    archive_checksum="md5:7c2ac02c03563afcf9b574c7e56c153a",
    unpack=_unpack,
)


def fetch_imdb(
    subset: Literal["train", "test"] = "train",
    *,
    download: bool = True,
    return_X_y: bool = False,
    downloader: Downloader | None = None,
) -> Any:
    """Load the film reviews, downloading them if necessary (84 MB).

    Looked for in the folder that ``COMMONLEARN_DATA`` names, then in the cache (``COMMONLEARN_CACHE``), then
    downloaded with the published checksum.

    Parameters
    ----------
    subset : {"train", "test"}, default "train"
        25,000 reviews each, in a fixed shuffled order.
    download : bool, default True
        Whether to download what is in neither folder.
    return_X_y : bool, default False
        Give only data and target.
    downloader : callable, optional
        Instead of pooch's own: called with address, file and None.

    Returns
    -------
    Bunch or (list of str, ndarray of int64)
        ``data`` (texts), ``target`` (1 is positive), ``target_names``, ``DESCR``.

    Raises
    ------
    DataNotFound
        It is nowhere.
    ChecksumMismatch
        A file is not the published one.
    InvalidConfiguration
        There is no such subset.

    Examples
    --------
    >>> reviews = fetch_imdb("test")  # doctest: +SKIP
    >>> reviews.target_names[reviews.target[0]]  # doctest: +SKIP
    'positive'
    """
    if subset not in _SUBSETS:
        raise InvalidConfiguration(None, f"subset is {subset!r}, but must be 'train' or 'test'.")
    content = DATA_SET.read(f"{subset}.csv.gz", download=download, downloader=downloader)
    rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    next(rows)
    labels, texts = zip(*rows, strict=True)
    target = np.array([int(label) for label in labels], dtype=np.int64)
    if return_X_y:
        return list(texts), target
    return Bunch(data=list(texts), target=target, target_names=["negative", "positive"], DESCR=_DESCRIPTION)
