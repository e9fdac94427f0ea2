"""Gas of the steps of a public model's life, from receipts of a local chain. Exact: the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.batch import Receipt, receipt_from
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import Call, CollaborationContract, FactoryContract, deployment_call
from commonlearn.incentives.stake_price import StakePrice
from commonlearn.records import Contribution, Terms
from scripts.bench.batches import batch_figures, real_figure
from scripts.bench.inputs import SPARSE_SIZES, Inputs, ModelInput, touched_words
from scripts.bench.points import points_gas
from scripts.bench.sponsors import sponsors_gas
from scripts.local_node import LocalNode

__all__ = ["Chain", "Measurement", "measure_gas"]

NOBODY = "0x" + "0" * 40
PAUSE = 100
"""Seconds between contributions, as in the peer's measurement."""
DAY = 86_400
GAS_LIMIT = 29_000_000


@dataclass(frozen=True)
class Measurement:
    """One figure and the least that any design with the same storage could reach, where that is defined.

    Attributes
    ----------
    key : str
        Its name in the report.
    gas : int
        Gas used, from the receipt.
    floor : int or None
        The transaction, its data, one cold read a touched word, one write a changed one, one new word of record, one
        changed word of state and the logged sample.
    """

    key: str
    gas: int
    floor: int | None = None


class Chain:
    """A fresh local chain at a fixed time, without fees."""

    def __init__(self, node: LocalNode) -> None:
        self.node = node
        self.connection = Connection.open(node.url)
        self.accounts = node.accounts()
        self.now = node.timestamp()

    def send(self, call: Call, sender: int = 0, *, after: int = 1) -> Receipt:
        """Send a call in a block so many seconds after the last; it must succeed."""
        self.now += after
        self.node.request("evm_setNextBlockTimestamp", self.now)
        fields: dict[str, Any] = {
            "from": self.accounts[sender],
            "data": call.data,
            "value": hex(call.value_wei),
            "gas": hex(GAS_LIMIT),
            "gasPrice": "0x0",
        }
        if call.to is not None:
            fields["to"] = call.to
        receipt = receipt_from(self.node.request("eth_sendTransactionSync", fields))
        if not receipt.succeeded:
            raise RuntimeError(f"{call.what} failed in the benchmark")
        return receipt


class _Model:
    """A collaboration made from an input, with the stake's clock followed by its twin."""

    def __init__(self, chain: Chain, factory: FactoryContract, implementation: str, given: ModelInput) -> None:
        terms = Terms(chain.accounts[9], 10**15, 625, 3600, DAY, 2 * DAY, 9 * DAY, 1000)
        self.chain = chain
        receipt = chain.send(
            factory.create(implementation, given.configuration.to_int(), terms, NOBODY, given.words, given.metadata)
        )
        self.creation_gas = receipt.gas_used
        created = receipt.event("Created")
        assert created is not None
        self.contract = CollaborationContract(chain.connection, created.values["collaboration"])
        self.price = StakePrice(terms.floor_wei, terms.growth_bps, terms.half_life_seconds, 0, chain.now)

    def contribute(self, sample: bytes, label: int, sender: int) -> tuple[Receipt, int, Contribution]:
        price, paid = self.price.contribute(self.chain.now + PAUSE)
        receipt = self.chain.send(self.contract.contribute(sample, label, paid), sender, after=PAUSE)
        self.price = price
        event = receipt.event("Contributed")
        assert event is not None
        found = event.values
        record = Contribution(
            found["author"], found["label"], found["taught"], found["stakeWei"], found["contributedAt"]
        )
        return receipt, found["id"], record

    def tried(self, sample: bytes, label: int, sender: int) -> Receipt:
        """A contribution that is undone afterwards."""
        before, price, now = self.chain.node.snapshot(), self.price, self.chain.now
        receipt = self.contribute(sample, label, sender)[0]
        self.chain.node.revert(before)
        self.price, self.chain.now = price, now
        return receipt


def measure_gas(*, use_data: bool = True) -> list[Measurement]:
    """Measure every step of the table, in its order.

    Parameters
    ----------
    use_data : bool
        See :class:`Inputs`.
    """
    with LocalNode(timestamp=1_700_000_000, base_fee=0) as node:
        return list(_steps(Chain(node), Inputs(use_data=use_data)))


def _steps(chain: Chain, inputs: Inputs) -> Iterator[Measurement]:
    deployed = {
        name: chain.send(deployment_call(name))
        for name in ("CollaborationFactory", "Perceptron", "NearestCentroid", "NaiveBayes")
    }
    factory = FactoryContract(chain.connection, str(deployed["CollaborationFactory"].contract))

    def model(given: ModelInput) -> _Model:
        return _Model(chain, factory, str(deployed[given.contract].contract), given)

    sparse = model(inputs.sparse_perceptron)
    yield Measurement("new_model", sparse.creation_gas)
    yield Measurement("new_model_with_factory", sparse.creation_gas + sum(each.gas_used for each in deployed.values()))
    for size in SPARSE_SIZES:
        before, price, now = chain.node.snapshot(), sparse.price, chain.now
        yield from _contributions(sparse, inputs.sparse_perceptron, "contribute", str(size))
        yield from _claims(sparse, inputs.sparse_perceptron.samples[str(size)], str(size))
        chain.node.revert(before)
        sparse.price, chain.now = price, now
    for key, gas in batch_figures(model(inputs.sparse_perceptron), inputs.sparse_perceptron):
        yield Measurement(key, gas)
    if inputs.has_peer_weights and (real := real_figure(model(inputs.sparse_perceptron), inputs.sparse_perceptron)):
        yield Measurement(*real)
    yield from _contributions(model(inputs.dense_perceptron), inputs.dense_perceptron, "dense", "100")
    for key, given, size in (
        ("centroid_dense", inputs.dense_centroid, "100"),
        ("centroid_sparse", inputs.sparse_centroid, "20"),
        ("centroid_sparse", inputs.sparse_centroid, "100"),
        ("naive_bayes", inputs.naive_bayes, "20"),
        ("naive_bayes", inputs.naive_bayes, "100"),
    ):
        made = model(given)
        sample = given.samples[size]
        label = made.contract.predict(sample)
        made.contribute(sample, label, 9)
        yield Measurement(f"{key}.{size}", made.tried(sample, label, 1).gas_used)
    for key, gas in points_gas(chain, inputs, str(deployed["Perceptron"].contract)):
        yield Measurement(key, gas)
    for key, gas in sponsors_gas(chain, inputs, str(deployed["Perceptron"].contract)):
        yield Measurement(key, gas)


def _contributions(made: _Model, given: ModelInput, key: str, size: str) -> Iterator[Measurement]:
    """A right and a wrong label from the same state, the counters warm, as the peer was measured."""
    sample = given.samples[size]
    label = made.contract.predict(sample)
    made.contribute(sample, label, 9)
    words = touched_words(given, sample)
    for name, taught, chosen in (("agrees", False, label), ("corrected", True, 1 - label)):
        receipt = made.tried(sample, chosen, 1)
        call = made.contract.contribute(sample, chosen, 0)
        floor = _least(bytes.fromhex(call.data[2:]), words, words if taught else 0, len(sample))
        yield Measurement(f"{key}_{name}.{size}", receipt.gas_used, floor)


def _claims(made: _Model, sample: bytes, size: str) -> Iterator[Measurement]:
    """Refund and report in their steady state: both accounts have been credited and proven before."""
    label = made.contract.predict(sample)
    bad = [made.contribute(sample, 1 - label, 2) for _ in range(2)]
    good = []
    while made.contract.predict(sample) != label or len(good) < 3:
        good.append(made.contribute(sample, label, 1))
    made.chain.now += DAY
    refunds = [made.chain.send(made.contract.refund(number, record, sample), 1).gas_used for _, number, record in good]
    yield Measurement(f"refund.{size}", refunds[-1])
    yield Measurement(f"refund_first_ever.{size}", refunds[0])
    made.chain.now += DAY
    reports = [made.chain.send(made.contract.report(number, record, sample), 1).gas_used for _, number, record in bad]
    yield Measurement(f"report.{size}", reports[-1])
    if size == "100":
        yield Measurement("withdraw", made.chain.send(made.contract.withdraw(made.chain.accounts[1]), 1).gas_used)


def _least(data: bytes, read: int, changed: int, logged: int) -> int:
    calldata = sum(16 if byte else 4 for byte in data)
    return 21_000 + calldata + 2_100 * read + 2_900 * changed + 22_100 + 5_000 + 375 * 2 + 8 * logged
