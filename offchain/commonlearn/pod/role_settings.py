"""What each role is told by its section of the settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from commonlearn.pod.setting_types import Address, Place, Section, TableSource, Wei

__all__ = ["Buyer", "ComputeOwner", "DataOwner", "Terms", "Validator", "Watcher"]

Count = Annotated[int, Field(ge=1, le=256)]
Seconds = Annotated[int, Field(ge=1, le=365 * 86_400)]
Millionths = Annotated[int, Field(ge=-(1 << 62), le=1 << 62)]


class DataOwner(Section):
    """``[data_owner]``: a table, how it is listed, and which jobs are approved.

    ``programs`` are SHA-256 of the programs that may run on it, in hexadecimal; none: any with a sheet that fits.
    """

    source: TableSource
    db_query: str | None = None
    schema_file: Place
    custody: Literal["local", "sharded"] = "local"
    subsets: Count = 1
    replicas: Annotated[int, Field(ge=1, le=16)] = 1
    holders: tuple[Address, ...] = ()
    price: Wei = 0
    owner_bond: Wei = 0
    replica_bond: Wei = 0
    check_bond: Wei = 0
    join_seconds: Seconds = 86_400
    deposit: Wei = 0
    programs: tuple[Annotated[str, Field(pattern="^[0-9a-f]{64}$")], ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> DataOwner:
        wanted = 0 if self.custody == "local" else self.subsets * self.replicas
        if len(self.holders) != wanted:
            raise ValueError(f"holders names {len(self.holders)}, but {wanted} are needed: one a seat, none if local")
        if self.custody == "local" and self.replicas != 1:
            raise ValueError("a local owner is its own only replica")
        return self


class ComputeOwner(Section):
    """``[compute_owner]``: what is asked for the work of one replica in one round."""

    price: Wei = 0
    capacity: Count = 16
    min_seconds: Seconds = 60
    deposit: Wei = 0


class Terms(Section):
    """``[buyer.terms]``: the job's rules; parts in basis points, scores in millionths."""

    budget: Wei
    vote_bond: Wei = 0
    challenge_bond: Wei = 0
    bounty: Wei = 0
    baseline: Millionths
    target: Millionths
    min_quality: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    split: tuple[int, int, int, int] = (5_000, 2_000, 2_000, 1_000)
    rounds: Annotated[int, Field(ge=1, le=65_535)]
    subsets_per_round: Annotated[int, Field(ge=1, le=32)]
    min_subsets: Annotated[int, Field(ge=1, le=32)]
    validators: Annotated[int, Field(ge=0, le=7)]
    draw_delay: Annotated[int, Field(ge=1, le=200)] = 2
    metric: Literal["mse", "accuracy", "log-loss", "auc"]
    approve_seconds: Seconds = 86_400
    train_seconds: Seconds = 3_600
    reveal_seconds: Seconds = 3_600
    aggregate_seconds: Seconds = 3_600
    challenge_seconds: Seconds = 3_600
    vote_seconds: Seconds = 3_600
    test_set: Annotated[str, Field(pattern="^0x[0-9a-f]{64}$")]


class Buyer(Section):
    """``[buyer]``: a program with its sheet, on how many datasets of a schema, by which rules.

    ``stop_below``: rounds end once no weight changed by more than this. ``owners``: only their datasets.
    """

    program: Place
    schema_file: Place
    custody: Literal["local", "sharded"] = "local"
    datasets: Annotated[int, Field(ge=1, le=64)]
    owners: tuple[Address, ...] = ()
    terms: Terms
    stop_below: Annotated[float, Field(ge=0)] = 0.0
    deposit: Wei = 0
    result: Place | None = None


class Validator(Section):
    """``[validator]``: the held-back rows, and for what they are scored on."""

    test_set: Place
    schema_file: Place
    min_pay: Wei = 0
    max_bond: Wei
    min_seconds: Seconds = 60
    deposit: Wei = 0


class Watcher(Section):
    """``[watcher]``: whether jobs are moved on too, for their bounties; challenges send their bond along."""

    advances: bool = True
    deposit: Wei = 0
