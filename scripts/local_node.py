"""A local Ethereum chain (anvil) on a free port, for the demo, the benchmark and the tests.

>>> with LocalNode(chain_id=11155111) as node:
...     int(node.request("eth_chainId"), 16)
11155111
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".home"
"""anvil keeps states under its home folder; the user's own stays untouched."""
GAS_LIMIT = 30_000_000
HARDFORK = "prague"
START_SECONDS = 30.0
STOP_SECONDS = 10.0

# The node runs under a shell that waits for the end of its own standard input, a pipe held by this process. The pipe
# closes however this process ends, SIGKILL included, so no node is ever left behind.
_SUPERVISOR = """
exec 3<&0
"$@" </dev/null 3<&- & node=$!
{ cat <&3 >/dev/null; kill "$node"; } 2>/dev/null & watcher=$!
exec 3<&-
wait "$node"; code=$?
kill "$watcher" 2>/dev/null
exit "$code"
"""


class NodeError(Exception):
    """The node could not be started, is gone, or refused a request; the message says which and what to do."""


def free_port() -> int:
    """Return a TCP port of the local host that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise NodeError(f"port {port} is taken: stop what listens there, or choose another port") from error


def find_anvil() -> str:
    """Return the path of anvil: npm's, else one on PATH.

    Raises
    ------
    NodeError
        When there is neither.
    """
    bundled = ROOT / "node_modules" / ".bin" / "anvil"
    found = str(bundled) if bundled.exists() else shutil.which("anvil")
    if not found:
        raise NodeError("anvil is not installed: run `make setup`, or install Foundry and put anvil on PATH")
    return found


class LocalNode:
    """An anvil process with ten funded, unlocked accounts; a context manager, or `start` and `stop`.

    A stopped node can be started again on the same port: empty, or where it was when ``state`` is given.

    Parameters
    ----------
    chain_id : int, optional
        31337 by default, or the forked chain's.
    fork_url : str, optional
        RPC address of a chain to fork.
    fork_block : int, optional
        Block number of the fork; the latest by default.
    timestamp : int, optional
        Unix seconds of the first block; the present by default. Time passes from there.
    port : int, optional
        A free one by default.
    base_fee : int, optional
        In wei; anvil's own (1 gwei, then by demand) by default.
    state : Path, optional
        File that keeps the chain from a `stop` to the next `start`.
    keeps_history : bool, default True
        Whether the states of past blocks can be asked for. If not, long chains are made much faster.
    arguments : sequence of str, optional
        More of anvil's own flags.
    """

    def __init__(
        self,
        *,
        chain_id: int | None = None,
        fork_url: str | None = None,
        fork_block: int | None = None,
        timestamp: int | None = None,
        port: int | None = None,
        base_fee: int | None = None,
        state: Path | None = None,
        keeps_history: bool = True,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        options = {
            "--chain-id": chain_id,
            "--fork-url": fork_url,
            "--fork-block-number": fork_block,
            "--timestamp": timestamp,
            "--block-base-fee-per-gas": base_fee,
            "--state": state,
            "--gas-limit": GAS_LIMIT,
            "--hardfork": HARDFORK,
            "--max-persisted-states": 5 if keeps_history else None,
            "--port": self.port,
        }
        flags = [word for flag, value in options.items() if value is not None for word in (flag, str(value))]
        pruned = () if keeps_history else ("--prune-history",)
        self._command = [find_anvil(), "--quiet", *flags, *pruned, *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> LocalNode:
        """Start the node and wait until it answers.

        Raises
        ------
        NodeError
            When it ends at once (port taken, unknown flag, fork unreachable) or does not answer within 30 seconds.
        """
        if self._process is not None:
            raise NodeError(f"the node at {self.url} is already running")
        _require_free(self.port)  # or the other listener's answers would be taken for the node's
        HOME.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _SUPERVISOR, "local-node", *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "HOME": str(HOME)},
            start_new_session=True,  # Ctrl-C reaches this process alone, which then stops the node in good order
        )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End the node and wait until it is gone; nothing happens when it is not running."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stderr.close()

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def request(self, method: str, *parameters: Any) -> Any:
        """Send one JSON-RPC request and return its result.

        Raises
        ------
        NodeError
            When the node is gone or answers with an error.
        """
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)  # never through a proxy
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException) as error:
            raise NodeError(f"the node at {self.url} does not answer {method}: {error}") from error
        finally:
            connection.close()
        if "error" in answer:
            raise NodeError(f"{method}: {answer['error'].get('message', answer['error'])}")
        return answer["result"]

    def accounts(self) -> list[str]:
        """Return the addresses of the funded, unlocked accounts."""
        found: list[str] = self.request("eth_accounts")
        return found

    def timestamp(self) -> int:
        """Return the time of the latest block in Unix seconds."""
        return int(self.request("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def increase_time(self, seconds: int) -> None:
        """Let time pass on the chain: the next block, mined here, is at least so much later."""
        self.request("evm_increaseTime", seconds)
        self.request("evm_mine")

    def snapshot(self) -> str:
        """Remember the chain's state; return its name for `revert`."""
        name: str = self.request("evm_snapshot")
        return name

    def revert(self, name: str) -> None:
        """Go back to a snapshot, which is used up by it."""
        if not self.request("evm_revert", name):
            raise NodeError(f"there is no snapshot {name}: each can be reverted to once")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                assert process.stderr is not None
                said = process.stderr.read().decode(errors="replace").strip()
                raise NodeError(f"anvil did not start (exit code {process.returncode}): {said or 'it said nothing'}")
            with suppress(NodeError):
                self.request("eth_chainId")
                return
            time.sleep(0.01)
        raise NodeError(f"anvil did not answer at {self.url} within {START_SECONDS:.0f} s")

    def __enter__(self) -> LocalNode:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
