"""A process with brownie and the project loaded, which tries faults in forks of itself.

Started in a sandbox, it reads jobs from its input, one JSON object a line, and answers each with a line
(``scripts.assurance.mutation.bench`` is at the other end).
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from .schemata import BASE

MARK = "answer: "
RESETTING = {"evm_revert", "anvil_reset", "hardhat_reset"}


class Watch:
    """A plugin of pytest that tells through a pipe which test runs, and which one failed."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def _say(self, *words: Any) -> None:
        os.write(self._pipe, (json.dumps(words) + "\n").encode())

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        """A test begins."""
        self._say("begin", nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A part of it ended."""
        if report.failed:
            self._say("fail", report.nodeid)
        elif report.when == "call" and report.passed:
            self._say("pass", report.nodeid)


def choosing(original: Callable[..., Any], number: int) -> Callable[..., Any]:
    """Requests after which the chain has the coinbase of a fault, whatever they have wound back."""
    coinbase = f"0x{BASE + number + 1:040x}"
    begun: set[str] = set()

    def make_request(self: Any, method: Any, params: Any) -> Any:
        if self.endpoint_uri not in begun:
            original(self, "anvil_setCoinbase", [coinbase])  # raises while the node is not up yet
            begun.add(self.endpoint_uri)
        answer = original(self, method, params)
        if method in RESETTING:
            original(self, "anvil_setCoinbase", [coinbase])
        return answer

    return make_request


def put_in(project: Any, codes: dict[str, list[str]]) -> None:
    """Exchange the code of contracts in a loaded project."""
    for name, (creation, deployed) in codes.items():
        build = project._build.get(name)
        build["bytecode"], build["deployedBytecode"] = creation, deployed
        container = project[name]
        container._build["bytecode"], container._build["deployedBytecode"] = creation, deployed
        container.bytecode = creation


def _child(project: Any, job: dict[str, Any], pipe: int) -> None:
    import pytest
    from web3 import HTTPProvider

    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    put_in(project, job["codes"])
    HTTPProvider.make_request = choosing(HTTPProvider.make_request, job["number"])  # type: ignore[method-assign]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--failfast", "-n", "0"]
    sys.argv = ["brownie", "test", *job["tests"], *options]
    code = pytest.main(sys.argv[2:], ["pytest-brownie", Watch(pipe)])
    os.write(pipe, (json.dumps(["end", int(code)]) + "\n").encode())


def _attempt(project: Any, job: dict[str, Any]) -> dict[str, Any]:
    """Fork, and listen until the fork ends or its time is up."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            _child(project, job, writing)
        finally:
            os._exit(0)
    os.close(writing)
    end = time.monotonic() + job["seconds"]
    answer: dict[str, Any] = {"outcome": "unfinished", "by": "", "passed": 0, "running": "", "since": 0.0}
    waiting, since = b"", time.monotonic()
    os.set_blocking(reading, False)
    while time.monotonic() < end and answer["outcome"] == "unfinished":
        try:
            got = os.read(reading, 65_536)
        except BlockingIOError:
            time.sleep(0.02)
            continue
        if not got:
            break
        *lines, waiting = (waiting + got).split(b"\n")
        for line in lines:
            what, about = json.loads(line)
            if what == "fail":
                answer.update(outcome="failed", by=about)
            elif what == "pass":
                answer["passed"] += 1
            elif what == "begin":
                answer["running"], since = about, time.monotonic()
            elif answer["outcome"] == "unfinished":
                answer["outcome"] = "passed" if about == 0 else f"ended with {about}"
    answer["since"] = time.monotonic() - since
    os.close(reading)
    try:
        os.killpg(pid, signal.SIGKILL)  # the fork and its node: a group of their own
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return answer


def main() -> None:
    """Load, and serve."""
    import scripts.brownie_repairs  # noqa: F401 - before brownie connects

    sys.argv = ["brownie", "test"]
    project: Any = import_module("brownie.project")
    loaded = project.load(Path.cwd())
    modules: list[Any] = [project, import_module("brownie.project.main")]
    for module in modules:
        module.load = lambda *_, **__: loaded
    manager: Any = import_module("brownie.test.managers.base")
    import hypothesis.stateful  # noqa: F401 - this and the rest once, for all forks
    import pytest  # noqa: F401

    import commonlearn.client  # noqa: F401

    manager._get_ast_hash = lambda _: ""  # of all tests, for `brownie test --update`: two seconds a start
    for path in sorted(Path("tests/support").glob("*.py")):
        try:
            __import__(f"tests.support.{path.stem}")
        except ImportError:
            continue
    gc.collect()
    gc.freeze()  # brownie collects at each revert
    print(MARK + "ready", flush=True)
    for line in sys.stdin:
        print(MARK + json.dumps(_attempt(loaded, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
