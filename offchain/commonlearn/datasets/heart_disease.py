"""Heart disease: 920 patients of four hospitals."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from commonlearn.datasets.files import DataSet, Downloader
from commonlearn.errors import InvalidConfiguration

__all__ = ["fetch_heart_disease"]

_SITES = {"cleveland": 303, "hungarian": 294, "switzerland": 123, "va": 200}
_FEATURES = (
    "age",
    "sex",
    "cp",
    "trestbps",
    "chol",
    "fbs",
    "restecg",
    "thalach",
    "exang",
    "oldpeak",
    "slope",
    "ca",
    "thal",
)
_CHOLESTEROL = _FEATURES.index("chol")

_DESCRIPTION = """Heart disease: 13 measurements of 920 patients of four hospitals; the target is whether a vessel is
narrowed by more than half. Many values are missing, `ca` and `thal` almost everywhere outside Cleveland. Licence as
UCI states it: CC BY 4.0. The investigators ask to be named: Andras Janosi, Hungarian Institute of Cardiology,
Budapest; William Steinbrunn, University Hospital, Zurich; Matthias Pfisterer, University Hospital, Basel; Robert
Detrano, V.A. Medical Center, Long Beach and Cleveland Clinic Foundation."""


def _file(site: str) -> str:
    return f"processed.{site}.data"


def _parse(content: bytes) -> np.ndarray[Any, np.dtype[np.float64]]:
    lines = content.decode("ascii").split()
    return np.array([[np.nan if cell == "?" else float(cell) for cell in line.split(",")] for line in lines])


def _unpack(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as file:
        return {_file(site): file.read(_file(site)) for site in _SITES}


def _is_complete(file: str, content: bytes) -> bool:
    # UCI publishes no checksum; another line end, say, does not make it another data set.
    try:
        return bool(_parse(content).shape == (_SITES[file.split(".")[1]], len(_FEATURES) + 1))
    except ValueError:
        return False


DATA_SET = DataSet(
    name="heart_disease",
    checksums={
        "processed.cleveland.data": "a74b7efa387bc9d108d7d0115d831fe9b414b29ae7124f331b622b4efa0427c8",
        "processed.hungarian.data": "d1ad108f785768cd3d7e82dc522e6f5a61eea93cccfb3a46ee8076f73fc3d796",
        "processed.switzerland.data": "834a405ccf5b66ab4056bb77794adc8df0b7125186454c0a1d002d33c6c3b314",
        "processed.va.data": "e7c93d8d0d2acdadfa4c5e8de768e2191e7f618b952e29623f1f0d5949ff6b8f",
    },
    address="https://archive.ics.uci.edu/static/public/45/heart+disease.zip",
    archive_checksum=None,
    unpack=_unpack,
    content_check=_is_complete,
)


def fetch_heart_disease(
    sites: Sequence[str] = tuple(_SITES),
    *,
    download: bool = True,
    return_X_y: bool = False,
    downloader: Downloader | None = None,
) -> Any:
    """Load the patients, downloading them if necessary (0.1 MB).

    Looked for in the folder that ``COMMONLEARN_DATA`` names, then in the cache (``COMMONLEARN_CACHE``), then
    downloaded and checked.

    Parameters
    ----------
    sites : sequence of str, default all
        Of "cleveland" (303 patients), "hungarian" (294), "switzerland" (123), "va" (200).
    download : bool, default True
        Whether to download what is in neither folder.
    return_X_y : bool, default False
        Give only data and target.
    downloader : callable, optional
        Instead of pooch's own: called with address, file and None.

    Returns
    -------
    Bunch or (ndarray of float64, ndarray of int64)
        ``data`` (n, 13), missing values NaN (a cholesterol of 0 means missing too); ``target`` (1 is disease);
        ``site`` of each patient, ``feature_names``, ``target_names``, ``DESCR``.

    Raises
    ------
    DataNotFound
        It is nowhere.
    ChecksumMismatch
        A file is not the published one.
    InvalidConfiguration
        There is no such site.

    Examples
    --------
    >>> fetch_heart_disease(["cleveland"]).data.shape  # doctest: +SKIP
    (303, 13)
    """
    chosen = list(sites)
    unknown = [site for site in chosen if site not in _SITES]
    if unknown or not chosen or isinstance(sites, str):
        raise InvalidConfiguration(None, f"sites is {sites!r}, but must be a list of some of {', '.join(_SITES)}.")
    tables = [_parse(DATA_SET.read(_file(site), download=download, downloader=downloader)) for site in chosen]
    table = np.concatenate(tables)
    data, target = table[:, :-1].copy(), (table[:, -1] > 0).astype(np.int64)
    data[data[:, _CHOLESTEROL] == 0, _CHOLESTEROL] = np.nan
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        site=np.repeat(chosen, [len(part) for part in tables]),
        feature_names=list(_FEATURES),
        target_names=["healthy", "disease"],
        DESCR=_DESCRIPTION,
    )
