"""A plugin of pytest: which probes the transactions and calls of each test pass, by the node's call traces.

What they are goes into the file that `VARIABLE` names (`record`). Fixtures that live longer than a test are put down
under the test's file, as any of its tests would bring them about.
"""

from __future__ import annotations

import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from web3 import HTTPProvider

from .probes import numbers_in
from .record import Reach, load, save

VARIABLE = "PROBES_TO"
TRACER = {"tracer": "callTracer"}
TRIES = 60
GAS = re.compile(rb'"gasUsed":"(0x[0-9a-f]+)"')
"""The first of a trace is that of the whole."""

_session = requests.Session()
_seen: dict[str, set[int]] = defaultdict(set)
_seconds: dict[str, float] = defaultdict(float)
_names = [""]
"""Whom probes are put down to: the last one."""


def _trace_of(ask: Callable[..., bytes], sent: str) -> bytes:
    """The trace of a transaction, which is mined a moment after it was accepted: an empty one before it is."""
    for _ in range(TRIES):
        trace = ask("debug_traceTransaction", [sent, TRACER])
        if (gas := GAS.search(trace)) and int(gas[1], 16) > 0:
            return trace
        time.sleep(0.005)
    return b""


def _asking(provider: HTTPProvider, method: Any, params: Any) -> bytes:
    body = provider.encode_rpc_request(method, params)
    answer = _session.post(str(provider.endpoint_uri), data=body, headers={"Content-Type": "application/json"})
    return answer.content


def _recording(original: Callable[..., Any]) -> Callable[..., Any]:
    def make_request(self: HTTPProvider, method: Any, params: Any) -> Any:
        answer = original(self, method, params)
        ask = partial(_asking, self)
        if method.startswith("eth_send") and (sent := answer.get("result")):
            trace = _trace_of(ask, sent if isinstance(sent, str) else sent["transactionHash"])
        elif method in {"eth_call", "eth_estimateGas"}:
            block = params[1] if len(params) > 1 else "latest"
            options = TRACER | ({"blockOverrides": params[3]} if len(params) > 3 else {})
            trace = ask("debug_traceCall", [dict(params[0]), block, options])
        else:
            return answer
        _seen[_names[-1]].update(numbers_in(trace))
        return answer

    return make_request


def pytest_configure(config: pytest.Config) -> None:
    """Begin, before brownie connects."""
    HTTPProvider.make_request = _recording(HTTPProvider.make_request)  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Put down to a test what happens in it."""
    start = time.monotonic()
    _names.append(item.nodeid)
    try:
        return (yield)
    finally:
        _names.pop()
        _seconds[item.nodeid] += time.monotonic() - start


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Iterator[None]:
    """Put down to a file what its tests share, its time too."""
    if fixturedef.scope == "function":
        return (yield)
    start = time.monotonic()
    test, name = _names[-1], request.node.nodeid.split("::")[0]
    name = name if name.endswith(".py") else test.split("::")[0]
    _names.append(name)
    try:
        return (yield)
    finally:
        _names.pop()
        if test != name:  # the outermost only
            took = time.monotonic() - start
            _seconds[name] += took
            _seconds[test] -= took


def pytest_unconfigure(config: pytest.Config) -> None:
    """Put what was passed into the file, in place of what was known of the same files."""
    path = Path(os.environ[VARIABLE])
    files = {name.split("::")[0] for name in _seen}
    known = {name: reach for name, reach in load(path).items() if name.split("::")[0] not in files}
    found = {name: Reach(round(_seconds[name], 2), frozenset(probes)) for name, probes in _seen.items()}
    save(path, known | found)
