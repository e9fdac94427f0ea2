"""Private training on a local chain: transactions and gas of one job's whole life, and jobs a second in batches.

The life is that of the IBM paper's count: one data owner, one compute owner, one buyer, and one validator, from
nothing, registrations included. In batches each of them does its part for many jobs in one transaction; only
transactions are timed, as the paper does, each until its receipt is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from commonlearn.chain.abi import function_of
from commonlearn.chain.batch import Receipt, receipt_from
from commonlearn.chain.contracts import deployment_call
from commonlearn.numerics import keccak256
from commonlearn.protocol import JOIN_ROUND, VOTE_ROUND, funding, seal, vote_digest
from commonlearn.records import Role
from scripts.local_node import GAS_LIMIT, LocalNode

__all__ = ["Life", "cost_rows", "measure_training"]

MARKET = "TrainingMarket"
PARTS = ("TrainingCatalogue", "TrainingRounds", "TrainingSettlement")
JOBS_A_BATCH = 50
BATCHES = 4
ETHER = 10**18
BUDGET, BOUNTY, ROUNDS = ETHER // 10, 10**9, 1
SCHEMA, ENVIRONMENT, TEST_SET, PROGRAM = (keccak256(word) for word in (b"schema", b"environment", b"tests", b"program"))
SALT, DIGEST, SHARD = (keccak256(word) for word in (b"salt", b"update", b"shard"))
SCORE, WEIGHTS = 700_000, [1]
CHALLENGE_SECONDS = 60
ZERO = "0x" + "00" * 20


@dataclass(frozen=True)
class Life:
    """What was measured.

    Attributes
    ----------
    transactions : int
        Of one job's whole life, from nothing.
    gas : int
        Of all of them.
    batched_gas : float
        A job, in batches, among people who are registered.
    jobs_per_second : float
        In batches.
    jobs : int
        How many were batched.
    """

    transactions: int
    gas: int
    batched_gas: float
    jobs_per_second: float
    jobs: int


def measure_training(jobs: int = JOBS_A_BATCH, batches: int = BATCHES) -> Life:
    """Play one life from nothing, then batches of lives."""
    with LocalNode(timestamp=1_700_000_000, base_fee=0) as node:
        first = _World(node)
        first.play_from_nothing()
        transactions, gas = first.transactions, first.gas
        many = _World(node)
        many.set_up()
        many.gas, many.seconds = 0, 0.0
        for _ in range(batches):
            many.play(jobs)
        many.require_closed(jobs * batches)
        return Life(transactions, gas, many.gas / (jobs * batches), jobs * batches / many.seconds, jobs * batches)


def cost_rows(found: Life) -> Table:
    """What a job costs in ether, on Ethereum and on a second layer."""
    table = Table("where", "ether a job", title=f"One job from nothing: {found.gas:,} gas in {found.transactions}")
    for name, gwei in (("Ethereum at 1 gwei", 1.0), ("Ethereum at 10 gwei", 10.0), ("second layer at 0.01 gwei", 0.01)):
        table.add_row(name, f"{found.gas * gwei / 1e9:.6f}")
    return table


class _World:
    """A market and its people: an owner, a compute owner, a buyer, a validator."""

    def __init__(self, node: LocalNode) -> None:
        self._node = node
        accounts = node.accounts()
        self.owner, self.holder, self.buyer, self.juror = accounts[1:5]
        self._deployer = accounts[0]
        self.transactions, self.gas, self.seconds = 0, 0, 0.0
        parts = [str(self._send(self._deployer, deployment_call(part).data).contract) for part in PARTS]
        self.market = str(self._send(self._deployer, deployment_call(MARKET, *parts).data).contract)
        self.chain_id = int(node.request("eth_chainId"), 16)
        self.transactions, self.gas = 0, 0
        self.jobs, self.dataset, self.drawn_block = 0, 1, 0

    # ------------------------------------------------------------------------------------------------------ calls

    def call(self, name: str, *arguments: Any) -> bytes:
        """Encode a call of the market."""
        return bytes.fromhex(function_of(MARKET, name).encode(*arguments).removeprefix("0x"))

    def act(self, who: str, *calls: bytes, value: int = 0) -> None:
        """Send calls in one transaction."""
        data = calls[0] if len(calls) == 1 else self.call("multicall", list(calls))
        self._send(who, "0x" + data.hex(), self.market, value)

    def seal(self, job: int, round_: int, who: str, digest: bytes) -> bytes:
        """Seal a digest for the first subset."""
        return seal(self.chain_id, self.market, job, round_, 0, who, digest, SALT)

    def pass_time(self, seconds: int) -> None:
        """Let time pass, and a block."""
        self._node.request("evm_increaseTime", seconds)
        self._node.request("evm_mine")

    # ------------------------------------------------------------------------------------------------------ lives

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
            self.call("join", 1, 0, 0, self.seal(1, JOIN_ROUND, self.holder, SHARD)),
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
        self.pass_time(1)
        self.act(
            self.holder,
            *each(lambda job: self.call("sealResult", job, 0, 0, self.seal(job, 0, self.holder, DIGEST))),
        )
        self.act(self.holder, *each(lambda job: self.call("revealResult", job, 0, 0, DIGEST, SALT)))
        self.act(self.buyer, *each(lambda job: self.call("aggregate", job, DIGEST, True)))
        self.pass_time(CHALLENGE_SECONDS)
        self.act(self.buyer, *each(lambda job: self.call("advance", job)))
        self.pass_time(1)
        self.act(
            self.juror,
            *each(lambda job: self.call("sealVote", job, 0, self._vote_seal(job))),
        )
        self.act(self.juror, *each(lambda job: self.call("revealVote", job, 0, SCORE, WEIGHTS, SALT)))
        self.pass_time(CHALLENGE_SECONDS)
        self.act(self.owner, *each(lambda job: self.call("settle", job, SCORE, WEIGHTS)))

    def require_closed(self, count: int) -> None:
        """Make sure that all that was measured really came to its end."""
        closed = keccak256(b"Settled(uint256,uint256,uint256)").hex()
        logs: Sequence[Any] = self._node.request(
            "eth_getLogs", {"address": self.market, "fromBlock": "0x0", "topics": ["0x" + closed]}
        )
        if len(logs) != count:
            raise RuntimeError(f"{len(logs)} of {count} jobs were settled in the benchmark")

    def _vote_seal(self, job: int) -> bytes:
        return self.seal(job, VOTE_ROUND, self.juror, vote_digest(job, SCORE, WEIGHTS))

    def _send(self, who: str, data: str, to: str | None = None, value: int = 0) -> Receipt:
        fields = {"from": who, "data": data, "value": hex(value), "gas": hex(GAS_LIMIT), "gasPrice": "0x0"}
        if to:
            fields["to"] = to
        begun = time.perf_counter()
        receipt = receipt_from(self._node.request("eth_sendTransactionSync", fields))
        self.seconds += time.perf_counter() - begun
        if not receipt.succeeded:
            raise RuntimeError("a step of a job failed in the benchmark")
        self.transactions += 1
        self.gas += receipt.gas_used
        return receipt
