"""Stores by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import fsspec

from commonlearn.storage.base import Store
from commonlearn.storage.errors import InvalidAddress
from commonlearn.storage.files import FileStore, folder_store
from commonlearn.storage.retrying import Retries
from commonlearn.storage.sources import Sources

__all__ = ["open_sources", "open_store"]

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_EXTRAS = {"s3": "s3", "s3a": "s3"}
_NODE = "127.0.0.1:5001"


def open_store(address: str | Path, retries: Retries | None = None) -> Store:
    """Open a store by its name; nothing is asked of it yet.

    Parameters
    ----------
    address : str or Path
        - a folder, or ``file://`` and its path;
        - ``s3://BUCKET/FOLDER``, or any other URL that fsspec knows (keys where its library looks for them, never in
          the URL);
        - ``https://HOST/FOLDER``: files named by their identifiers, to read;
        - ``ipfs://HOST:PORT``: a node's own interface; ``ipfs://`` alone is this machine's;
        - ``ipfs+https://HOST``: a gateway, to read.
    retries : Retries, optional
        How often it is asked.

    Raises
    ------
    InvalidAddress
        It is none of these, has a password in it, or needs a package that is not installed.

    Examples
    --------
    >>> open_store("/var/lib/commonlearn/objects")
    <FileStore /var/lib/commonlearn/objects>
    >>> open_store("ipfs://")
    <NodeStore the IPFS node http://127.0.0.1:5001>
    """
    text = str(address)
    if not _SCHEME.match(text):
        if not text or "://" in text or "\0" in text:
            raise InvalidAddress(text, "it is neither a path nor a URL")
        return folder_store(Path(text), retries=retries)
    parts = urlsplit(text)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidAddress(f"{parts.scheme}://{parts.hostname}…", "keys, questions and marks do not belong into it")
    if parts.scheme == "file":
        return folder_store(Path(text.removeprefix("file://")), retries=retries)
    if parts.scheme.startswith("ipfs"):
        return _in_ipfs(text, retries)
    try:
        files, folder = fsspec.url_to_fs(text)
    except ImportError as error:
        extra = _EXTRAS.get(parts.scheme)
        how = f'install it: pip install "commonlearn[{extra}]"' if extra else str(error)
        raise InvalidAddress(text, f"a package for {parts.scheme}:// is not installed; {how}") from None
    except Exception as error:  # libraries of file systems raise whatever they like
        raise InvalidAddress(text, str(error) or type(error).__name__) from None
    return FileStore(files, folder, text.rstrip("/"), retries=retries)


def open_sources(addresses: Sequence[str | Path], *, keep: bool = True, retries: Retries | None = None) -> Sources:
    """Open several stores as one, the nearest first; errors as for :func:`open_store`."""
    return Sources([open_store(address, retries) for address in addresses], keep=keep)


def _in_ipfs(text: str, retries: Retries | None) -> Store:
    from commonlearn.storage.ipfs import GatewayStore, NodeStore  # web clients are slow to load

    parts = urlsplit(text)
    if parts.scheme == "ipfs":
        return NodeStore(f"http://{parts.netloc or _NODE}{parts.path}", retries)
    if parts.scheme in ("ipfs+http", "ipfs+https") and parts.netloc:
        return GatewayStore(text.removeprefix("ipfs+"), retries)
    raise InvalidAddress(text, "it names no gateway")
