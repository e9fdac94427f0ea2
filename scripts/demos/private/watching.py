"""Following a market: telling what happens as it happens, and seeing that it gets on."""

from __future__ import annotations

import json
import time

from rich.console import Console

from commonlearn.chain.training import TrainingContract
from commonlearn.pod.actions import Event
from commonlearn.pod.roles import decode
from commonlearn.pod.roles.ledger import Job, Ledger, ledger_of
from commonlearn.records import JobPhase
from scripts.demos.private.cast import Cast
from scripts.demos.private.clock import put_forward
from scripts.demos.private.waiting import LOOK_SECONDS, DemoFailed
from scripts.demos.private.words import words_of
from scripts.local_node import LocalNode

__all__ = ["Watcher"]

_ENDED = {JobPhase.CLOSED, JobPhase.CANCELLED, JobPhase.EXPIRED}


class Watcher:
    """Follows a market from its first event.

    Parameters
    ----------
    console : Console or None
        Where it is told; None: nowhere.
    node : LocalNode
        Whose clock is put forward where nothing is left but to wait.
    market : TrainingContract
    cast : Cast

    Attributes
    ----------
    events : list of Event
        All that the chain has now.
    ledger : Ledger
        What stands.
    """

    def __init__(self, console: Console | None, node: LocalNode, market: TrainingContract, cast: Cast) -> None:
        self._console, self._node, self._market, self._cast = console, node, market, cast
        self._seen: tuple[int, str] = (-1, "")
        self._told: set[str] = set()
        self.events: list[Event] = []
        self.ledger: Ledger = ledger_of(())

    def look(self) -> list[Event]:
        """Read what is new, and tell it; let time pass where all are waiting.

        Returns
        -------
        list of Event
            Those that were not told before.
        """
        connection = self._market.connection
        if self._was_taken_back():
            self._seen, self.events = (-1, ""), []
        head, found = connection.block(), []
        if head.number > self._seen[0]:
            span = {"fromBlock": hex(self._seen[0] + 1), "toBlock": hex(head.number), "address": self._market.address}
            decoded = [decode(log) for log in connection.rpc.call("eth_getLogs", span)]
            found = [each for each in decoded if each is not None]
            self._seen = (head.number, head.hash)
        if found or not self.events:
            self.events += found
            self.ledger = ledger_of(self.events)
        put_forward(self._node, self.ledger, self._cheats())
        return self._tell(found)

    def until_the_end(self, number: int, silence: float = 900.0) -> Job:
        """Follow until a job has ended.

        Parameters
        ----------
        number : int
            The job's.
        silence : float
            So many seconds without any event are too many.

        Raises
        ------
        DemoFailed
            An actor's process ended, or nothing happened any more.
        """
        last = time.monotonic()
        while (job := self.ledger.jobs.get(number)) is None or job.phase not in _ENDED:
            if self.look():
                last = time.monotonic()
            elif time.monotonic() - last > silence:
                raise DemoFailed(f"Nothing has happened for {silence:.0f} s; the logs of the actors say why.")
            if gone := self._cast.ended():
                raise DemoFailed("The process of an actor has ended. " + "; ".join(gone))
            time.sleep(LOOK_SECONDS)
        return job

    def _cheats(self) -> frozenset[str]:
        return frozenset(self._cast.actors[name].address.lower() for name in self._cast.cheats)

    def _was_taken_back(self) -> bool:
        number, known = self._seen
        try:
            return number >= 0 and self._market.connection.block(number).hash != known
        except LookupError:
            return True

    def _tell(self, found: list[Event]) -> list[Event]:
        fresh = []
        for event in found:
            name = f"{event.name} {json.dumps(event.values, sort_keys=True)}"
            if name in self._told:
                continue  # it was in a block before that was taken back
            self._told.add(name)
            fresh.append(event)
            words = words_of(event, self.ledger, self.events, self._cast.name_of)
            if words and self._console is not None:
                self._console.print(f"  {words}")
        return fresh
