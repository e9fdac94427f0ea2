"""A plugin of pytest: which probes transactions and calls pass, by the node's call traces.

Their numbers go into the file that `VARIABLE` names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web3 import HTTPProvider

from .probes import number_of

VARIABLE = "PROBES_TO"
TRACER = {"tracer": "callTracer"}

_seen: set[int] = set()
_waiting: list[str] = []


def _passed(frame: dict[str, Any]) -> Iterator[int]:
    frames = [frame]
    while frames:
        one = frames.pop()
        if one.get("type") == "STATICCALL" and (number := number_of(one.get("to") or "0x0")) is not None:
            yield number
        frames += one.get("calls", ())


def _recording(original: Callable[..., Any]) -> Callable[..., Any]:
    def make_request(self: HTTPProvider, method: Any, params: Any) -> Any:
        answer = original(self, method, params)
        if method in {"eth_sendTransaction", "eth_sendRawTransaction"} and isinstance(answer.get("result"), str):
            _waiting.append(answer["result"])
        elif method in {"eth_call", "eth_estimateGas"}:
            call = dict(params[0])
            trace = original(self, "debug_traceCall", [call, params[1] if len(params) > 1 else "latest", TRACER])
            _seen.update(_passed(trace.get("result") or {}))
        for sent in list(_waiting):
            trace = original(self, "debug_traceTransaction", [sent, TRACER])
            if trace.get("result"):
                _seen.update(_passed(trace["result"]))
                _waiting.remove(sent)
        if len(_waiting) > 50:
            _waiting.clear()
        return answer

    return make_request


def pytest_configure(config: pytest.Config) -> None:
    """Begin, before brownie connects."""
    HTTPProvider.make_request = _recording(HTTPProvider.make_request)  # type: ignore[method-assign]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Add what was passed to the file."""
    path = Path(os.environ[VARIABLE])
    known = set(json.loads(path.read_text())) if path.is_file() else set()
    path.write_text(json.dumps(sorted(known | _seen)))
