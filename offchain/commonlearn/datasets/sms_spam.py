"""SMS Spam Collection: 5,574 text messages, 747 of them spam."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from commonlearn.datasets.files import DataSet, Downloader

__all__ = ["fetch_sms_spam"]

_FILE = "SMSSpamCollection"
_HAM, _SPAM = 4_827, 747

_DESCRIPTION = """SMS Spam Collection: 5,574 English text messages, 4,827 legitimate ("ham") and 747 spam, 403 of them
exact repetitions of earlier ones. Licence as UCI states it: CC BY 4.0. Please cite: Almeida, Gomez Hidalgo and
Yamakami, "Contributions to the Study of SMS Spam Filtering", DocEng 2011."""


def _parse(content: bytes) -> tuple[list[str], list[int]]:
    rows = [line.split("\t", 1) for line in content.decode("utf-8").split("\n") if line]
    return [text for _, text in rows], [int(label == "spam") for label, _ in rows]


def _unpack(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as file:
        return {_FILE: file.read(_FILE)}


def _is_complete(file: str, content: bytes) -> bool:
    # UCI publishes no checksum; another line end, say, does not make it another data set.
    try:
        _, target = _parse(content)
    except ValueError:
        return False
    return len(target) == _HAM + _SPAM and sum(target) == _SPAM


DATA_SET = DataSet(
    name="sms_spam",
    checksums={_FILE: "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d"},
    address="https://archive.ics.uci.edu/static/public/228/sms+spam+collection.zip",
    archive_checksum=None,
    unpack=_unpack,
    content_check=_is_complete,
)


def fetch_sms_spam(*, download: bool = True, return_X_y: bool = False, downloader: Downloader | None = None) -> Any:
    """Load the text messages, downloading them if necessary (0.2 MB).

    Looked for in the folder that ``COMMONLEARN_DATA`` names, then in the cache (``COMMONLEARN_CACHE``), then
    downloaded and checked.

    Parameters
    ----------
    download : bool, default True
        Whether to download what is in neither folder.
    return_X_y : bool, default False
        Give only data and target.
    downloader : callable, optional
        Instead of pooch's own: called with address, file and None.

    Returns
    -------
    Bunch or (list of str, ndarray of int64)
        ``data`` (texts in the file's order), ``target`` (1 is spam), ``target_names``, ``DESCR``. Some messages
        repeat: for an honest test split by text.

    Raises
    ------
    DataNotFound
        It is nowhere.
    ChecksumMismatch
        The file is not the published one.

    Examples
    --------
    >>> messages = fetch_sms_spam()  # doctest: +SKIP
    >>> len(messages.data)  # doctest: +SKIP
    5574
    """
    content = DATA_SET.read(_FILE, download=download, downloader=downloader)
    texts, labels = _parse(content)
    target = np.array(labels, dtype=np.int64)
    return (
        (texts, target)
        if return_X_y
        else Bunch(data=texts, target=target, target_names=["ham", "spam"], DESCR=_DESCRIPTION)
    )
