"""MNIST: 70,000 handwritten digits of 28 × 28 grey pixels."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.utils import Bunch

from commonlearn.datasets.files import DataSet, Downloader
from commonlearn.errors import InvalidConfiguration

__all__ = ["fetch_mnist"]

_ADDRESS = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_NAMES = {"train": "train", "test": "t10k"}
_CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte.gz": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte.gz": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte.gz": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

_DESCRIPTION = """MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 x 28 pixels, white on black,
0 to 255, made from NIST's Special Databases 1 and 3. Licence as commonly stated: CC BY-SA 3.0. Please cite: LeCun,
Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86 (1998)."""


def _data_set(file: str) -> DataSet:
    """One file is one data set to `DataSet`, as each has an address of its own."""

    def unpack(archive: Path) -> dict[str, bytes]:
        return {file: gzip.decompress(archive.read_bytes())}

    return DataSet(
        name="mnist",
        checksums={file: _CHECKSUMS[file]},
        address=_ADDRESS + file,
        archive_checksum=None,
        unpack=unpack,
    )


def fetch_mnist(
    subset: Literal["train", "test"] = "train",
    *,
    download: bool = True,
    return_X_y: bool = False,
    downloader: Downloader | None = None,
) -> Any:
    """Load the digits, downloading them if necessary (11 MB).

    Looked for in the folder that ``COMMONLEARN_DATA`` names, then in the cache (``COMMONLEARN_CACHE``), then
    downloaded and checked.

    Parameters
    ----------
    subset : {"train", "test"}, default "train"
        60,000 or 10,000 images.
    download : bool, default True
        Whether to download what is in neither folder.
    return_X_y : bool, default False
        Give only data and target.
    downloader : callable, optional
        Instead of pooch's own: called with address, file and None.

    Returns
    -------
    Bunch or (ndarray of uint8, ndarray of int64)
        ``images`` (n, 28, 28) and ``data`` (n, 784), 0 to 255; ``target``, ``target_names``, ``DESCR``.

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
    >>> fetch_mnist("test").images.shape  # doctest: +SKIP
    (10000, 28, 28)
    """
    if subset not in _NAMES:
        raise InvalidConfiguration(None, f"subset is {subset!r}, but must be 'train' or 'test'.")
    read = [
        _numbers(_data_set(file).read(file, download=download, downloader=downloader))
        for file in (f"{_NAMES[subset]}-images-idx3-ubyte.gz", f"{_NAMES[subset]}-labels-idx1-ubyte.gz")
    ]
    images, target = read[0], read[1].astype(np.int64)
    data = images.reshape(len(images), -1)
    if return_X_y:
        return data, target
    names = [str(digit) for digit in range(10)]
    return Bunch(data=data, images=images, target=target, target_names=names, DESCR=_DESCRIPTION)


def _numbers(content: bytes) -> npt.NDArray[np.uint8]:
    """Read the IDX layout: two zeros, the type (8: unsigned bytes), the number of sides, the sides, the numbers."""
    sides = content[3]
    shape = np.frombuffer(content, dtype=">u4", count=sides, offset=4)
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * sides).reshape(shape.astype(int))
