"""Chains for tests that use no brownie: the project's own node starter, with a clock that starts at a fixed time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scripts.local_node import LocalNode, NodeError

__all__ = ["GENESIS", "LocalNode", "NodeError", "chain_for_tests"]

GENESIS = 1_800_000_000
"""Unix seconds of the first block, later than any release of anvil, so that nothing depends on the day of the run."""


@contextmanager
def chain_for_tests(**options: Any) -> Iterator[LocalNode]:
    """Run a node that starts at `GENESIS` with no base fee, so that balances change by what a test does.

    Parameters
    ----------
    **options
        Of `LocalNode`; they go before these defaults.
    """
    with LocalNode(**{"timestamp": GENESIS, "base_fee": 0, **options}) as node:
        yield node
