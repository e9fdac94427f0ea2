"""A training market on brownie's chain, with people who seal by the twin's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import brownie

from commonlearn.numerics import keccak256
from commonlearn.protocol import JOIN_ROUND, VOTE_ROUND, seal, vote_digest, vote_sitting
from commonlearn.records import Custody, Role, Stage

__all__ = ["Terms", "World", "word"]

DAY, HOUR = 86_400, 3_600
ETHER = 10**18


def word(text: str) -> bytes:
    """Return a word of its own for a name."""
    return keccak256(text.encode())


SCHEMA, ENVIRONMENT, TEST_SET, PROGRAM = (word(name) for name in ("schema", "environment", "tests", "program"))


@dataclass(frozen=True)
class Terms:
    """A job's rules, in the contract's order."""

    aggregator: str = "0x" + "00" * 20
    budget_wei: int = 100_003 * 10**12
    vote_bond_wei: int = 211
    challenge_bond_wei: int = 401
    bounty_wei: int = 7
    baseline: int = 500_000
    target: int = 900_000
    min_quality: int = 500_000
    data_bps: int = 5_000
    compute_bps: int = 2_000
    validation_bps: int = 2_000
    aggregation_bps: int = 1_000
    rounds: int = 2
    subsets_per_round: int = 1
    min_subsets: int = 1
    validators: int = 3
    draw_delay: int = 2
    custody: int = Custody.SHARDED
    privacy: int = 0
    key_holder: int = 0
    metric: int = 1
    approve_seconds: int = DAY
    train_seconds: int = HOUR
    reveal_seconds: int = HOUR
    aggregate_seconds: int = 2 * HOUR
    challenge_seconds: int = 3 * HOUR
    vote_seconds: int = 4 * HOUR
    environment: bytes = ENVIRONMENT
    test_set: bytes = TEST_SET

    def as_tuple(self) -> tuple[Any, ...]:
        """Return the fields in the contract's order."""
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)

    @property
    def split(self) -> tuple[int, int, int, int]:
        """The four parts, in basis points."""
        return self.data_bps, self.compute_bps, self.validation_bps, self.aggregation_bps


@dataclass
class World:
    """A market and its people.

    Attributes
    ----------
    market : contract
    owner, buyer, watcher : account
        The watcher moves jobs on.
    holders, jurors : sequence of account
    """

    market: Any
    owner: Any
    buyer: Any
    watcher: Any
    holders: Sequence[Any]
    jurors: Sequence[Any]
    salts: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def create(cls, project: Any, accounts: Sequence[Any]) -> World:
        """Deploy the market and register everybody."""
        deployer = accounts[0]
        names = ("TrainingCatalogue", "TrainingRounds", "TrainingSettlement")
        parts = [getattr(project, name).deploy({"from": deployer}) for name in names]
        market = project.TrainingMarket.deploy(*parts, {"from": deployer})
        world = cls(market, accounts[1], accounts[2], accounts[3], accounts[4:7], accounts[7:10])
        world._register(world.owner, Role.DATA_OWNER)
        world._register(world.buyer, Role.BUYER)
        world._register(world.watcher, Role.BUYER)
        for holder in world.holders:
            world._register(holder, Role.COMPUTE_OWNER)
            market.offerCompute(1, 60_000, 60, ENVIRONMENT, {"from": holder})
        for juror in world.jurors:
            world._register(juror, Role.VALIDATOR)
            market.bond(ETHER, {"from": juror})
            market.enrol(TEST_SET, 1, ETHER, 60, {"from": juror})
        return world

    def _register(self, who: Any, role: Role) -> None:
        self.market.register(int(role), word("key"), {"from": who, "value": 10 * ETHER})

    def salt(self, who: Any) -> bytes:
        """Return somebody's salt."""
        return word(f"salt of {who.address}")

    def seal(self, job: int, round_: int, subset: int, who: Any, digest: bytes) -> bytes:
        """Seal by the twin."""
        chain_id = brownie.chain.id
        return seal(chain_id, self.market.address, job, round_, subset, who.address, digest, self.salt(who))

    def list_sharded(self, subsets: int = 1, replicas: int = 3) -> int:
        """List a dataset; its holders join, reveal and are verified."""
        description = (
            self.owner, SCHEMA, word("template"), 800_000, 100, 1, Custody.SHARDED, replicas, HOUR, 500, 301, 77,
        )  # fmt: skip
        roots = [word(f"root {i}") for i in range(subsets)]
        holders = [self.holders[i % replicas] for i in range(subsets * replicas)]
        self.market.list(description, roots, holders, b"", {"from": self.owner})
        dataset: int = self.market.datasets()
        seats = [(subset, index) for subset in range(subsets) for index in range(replicas)]
        shard = word("shard")
        for subset, index in seats:
            who = self.holders[index]
            self.market.join(dataset, subset, index, self.seal(dataset, JOIN_ROUND, subset, who, shard), {"from": who})
        for subset, index in seats:
            who = self.holders[index]
            self.market.revealReplica(dataset, subset, index, shard, self.salt(who), {"from": who})
        for subset, index in seats:
            self.market.verify(dataset, subset, index, True, {"from": self.owner})
        return dataset

    def run(self, terms: Terms, dataset: int) -> int:
        """Ask for a job, pay for it, approve it."""
        self.market.request(
            terms.as_tuple(), (SCHEMA, PROGRAM, word("model")), [dataset], 5 * ETHER, {"from": self.buyer}
        )
        job: int = self.market.jobs()
        self.market.approve(job, 0, {"from": self.owner})
        return job

    def draw(self, job: int) -> bytes:
        """Draw; return the drawing block's hash."""
        block = self.job(job)["drawBlock"]
        brownie.chain.mine(max(0, block - brownie.chain.height))
        self.market.advance(job, {"from": self.watcher})
        return bytes(brownie.web3.eth.get_block(block)["hash"])

    def job(self, job: int) -> dict[str, Any]:
        """Read a job by names."""
        return dict(self.market.jobOf(job).dict())

    def train(self, job: int, digests: Sequence[bytes]) -> None:
        """All seats of a one-subset round seal and reveal."""
        found = self.job(job)
        position = bytes(found["positions"])[0]
        for index, digest in enumerate(digests):
            who = self.holders[index]
            sealed = self.seal(job, found["round"], position, who, digest)
            self.market.sealResult(job, 0, index, sealed, {"from": who})
        for index, digest in enumerate(digests):
            who = self.holders[index]
            self.market.revealResult(job, 0, index, digest, self.salt(who), {"from": who})

    def aggregate(self, job: int, is_last: bool) -> None:
        """Post an average, and let the time of challenges pass."""
        self.market.aggregate(job, word("average"), is_last, {"from": self.buyer})
        brownie.chain.sleep(3 * HOUR)
        self.market.advance(job, {"from": self.watcher})

    def vote(self, job: int, scores: Sequence[int], weights: Sequence[int]) -> None:
        """A whole jury votes."""
        found = self.job(job)
        people = {juror.address: juror for juror in self.jurors}
        jury = [people[address] for address in self.market.juryOf(job, found["isAppealed"])]
        for seat, (who, score) in enumerate(zip(jury, scores, strict=True)):
            digest = vote_digest(job, score, weights)
            sealed = self.seal(job, VOTE_ROUND, vote_sitting(found["attempt"], found["isAppealed"]), who, digest)
            self.market.sealVote(job, seat, sealed, {"from": who})
        for seat, (who, score) in enumerate(zip(jury, scores, strict=True)):
            self.market.revealVote(job, seat, score, weights, self.salt(who), {"from": who})

    def stage(self, job: int) -> Stage:
        """Return what a job waits for."""
        return Stage(self.job(job)["stage"])
