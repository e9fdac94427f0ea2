"""A job of private training against the number of its owners: transactions, gas, seconds, jobs a second.

Each owner trains on its own table (local custody), in a round of up to 32, as many as the market draws; so 64 owners
need two rounds. One job is played alone, every step of everybody a transaction; then several, each step of each of
them in portions. People are registered and tables listed before. Only transactions are timed, each until its receipt
is there: no training, no time that somebody may take by the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table

from commonlearn.numerics import keccak256
from commonlearn.protocol import draw_subsets, funding, seed
from commonlearn.records import Custody, Description, JobTerms, Metric, Role
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

__all__ = ["OWNERS", "Scale", "measure_owners", "scale_table"]

OWNERS = (1, 2, 4, 8, 16, 32, 64)
MOST_DRAWN = 32
"""Subsets that a round can have (`contracts/market/JobRules.sol`)."""
JOBS = 8
REPEATS = 3
"""Everything is played so often, and the quickest counts: what else the machine does can only be slower."""
PORTION = 128
"""Owners' parts in one transaction: it keeps portions that touch every owner of a job below the gas of a block."""
BUDGET, BOUNTY = ETHER // 10, 10**9
BOND = 1_000
DELAY = 1


@dataclass(frozen=True)
class Scale:
    """What was measured of jobs of so many owners.

    Attributes
    ----------
    owners, rounds : int
    transactions : int
        Of a job played alone.
    gas, data_bytes : int
        Of the same.
    seconds : float
        Of the same, from its request to its end.
    batched_transactions, batched_gas, batched_bytes : float
        A job, of several played together.
    jobs_per_second : float
        Of these.
    """

    owners: int
    rounds: int
    transactions: int
    gas: int
    data_bytes: int
    seconds: float
    batched_transactions: float
    batched_gas: float
    batched_bytes: float
    jobs_per_second: float


def measure_owners(counts: Sequence[int] = OWNERS, jobs: int = JOBS) -> Iterator[Scale]:
    """Play a job alone and several together, for each number of owners.

    Parameters
    ----------
    counts : sequence of int
        Numbers of owners, 1 to 64.
    jobs : int
        How many are played together.

    Yields
    ------
    Scale
    """
    for count in counts:
        alone, together = _quickest(count, 1), _quickest(count, jobs)
        yield Scale(
            count,
            -(-count // MOST_DRAWN),
            alone.transactions,
            alone.gas,
            alone.data_bytes,
            alone.seconds,
            together.transactions / jobs,
            together.gas / jobs,
            together.data_bytes / jobs,
            jobs / together.seconds,
        )


def scale_table(found: Sequence[Scale]) -> Table:
    """Show them, with what a job costs where it is cheapest and dearest."""
    table = Table("owners", title=f"A job against its number of owners. {assumptions()}")
    places = [each.where for each in costs(0, 0)]
    heads = (
        "rounds",
        "transactions",
        "gas",
        "s alone",
        "gas in batches",
        "jobs/s",
        *(f"ether, {each}" for each in places),
    )
    for head in heads:
        table.add_column(head, justify="right")
    for each in found:
        table.add_row(
            str(each.owners),
            str(each.rounds),
            str(each.transactions),
            f"{each.gas:,}",
            f"{each.seconds:.3f}",
            f"{each.batched_gas:,.0f}",
            f"{each.jobs_per_second:.1f}",
            *(f"{cost.ether:.6f}" for cost in costs(each.gas, each.data_bytes)),
        )
    return table


@dataclass(frozen=True)
class _Sum:
    """What one playing took."""

    transactions: int
    gas: int
    data_bytes: int
    seconds: float


def _quickest(owners: int, jobs: int) -> _Sum:
    """Play so many jobs, each time on a new node: it computes the root of all that it knows with each block anew."""
    arguments = ("--accounts", str(owners + 3))
    found = []
    for _ in range(REPEATS):
        with LocalNode(timestamp=1_700_000_000, base_fee=0, keeps_history=False, arguments=arguments) as node:
            world = _Hospitals(node, owners)
            world.play(jobs)
            world.require_closed(jobs)
            found.append(_Sum(world.transactions, world.gas, world.data_bytes, world.seconds))
    return min(found, key=lambda each: each.seconds)


class _Hospitals(TrainingChain):
    """A market, a buyer, a validator, and owners who are their own replicas."""

    def __init__(self, node: LocalNode, owners: int) -> None:
        super().__init__(node)
        self.buyer, self.juror = self.accounts[1:3]
        self.owners = self.accounts[3 : 3 + owners]
        self.rounds = -(-owners // MOST_DRAWN)
        self.jobs = 0
        self.act(self.buyer, self.call("register", int(Role.BUYER), SCHEMA))
        for owner in self.owners:
            said = Description(owner, SCHEMA, PROGRAM, 900_000, 100, 1, Custody.LOCAL, 1, 3_600, BOND, BOND, 0)
            listing = self.call("list", said.as_tuple(), [keccak256(owner.encode())], [], b"")
            self.act(owner, self.call("register", int(Role.DATA_OWNER), SCHEMA), listing, value=ETHER)
        entering = (self.call("bond", ETHER), self.call("enrol", TEST_SET, 1, ETHER, 60))
        self.act(self.juror, self.call("register", int(Role.VALIDATOR), SCHEMA), *entering, value=ETHER)
        self.forget()

    def play(self, count: int) -> None:
        """Play so many jobs from request to settlement."""
        terms, weights = self._terms(), list(range(1, 1 + len(self.owners)))
        money = funding(BUDGET, BOUNTY, self.rounds)
        jobs = range(self.jobs + 1, self.jobs + 1 + count)
        self.jobs += count
        most = max(1, PORTION // len(self.owners))

        def each(make: Callable[[int], bytes]) -> list[bytes]:
            return [make(job) for job in jobs]

        subject, tables = (SCHEMA, PROGRAM, PROGRAM), list(range(1, 1 + len(self.owners)))
        request = self.call("request", terms.as_tuple(), subject, tables, money)
        self.act_in_portions(self.buyer, [request] * count, most, money + BOND)
        armed = dict.fromkeys(jobs, 0)
        for index, owner in enumerate(self.owners):
            receipt = self.act(owner, *each(lambda job, index=index: self.call("approve", job, index)))  # type: ignore[misc]
            armed = dict.fromkeys(jobs, receipt.block_number)
        used = dict.fromkeys(jobs, 0)
        for round_ in range(self.rounds):
            self.node.increase_time(1)
            slots = self._drawn(armed, used, round_)
            self._train(slots, round_, most)
            models = each(lambda job, round_=round_: self.call("aggregate", job, _model(round_), False))  # type: ignore[misc]
            self.act_in_portions(self.buyer, models, most)
            self.node.increase_time(CHALLENGE_SECONDS)
            for start in range(0, count, most):
                some = jobs[start : start + most]
                receipt = self.act(self.buyer, *(self.call("advance", job) for job in some))
                armed |= dict.fromkeys(some, receipt.block_number)
        self.node.increase_time(1)
        seals = each(lambda job: self.call("sealVote", job, 0, self.vote_seal(job, self.juror, weights)))
        self.act_in_portions(self.juror, seals, most)
        self.act_in_portions(self.juror, each(lambda job: self.call("revealVote", job, 0, SCORE, weights, SALT)), most)
        self.node.increase_time(CHALLENGE_SECONDS)
        self.act_in_portions(self.buyer, each(lambda job: self.call("settle", job, SCORE, weights)), most)

    def _terms(self) -> JobTerms:
        drawn = min(len(self.owners), MOST_DRAWN)
        return JobTerms(
            budget_wei=BUDGET,
            vote_bond_wei=BOND,
            challenge_bond_wei=BOND,
            bounty_wei=BOUNTY,
            baseline=500_000,
            target=900_000,
            rounds=self.rounds,
            subsets_per_round=drawn,
            min_subsets=drawn,
            validators=1,
            draw_delay=DELAY,
            metric=Metric.ACCURACY,
            challenge_seconds=CHALLENGE_SECONDS,
            environment=ENVIRONMENT,
            test_set=TEST_SET,
        )

    def _drawn(self, armed: dict[int, int], used: dict[int, int], round_: int) -> dict[int, list[int]]:
        """Positions of each job's draw, as the market will draw them; ``used`` moves on."""
        slots = {}
        hashes = {block: self.block_hash(block + DELAY) for block in set(armed.values())}
        for job, block in armed.items():
            drawn = seed(hashes[block], job, round_)
            slots[job], used[job] = draw_subsets(used[job], len(self.owners), min(len(self.owners), MOST_DRAWN), drawn)
        return slots

    def _train(self, slots: dict[int, list[int]], round_: int, most: int) -> None:
        """Every drawn owner seals, then reveals: in the order in which a round is complete, job by job."""
        for position, owner in enumerate(self.owners):
            mine = {job: drawn.index(position) for job, drawn in slots.items() if position in drawn}
            digest = keccak256(owner.encode() + bytes([round_]))
            seals = [
                self.call("sealResult", job, slot, 0, self.seal(job, round_, position, owner, digest))
                for job, slot in mine.items()
            ]
            if seals:
                self.act_in_portions(owner, seals, most)
        for position, owner in enumerate(self.owners):
            digest = keccak256(owner.encode() + bytes([round_]))
            reveals = [
                self.call("revealResult", job, drawn.index(position), 0, digest, SALT)
                for job, drawn in slots.items()
                if position in drawn
            ]
            if reveals:
                self.act_in_portions(owner, reveals, most)


def _model(round_: int) -> bytes:
    return keccak256(b"model" + bytes([round_]))
