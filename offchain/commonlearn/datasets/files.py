"""Where data files come from: a folder, a cache, the official download. Shared by all fetchers."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
import pooch

from commonlearn.errors import ChecksumMismatch, DataNotFound

__all__ = ["DataSet", "Downloader", "cache_folder"]

Downloader = Callable[[str, Any, Any], Any]
"""As pooch's: called with address, file to write and the pooch object (None here)."""

_FOUND = re.compile(r"but got (\w+)")
DATA_VARIABLE, CACHE_VARIABLE = "COMMONLEARN_DATA", "COMMONLEARN_CACHE"


def cache_folder() -> Path:
    """Give the folder for downloads: ``COMMONLEARN_CACHE``, else the platform's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser() if named else Path(platformdirs.user_cache_dir("commonlearn"))


@dataclass(frozen=True)
class DataSet:
    """One data set's files and their source.

    Parameters
    ----------
    name : str
        Its folder's name.
    checksums : mapping of str to str
        File name to the SHA-256 of its content (of what is inside, for ``.gz``).
    address : str
        Official archive.
    archive_checksum : str or None
        The archive's own, as pooch writes it (``md5:…``); None where none was published.
    unpack : callable
        Takes the archive and gives content by file name.
    content_check : callable or None
        Says whether content that differs from the known bytes still is the data set. None: it never is.
    """

    name: str
    checksums: Mapping[str, str]
    address: str
    archive_checksum: str | None
    unpack: Callable[[Path], dict[str, bytes]]
    content_check: Callable[[str, bytes], bool] | None = None

    def read(self, file: str, *, download: bool, downloader: Downloader | None) -> bytes:
        """Read the content of one file from wherever it is.

        Parameters
        ----------
        file : str
            One of ``checksums``.
        download : bool
            Whether to download what is in neither folder.
        downloader : callable or None
            Instead of pooch's own.

        Returns
        -------
        bytes
            Decompressed.

        Raises
        ------
        DataNotFound
            It is nowhere; the message names the three ways to get it.
        ChecksumMismatch
            It is there, but not what was published.
        """
        folders = [Path(os.environ[DATA_VARIABLE]).expanduser()] if os.environ.get(DATA_VARIABLE) else []
        folders.append(cache_folder())
        places = [folder / self.name / file for folder in folders]
        for place in places:
            if place.is_file():
                return self._load(place)
        looked = [str(place.parent) for place in places]
        if not download:
            raise DataNotFound(self.name, looked, self.address)
        self._download(places[-1].parent, looked, downloader)
        return self._load(places[-1])

    def _load(self, place: Path) -> bytes:
        try:
            content = place.read_bytes()
            if place.suffix == ".gz":
                content = gzip.decompress(content)
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise ChecksumMismatch(str(place), "that of a broken file", self.checksums[place.name]) from error
        return self._checked(place.name, content, str(place))

    def _checked(self, file: str, content: bytes, shown: str) -> bytes:
        found = hashlib.sha256(content).hexdigest()
        if found != self.checksums[file] and not (self.content_check and self.content_check(file, content)):
            raise ChecksumMismatch(shown, found, self.checksums[file])
        return content

    def _download(self, folder: Path, looked: list[str], downloader: Downloader | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        archive = folder / self.address.rsplit("/", 1)[-1]
        try:
            pooch.retrieve(self.address, self.archive_checksum, archive.name, folder, downloader=downloader)
        except ValueError as error:  # how pooch reports a wrong checksum; the message ends in the one it found
            found = _FOUND.search(str(error))
            raise ChecksumMismatch(
                self.address, found[1] if found else "another one", str(self.archive_checksum)
            ) from error
        except OSError as error:  # everything that can go wrong on the way, requests' errors included
            raise DataNotFound(self.name, [*looked, self.address], self.address) from error
        try:
            contents = self.unpack(archive)
        except (zipfile.BadZipFile, tarfile.TarError, KeyError, ValueError) as error:
            raise ChecksumMismatch(self.address, "that of a broken archive", str(self.archive_checksum)) from error
        finally:
            archive.unlink(missing_ok=True)
        for file, content in contents.items():
            self._checked(file, content, f"{file} in {self.address}")
        for file, content in contents.items():
            # Written aside and moved: an interruption leaves no half file behind.
            aside = folder / (file + ".part")
            # Without a time stamp, so that equal content gives equal files.
            aside.write_bytes(gzip.compress(content, mtime=0) if file.endswith(".gz") else content)
            aside.replace(folder / file)
