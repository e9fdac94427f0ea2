"""A small job of private training: a real chain whose blocks the test mines, and pods in processes of their own."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from commonlearn.chain.connection import Connection
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.training import TrainingContract, deploy_training
from commonlearn.chain.transactions import Sender
from commonlearn.custody import Schema, Table, read_table
from commonlearn.pod.roles.ledger import Job
from commonlearn.records import JobPhase
from scripts.demos.private.cast import Cast
from scripts.demos.private.data import load_material
from scripts.demos.private.settings import Sections
from scripts.demos.private.waiting import Lines, until
from scripts.demos.private.watching import Watcher
from scripts.local_node import LocalNode
from tests.support.replaying import replayed

__all__ = ["SmallJob"]

_BLOCK_SECONDS = 0.4
"""Between blocks without transactions: a draw can be taken by its block's hash for 256 blocks only."""


class SmallJob:
    """A market, and whoever takes part; a context manager.

    Parameters
    ----------
    folder : Path
        For everything.
    owners : int
        How many of the demo's four owners.
    confirmations : int
        Blocks on top, until what was done counts as done.
    """

    def __init__(self, folder: Path, *, owners: int = 1, confirmations: int = 0) -> None:
        folder.mkdir(exist_ok=True)
        material = load_material()
        kept = dict(list(material.owners.items())[:owners])
        self.folder, self.material = folder, replace(material, owners=kept)
        self.sections = Sections(self.material, folder, validators=1)
        # Blocks are mined by the test, so that the chain stands still whenever it should.
        self.node = LocalNode(base_fee=0, state=folder / "chain.json", arguments=("--no-mining",))
        self._confirmations, self._stack, self._mined = confirmations, ExitStack(), 0.0

    def __enter__(self) -> SmallJob:
        with self._stack:
            self._stack.enter_context(self.node)
            self.node.request("evm_setAutomine", True)
            connection = Connection.open(self.node.url)
            sender = Sender(connection, UnlockedSigner(self.node.accounts()[0]))
            self.market = TrainingContract(
                connection, deploy_training(lambda call: str(sender.send_one(call).contract))
            )
            self.node.request("evm_setAutomine", False)
            self.sections.prepare()
            self.cast = self._stack.enter_context(
                Cast(self.node, self.market.address, self.folder, confirmations=self._confirmations)
            )
            self.watcher = Watcher(None, self.node, self.market, self.cast)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # ------------------------------------------------------------------------------------------------------- setting

    def play_local(self, rounds: int) -> None:
        """Start owners that train on their own rows, a validator and a buyer."""
        for name in self.material.owners:
            self._start(name, "data-owner", self.sections.local_owner(name))
        self._start("validator", "validator", self.sections.validator())
        many = len(self.material.owners)
        self._start("buyer", "buyer", self.sections.buyer("job.py", "local", datasets=many, drawn=many, rounds=rounds))

    def play_sharded(self) -> None:
        """Start one owner, one compute owner, a validator and a buyer, for one round."""
        self._start("computer", "compute-owner", self.sections.compute_owner())
        holders = [[self.cast.actors["computer"].address]]
        (name,) = self.material.owners
        self._start(name, "data-owner", self.sections.sharded_owner(name, name, holders))
        self._start("validator", "validator", self.sections.validator())
        self._start("buyer", "buyer", self.sections.buyer("job.py", "sharded", datasets=1, drawn=1, rounds=1))

    def _start(self, name: str, role: str, section: dict[str, Any]) -> None:
        self.cast.add(name)
        self.cast.start(name, role, section)

    # ------------------------------------------------------------------------------------------------------- playing

    def turn(self) -> None:
        """Mine a block if it is time for one, read what it tells, and see that nobody has given up."""
        now = time.monotonic()
        if now - self._mined > _BLOCK_SECONDS or int(self.node.request("txpool_status")["pending"], 16):
            self.node.request("evm_mine")
            self._mined = now
        self.watcher.look()
        assert self.cast.ended() == []

    def until(self, look: Callable[[], Any], what: str, *, seconds: float = 1_800.0) -> Any:
        """Take turns until something is there."""

        def one() -> Any:
            self.turn()
            return look()

        return until(one, what, seconds)

    def head(self) -> int:
        """Number of the latest block."""
        return self.market.connection.block().number

    def job(self) -> Job | None:
        """The job, once it is requested."""
        return self.watcher.ledger.jobs.get(1)

    def until_the_end(self, also: Callable[[], object] = lambda: None) -> None:
        """Take turns until the job is closed and its model is there."""

        def ended() -> bool:
            also()
            job = self.job()
            return job is not None and job.phase is JobPhase.CLOSED and self.model_file.exists()

        self.until(ended, "the job did not end")

    # ------------------------------------------------------------------------------------------------------- results

    @property
    def model_file(self) -> Path:
        """Where the buyer leaves the model."""
        return self.sections.model_file("job.py")

    def transactions(self) -> dict[str, int]:
        """How many each has sent."""
        return {
            name: int(self.node.request("eth_getTransactionCount", each.address, "latest"), 16)
            for name, each in self.cast.actors.items()
        }

    def told(self) -> Counter[tuple[str, str]]:
        """How often which event named whom: the same in each run in which the same things were done."""
        who = {each.address.lower(): name for name, each in self.cast.actors.items()}
        return Counter(
            (event.name, who.get(str(value).lower(), ""))
            for event in self.watcher.events
            for value in event.values.values()
        )

    def logged(self, name: str) -> list[dict[str, Any]]:
        """All that an actor has logged."""
        return Lines(self.cast.actors[name].log).new()

    def has_ended(self, name: str) -> bool:
        """Whether nothing is under way in an actor's memory."""
        database = sqlite3.connect(self.cast.actors[name].folder / "state" / "pod.sqlite")
        try:
            wanted = "SELECT count(*) FROM actions WHERE stage NOT IN ('done', 'failed', 'late')"
            (open_ones,) = database.execute(wanted).fetchone()
        finally:
            database.close()
        return bool(open_ones == 0)

    def slashed(self) -> list[str]:
        """Who lost a bond."""
        return [self.cast.name_of(e.values["account"]) for e in self.watcher.events if e.name == "BondSlashed"]

    def replayed(self) -> bytes:
        """The model that honest work gives, computed without chain and pods."""
        job = self.job()
        assert job is not None
        schema = Schema.from_json((self.folder / "schema.json").read_bytes())
        tables: dict[tuple[str, int], Table] = {
            (name, 0): read_table(str(self.folder / f"{name}.csv"), schema) for name in self.material.owners
        }
        rounds = []
        for found in job.finals:
            parts = []
            for position in found.positions:
                dataset, subset = job.places[position]
                entry = self.watcher.ledger.datasets[dataset]
                part = {"owner": self.cast.name_of(entry.owner), "dataset": dataset, "subset": subset}
                parts.append({**part, "rows": entry.description.rows})
            rounds.append({"parts": parts})
        return replayed(self.folder / "job.py", schema, tables, rounds, self.folder / "replay")
