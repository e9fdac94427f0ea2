"""Models under each incentive on a local chain, with a history that ends now."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_iris

from commonlearn.chain.connection import Connection
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.transactions import Sender
from commonlearn.client.deployer import ModelPlan, deploy_model
from commonlearn.client.deployments import DeploymentBook
from commonlearn.client.description import Description
from commonlearn.client.incentives import choice_of
from commonlearn.client.public_model import PublicModel
from commonlearn.featurizers import Featurizer, PresenceText, ScaledTable
from commonlearn.models import NearestCentroid, Perceptron, PublicClassifier
from commonlearn.records import MarketTerms, PointsTerms, Terms
from scripts.demo_data import DemoData, load_demo_data
from scripts.local_node import LocalNode
from scripts.web.listing import ListedModel

__all__ = ["DAYS", "World", "tickets"]

HOUR, DAY = 3_600, 86_400
ETHER = 10**18
DAYS = 12
"""How much history there is; the chain begins that long ago."""
PEOPLE = ("you", "alice", "bob", "mallory", "deployer")
FLIPPER = "mallory"
GIVERS = ("alice", "you", "bob", FLIPPER)
TURN = 32 * HOUR
TICKETS = Path(__file__).resolve().parents[2] / "docs" / "examples" / "tickets.csv"
TESTS = 20
"""Samples of the market's test set; two of them are shown."""
PRICES = Prices.from_options(gas_gwei="1", eth_usd="2500")


@dataclass
class Material:
    """What one model is made of, and what is contributed to it afterwards."""

    name: str
    about: str
    classes: tuple[str, ...]
    featurizer: Featurizer
    model: PublicClassifier
    raw: Sequence[Any]
    labels: Sequence[int]


@dataclass
class World:
    """A local chain with the page's models.

    Parameters
    ----------
    node : LocalNode
        Running, `DAYS` days in the past.
    folder : Path
        For records, copies and secrets.
    tell : callable
        Told in words what is being done.
    """

    node: LocalNode
    folder: Path
    tell: Callable[[str], None] = lambda _: None
    models: list[ListedModel] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = Connection.open(self.node.url)
        accounts = self.node.accounts()
        self.people = dict(zip(PEOPLE, accounts, strict=False))
        self.rng = np.random.default_rng(0)

    @classmethod
    def start_of_chain(cls) -> int:
        """Unix seconds for the first block, so that the history ends about now."""
        return int(time.time()) - DAYS * DAY

    def build(self, *, real_data: bool) -> None:
        """Deploy one model under each incentive and let people use them.

        Parameters
        ----------
        real_data : bool
            Whether film reviews are used where they can be had; else only what comes with the sources.
        """
        data = load_demo_data() if real_data else None
        reviews = _reviews(data) if data is not None and data.unit == "review" else None
        self.pointed(_flowers())
        self.market(tickets("Billing or not", "Tells messages about money from others.", two=True))
        self.staked(reviews or tickets("Support tickets", "Sorts messages of customers by the team that answers."))
        self.models.insert(0, self.models.pop())  # what most will want to try
        left = int(time.time()) - self.node.timestamp()
        if left > 0:
            self.node.increase_time(left)

    # ------------------------------------------------------------------------------------------------------ stories

    def staked(self, material: Material, *, turns: int = 8) -> PublicModel:
        """Self-assessment: true and flipped labels for some days, refunds, reports; the last ones are still locked."""
        self.tell(f"{material.name}: self-assessment")
        terms = Terms(
            beneficiary=self.people["deployer"], floor_wei=10**15, growth_bps=200, half_life_seconds=6 * HOUR,
            refund_wait_seconds=DAY, report_wait_seconds=2 * DAY, sweep_wait_seconds=9 * DAY, reporter_bps=1_000,
        )  # fmt: skip
        model = self.deploy(material, terms)
        flipped: list[int] = []
        for turn, part in enumerate(np.array_split(np.arange(len(material.raw)), turns)):
            here = GIVERS[: 2 + turn]  # they come one after another
            for name, mine in zip(here, np.array_split(part, len(here)), strict=True):
                made = self.give(model, material, name, mine)
                flipped += made if name == FLIPPER else []
                self.node.increase_time(TURN // len(here))
            if turn in (turns // 2, turns - 2):
                for name in ("alice", "bob", *(["you"] if turn == turns // 2 else [])):
                    model.refund(account=self.people[name], prices=PRICES)
            if turn == turns - 2:
                model.sync()
                model.report(account=self.people["alice"], ids=flipped[: len(flipped) // 2 + 1], prices=PRICES)
        return model

    def pointed(self, material: Material) -> PublicModel:
        """Points: two founders and others confirm what is right and contest what is not."""
        self.tell(f"{material.name}: points")
        founders = sorted((self.people["alice"], self.people["you"]), key=lambda one: int(one, 16))
        terms = PointsTerms(
            founders=tuple(founders), grant=90_000, least_vote=100, most_vote=1_000, give_bps=2_000, fee_bps=11_000,
            vote_seconds=30 * DAY,
        )  # fmt: skip
        model = self.deploy(material, terms)
        for part in np.array_split(np.arange(len(material.raw)), 3):
            names = ("alice", "bob", "you", FLIPPER)
            parts = zip(names, np.array_split(part, len(names)), strict=True)
            made = {name: self.give(model, material, name, mine) for name, mine in parts}
            model.sync()
            model.confirm(made["bob"], account=self.people["alice"], prices=PRICES)
            model.contest(made[FLIPPER][:1], account=self.people["alice"], prices=PRICES)
            self.node.increase_time(6 * HOUR)
        model.claim_badges(account=self.people["bob"], prices=PRICES)
        return model

    def market(self, material: Material) -> PublicModel:
        """A market that takes contributions: committed to, its first partition shown."""
        self.tell(f"{material.name}: market")
        terms = MarketTerms(
            min_stake_wei=ETHER // 100, bond_wei=ETHER // 5, step_fee_wei=2 * 10**12, post_bond_wei=ETHER // 10,
            full_score=10, most_contributions=100, participate_seconds=30 * DAY, reveal_seconds=DAY,
            dispute_seconds=DAY, move_seconds=HOUR, rounds=2, draw_delay_blocks=2,
        )  # fmt: skip
        model = self.deploy(material, terms)
        market = model.market(state=self.folder / "markets", prices=PRICES)
        samples, labels = model.labelled(material.raw, list(material.labels))
        unique = dict(zip(samples, labels, strict=True))
        tests = list(unique)[-TESTS:]
        market.commit(tests, [unique[one] for one in tests], account=self.people["alice"], bounty_wei=ETHER // 2)
        for _ in range(3):
            self.node.request("evm_mine")
        market.draw(account=self.people["bob"])
        market.reveal(account=self.people["alice"])
        self.give(model, material, "bob", np.arange(4))
        self.give(model, material, FLIPPER, np.arange(4, 6))
        return model

    # -------------------------------------------------------------------------------------------------------- steps

    def deploy(self, material: Material, terms: Any) -> PublicModel:
        """Put a model on chain and list it."""
        sender = Sender(self.connection, UnlockedSigner(self.people["deployer"]), prices=PRICES)
        book = DeploymentBook.open(self.folder / "deployments", self.connection)
        about = Description(material.name, material.about, material.classes, material.featurizer.record())
        plan = ModelPlan(material.model, about, terms)
        record = deploy_model(sender, book, plan)
        word = choice_of(plan.incentive).word
        chain_id = self.connection.chain_id
        self.models.append(ListedModel(material.name, record.address, chain_id, "local", word, self.node.url))
        return PublicModel.load(
            record.address, rpc=self.node.url, cache=self.folder / "cache", journal=self.folder / "journal"
        )

    def give(self, model: PublicModel, material: Material, name: str, which: np.ndarray) -> list[int]:
        """Contribute some of the material; the flipper names the next class. Returns the contributions' numbers."""
        shift = 1 if name == FLIPPER else 0
        labels = [(int(material.labels[i]) + shift) % len(material.classes) for i in which]
        raw = [material.raw[i] for i in which]
        job = f"{material.name}-{name}-{which[0]}"
        made = model.contribute(raw, labels, account=self.people[name], prices=PRICES, job=job)
        return [receipt.id for receipt in made]


def tickets(name: str, about: str, *, two: bool = False) -> Material:
    """Short messages that come with the sources, as of a help desk.

    Parameters
    ----------
    two : bool
        Tell only billing from the rest.
    """
    with TICKETS.open(encoding="utf-8", newline="") as file:
        rows = [(row["message"], row["team"]) for row in csv.DictReader(file)]
    teams = ("other", "billing") if two else tuple(sorted({team for _, team in rows}))
    labels = [int(team == "billing") if two else teams.index(team) for _, team in rows]
    texts = [text for text, _ in rows]
    featurizer = PresenceText.learn(texts, labels, dimension=120, min_documents=2)
    batch, known = featurizer.transform_known(texts)
    kept = np.flatnonzero(known)
    first = len(kept) // 3
    model = Perceptron(encoding="presence", margin=5).fit(batch[:first].to_csr(), np.array(labels)[kept[:first]])
    rest = kept[first:]
    return Material(name, about, teams, featurizer, model, [texts[i] for i in rest], [labels[i] for i in rest])


def _reviews(data: DemoData) -> Material:
    about = "Says whether a film review likes the film. First weights from 2,000 reviews (IMDB)."
    chosen = np.random.default_rng(1).choice(len(data.raw), 96, replace=False)
    return Material(
        "Film reviews", about, data.classes, data.featurizer, data.model, [data.raw[i] for i in chosen],
        [int(data.labels[i]) for i in chosen],
    )  # fmt: skip


def _flowers() -> Material:
    found = load_iris()
    order = np.random.default_rng(0).permutation(len(found.target))
    rows, labels = found.data[order], found.target[order]
    featurizer = ScaledTable.learn(rows[:30], names=[str(name) for name in found.feature_names])
    dense = featurizer.transform_batch(rows[:30]).to_dense().astype(float)
    return Material(
        "Irises", "Names an iris by the sizes of its sepals and petals.", tuple(str(n) for n in found.target_names),
        featurizer, NearestCentroid(encoding="dense", scale=1.0).fit(dense, labels[:30]),
        [row.tolist() for row in rows[30:66]], labels[30:66].tolist(),
    )  # fmt: skip
