"""What each role is told by its section of the settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from commonlearn.pod.setting_types import Address, Digest, Place, Section, TableSource, Wei

__all__ = ["Aggregator", "Buyer", "ComputeOwner", "DataOwner", "Sponsor", "Terms", "Validator", "Watcher"]

Count = Annotated[int, Field(ge=1, le=256)]
Seconds = Annotated[int, Field(ge=1, le=365 * 86_400)]
Millionths = Annotated[int, Field(ge=-(1 << 62), le=1 << 62)]


class DataOwner(Section):
    """``[data_owner]``: a table, how it is listed, and which jobs are approved.

    ``programs`` are SHA-256 of the programs that may run on it, in hexadecimal; none: any with a sheet that fits.
    ``spares`` are offered seats that others did not take, lost or left. With ``least_replicas``, the dataset is opened
    although seats are vacant, once each subset has so many. Private questions of holders are looked for every
    ``answer_every`` seconds. ``retire`` takes it out of the catalogue as soon as no job runs on it.
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
    programs: tuple[Digest, ...] = ()
    spares: tuple[Address, ...] = ()
    least_replicas: Annotated[int, Field(ge=1, le=16)] | None = None
    answer_every: Seconds = 600
    retire: bool = False

    @model_validator(mode="after")
    def _fits(self) -> DataOwner:
        wanted = 0 if self.custody == "local" else self.subsets * self.replicas
        if len(self.holders) != wanted:
            raise ValueError(f"holders names {len(self.holders)}, but {wanted} are needed: one a seat, none if local")
        if self.custody == "local" and self.replicas != 1:
            raise ValueError("a local owner is its own only replica")
        if self.least_replicas is not None and self.least_replicas > self.replicas:
            raise ValueError(f"least_replicas is {self.least_replicas}, but a subset has {self.replicas} seats")
        return self


class ComputeOwner(Section):
    """``[compute_owner]``: what is asked for the work of one replica in one round.

    ``spot_checks``: each seat asks its owner privately for a row, looks for the answer every ``look_every`` seconds,
    and waits ``check_seconds`` for it. Where none comes, or a wrong one, it asks on chain if that locks no more than
    ``most_check_bond``. ``leave``: no seat is taken any more, and those held are given up once no job runs on them.
    """

    price: Wei = 0
    capacity: Count = 16
    min_seconds: Seconds = 60
    deposit: Wei = 0
    spot_checks: bool = True
    check_seconds: Seconds = 86_400
    look_every: Seconds = 600
    most_check_bond: Wei = 0
    leave: bool = False


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
    aggregator: Address | None = None


class Buyer(Section):
    """``[buyer]``: a program with its sheet, on how many datasets of a schema, by which rules.

    ``stop_below``: rounds end once no weight changed by more than this. ``owners``: only their datasets. ``trial``: the
    program is run on the datasets' templates first, and nothing is asked for if it fails. ``funds``: the part of the
    funding that the buyer pays itself; all, if nothing is said. ``stand_in``: averages itself in the last quarter of
    the time, where whom it named has not.
    """

    program: Place
    schema_file: Place
    custody: Literal["local", "sharded"] = "local"
    datasets: Annotated[int, Field(ge=1, le=64)]
    owners: tuple[Address, ...] = ()
    terms: Terms
    stop_below: Annotated[float, Field(ge=0)] = 0.0
    trial: bool = True
    funds: Wei | None = None
    stand_in: bool = True
    deposit: Wei = 0
    result: Place | None = None

    @model_validator(mode="after")
    def _fits(self) -> Buyer:
        if self.terms.aggregator is not None and self.stop_below:
            raise ValueError("stop_below works only where the buyer averages itself; leave out terms.aggregator or it")
        return self


class Sponsor(Section):
    """``[sponsor]``: which jobs are paid for: those named, and those that match all that is said.

    ``most``: in all jobs together, less what came back. ``most_per_job``: in one. ``leave``: none is paid any more.
    """

    jobs: tuple[Annotated[int, Field(ge=1)], ...] = ()
    buyers: tuple[Address, ...] = ()
    programs: tuple[Digest, ...] = ()
    schemas: tuple[Digest, ...] = ()
    most: Wei
    most_per_job: Wei | None = None
    approved_only: bool = False
    leave: bool = False
    deposit: Wei = 0

    @model_validator(mode="after")
    def _fits(self) -> Sponsor:
        if not (self.jobs or self.buyers or self.programs or self.schemas):
            raise ValueError("name jobs, buyers, programs or schemas: else every job would be paid for")
        return self


class Aggregator(Section):
    """``[aggregator]``: averages for whoever names this account in a job's terms; ``buyers``: for these alone.

    ``most_bond``: jobs whose challenge bond is higher are left to their buyers. ``leave``: as soon as none runs.
    """

    buyers: tuple[Address, ...] = ()
    most_bond: Wei
    leave: bool = False
    deposit: Wei = 0


class Validator(Section):
    """``[validator]``: the held-back rows, and for what they are scored on; ``leave``: no further jury."""

    test_set: Place
    schema_file: Place
    min_pay: Wei = 0
    max_bond: Wei
    min_seconds: Seconds = 60
    deposit: Wei = 0
    leave: bool = False


class Watcher(Section):
    """``[watcher]``: whether jobs are moved on too, for their bounties; challenges send their bond along.

    ``appeal``: decisions of the pool of ``test_set`` are computed anew, and a wrong one is appealed, if that locks no
    more than ``most_bond``. ``leave``: nothing is doubted any more.
    """

    advances: bool = True
    appeal: bool = False
    most_bond: Wei | None = None
    test_set: Place | None = None
    schema_file: Place | None = None
    leave: bool = False
    deposit: Wei = 0

    @model_validator(mode="after")
    def _fits(self) -> Watcher:
        if self.appeal and None in (self.most_bond, self.test_set, self.schema_file):
            raise ValueError("an appeal needs most_bond, and test_set with schema_file to compute the decision from")
        return self
