"""How fast a model's log is read into its store on disk: fetched from a node, checked, decoded, sorted, written.

The log is of real transactions on a local chain; making it is not measured.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from commonlearn.client.public_model import PublicModel
from scripts.bench.long_log import LongLog
from scripts.local_node import LocalNode

__all__ = ["SyncSpeed", "measure_sync"]

REFUNDS_IN = 10
"""Every tenth event is a refund."""


@dataclass(frozen=True)
class SyncSpeed:
    """What was measured.

    Attributes
    ----------
    events : int
        How many were read: contributions and refunds.
    events_per_second : float
        Of the whole log, read into an empty store.
    learned_per_second : float
        As they are read by a copy that learns them meanwhile.
    rows_per_second : float
        Contributions written as CSV with their card, the log being read; weights learned again and compared with the
        contract's.
    """

    events: int
    events_per_second: float
    learned_per_second: float
    rows_per_second: float


def measure_sync(events: int = 100_000) -> SyncSpeed:
    """Make a log of so many events, and read it.

    Raises
    ------
    RuntimeError
        Something else was read than made.
    """
    with LocalNode(base_fee=0) as node, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = LongLog.begin(node, folder)
        early = _load(log, folder / "early")
        refunds = events // REFUNDS_IN
        log.contribute(events - refunds)
        log.refund(refunds)

        start = time.perf_counter()
        early.sync()
        learned = time.perf_counter() - start

        late = _load(log, folder / "late")
        start = time.perf_counter()
        late.sync_log()
        read = time.perf_counter() - start

        start = time.perf_counter()
        done = late.archive().export(folder / "export")
        exported = time.perf_counter() - start
        counts = done.card["counts"]
        ended = sum(counts["outcomes"][name]["contributions"] for name in ("proven", "returned"))
        if (counts["contributions"], ended) != (events - refunds, refunds) or not done.is_checked:
            raise RuntimeError(f"{events} events were made, but {counts} was read")
    return SyncSpeed(events, events / read, events / learned, (events - refunds) / exported)


def _load(log: LongLog, folder: Path) -> PublicModel:
    return PublicModel.load(log.address, rpc=log.node.url, cache=folder / "cache", journal=folder / "journal")
