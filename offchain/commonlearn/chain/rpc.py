"""JSON-RPC to one node: single requests, batches, and every failure as a typed error."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from eth_typing import URI
from web3 import HTTPProvider, IPCProvider
from web3.types import RPCEndpoint

from commonlearn.chain.errors import NodeUnreachable, RpcError

__all__ = ["Request", "Rpc"]

Request = tuple[str, list[Any]]
"""Method and parameters of one JSON-RPC request."""

_WRITES = frozenset({"eth_sendRawTransaction", "eth_sendTransaction", "account_signTransaction", "evm_mine"})
_PATIENCE = (0.5, 1.0, 2.0, 4.0)
"""Seconds to wait after each "too many requests"."""


class Rpc:
    """One node.

    Parameters
    ----------
    url : str
        ``http://…``, ``https://…`` or the path of an IPC socket.
    timeout : float
        Seconds until a request counts as lost.
    batch_size : int
        Most requests in one batch; public nodes often allow 100.
    sleep : callable
        Waits a number of seconds; tests replace it.

    Raises
    ------
    NodeUnreachable
        The address cannot be that of a node.
    """

    def __init__(
        self, url: str, *, timeout: float = 30.0, batch_size: int = 100, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.url = url
        self.batch_size = batch_size
        self._sleep = sleep
        self._provider: HTTPProvider | IPCProvider
        if urlsplit(url).scheme in ("http", "https"):
            # Retries are ours: the provider's own would repeat what must not be repeated, and hide how long a node is
            # gone.
            self._provider = HTTPProvider(
                URI(url), request_kwargs={"timeout": timeout}, exception_retry_configuration=None
            )
        elif url.endswith(".ipc"):
            self._provider = IPCProvider(url, timeout=int(timeout))
        else:
            raise NodeUnreachable(
                self.place, "an address must begin with http:// or https://, or be a path that ends in .ipc"
            )

    @property
    def place(self) -> str:
        """The address without what may be secret: no path, no password."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https"):
            return self.url
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}"

    def call(self, method: str, *params: Any) -> Any:
        """One request.

        Raises
        ------
        RpcError
            The node answered with an error.
        NodeUnreachable
            It did not answer.
        """
        response = self._reach(
            lambda: self._provider.make_request(RPCEndpoint(method), list(params)), repeatable=method not in _WRITES
        )
        return self._result(method, cast("dict[str, Any]", response))

    def batch(self, wanted: Sequence[Request]) -> list[Any]:
        """Many requests in few round trips, in order; the first error is raised."""
        results = self.batch_settled(wanted)
        for result in results:
            if isinstance(result, RpcError):
                raise result
        return results

    def batch_settled(self, wanted: Sequence[Request]) -> list[Any]:
        """As :meth:`batch`, but an error takes the place of its result and the others are kept."""
        results: list[Any] = []
        for start in range(0, len(wanted), self.batch_size):
            results += self._one_batch(wanted[start : start + self.batch_size])
        return results

    def _one_batch(self, wanted: Sequence[Request]) -> list[Any]:
        if len(wanted) == 1:
            try:
                return [self.call(wanted[0][0], *wanted[0][1])]
            except RpcError as error:
                return [error]
        repeatable = not any(method in _WRITES for method, _ in wanted)
        pairs = [(RPCEndpoint(method), params) for method, params in wanted]
        answers = self._reach(lambda: self._provider.make_batch_request(pairs), repeatable=repeatable)
        if isinstance(answers, dict):  # the node refused the batch as a whole
            return [self._settled(method, answers) for method, _ in wanted]
        if len(answers) != len(wanted):
            raise NodeUnreachable(self.place, f"{len(answers)} answers to {len(wanted)} requests")
        ordered = sorted(answers, key=lambda answer: cast("int", answer.get("id") or 0))
        return [
            self._settled(method, cast("dict[str, Any]", answer))
            for (method, _), answer in zip(wanted, ordered, strict=True)
        ]

    def _settled(self, method: str, response: dict[str, Any]) -> Any:
        try:
            return self._result(method, response)
        except RpcError as error:
            return error

    def _result(self, method: str, response: dict[str, Any]) -> Any:
        error = response.get("error")
        if error is None:
            return response.get("result")
        if isinstance(error, str):
            raise RpcError(method, 0, error)
        raise RpcError(method, int(error.get("code", 0)), str(error.get("message", error)), error.get("data"))

    def _reach(self, request: Callable[[], Any], *, repeatable: bool) -> Any:
        tries_left = 1 if repeatable else 0  # a kept-alive connection may have died since the last request
        waits = iter(_PATIENCE)
        while True:
            try:
                return request()
            except requests.HTTPError as error:
                status = error.response.status_code if error.response is not None else 0
                wait = next(waits, None) if status == 429 else None
                if wait is None:
                    raise NodeUnreachable(self.place, f"HTTP status {status}") from None
                self._sleep(wait)
            except (requests.ConnectionError, requests.Timeout, OSError, ValueError) as error:
                # ValueError: the answer was no JSON, so whatever listens there is no node.
                if tries_left == 0 or isinstance(error, (requests.Timeout, ValueError)):
                    raise NodeUnreachable(self.place, _reason(error)) from None
                tries_left -= 1


def _reason(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "connection refused or lost"
    if isinstance(error, ValueError):
        return "what listens there is no Ethereum node"
    return str(error) or type(error).__name__
