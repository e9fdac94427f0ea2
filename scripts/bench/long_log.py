"""A model with a long past on a local chain: real contributions and refunds, made as fast as the node takes them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import as_signer
from commonlearn.chain.transactions import Sender
from commonlearn.client.deployer import ModelPlan, deploy_model
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.description import Description
from commonlearn.featurizers import PresenceText
from commonlearn.incentives.batch import batch_claims
from commonlearn.models import ModelConfiguration, Perceptron
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics import Encoding
from commonlearn.numerics.codec import encode_presence
from commonlearn.records import Contribution, Terms
from scripts.bench.gas import Chain
from scripts.local_node import LocalNode

__all__ = ["LongLog"]

DIMENSION, WORDS = 1_000, 20
BATCH = 200
CLAIMS = 100
REFUND_SECONDS = 100_000
FLOOR_WEI = 10**9
_AUTHORS = range(1, 8)


@dataclass
class LongLog:
    """A model on a running node, which gets contributions and refunds.

    Attributes
    ----------
    node : LocalNode
    address : str
        The model's.
    """

    node: LocalNode
    address: str
    _chain: Chain
    _contract: CollaborationContract
    _chance: random.Random
    _batches: list[tuple[int, int, list[tuple[Contribution, bytes]]]]

    @classmethod
    def begin(cls, node: LocalNode, folder: Path) -> LongLog:
        """A perceptron of 1,000 words without opinions.

        Parameters
        ----------
        node : LocalNode
            Running, without fees.
        folder : Path
            For the record of the deployment.
        """
        connection = Connection.open(node.url)
        accounts = node.accounts()
        words = ExactPerceptron(
            ModelConfiguration(Encoding.PRESENCE, 8, 2, DIMENSION, step=1, intercept_value=1, margin=5)
        )
        terms = Terms(accounts[9], FLOOR_WEI, 0, 3_600, REFUND_SECONDS, 2 * REFUND_SECONDS, 10**8, 500)
        about = Description(
            "long", "made for a benchmark", ("no", "yes"), PresenceText([f"w{i}" for i in range(DIMENSION)]).to_dict()
        )
        plan = ModelPlan(Perceptron.from_words(words.configuration, words.words()), about, terms)
        sender = Sender(connection, as_signer(accounts[0]), prices=Prices())
        record = deploy_model(sender, DeploymentBook.open(folder, connection), plan)
        contract = CollaborationContract(connection, record.address)
        return cls(node, record.address, Chain(node), contract, random.Random(7), [])

    def contribute(self, count: int) -> None:
        """Some accounts contribute in batches of 200, one a block; words below 500 mean no, the others yes."""
        for start in range(0, count, BATCH):
            size, author = min(BATCH, count - start), self._chance.choice(_AUTHORS)
            labels = [self._chance.randrange(2) for _ in range(size)]
            samples = [self._sample(label) for label in labels]
            call = self._contract.contribute_many(samples, labels, size * FLOOR_WEI, strict=True)
            receipt = self._chain.send(call, author)
            logged = [event.values for event in receipt.events if event.name == "Contributed"]
            given = [
                Contribution(one["author"], one["label"], one["taught"], one["stakeWei"], one["contributedAt"])
                for one in logged
            ]
            self._batches.append((author, logged[0]["id"], list(zip(given, samples, strict=True))))

    def refund(self, count: int) -> None:
        """Authors take back the first so many stakes, in transactions of 100."""
        self._chain.now += REFUND_SECONDS
        while count > 0:
            author, first, given = self._batches.pop(0)
            claims = batch_claims(first, given)[:count]
            for start in range(0, len(claims), CLAIMS):
                self._chain.send(self._contract.refund_many(claims[start : start + CLAIMS]), author)
            count -= len(claims)

    def _sample(self, label: int) -> bytes:
        own = self._chance.sample(range(500 * label, 500 * label + 500), WORDS - 4)
        other = self._chance.sample(range(500 * (1 - label), 500 * (1 - label) + 500), 4)
        return encode_presence(sorted(own + other))
