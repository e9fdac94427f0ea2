"""The relayer over HTTP: three addresses, JSON in and out, every refusal with its name.

==== ==================== =========================================================================================
GET  /health              ``{"ok": true}`` while the process lives
GET  /terms               what the relayer offers: limits, stakes now, who must be named as relayer and payee
POST /contributions       a signed contribution as JSON; 200 when it is made, 202 while it is under way
GET  /contributions/HASH  what became of it
==== ==================== =========================================================================================

Failures are ``{"ok": false, "error": {"name", "message", "fields"}}`` with the status 400 (unreadable), 403 (not the
terms), 404, 405, 409 (refused by the contract), 413 (too long), 429 (limit of the account), 503 (budget, gas price,
node or queue).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from aiohttp import web

from commonlearn.chain.errors import WrongNetwork
from commonlearn.client.sponsoring.errors import (
    AccountLimit,
    BadRequest,
    BudgetSpent,
    GasTooDear,
    ModelNotServed,
    NotTheTerms,
    RelayerBusy,
)
from commonlearn.client.sponsoring.ledger import RelayState
from commonlearn.client.sponsoring.relayer import Relayed, Relayer
from commonlearn.client.sponsoring.requests import SignedRequest
from commonlearn.contract_errors import ContractError, WrongRelayer
from commonlearn.errors import CommonlearnError, SampleError, UnknownLabel

__all__ = ["MOST_BYTES", "application"]

MOST_BYTES = 300_000
"""Longest body: the longest sample in hexadecimal digits, and the other fields."""
MOST_WAITING = 32
_READ_SECONDS = 10.0
_WAIT_SECONDS = 60.0

_LOG = logging.getLogger("commonlearn")
_STATUS: tuple[tuple[type[CommonlearnError], int], ...] = (
    (BadRequest, 400),
    (AccountLimit, 429),
    (BudgetSpent, 503),
    (GasTooDear, 503),
    (RelayerBusy, 503),
    (ModelNotServed, 403),
    (NotTheTerms, 403),
    (WrongRelayer, 403),
    (WrongNetwork, 403),
    (ContractError, 409),
    (SampleError, 409),
    (UnknownLabel, 409),
)

T = TypeVar("T")


class _Desk:
    """One relayer and its queue: requests are worked off one after another, so that money is counted once."""

    def __init__(self, relayer: Relayer, poll_seconds: float) -> None:
        self.relayer = relayer
        self.poll_seconds = poll_seconds
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, "relayer")

    async def ask(self, function: Callable[..., T], *arguments: Any) -> T:
        if self._waiting >= MOST_WAITING:
            raise RelayerBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, partial(function, *arguments))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._thread.shutdown(wait=True)


_DESK = web.AppKey("desk", _Desk)


def application(relayer: Relayer, *, poll_seconds: float = 0.5) -> web.Application:
    """The relayer as an aiohttp application, to be run by ``aiohttp.web``.

    Parameters
    ----------
    relayer : Relayer
    poll_seconds : float
        How often to look whether a transaction is in a block.
    """
    app = web.Application(client_max_size=MOST_BYTES, middlewares=[_explained])
    desk = _Desk(relayer, poll_seconds)
    app[_DESK] = desk
    app.add_routes(
        [
            web.get("/health", _health),
            web.get("/terms", _terms),
            web.post("/contributions", _post),
            web.get("/contributions/{digest:0x[0-9a-fA-F]{64}}", _get),
        ]
    )

    async def close(_: web.Application) -> None:
        desk.close()

    app.on_cleanup.append(close)
    return app


async def _health(_: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def _terms(request: web.Request) -> web.Response:
    desk = request.app[_DESK]
    return web.json_response({"ok": True, **await desk.ask(desk.relayer.offered)})


async def _post(request: web.Request) -> web.Response:
    desk = request.app[_DESK]
    try:
        body = await asyncio.wait_for(request.read(), _READ_SECONDS)
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("it is no JSON") from None
    except TimeoutError:
        raise BadRequest("it came too slowly") from None
    signed = SignedRequest.from_dict(content)
    relayed = await desk.ask(desk.relayer.accept, signed)
    deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
    while relayed.state is RelayState.SENT and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(desk.poll_seconds)
        found = await desk.ask(desk.relayer.state_of, signed.digest)
        relayed = found or relayed
    return _answer(relayed)


async def _get(request: web.Request) -> web.Response:
    desk = request.app[_DESK]
    relayed = await desk.ask(desk.relayer.state_of, request.match_info["digest"].lower())
    if relayed is None:
        raise web.HTTPNotFound
    return _answer(relayed)


def _answer(relayed: Relayed) -> web.Response:
    if relayed.state is RelayState.FAILED:
        return _failure(409, relayed.error or "TransactionFailed", relayed.message or "", {})
    status = 200 if relayed.state is RelayState.DONE else 202
    return web.json_response({"ok": True, **relayed.as_dict()}, status=status)


@web.middleware
async def _explained(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn every failure into its name and words; nothing of the inside is told."""
    try:
        return await handler(request)
    except CommonlearnError as error:
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), 503)
        fields = {name: _plain(value) for name, value in zip(error.fields, error.values, strict=True)}
        headers = {"Retry-After": str(error.retry_after)} if isinstance(error, AccountLimit) else None
        return _failure(status, type(error).__name__, error.user_message, fields, headers)
    except web.HTTPException as error:
        return _failure(error.status, error.reason.replace(" ", ""), error.reason, {})
    except Exception:
        _LOG.exception("A request failed in a way that was not foreseen.")
        return _failure(500, "InternalProblem", "The relayer met something that it did not foresee.", {})


def _failure(
    status: int, name: str, message: str, fields: dict[str, Any], headers: dict[str, str] | None = None
) -> web.Response:
    error = {"name": name, "message": message, "fields": fields}
    return web.json_response({"ok": False, "error": error}, status=status, headers=headers)


def _plain(value: Any) -> Any:
    """Numbers above 2^53 as text, so that no reader loses digits."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return value if isinstance(value, int) and abs(value) < 1 << 53 else str(value)
