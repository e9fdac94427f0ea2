"""Repairs to brownie 1.22.2 on anvil. Importing this module applies them; do so before connecting to a network.

``./brownie`` and ``tests/onchain/conftest.py`` do. Each repair is a function whose docstring says what breaks without
it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from scripts.local_node import free_port

# By name, because brownie puts objects called `rpc` and `main` where these modules would be found as attributes.
_config: Any = import_module("brownie._config")
_network: Any = import_module("brownie.network")
_network_main: Any = import_module("brownie.network.main")
_contract: Any = import_module("brownie.network.contract")
_transaction: Any = import_module("brownie.network.transaction")
_anvil: Any = import_module("brownie.network.rpc.anvil")

POLL_SECONDS = 0.002


def match_code_with_immutables(original: Callable[..., bool]) -> Callable[..., bool]:
    """Recognise a deployed contract that has immutables.

    The artifact holds zeros where the deployed code holds the immutables' values, so brownie takes the contract for
    foreign code and drops its source map: no coverage, no internal calls in traces, no ``dev:`` strings. Code is the
    same when it differs only where the artifact is zero.
    """

    def verify(address: str, expected: str, language: str) -> bool:
        if original(address, expected, language):
            return True
        actual = _contract.web3.eth.get_code(address).hex().removeprefix("0x")
        expected = expected.removeprefix("0x")
        pairs = zip(expected, actual, strict=False)
        return len(actual) == len(expected) and all(wanted in ("0", found) for wanted, found in pairs)

    return verify


def mine(timestamp: int | None = None) -> None:
    """Mine one block: brownie sends anvil a bare number, which it refuses, so ``chain.mine(timestamp=…)`` fails."""
    _anvil._request("evm_mine", [] if timestamp is None else [timestamp])


def sleep(seconds: float) -> None:
    """Wait for a receipt on a development network by milliseconds.

    anvil mines a few milliseconds after it has accepted a transaction. brownie asks at once and then waits a whole
    second, which hits about one deployment in seven.
    """
    development = _config.CONFIG.network_type == "development"
    time.sleep(min(seconds, POLL_SECONDS) if development else seconds)


def clock() -> float:
    """Stand still on a development network, where brownie uses the time for one thing only.

    Each 15 seconds, and at first at once, it takes a transaction without receipt whose nonce is used for dropped. anvil
    counts the nonce a moment before it shows the receipt, and drops nothing.
    """
    return 0.0 if _config.CONFIG.network_type == "development" else time.time()


def connect_on_free_port(original: Callable[..., None]) -> Callable[..., None]:
    """Start each development network on a port of its own, which the system chooses.

    brownie joins whatever listens on the configured port: a second run would share the first one's chain, and a node
    that outlived a killed run would be taken for a fresh one.
    """

    def connect(network: str | None = None, launch_rpc: bool = True) -> None:
        config = _config.CONFIG
        settings = config.networks.get(network or config.settings["networks"]["default"], {})
        if launch_rpc and str(settings.get("cmd", "")).startswith("anvil"):
            settings["cmd_settings"]["port"] = free_port()
        original(network, launch_rpc)

    return connect


def _apply() -> None:
    if hasattr(_anvil, "_repaired"):
        return
    _anvil._repaired = True
    _anvil.mine = mine
    _contract._verify_deployed_code = match_code_with_immutables(_contract._verify_deployed_code)
    _transaction.time = SimpleNamespace(time=clock, sleep=sleep)
    _network_main.connect = _network.connect = connect_on_free_port(_network_main.connect)


_apply()
