"""A server of the built page's files on this computer only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

__all__ = ["DIST", "serving"]

DIST = Path(__file__).resolve().parents[2] / "offchain" / "web" / "dist"


class _Files(SimpleHTTPRequestHandler):
    """Files of a folder, with one of them given in memory."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".json": "application/json"}  # noqa: RUF012

    def __init__(self, *arguments: Any, listing: bytes, **options: Any) -> None:
        self._listing = listing
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        """Answer with a file, or with the list of models."""
        if self.path.split("?")[0] != "/deployments.json":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self._listing)))
        self.end_headers()
        self.wfile.write(self._listing)

    def end_headers(self) -> None:
        """Let nothing be kept: the next build has the same names."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "frame-ancestors 'none'")  # a page cannot say this of itself
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - as inherited
        """Say nothing."""


@contextmanager
def serving(listing: str, *, port: int = 0, folder: Path = DIST) -> Iterator[str]:
    """Serve a folder on the loopback interface.

    Parameters
    ----------
    listing : str
        Content of ``deployments.json``.
    port : int, default 0
        0 for a free one.
    folder : Path
        With an ``index.html``.

    Yields
    ------
    str
        The page's address.

    Raises
    ------
    OSError
        The port is taken.
    """
    handler = partial(_Files, directory=str(folder), listing=listing.encode())
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
