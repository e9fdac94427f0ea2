"""A node that goes away at the worst moment: a proxy that loses requests on their way, or answers on theirs.

It can also refuse what it finds too much, as public nodes do.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Fate = Literal["answer", "lose request", "lose answer", "refuse"]
Rule = Callable[[list[dict[str, Any]]], Fate]


class FlakyNode:
    """Stands before a node.

    Parameters
    ----------
    port : int
        The node's.

    Attributes
    ----------
    rule : callable
        Gets the requests of each batch, and says what becomes of it.
    seen : list of str
        Methods that came, in order.
    """

    def __init__(self, port: int) -> None:
        self.rule: Rule = lambda requests: "answer"
        self.seen: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # one packet an answer: two would each wait for the other end's acknowledgement

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                content = json.loads(body)
                requests = content if isinstance(content, list) else [content]
                outer.seen += [request["method"] for request in requests]
                fate = outer.rule(requests)
                if fate == "lose request":
                    self.close_connection = True
                    return
                if fate == "refuse":
                    self._answer(json.dumps(outer._refusal(content)).encode())
                    return
                node = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                node.request("POST", "/", body, {"Content-Type": "application/json"})
                answer = node.getresponse().read()
                node.close()
                if fate == "lose answer":
                    self.close_connection = True
                    return
                self._answer(answer)

            def _answer(self, answer: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                self.wfile.flush()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @staticmethod
    def _refusal(content: Any) -> Any:
        error = {"code": -32005, "message": "limit exceeded"}
        if isinstance(content, list):
            return [{"jsonrpc": "2.0", "id": request["id"], "error": error} for request in content]
        return {"jsonrpc": "2.0", "id": content["id"], "error": error}

    def calls(self, *methods: str) -> int:
        """How many requests of some methods came."""
        return sum(method in methods for method in self.seen)

    def once(self, method: str, fate: Fate, *, after: int = 0) -> None:
        """Let the request that follows so many of its kind meet a fate, and all later ones find nobody."""
        state = {"left": after, "gone": False}

        def rule(requests: list[dict[str, Any]]) -> Fate:
            if state["gone"]:
                return "lose request"
            if any(request["method"] == method for request in requests):
                if state["left"] == 0:
                    state["gone"] = True
                    return fate
                state["left"] -= 1
            return "answer"

        self.rule = rule

    def heal(self) -> None:
        """Answer everything again."""
        self.rule = lambda requests: "answer"


@contextmanager
def flaky(port: int) -> Iterator[FlakyNode]:
    """Run a :class:`FlakyNode` before a node."""
    node = FlakyNode(port)
    thread = threading.Thread(target=node._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield node
    finally:
        node._server.shutdown()
        node._server.server_close()
        thread.join()
