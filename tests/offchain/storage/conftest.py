"""Places for objects on real sockets: a server of files, an IPFS node's interface and a gateway, each with faults."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from commonlearn.storage import Retries, cid_of


class Place:
    """What a server has, and what goes wrong with it."""

    def __init__(self):
        self.objects: dict[str, bytes] = {}
        self.faults: list[int] = []
        self.requests: list[str] = []
        self.sent = 0
        self.url = ""

    def add(self, content: bytes) -> str:
        self.objects[cid_of(content)] = content
        return cid_of(content)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def place(self) -> Place:
        return self.server.place

    def answer(self, status: int, body: bytes = b"", kind: str = "application/octet-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            for start in range(0, len(body), 65536):
                try:
                    self.wfile.write(body[start : start + 65536])
                except OSError:
                    self.close_connection = True
                    return
                self.place.sent += len(body[start : start + 65536])

    def do_GET(self) -> None:
        self.place.requests.append(f"{self.command} {self.path}")
        if self.place.faults:
            self.answer(self.place.faults.pop(0))
            return
        parts = urlsplit(self.path)
        name = parts.path.rsplit("/", 1)[-1]
        if parts.path.startswith("/ipfs/") and parse_qs(parts.query).get("format") != ["raw"]:
            self.answer(400)
        elif name in self.place.objects:
            self.answer(200, self.place.objects[name])
        else:
            self.answer(404)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.place.requests.append(f"POST {parts.path}")
        if self.place.faults:
            self.answer(self.place.faults.pop(0), b'{"Message": "busy"}')
            return
        call = parts.path.removeprefix("/api/v0/")
        if call == "block/put":
            assert (options["cid-codec"], options["mhtype"], options["pin"]) == ("raw", "sha2-256", "true")
            boundary = self.headers["Content-Type"].partition("boundary=")[2].encode()
            content = body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--" + boundary, 1)[0]
            self.answer(200, json.dumps({"Key": self.place.add(content), "Size": len(content)}).encode())
        elif call == "pin/ls":
            foreign = ["QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"]
            lines = [json.dumps({"Cid": cid, "Type": "recursive"}) for cid in [*self.place.objects, *foreign]]
            self.answer(200, "\n".join(lines).encode())
        elif options["arg"] not in self.place.objects:
            self.answer(500, b'{"Message": "block was not found locally (offline): ipld: could not find", "Code": 0}')
        elif call == "block/get":
            self.answer(200, self.place.objects[options["arg"]])
        elif call == "block/stat":
            self.answer(200, b"{}")
        else:
            self.answer(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def place() -> Iterator[Place]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.place = Place()
        server.place.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server.place
        server.shutdown()
        thread.join()


@pytest.fixture
def waits() -> list[float]:
    """Seconds that were waited for."""
    return []


@pytest.fixture
def retries(waits) -> Retries:
    return Retries(sleep=waits.append)


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
