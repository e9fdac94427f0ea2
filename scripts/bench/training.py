"""Private training on a local chain: transactions and gas of one job's whole life, and jobs a second in batches.

The life is that of the IBM paper's count: one data owner, one compute owner, one buyer, and one validator, from
nothing, registrations included. In batches each of them does its part for many jobs in one transaction; only
transactions are timed, as the paper does, each until its receipt is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.table import Table

from commonlearn.numerics import keccak256
from commonlearn.protocol import JOIN_ROUND, funding
from commonlearn.records import Role
from scripts.bench.costs import assumptions, costs
from scripts.bench.training_chain import (
    CHALLENGE_SECONDS,
    ENVIRONMENT,
    ETHER,
    PROGRAM,
    SALT,
    SCHEMA,
    SCORE,
    TEST_SET,
    TrainingChain,
)
from scripts.local_node import LocalNode

__all__ = ["Life", "cost_rows", "measure_training"]

JOBS_A_BATCH = 50
BATCHES = 4
BUDGET, BOUNTY, ROUNDS = ETHER // 10, 10**9, 1
DIGEST, SHARD = keccak256(b"update"), keccak256(b"shard")
WEIGHTS = [1]
ZERO = "0x" + "00" * 20


@dataclass(frozen=True)
class Life:
    """What was measured.

    Attributes
    ----------
    transactions : int
        Of one job's whole life, from nothing.
    gas, data_bytes : int
        Of all of them.
    batched_gas, batched_bytes : float
        A job, in batches, among people who are registered.
    jobs_per_second : float
        In batches.
    jobs : int
        How many were batched.
    """

    transactions: int
    gas: int
    data_bytes: int
    batched_gas: float
    batched_bytes: float
    jobs_per_second: float
    jobs: int


def measure_training(jobs: int = JOBS_A_BATCH, batches: int = BATCHES) -> Life:
    """Play one life from nothing, then batches of lives."""
    with LocalNode(timestamp=1_700_000_000, base_fee=0) as node:
        first = _World(node)
        first.play_from_nothing()
        many = _World(node)
        many.set_up()
        many.forget()
        for _ in range(batches):
            many.play(jobs)
        many.require_closed(jobs * batches)
        count = jobs * batches
        return Life(
            first.transactions,
            first.gas,
            first.data_bytes,
            many.gas / count,
            many.data_bytes / count,
            count / many.seconds,
            count,
        )


def cost_rows(found: Life) -> Table:
    """What a job costs, from nothing and in batches, on Ethereum and on a second layer."""
    table = Table(
        "where",
        "ether, from nothing",
        "dollars",
        "ether, in batches",
        "dollars",
        title=(
            f"One job from nothing: {found.gas:,} gas and {found.data_bytes:,} bytes in {found.transactions} "
            f"transactions; in batches {found.batched_gas:,.0f} gas. {assumptions()}"
        ),
    )
    alone, batched = costs(found.gas, found.data_bytes), costs(found.batched_gas, found.batched_bytes)
    for one, other in zip(alone, batched, strict=True):
        numbers = (f"{one.ether:.6f}", f"{one.dollars:.2f}", f"{other.ether:.6f}", f"{other.dollars:.2f}")
        table.add_row(one.where, *numbers)
    return table


class _World(TrainingChain):
    """A market and its people: an owner, a compute owner, a buyer, a validator."""

    def __init__(self, node: LocalNode) -> None:
        super().__init__(node)
        self.owner, self.holder, self.buyer, self.juror = self.accounts[1:5]
        self.jobs, self.dataset = 0, 1

    def play_from_nothing(self) -> None:
        """Registrations, a dataset, and one job."""
        self.set_up()
        self.play(1)
        self.require_closed(1)

    def set_up(self) -> None:
        """All that comes before the first job: five transactions."""
        description = (self.owner, SCHEMA, PROGRAM, 900_000, 100, 1, 1, 1, 3_600, 1_000, 1_000, 0)
        register = [
            self.call("register", int(role), SCHEMA) for role in (Role.DATA_OWNER, Role.COMPUTE_OWNER, Role.VALIDATOR)
        ]
        self.act(self.owner, register[0], self.call("list", description, [SCHEMA], [self.holder], b""), value=ETHER)
        self.act(
            self.holder,
            register[1],
            self.call("offerCompute", 1, 100, 60, ENVIRONMENT),
            self.call("join", 1, 0, 0, self.seal(1, JOIN_ROUND, 0, self.holder, SHARD)),
            value=ETHER,
        )
        self.act(self.holder, self.call("revealReplica", 1, 0, 0, SHARD, SALT))
        self.act(self.owner, self.call("verify", 1, 0, 0, True))
        self.act(
            self.juror,
            register[2],
            self.call("bond", ETHER),
            self.call("enrol", TEST_SET, 1, ETHER, 60),
            value=ETHER,
        )

    def play(self, count: int) -> None:
        """Play the lives of so many jobs, each step of all of them in one transaction."""
        terms = (
            ZERO, BUDGET, 1_000, 1_000, BOUNTY, 500_000, 900_000, 0, 5_000, 2_000, 2_000, 1_000, ROUNDS, 1, 1, 1, 1,
            1, 0, 0, 1, 3_600, 3_600, 3_600, 3_600, CHALLENGE_SECONDS, 3_600, ENVIRONMENT, TEST_SET,
        )  # fmt: skip
        money = funding(BUDGET, BOUNTY, ROUNDS)
        first = self.jobs + 1
        self.jobs += count
        numbers = range(first, first + count)

        def each(make: Callable[[int], bytes]) -> list[bytes]:
            return [make(job) for job in numbers]

        request = self.call("request", terms, (SCHEMA, PROGRAM, PROGRAM), [self.dataset], money)
        register = [self.call("register", int(Role.BUYER), SCHEMA)] if first == 1 else []
        self.act(self.buyer, *register, *[request] * count, value=count * (money + 1_000))
        self.act(self.owner, *each(lambda job: self.call("approve", job, 0)))
        self.node.increase_time(1)
        self.act(
            self.holder,
            *each(lambda job: self.call("sealResult", job, 0, 0, self.seal(job, 0, 0, self.holder, DIGEST))),
        )
        self.act(self.holder, *each(lambda job: self.call("revealResult", job, 0, 0, DIGEST, SALT)))
        self.act(self.buyer, *each(lambda job: self.call("aggregate", job, DIGEST, True)))
        self.node.increase_time(CHALLENGE_SECONDS)
        self.act(self.buyer, *each(lambda job: self.call("advance", job)))
        self.node.increase_time(1)
        self.act(
            self.juror,
            *each(lambda job: self.call("sealVote", job, 0, self.vote_seal(job, self.juror, WEIGHTS))),
        )
        self.act(self.juror, *each(lambda job: self.call("revealVote", job, 0, SCORE, WEIGHTS, SALT)))
        self.node.increase_time(CHALLENGE_SECONDS)
        self.act(self.owner, *each(lambda job: self.call("settle", job, SCORE, WEIGHTS)))
