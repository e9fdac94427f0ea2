"""Settings of the demo's actors, as each would write them into its own file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from commonlearn.federated import Settings, metric
from commonlearn.federated.programs import program_source
from commonlearn.pod.roles import Sheet, with_sheet
from scripts.demos.private.data import Material, write_csv

__all__ = ["ESTIMATOR", "LIMIT", "TRAINING", "Sections"]

ESTIMATOR = "logistic"
TRAINING = Settings(epochs=30, step=1.0, penalty=0.001)
LIMIT = 10_000
"""Most bytes of a model."""

_HOUR = 3_600
_BOND = "0.05 ether"


@dataclass(frozen=True)
class Sections:
    """Writes files that actors have, and the sections of their settings.

    Attributes
    ----------
    material : Material
    folder : Path
        Where the files lie.
    validators : int
        Size of a jury.
    """

    material: Material
    folder: Path
    validators: int = 3

    def prepare(self) -> None:
        """Write what all have agreed on: the schema, and the held-back rows."""
        (self.folder / "schema.json").write_text(self.material.schema.to_json())
        (self.folder / "tests.shard").write_bytes(self.material.test_file().to_bytes())

    def validator(self) -> dict[str, Any]:
        """``[validator]``."""
        rows = {"test_set": str(self.folder / "tests.shard"), "schema_file": str(self.folder / "schema.json")}
        return {**rows, "max_bond": "0.5 ether", "min_pay": "1 wei", "deposit": "2 ether"}

    def compute_owner(self) -> dict[str, Any]:
        """``[compute_owner]``."""
        return {"price": "0.0001 ether", "deposit": "1 ether"}

    def local_owner(self, name: str) -> dict[str, Any]:
        """``[data_owner]`` of one whose rows stay where they are."""
        return {**self._table(name, name), "custody": "local"}

    def sharded_owner(self, name: str, of: str, holders: Sequence[Sequence[str]]) -> dict[str, Any]:
        """``[data_owner]`` of one who hands encrypted shards to holders, subset by subset."""
        return {
            **self._table(name, of),
            "custody": "sharded",
            "subsets": len(holders),
            "replicas": len(holders[0]),
            "holders": [each for subset in holders for each in subset],
            "join_seconds": _HOUR,
        }

    def buyer(self, program: str, custody: str, *, datasets: int, drawn: int, rounds: int) -> dict[str, Any]:
        """``[buyer]``; its program is written too."""
        (self.folder / program).write_bytes(self.program(program))
        terms = {
            "budget": "0.4 ether",
            "vote_bond": _BOND,
            "challenge_bond": _BOND,
            "bounty": "0.0001 ether",
            "baseline": metric("accuracy").trivial(self.material.tests.target, 2),
            "target": 900_000,
            "rounds": rounds,
            "subsets_per_round": drawn,
            "min_subsets": drawn,
            "validators": self.validators,
            "metric": "accuracy",
            "approve_seconds": _HOUR,
            "train_seconds": _HOUR,
            "reveal_seconds": _HOUR,
            "aggregate_seconds": _HOUR,
            "challenge_seconds": _HOUR,
            "vote_seconds": _HOUR,
            "test_set": "0x" + self.material.test_file().root.hex(),
        }
        return {
            "program": str(self.folder / program),
            "schema_file": str(self.folder / "schema.json"),
            "custody": custody,
            "datasets": datasets,
            "deposit": "2 ether",
            "result": str(self.model_file(program)),
            "terms": terms,
        }

    def model_file(self, program: str) -> Path:
        """Where the buyer of a program's job finds its model."""
        return self.folder / f"model of {program}"

    def program(self, title: str) -> bytes:
        """The program of a job, bound to its settings."""
        prepared = self.material.preparation
        numbers = {part: list(getattr(prepared, part)) for part in ("fill", "offset", "factor")}
        sheet = Sheet(ESTIMATOR, asdict(TRAINING), limit=LIMIT, preparation=numbers, title=title)
        return with_sheet(program_source(ESTIMATOR), sheet)

    def _table(self, name: str, of: str) -> dict[str, Any]:
        path = self.folder / f"{name}.csv"
        write_csv(self.material.owners[of], path)
        return {
            "source": str(path),
            "schema_file": str(self.folder / "schema.json"),
            "price": "0.001 ether",
            "owner_bond": _BOND,
            "replica_bond": _BOND,
            "deposit": "1 ether",
        }
