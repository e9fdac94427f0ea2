"""The two jobs of ``make demo-private``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from commonlearn.chain.connection import Connection
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.training import TrainingContract, deploy_training
from commonlearn.chain.transactions import Sender
from commonlearn.federated import Owner, Settings, decode, estimator, metric, play, strategy
from commonlearn.federated.programs import program_source
from commonlearn.pod.roles import Sheet, with_sheet
from scripts.demos.private.cast import Cast
from scripts.demos.private.data import Material, write_csv
from scripts.demos.private.watching import Watcher, waited_for
from scripts.local_node import LocalNode

__all__ = ["PrivateDemo"]

_SETTINGS = Settings(epochs=30, step=1.0, penalty=0.001)
_ROUNDS = 4
_JOB_SECONDS = 600.0
_WITHIN = 0.01
_BOND = "0.05 ether"
_HOSTILE = {"garbler": "garbage", "copier": "copy", "mute": "mute"}


@dataclass
class PrivateDemo:
    """One chain, one cast, two jobs.

    Attributes
    ----------
    console : Console
    node : LocalNode
    material : Material
    folder : Path
        Deleted by the caller.
    """

    console: Console
    node: LocalNode
    material: Material
    folder: Path

    def run(self) -> int:
        """Play both jobs; 0 if each ended as it should."""
        connection = Connection.open(self.node.url)
        sender = Sender(connection, UnlockedSigner(self.node.accounts()[0]))
        with self.console.status("Deploying the contracts …"):
            address = deploy_training(lambda call: str(sender.send_one(call).contract))
        market = TrainingContract(connection, address)
        (self.folder / "schema.json").write_text(self.material.schema.to_json())
        (self.folder / "tests.shard").write_bytes(self.material.test_file().to_bytes())
        with Cast(self.node, address, self.folder) as cast:
            watcher = Watcher(self.console, market, cast)
            for number in range(3):
                self._validator(cast, f"validator {number + 1}")
            good = self._local(cast, watcher)
            return 0 if self._sharded(cast, watcher) and good else 1

    # ---------------------------------------------------------------------------------------------------------- jobs

    def _local(self, cast: Cast, watcher: Watcher) -> bool:
        self.console.print("\n[bold]1. Local custody: each hospital trains on its own rows, which never leave it")
        for name, table in self.material.owners.items():
            cast.add(name)
            write_csv(table, self.folder / f"{name}.csv")
            cast.start(name, "data-owner", {**self._table(name), "custody": "local"})
        cast.add("buyer")
        self._program("local.py")
        cast.start("buyer", "buyer", self._buyer("local.py", "local", len(self.material.owners), _ROUNDS, reveal=60))
        watcher.until_the_end(_JOB_SECONDS)
        self.console.print(watcher.table())
        accuracy, pooled = self._accuracy("model of local.py"), self._pooled()
        is_near = abs(accuracy - pooled) <= _WITHIN
        words = "within" if is_near else "[red]not within[/red]"
        self.console.print(f"  accuracy {accuracy:.4f}; of one model on pooled rows {pooled:.4f}: {words} {_WITHIN}")
        return is_near

    def _sharded(self, cast: Cast, watcher: Watcher) -> bool:
        self.console.print(
            "\n[bold]2. Sharded custody: three subsets, three replicas each, and in each one compute owner that cheats"
        )
        honest = ["honest one", "honest two"]
        for name in (*honest, *_HOSTILE):
            cast.add(name)
            section = {"price": "1 wei", "min_seconds": 5, "deposit": "1 ether"}
            cast.start(name, "compute-owner", section, behave=_HOSTILE.get(name, ""))
        table = next(iter(self.material.owners.values()))
        cast.add("owner")
        write_csv(table, self.folder / "owner.csv")
        holders = [cast.actors[name].address for cheat in _HOSTILE for name in (*honest, cheat)]
        shards = {"custody": "sharded", "subsets": 3, "replicas": 3, "holders": holders, "join_seconds": 120}
        cast.start("owner", "data-owner", {**self._table("owner"), **shards})
        cast.add("second buyer")
        self._program("sharded.py")
        cast.start("second buyer", "buyer", self._buyer("sharded.py", "sharded", 1, 2, reveal=15))
        watcher.until_the_end(_JOB_SECONDS)
        slashed = set(watcher.slashed)
        self.console.print(watcher.table())
        is_right = slashed == set(_HOSTILE)
        names = ", ".join(sorted(slashed)) or "nobody"
        self.console.print(f"  slashed were {names}" + ("" if is_right else f" [red]instead of {', '.join(_HOSTILE)}"))
        self.console.print(f"  accuracy {self._accuracy('model of sharded.py'):.4f}")
        return is_right

    # ------------------------------------------------------------------------------------------------------ settings

    def _validator(self, cast: Cast, name: str) -> None:
        cast.add(name)
        rows = {"test_set": str(self.folder / "tests.shard"), "schema_file": str(self.folder / "schema.json")}
        money = {"max_bond": "0.5 ether", "min_pay": "1 wei", "deposit": "2 ether", "min_seconds": 5}
        cast.start(name, "validator", {**rows, **money})

    def _table(self, name: str) -> dict[str, Any]:
        return {
            "source": str(self.folder / f"{name}.csv"),
            "schema_file": str(self.folder / "schema.json"),
            "price": "0.001 ether",
            "owner_bond": _BOND,
            "replica_bond": _BOND,
            "deposit": "1 ether",
        }

    def _program(self, name: str) -> None:
        prepared = self.material.preparation
        numbers = {part: list(getattr(prepared, part)) for part in ("fill", "offset", "factor")}
        sheet = Sheet("logistic", asdict(_SETTINGS), limit=10_000, preparation=numbers, title=name)
        (self.folder / name).write_bytes(with_sheet(program_source("logistic"), sheet))

    def _buyer(self, program: str, custody: str, datasets: int, rounds: int, *, reveal: int) -> dict[str, Any]:
        drawn = 3 if custody == "sharded" else datasets
        terms = {
            "budget": "0.4 ether",
            "vote_bond": "0.05 ether",
            "challenge_bond": "0.05 ether",
            "bounty": "0.0001 ether",
            "baseline": metric("accuracy").trivial(self.material.tests.target, 2),
            "target": 900_000,
            "rounds": rounds,
            "subsets_per_round": drawn,
            "min_subsets": drawn,
            "validators": 3,
            "metric": "accuracy",
            "train_seconds": 60,
            "reveal_seconds": reveal,
            "aggregate_seconds": 60,
            "challenge_seconds": 3,
            "vote_seconds": 60,
            "test_set": "0x" + self.material.test_file().root.hex(),
        }
        return {
            "program": str(self.folder / program),
            "schema_file": str(self.folder / "schema.json"),
            "custody": custody,
            "datasets": datasets,
            "deposit": "2 ether",
            "result": str(self.folder / f"model of {program}"),
            "terms": terms,
        }

    # ------------------------------------------------------------------------------------------------------- checks

    def _accuracy(self, name: str) -> float:
        X, y = self.material.preparation.apply(self.material.tests)
        model = decode(waited_for(self.folder / name))
        return metric("accuracy").value(y, estimator("logistic").scores(model, X))

    def _pooled(self) -> float:
        """Accuracy of the same training on all rows in one place."""
        learner, prepared = estimator("logistic"), self.material.preparation
        parts = [prepared.apply(table) for table in self.material.owners.values()]
        pool = Owner("all", np.concatenate([X for X, _ in parts]), np.concatenate([y for _, y in parts]))
        played = play(learner, strategy("fedavg"), [pool], _SETTINGS, classes=2, rounds=_ROUNDS)
        X, y = prepared.apply(self.material.tests)
        return metric("accuracy").value(y, learner.scores(played.final, X))
