"""Objects in IPFS: through a node of one's own, or, to read, through anybody's gateway.

Neither is believed: what comes is hashed here. An object is one block, so what other nodes should be able to fetch has
at most 1 MiB; more is refused by name, as it could be put in but not fetched by others.
"""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Mapping
from typing import Any

import requests

from commonlearn.storage.base import Store
from commonlearn.storage.cids import cid_from_digest, digest_of
from commonlearn.storage.errors import InvalidCid, ObjectTooLarge, StoreUnreachable
from commonlearn.storage.retrying import Retries

__all__ = ["LARGEST_BLOCK", "GatewayStore", "NodeStore"]

LARGEST_BLOCK = 1 << 20
"""Bytes of the largest block that IPFS nodes hand to one another without being told to."""

_TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and between two parts of an answer."""
_LONGEST = 600.0
"""Seconds for all of an answer: a byte every now and then would keep whoever waits for ever."""
_CHUNK = 1 << 16
_ABSENT = ("not found", "could not find", "offline")


def _body(answer: requests.Response, most: int) -> bytes:
    parts, size, until = [], 0, time.monotonic() + _LONGEST
    for part in answer.iter_content(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > most:
            break
        if time.monotonic() > until:
            raise OSError(errno.ETIME, f"its answer was not complete after {_LONGEST:.0f} seconds")
    return b"".join(parts)


class GatewayStore(Store):
    """A trustless gateway: any HTTP server that gives ``/ipfs/CID?format=raw``.

    Parameters
    ----------
    url : str
        ``https://HOST``.
    retries : Retries, optional
        How often it is asked.
    """

    writable = False

    def __init__(self, url: str, retries: Retries | None = None) -> None:
        super().__init__(f"the gateway {url}", retries)
        self.url = url.rstrip("/")
        self._session = requests.Session()

    def _read(self, digest: bytes, most: int) -> bytes:
        with self._asked_for(digest, "GET") as answer:
            return _body(answer, most)

    def _exists(self, digest: bytes) -> bool:
        try:
            with self._asked_for(digest, "HEAD"):
                return True
        except FileNotFoundError:
            return False

    def _asked_for(self, digest: bytes, method: str) -> requests.Response:
        answer = self._session.request(
            method,
            f"{self.url}/ipfs/{cid_from_digest(digest)}",
            params={"format": "raw"},
            headers={"Accept": "application/vnd.ipld.raw"},
            timeout=_TIMEOUT,
            stream=True,
        )
        if answer.status_code in (404, 410):
            answer.close()
            raise FileNotFoundError
        answer.raise_for_status()
        return answer

    def _write(self, digest: bytes, content: bytes) -> None:
        raise NotImplementedError

    def _digests(self) -> set[bytes]:
        raise NotImplementedError


class NodeStore(Store):
    """A node's own interface (Kubo's RPC), which should be open to this machine only.

    Parameters
    ----------
    url : str
        ``http://HOST:PORT``.
    retries : Retries, optional
        How often it is asked.
    """

    def __init__(self, url: str, retries: Retries | None = None) -> None:
        super().__init__(f"the IPFS node {url}", retries)
        self.url = url.rstrip("/")
        self._session = requests.Session()

    def _read(self, digest: bytes, most: int) -> bytes:
        with self._call("block/get", {"arg": cid_from_digest(digest)}) as answer:
            return _body(answer, most)

    def _write(self, digest: bytes, content: bytes) -> None:
        cid = cid_from_digest(digest)
        if len(content) > LARGEST_BLOCK:
            raise ObjectTooLarge(cid, self.where, LARGEST_BLOCK)
        options = {"cid-codec": "raw", "mhtype": "sha2-256", "pin": "true"}
        with self._call("block/put", options, files={"data": content}) as answer:
            found = json.loads(_body(answer, 1 << 16)).get("Key")
        if found != cid:
            raise StoreUnreachable(self.where, f"it names the object {found!r}", cid)

    def _exists(self, digest: bytes) -> bool:
        try:
            with self._call("block/stat", {"arg": cid_from_digest(digest), "offline": "true"}):
                return True
        except FileNotFoundError:
            return False

    def _digests(self) -> set[bytes]:
        found = set()
        with self._call("pin/ls", {"type": "recursive", "stream": "true"}) as answer:
            for line in answer.iter_lines():
                try:
                    found.add(digest_of(json.loads(line)["Cid"]))
                except InvalidCid:
                    continue  # pinned by others, of other kinds
        return found

    def _call(self, name: str, options: Mapping[str, str], **more: Any) -> requests.Response:
        url = f"{self.url}/api/v0/{name}"
        answer = self._session.post(url, params=dict(options), timeout=_TIMEOUT, stream=True, **more)
        if answer.status_code == 500:
            # The node says everything that went wrong with status 500, and only in words what.
            words = _body(answer, 1 << 16).decode(errors="replace")
            if any(word in words for word in _ABSENT):
                raise FileNotFoundError
        answer.raise_for_status()
        return answer
