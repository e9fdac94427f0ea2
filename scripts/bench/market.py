"""Gas of computing a market's settlement: every transaction of a replay, calldata included, from receipts.

Measured at the engine itself. What the market's own contract adds to a portion (the check of the records, the pay) is
not in it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from rich.table import Table

from commonlearn.chain.abi import function_of
from commonlearn.chain.batch import Receipt, receipt_from
from commonlearn.chain.contracts import deployment_call
from commonlearn.datasets import fetch_imdb
from commonlearn.errors import DataNotFound
from commonlearn.featurizers import PresenceText
from commonlearn.market.replay import AwardTerms, Replay
from commonlearn.market.state import ReplayInput
from commonlearn.models import Perceptron
from commonlearn.models.configuration import ModelConfiguration
from commonlearn.models.exact import ExactModel, ExactPerceptron
from commonlearn.numerics import Encoding, encode_presence
from commonlearn.numerics.lanes import bytes_to_words
from scripts.bench.costs import assumptions, costs
from scripts.local_node import LocalNode

__all__ = ["Settlement", "cost_table", "measure_settlement"]

CONTRIBUTIONS, TESTS = 1_000, 100
PREDICTED = 16
"""How many contributions are replayed by predicting every test sample, which costs some ninety times as much."""
DIMENSION, WORDS, MARGIN, PARTICIPANTS = 1_000, 40, 75, 50
FIRST_REVIEWS = 2_000
GAS_LIMIT = 16_777_216
WEI = 10**18
Labelled = tuple[list[bytes], list[int]]
"""Samples and their classes."""


@dataclass(frozen=True)
class Settlement:
    """What one round of a replay costs.

    Attributes
    ----------
    gas : int
        Of all its transactions: preparing, replaying, closing.
    pair_gas : float
        Of replaying alone, a contribution and test sample.
    predicting_pair_gas : float
        The same where every test sample is predicted anew after each contribution, by the engine for any model; over
        the first contributions.
    transactions : int
    largest_gas : int
        Of the dearest transaction.
    largest_bytes, total_bytes : int
        Calldata of the longest transaction, and of all.
    is_real : bool
        Whether film reviews were replayed, and not samples drawn in their shape.
    """

    gas: int
    pair_gas: float
    predicting_pair_gas: float
    transactions: int
    largest_gas: int
    largest_bytes: int
    total_bytes: int
    is_real: bool


def measure_settlement(*, use_data: bool = True) -> Settlement:
    """Replay 1,000 contributions against 100 test samples on a local chain.

    Parameters
    ----------
    use_data : bool
        Whether to take film reviews where they are at hand.
    """
    market = _market(use_data)
    with LocalNode(timestamp=1_700_000_000, base_fee=0) as node:
        chain = _Chain(node)
        implementation = chain.create("Perceptron")
        clone = _clone_of(implementation, chain.account, market.model.configuration)
        model = chain.send(clone).contract
        indexed = chain.settle("PerceptronReplay", str(model), market.replay(), market.tests)
        few = market.replay(PREDICTED, bytes.fromhex(implementation[2:]))
        predicting = chain.settle("ModelReplay", str(model), few, market.tests)
    return Settlement(
        gas=sum(indexed.used),
        pair_gas=indexed.replaying / (CONTRIBUTIONS * TESTS),
        predicting_pair_gas=predicting.replaying / (PREDICTED * TESTS),
        transactions=len(indexed.used),
        largest_gas=max(indexed.used),
        largest_bytes=max(indexed.sizes),
        total_bytes=sum(indexed.sizes),
        is_real=market.is_real,
    )


@dataclass(frozen=True)
class _Spent:
    """Gas and bytes of each transaction of a round: preparing, replaying, closing."""

    used: list[int]
    sizes: list[int]

    @property
    def replaying(self) -> int:
        return sum(self.used[1:-1])


class _Chain:
    """A node with somebody who pays nothing for gas."""

    def __init__(self, node: LocalNode) -> None:
        self._node = node
        self.account = node.accounts()[0]

    def send(self, data: str, to: str | None = None) -> Receipt:
        fields = {"from": self.account, "data": data, "gas": hex(GAS_LIMIT), "gasPrice": "0x0"}
        if to is not None:
            fields["to"] = to
        receipt = receipt_from(self._node.request("eth_sendTransactionSync", fields))
        if not receipt.succeeded:
            raise RuntimeError("a portion of the replay failed in the benchmark")
        return receipt

    def create(self, contract: str) -> str:
        return str(self.send(deployment_call(contract).data).contract)

    def settle(self, engine: str, model: str, replay: Replay, tests: Labelled) -> _Spent:
        """One round of a replay, transaction by transaction."""

        def call(name: str, *arguments: object) -> str:
            return function_of(engine, name).encode(*arguments)

        address = self.create(engine)
        words = bytes_to_words(replay.initial.words)
        calls = [call("prepare", model, words, *tests)]
        terms = replay.terms.as_tuple()
        for portion in replay.portions():
            if portion.first_step > len(replay.inputs):
                break  # one round
            start = portion.first_step
            inputs = [each.as_tuple() for each in replay.inputs[start : start + portion.contributions]]
            state = replay.state_after(start).as_tuple()
            if inputs:
                calls.append(call("advance", terms, state, replay.prepared, inputs))
            if portion.closes_round:
                whole = replay.state_after(len(replay.inputs)).as_tuple()
                calls.append(call("closeRound", terms, whole, replay.initial.as_tuple()))
        return _Spent([self.send(data, address).gas_used for data in calls], [len(data) // 2 - 1 for data in calls])


def cost_table(found: Settlement) -> Table:
    """What the settlement costs on Ethereum and on a second layer, under the assumptions in its title."""
    table = Table(
        "where",
        "ether",
        "dollars",
        title=(
            f"Settling {CONTRIBUTIONS:,} contributions x {TESTS} test samples: {found.gas:,} gas, "
            f"{found.total_bytes:,} bytes, {found.transactions} transactions. {assumptions()}"
        ),
    )
    for each in costs(found.gas, found.total_bytes):
        table.add_row(each.where, f"{each.ether:.6f}", f"{each.dollars:.2f}")
    return table


def _clone_of(implementation: str, trainer: str, configuration: ModelConfiguration) -> str:
    """Code that creates a minimal clone with a model's immutable arguments (ERC-1167)."""
    runtime = "363d3d373d3d3d363d73" + implementation[2:] + "5af43d82803e903d91602b57fd5bf3"
    runtime += trainer[2:] + configuration.to_int().to_bytes(32, "big").hex()
    return f"0x61{len(runtime) // 2:04x}3d81600a3d39f3{runtime}"


@dataclass(frozen=True)
class _Market:
    """What is replayed: a model, a test set and contributions."""

    model: ExactModel
    tests: Labelled
    given: Labelled
    is_real: bool

    def replay(self, count: int = CONTRIBUTIONS, implementation: bytes | None = None) -> Replay:
        """The first contributions, every tenth account of which lies."""
        chance = random.Random(3)
        people = [chance.randrange(PARTICIPANTS) for _ in range(count)]
        numbers = {person: number for number, person in enumerate(dict.fromkeys(people))}
        inputs = [
            ReplayInput(
                numbers[person],
                "0x" + random.Random(person).randbytes(20).hex(),
                WEI // 1000,
                label if person % 10 else 1 - label,
                sample,
            )
            for person, sample, label in zip(people, *(given[:count] for given in self.given), strict=True)
        ]
        return Replay(AwardTerms(WEI, 20, 4), self.model, *self.tests, inputs, implementation=implementation)


def _market(use_data: bool) -> _Market:
    model, samples, labels, is_real = _reviews() if use_data else _drawn()
    return _Market(model, (samples[:TESTS], labels[:TESTS]), (samples[TESTS:], labels[TESTS:]), is_real)


def _reviews() -> tuple[ExactModel, list[bytes], list[int], bool]:
    try:
        texts, y = fetch_imdb("train", download=False, return_X_y=True)
    except DataNotFound:
        return _drawn()
    featurizer = PresenceText.learn(texts[:FIRST_REVIEWS], y[:FIRST_REVIEWS].tolist(), dimension=DIMENSION)
    batch, known = featurizer.transform_known(texts[: FIRST_REVIEWS + 2 * CONTRIBUTIONS])
    labels = y[: FIRST_REVIEWS + 2 * CONTRIBUTIONS][known]
    first = int(known[:FIRST_REVIEWS].sum())
    start = Perceptron(encoding="presence", margin=MARGIN).fit(batch[:first].to_csr(), labels[:first])
    chosen = slice(first, first + TESTS + CONTRIBUTIONS)
    return start.model_, batch[chosen].to_samples(), labels[chosen].tolist(), True


def _drawn() -> tuple[ExactModel, list[bytes], list[int], bool]:
    chance = random.Random(5)
    configuration = ModelConfiguration(Encoding.PRESENCE, 8, 2, DIMENSION, step=1, intercept_value=1, margin=MARGIN)
    model = ExactPerceptron(configuration)
    model.weights[1:, 0] = np.array([chance.randrange(-60, 61) for _ in range(DIMENSION)])
    samples = [encode_presence(sorted(chance.sample(range(DIMENSION), WORDS))) for _ in range(TESTS + CONTRIBUTIONS)]
    return model, samples, [chance.randrange(2) for _ in samples], False
