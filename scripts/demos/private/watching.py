"""Telling what happens in a job as it happens, and adding up who was paid what."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from commonlearn.chain.training import TrainingContract
from commonlearn.chain.training_events import decode_training_log
from commonlearn.money import format_ether
from commonlearn.records import DatasetPhase, JobPhase, Role
from scripts.demos.private.cast import Cast

__all__ = ["DemoFailed", "Watcher", "waited_for"]

_PARTS = {0: "bounties", Role.DATA_OWNER: "data", Role.COMPUTE_OWNER: "compute", Role.VALIDATOR: "validation"}
_ENDED = {JobPhase.CLOSED, JobPhase.CANCELLED, JobPhase.EXPIRED}
_LOOK_SECONDS = 0.3


class DemoFailed(RuntimeError):
    """A job did not come to its end."""


def waited_for(path: Path, seconds: float = 60.0) -> bytes:
    """Content of a file that an actor writes; it is there whole or not at all."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > deadline:
            raise DemoFailed(f"{path.name} was not written within {seconds:.0f} s")
        time.sleep(_LOOK_SECONDS)
    return path.read_bytes()


class Watcher:
    """Follows the market's events from where it stopped.

    Parameters
    ----------
    console : Console
    market : TrainingContract
    cast : Cast
    """

    def __init__(self, console: Console, market: TrainingContract, cast: Cast) -> None:
        self._console, self._market, self._cast = console, market, cast
        self._block = 0
        self.paid: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.slashed: dict[str, int] = defaultdict(int)
        self.ended: JobPhase | None = None

    def until_the_end(self, seconds: float) -> None:
        """Follow until a job has ended.

        Raises
        ------
        DemoFailed
            An actor's process ended, or it took too long.
        """
        self.ended = None
        deadline = time.monotonic() + seconds
        while self.ended is None:
            if time.monotonic() > deadline:
                raise DemoFailed(f"the job did not end within {seconds:.0f} s")
            if gone := self._cast.ended():
                raise DemoFailed("an actor's process ended. " + "; ".join(gone))
            self._look()
            time.sleep(_LOOK_SECONDS)

    def _look(self) -> None:
        last = self._market.connection.block().number
        if last < self._block:
            return
        wanted = {"fromBlock": hex(self._block), "toBlock": hex(last), "address": self._market.address}
        for log in self._market.connection.rpc.call("eth_getLogs", wanted):
            event = decode_training_log(log)
            if event is not None:
                self._take(event.name, event.values)
        self._block = last + 1

    def _take(self, name: str, v: dict[str, Any]) -> None:
        if name == "Paid":
            self.paid[self._cast.name_of(v["account"])][_PARTS.get(v["role"], "aggregation")] += v["amountWei"]
        elif name == "BondSlashed":
            self.slashed[self._cast.name_of(v["account"])] += v["amountWei"]
        elif name == "JobPhaseChanged" and JobPhase(v["phase"]) in _ENDED:
            self.ended = JobPhase(v["phase"])
        words = self._words(name, v)
        if words:
            self._console.print(f"  {words}", highlight=False)

    def _words(self, name: str, v: dict[str, Any]) -> str:
        who = self._cast.name_of
        if name == "DatasetListed":
            said = v["description"]
            return (
                f"{who(v['owner'])} lists dataset {v['dataset']}: {len(v['roots'])} subset(s) of {said.rows} rows or "
                f"more, quality {said.quality / 1e6:.2f}"
            )
        if name == "DatasetPhaseChanged" and v["phase"] == DatasetPhase.READY:
            return f"dataset {v['dataset']} is ready"
        if name == "JobRequested":
            return f"{who(v['buyer'])} asks for job {v['job']} on {len(v['datasets'])} dataset(s)"
        if name == "DataConnected":
            return f"{who(v['owner'])} approves job {v['job']}"
        if name == "RoundDrawn":
            return f"round {v['round'] + 1} is drawn: subsets {', '.join(map(str, v['positions']))}"
        if name == "SubsetCounted":
            agreed = any(v["digest"])
            return f"  subset {v['position']}: {'agreed on ' + v['digest'].hex()[:12] if agreed else 'no majority'}"
        if name == "BondSlashed":
            return f"  [red]{who(v['account'])} loses {format_ether(v['amountWei'])}[/red]"
        if name == "ModelAggregated":
            return f"the average of round {v['round'] + 1} is {v['model'].hex()[:12]}"
        if name == "JuryDrawn":
            return f"the jury is {', '.join(who(each) for each in v['jury'])}"
        if name == "VoteRevealed":
            return f"{who(v['validator'])} votes: score {v['score'] / 1e6:.4f}, contributions {list(v['weights'])}"
        if name == "Settled":
            refunded = format_ether(v["refundedWei"])
            return f"job {v['job']} is settled: {format_ether(v['releasedWei'])} for data, {refunded} back"
        return ""

    def table(self) -> Table:
        """Who was paid what, since the last table."""
        parts = ("data", "compute", "aggregation", "validation", "bounties")
        table = Table("who", *parts, "slashed", title="Paid, in ether")
        for name in self._cast.actors:
            if name not in self.paid and name not in self.slashed:
                continue
            cells = [f"{self.paid[name][part] / 1e18:.6f}" if self.paid[name][part] else "" for part in parts]
            table.add_row(name, *cells, f"{self.slashed[name] / 1e18:.6f}" if self.slashed[name] else "")
        self.paid.clear()
        self.slashed.clear()
        return table
