"""A market around the plain model, with an engine whose scores can be told by looking, and the story told of it.

A sample of feature ``20 + change`` changes the score by ``change`` test samples, so `sample_of(3)` helps by three and
`sample_of(-2)` harms by two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from eth_abi import encode

from commonlearn.numerics import MerkleTree, keccak256, words_to_bytes
from commonlearn.records import MarketTerms, Phase
from tests.support import collaborations, linear_replay
from tests.support.linear_replay import Given, State
from tests.support.plain_model import CONFIGURATION, first_weights, presence

HOUR, DAY = 3_600, 86_400
PARTITIONS = 10
NOBODY = "0x" + "00" * 20
BURNED = "0x000000000000000000000000000000000000dEaD"

TERMS = MarketTerms(
    min_stake_wei=1_000,
    bond_wei=10_007,
    step_fee_wei=3,
    post_bond_wei=501,
    full_score=10,
    most_contributions=6,
    participate_seconds=DAY,
    reveal_seconds=HOUR,
    dispute_seconds=2 * HOUR,
    move_seconds=600,
    rounds=3,
    draw_delay_blocks=2,
)
"""Rules of most tests: small numbers of wei that divide badly."""


def sample_of(change: int) -> bytes:
    """Encode a sample that changes the score by so many test samples, -20 to 19."""
    return presence(20 + change)


class TestSet:
    """A provider's secret: a test set in partitions, its salts and its commitment.

    Parameters
    ----------
    provider : str
        Address of who commits.
    sizes : sequence of int, optional
        Samples of each partition.
    """

    __test__ = False  # no test of pytest's

    def __init__(self, provider: str, sizes: Sequence[int] = (2,) + (1,) * (PARTITIONS - 1)) -> None:
        self.provider = provider
        self.partitions: list[list[tuple[bytes, int, bytes]]] = [
            [(keccak256(bytes([number, i])), (number + i) % 2, presence(number % 40, 39)) for i in range(size)]
            for number, size in enumerate(sizes)
        ]

    @property
    def count(self) -> int:
        """Number of test samples."""
        return sum(len(partition) for partition in self.partitions)

    @property
    def leaves(self) -> list[bytes]:
        """The leaf of each partition."""
        return [self._leaf(number) for number in range(len(self.partitions))]

    @property
    def root(self) -> bytes:
        """The commitment."""
        return MerkleTree(self.leaves).root

    def scored(self, drawn: int) -> tuple[list[bytes], list[int]]:
        """Samples and labels of all partitions but the drawn one."""
        kept = [one for number, partition in enumerate(self.partitions) if number != drawn for one in partition]
        return [sample for _, _, sample in kept], [label for _, label, _ in kept]

    def _leaf(self, number: int) -> bytes:
        samples = self.partitions[number]
        hashes = [
            keccak256(encode(["bytes32", "uint16", "bytes32"], [salt, label, keccak256(sample)]))
            for salt, label, sample in samples
        ]
        types = ["address", "uint256", "uint256", "bytes32"]
        return keccak256(encode(types, [self.provider, number, len(samples), keccak256(b"".join(hashes))]))


class PlainMarket:
    """One collaboration under a market, and what people do with it.

    Parameters
    ----------
    contract, engine : Contract
    terms : MarketTerms
    provider : account
    """

    def __init__(self, contract: Any, engine: Any, terms: MarketTerms, provider: Any) -> None:
        self.contract, self.engine, self.terms, self.provider = contract, engine, terms, provider
        self.test_set = TestSet(provider.address)
        self.given: list[Given] = []
        self.states: list[State] = []
        self.at = 0

    @classmethod
    def create(
        cls,
        factory: Any,
        implementation: Any,
        engine: Any,
        provider: Any,
        terms: MarketTerms = TERMS,
        words: bytes | None = None,
    ) -> PlainMarket:
        """Make one, open at once with all its words."""
        tx = factory.create(
            implementation,
            CONFIGURATION.to_int(),
            terms.as_tuple(),
            engine,
            words_to_bytes(first_weights().words()) if words is None else words,
            b"",
            {"from": provider},
        )
        contract = _project()["MarketCollaboration"].at(tx.events["Created"]["collaboration"], tx=tx)
        return cls(contract, engine, terms, provider)

    # ------------------------------------------------------------------------------------------------- the provider

    def price(self, bounty: int) -> int:
        """What a provider must send for a bounty."""
        return bounty + self.terms.bond_wei + self.terms.purse_wei(self.test_set.count)

    def commit(self, bounty: int = 1_003, **changes: Any) -> Any:
        """Begin a market."""
        arguments = {"root": self.test_set.root, "partitions": PARTITIONS, "count": self.test_set.count, **changes}
        self.given, self.states = [], []
        return self.contract.commit(
            arguments["root"],
            arguments["partitions"],
            arguments["count"],
            {"from": self.provider, "value": arguments.get("value", self.price(bounty))},
        )

    def draw(self, by: Any = None) -> Any:
        """Let the drawing block pass, and fix the draw."""
        _mine(max(0, self.market()["drawBlock"] - _height()))
        return self.contract.draw({"from": by or self.provider})

    def reveal(self, *numbers: int, by: Any = None) -> Any:
        """Reveal partitions; the next one by default."""
        chosen = [self.test_set.partitions[number] for number in numbers or (self.market()["nextPartition"],)]
        return self.contract.reveal(self.test_set.leaves, chosen, {"from": by or self.provider})

    def reveal_rest(self) -> Any:
        """Reveal all but the drawn partition."""
        market = self.market()
        return self.reveal(*[n for n in range(market["nextPartition"], PARTITIONS) if n != market["drawn"]])

    # --------------------------------------------------------------------------------------------- the participants

    def contribute(self, who: Any, change: int, value: int | None = None) -> Any:
        """Contribute a sample of known worth."""
        value = self.terms.min_stake_wei if value is None else value
        tx = self.contract.contribute(sample_of(change), 1, {"from": who, "value": value})
        self.note(tx.events["Contributed"], who.address)
        return tx

    def note(self, event: Any, account: str) -> None:
        """Keep a contribution for the replay."""
        self.given.append(
            Given(
                self.contract.accountOf(account)[2],
                account,
                event["stakeWei"],
                event["label"],
                bytes(event["sample"]),
                event["author"],
                event["contributedAt"],
            )
        )

    # ----------------------------------------------------------------------------------------------------- settlement

    def prepare(self, by: Any = None) -> Any:
        """Prepare the replay, and compute all of its states."""
        market = self.market()
        samples, labels = self.test_set.scored(market["drawn"])
        tx = self.contract.prepare(samples, labels, {"from": by or self.provider})
        self.initial = State(words=tuple(int(word) for word in self.contract.snapshot()[2]))
        bounty = market["bountyWei"]
        start = replace(self.initial, bounty_left=bounty, unit_left=bounty // self.terms.full_score)
        self.states, self.at = linear_replay.replay(start, self.given, self.terms.rounds), 0
        self.prepared = linear_replay.prepared(samples, labels)
        return tx

    def arguments(self, at: int, most: int) -> tuple[tuple[Any, ...], int]:
        """Arguments of `settle` and `decide` for a portion from a step on, and how many steps that is."""
        state = self.states[at]
        chosen = self.given[state.position : state.position + most]
        if not chosen:
            return (state.tuple, b"", self.initial.tuple, [], []), 1
        inputs = [one.input for one in chosen], [one.origin for one in chosen]
        return (state.tuple, self.prepared, State().tuple, *inputs), len(chosen)

    def settle(self, most: int = 100, by: Any = None) -> Any:
        """Settle one portion of at most so many contributions."""
        arguments, steps = self.arguments(self.at, most)
        tx = self.contract.settle(*arguments, {"from": by or self.provider})
        self.at += steps
        return tx

    def settle_all(self, most: int = 100, by: Any = None) -> None:
        """Settle to the end."""
        while not self.states[self.at].is_final:
            self.settle(most, by)

    def tree(self, states: Sequence[bytes] | None = None) -> MerkleTree:
        """Commitment to the hashes of all states."""
        hashes = states or [state.hash for state in self.states]
        return MerkleTree([keccak256(encode(["uint256", "bytes32"], [i, one])) for i, one in enumerate(hashes)])

    def post(self, by: Any, outcome: State | None = None, root: bytes | None = None, steps: int | None = None) -> Any:
        """Post the true outcome, or another one."""
        return self.contract.post(
            (outcome or self.states[-1]).tuple,
            len(self.states) - 1 if steps is None else steps,
            root or self.tree().root,
            {"from": by, "value": self.terms.post_bond_wei},
        )

    def dispute(self, by: Any) -> Any:
        """Dispute what is posted."""
        return self.contract.dispute({"from": by, "value": self.terms.post_bond_wei})

    def decide(self, at: int, by: Any = None) -> Any:
        """Let the contract recompute one step."""
        arguments, _ = self.arguments(at, 1)
        return self.contract.decide(*arguments, {"from": by or self.provider})

    def finalise(self, count: int = 100, by: Any = None, outcome: State | None = None) -> Any:
        """Credit participants."""
        return self.contract.finalise((outcome or self.states[-1]).tuple, count, {"from": by or self.provider})

    def train(self, most: int = 100, by: Any = None) -> Any:
        """Train one portion."""
        first = self.market()["trained"]
        chosen = self.given[first : first + most]
        return self.contract.train(
            [one.input for one in chosen], [one.origin for one in chosen], {"from": by or self.provider}
        )

    # ----------------------------------------------------------------------------------------------------- shortcuts

    def open_participation(self, bounty: int = 1_003) -> None:
        """Commit, draw and prove."""
        self.commit(bounty)
        self.draw()
        self.reveal()

    def run_to_settling(self, contributions: Sequence[tuple[Any, int]], bounty: int = 1_003) -> None:
        """Everything up to the prepared replay."""
        self.open_participation(bounty)
        for who, change in contributions:
            self.contribute(who, change)
        self.pass_participation()
        self.reveal_rest()
        self.prepare()

    def pass_participation(self) -> None:
        """Let the time of participation end, if it has not."""
        if self.market()["phase"] == Phase.PARTICIPATING:
            collaborations.pass_time(self.terms.participate_seconds)

    def run_all(self, contributions: Sequence[tuple[Any, int]], bounty: int = 1_003) -> None:
        """A whole market."""
        self.run_to_settling(contributions, bounty)
        self.settle_all()
        self.finalise()
        self.train()

    # -------------------------------------------------------------------------------------------------------- reading

    def market(self) -> dict[str, Any]:
        """The market's fields by name."""
        return dict(self.contract.market().dict())

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        return Phase(self.market()["phase"])

    def owed(self, who: Any) -> int:
        """What an account could withdraw, in wei."""
        return int(self.contract.accountOf(who)[0])

    def held(self) -> int:
        """All ether in the contract."""
        return int(self.contract.balance())

    def check(self, everybody: Sequence[Any]) -> None:
        """Ether held is ether owed, to the wei."""
        owed = sum(self.owed(who) for who in [*everybody, BURNED])
        assert self.held() == owed + sum(self.contract.totals())


def _project() -> Any:
    brownie: Any = import_module("brownie")
    return brownie.project.get_loaded_projects()[0]


def _height() -> int:
    brownie: Any = import_module("brownie")
    return int(brownie.chain.height)


def _mine(blocks: int) -> None:
    brownie: Any = import_module("brownie")
    if blocks:
        brownie.chain.mine(blocks)
