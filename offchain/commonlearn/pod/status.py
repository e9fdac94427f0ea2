"""A page for whoever sits at the pod's machine: what it does, what it did, what went wrong. It can only be read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from commonlearn.money import format_ether
from commonlearn.pod.errors import ConfigProblem
from commonlearn.pod.runner import Runner

__all__ = ["StatusPage", "status_of"]

_FOLDER = Path(__file__).parent / "templates"
_SHOWN = 100
_DAY = 86_400
_HEADERS = {
    # Nothing but its own style sheet: what comes from the chain or a program is text, and can fetch and run nothing.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_START_SECONDS = 10.0


def status_of(runner: Runner, trouble: str | None = None) -> dict[str, Any]:
    """Say how a pod stands, as JSON has it, without secrets.

    Parameters
    ----------
    runner : Runner
    trouble : str, optional
        Why it does not get on at present.
    """
    state, head = runner.state, runner.state.head()
    most = runner.pace.most_wei_per_day
    return {
        "account": runner.wallet.address,
        "roles": list(runner.roles),
        "chain_id": runner.chain.chain_id,
        "head": None if head is None else {"number": head.number, "hash": head.hash, "timestamp": head.timestamp},
        "counts": state.counts(),
        "committed": format_ether(state.committed_wei(runner.now() - _DAY)),
        "most_per_day": None if most is None else format_ether(most),
        "trouble": trouble,
        "progress": dict(runner.progress),
        "actions": [
            {
                "key": entry.action.key,
                "role": entry.role,
                "kind": entry.action.kind,
                "stage": entry.stage.value,
                "deadline": entry.action.deadline,
                "block": entry.block,
                "hash": entry.attempts[-1].hash if entry.attempts else None,
                "error": entry.error,
                "reason": (entry.result or {}).get("reason"),
                "tries": entry.tries,
            }
            for entry in state.last_entries(_SHOWN)
        ],
    }


class StatusPage:
    """The page and its server, in a thread of its own.

    Parameters
    ----------
    status : callable
        Gives what :func:`status_of` gives.
    host : str
        A loopback address.
    port : int
        0: any that is free.

    Attributes
    ----------
    port : int
        Where it is served.

    Raises
    ------
    ConfigProblem
        The port is in use.
    """

    def __init__(self, status: Callable[[], Mapping[str, Any]], host: str = "127.0.0.1", port: int = 0) -> None:
        self._status, self.host, self.port = status, host, port
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined
        )
        self._template = environment.get_template("status.html")
        self._style = (_FOLDER / "style.css").read_text(encoding="utf-8")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pod-status", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(_START_SECONDS)
        except OSError as error:
            self._end()
            raise ConfigProblem(
                "status.port", f"{port}: {error.strerror}", "Name another one, or 0 for none."
            ) from None

    def close(self) -> None:
        """End the server."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(_START_SECONDS)
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        app = web.Application(middlewares=[self._guarded])
        app.add_routes(
            [web.get("/", self._page), web.get("/status.json", self._json), web.get("/style.css", self._sheet)]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Any) -> web.StreamResponse:
        # A page from elsewhere could have its own name point to this machine, and read this one.
        name = request.host.rsplit(":", 1)[0] if request.host.count(":") < 2 else request.host.rpartition(":")[0]
        if name not in ("127.0.0.1", "localhost", "[::1]", self.host):
            return web.Response(status=403, text="This page is for this machine only.", headers=_HEADERS)
        try:
            answer: web.StreamResponse = await handler(request)
        except web.HTTPException as error:
            answer = web.Response(status=error.status, text=error.reason)
        answer.headers.update(_HEADERS)
        return answer

    async def _page(self, _: web.Request) -> web.Response:
        status = await asyncio.to_thread(self._status)
        return web.Response(text=self._template.render(status), content_type="text/html")

    async def _json(self, _: web.Request) -> web.Response:
        return web.json_response(await asyncio.to_thread(self._status))

    async def _sheet(self, _: web.Request) -> web.Response:
        return web.Response(text=self._style, content_type="text/css")
