"""A server of the built page's files on this computer only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

__all__ = ["DIST", "PortTaken", "serving"]

DIST = Path(__file__).resolve().parents[2] / "offchain" / "web" / "dist"


class PortTaken(Exception):
    """The page's port cannot be listened on; the message says what to do."""


class _Files(SimpleHTTPRequestHandler):
    """Files of a folder, with one of them given in memory."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".json": "application/json"}  # noqa: RUF012

    def __init__(self, *arguments: Any, listing: Callable[[], str], **options: Any) -> None:
        self._listing = listing
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        """Answer with a file, or with the list of models."""
        if self.path.split("?")[0] != "/deployments.json":
            super().do_GET()
            return
        body = self._listing().encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        """Let nothing be kept: the next build has the same names."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", "frame-ancestors 'none'")  # a page cannot say this of itself
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - as inherited
        """Say nothing."""


@contextmanager
def serving(listing: Callable[[], str], *, port: int = 0, folder: Path = DIST) -> Iterator[str]:
    """Serve a folder on the loopback interface.

    Parameters
    ----------
    listing : callable
        Gives the content of ``deployments.json``.
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
    PortTaken
        Something else listens there.
    """
    handler = partial(_Files, directory=str(folder), listing=listing)
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise PortTaken(f"port {port} is taken: stop what listens there, or `make web PORT={port + 1}`") from error
    with server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
