"""One chain with the project's contracts for tests of the client, and small models on it.

Tests share the chain: each makes its own model, which takes a hundredth of a second, so none sees another's. Time only
goes forward.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commonlearn.chain.abi import checksummed
from commonlearn.chain.connection import Connection
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import as_signer
from commonlearn.chain.transactions import Sender
from commonlearn.client.deployer import ModelPlan, deploy_model
from commonlearn.client.deployments import DeploymentBook, ModelRecord
from commonlearn.client.description import Description
from commonlearn.client.public_model import PublicModel
from commonlearn.featurizers import Featurizer, PresenceText, ScaledTable
from commonlearn.models import ModelConfiguration, MultinomialNaiveBayes, NearestCentroid, Perceptron, PublicClassifier
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics import Encoding
from commonlearn.records import Terms
from tests.support.actors import cast
from tests.support.node import LocalNode, chain_for_tests

WORDS = ["film", "good", "bad", "funny", "dull", "long", "great", "boring", "actor", "plot"]
GOOD, BAD = "a good, funny film with a great plot", "dull and far too long, a bad plot"
REFUND, REPORT, SWEEP = 100, 200, 300
FLOOR_WEI = 10**12


@dataclass
class Network:
    """A running chain and its cast."""

    node: LocalNode
    folder: Path
    connection: Connection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = Connection.open(self.node.url)
        self.cast = cast([checksummed(held) for held in self.connection.rpc.call("eth_accounts")])

    def sender(self, role: str = "deployer") -> Sender:
        return Sender(self.connection, as_signer(self.cast[role]), prices=Prices())

    def book(self) -> DeploymentBook:
        return DeploymentBook.open(self.folder / "deployments", self.connection)

    def terms(self, **changes: Any) -> Terms:
        usual = {
            "beneficiary": self.cast["beneficiary"],
            "floor_wei": FLOOR_WEI,
            "growth_bps": 100,
            "half_life_seconds": 3_600,
            "refund_wait_seconds": REFUND,
            "report_wait_seconds": REPORT,
            "sweep_wait_seconds": SWEEP,
            "reporter_bps": 500,
        }
        return Terms(**{**usual, **changes})

    def plan(
        self,
        *,
        name: str = "films",
        model: PublicClassifier | None = None,
        featurizer: Featurizer | None = None,
        classes: Sequence[str] = ("negative", "positive"),
        curator: str = "0x" + "0" * 40,
        **terms: Any,
    ) -> ModelPlan:
        featurizer = featurizer or PresenceText(WORDS)
        about = Description(name, "for tests", tuple(classes), featurizer.record())
        return ModelPlan(model or small_perceptron(), about, self.terms(**terms), curator)

    def deploy(self, **options: Any) -> ModelRecord:
        """A small perceptron of film reviews unless told otherwise."""
        return deploy_model(self.sender(), self.book(), self.plan(**options))

    def load(self, address: str, folder: Path, **options: Any) -> PublicModel:
        return PublicModel.load(
            address, **{"rpc": self.node.url, "cache": folder / "cache", "journal": folder / "journal", **options}
        )

    def pass_time(self, seconds: int) -> None:
        self.node.increase_time(seconds)

    def sent(self, role: str) -> int:
        """How many transactions an account has in blocks."""
        return int(self.connection.rpc.call("eth_getTransactionCount", self.cast[role], "latest"), 16)


def small_perceptron() -> Perceptron:
    """Ten words; too sure of `GOOD` and `BAD` for a few false labels to turn it, without an opinion of "actor"."""
    words = ExactPerceptron(
        ModelConfiguration(Encoding.PRESENCE, 16, 2, len(WORDS), step=1, intercept_value=1, margin=10)
    )
    for word, weight in {
        "good": 20,
        "funny": 20,
        "great": 20,
        "bad": -20,
        "dull": -20,
        "long": -20,
        "boring": -20,
    }.items():
        words.weights[1 + WORDS.index(word)] = weight
    return Perceptron.from_words(words.configuration, words.words())


def small_bayes() -> MultinomialNaiveBayes:
    batch = PresenceText(WORDS).transform_batch([GOOD, BAD] * 3)
    return MultinomialNaiveBayes(encoding="presence").fit(batch.to_csr(), np.array([1, 0] * 3))


TABLE = [[float(i % 7), float((i * 3) % 5) - 2.0, float(i % 3) * 10] for i in range(30)]
TABLE_LABELS = [i % 3 for i in range(30)]


def small_centroid(notice_seconds: int = 0) -> tuple[NearestCentroid, ScaledTable]:
    """Three columns, three classes."""
    table = ScaledTable.learn(TABLE, names=("a", "b", "c"))
    model = NearestCentroid(encoding="dense", scale=1.0, weight_bits=32, notice_seconds=notice_seconds)
    model.fit(table.transform_batch(TABLE).to_dense().astype(float), np.array(TABLE_LABELS))
    return model, table


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The shared chain."""
    with chain_for_tests() as node:
        yield Network(node, tmp_path_factory.mktemp("network"))


@pytest.fixture
def own_network(tmp_path: Path) -> Iterator[Network]:
    """A chain for one test: one that takes blocks back, stops, or starts anew."""
    with chain_for_tests() as node:
        yield Network(node, tmp_path)


@pytest.fixture
def address(network: Network) -> str:
    """A fresh model of film reviews."""
    return network.deploy().address


@pytest.fixture
def own_network_with_state(tmp_path: Path) -> Iterator[Network]:
    """A chain for one test that can be stopped and started where it was."""
    with chain_for_tests(state=tmp_path / "state.json") as node:
        yield Network(node, tmp_path)
