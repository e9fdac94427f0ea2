"""Markets of film reviews on the chain of `live`, brought to any phase by the client itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from commonlearn.client.deployer import ModelPlan, deploy_model
from commonlearn.client.description import Description
from commonlearn.client.market.market import Market
from commonlearn.client.public_model import PublicModel
from commonlearn.featurizers import PresenceText
from commonlearn.models import ModelConfiguration, Perceptron, PublicClassifier
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics import Encoding
from commonlearn.records import MarketTerms
from tests.support.live import WORDS, Network

DAY = 86_400
BOUNTY_WEI = 10**17 + 3
POSITIVE, NEGATIVE = ("good", "funny", "great"), ("bad", "dull", "long", "boring")


def terms(**changes: Any) -> MarketTerms:
    """Rules of small markets; amounts that divide badly."""
    usual = {
        "min_stake_wei": 10**15 + 7,
        "bond_wei": 10**17,
        "step_fee_wei": 10**12,
        "post_bond_wei": 10**16 + 1,
        "full_score": 10,
        "most_contributions": 40,
        "participate_seconds": DAY,
        "reveal_seconds": DAY,
        "dispute_seconds": DAY,
        "move_seconds": 3_600,
        "rounds": 3,
        "draw_delay_blocks": 2,
    }
    return MarketTerms(**{**usual, **changes})


def ignorant_perceptron() -> Perceptron:
    """Ten words, and no opinion of any: it says "negative" to everything."""
    words = ExactPerceptron(
        ModelConfiguration(Encoding.PRESENCE, 16, 2, len(WORDS), step=8, intercept_value=0, margin=1)
    )
    return Perceptron.from_words(words.configuration, words.words())


def labelled_reviews(count: int = 20) -> tuple[list[str], list[int]]:
    """Different texts and their true labels, half positive."""
    neutral = ("film", "actor", "plot")
    texts, labels = [], []
    for label, vocabulary in ((1, POSITIVE), (0, NEGATIVE)):
        made = [
            " ".join([*words, *filling])
            for words in combinations(vocabulary, 2)
            for size in range(4)
            for filling in combinations(neutral, size)
        ]
        texts += made[: count // 2]
        labels += [label] * (count // 2)
    return texts, labels


@dataclass
class Story:
    """One market, told step by step.

    Attributes
    ----------
    network : Network
    model : PublicModel
    folder : Path
    said : list of str
        What watches told.
    """

    network: Network
    model: PublicModel
    folder: Path
    said: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, network: Network, folder: Path, *, twin: PublicClassifier | None = None, **changes: Any) -> Story:
        """A model without contributions."""
        about = Description("films", "for tests", ("negative", "positive"), PresenceText(WORDS).to_dict())
        plan = ModelPlan(twin or ignorant_perceptron(), about, terms(**changes))
        record = deploy_model(network.sender(), network.book(), plan)
        return cls(network, network.load(record.address, folder), folder)

    def who(self, role: str) -> str:
        """Address of one of the cast."""
        return self.network.cast[role]

    @property
    def market(self) -> Market:
        """As a process that has just started sees it."""
        return self.model.market(state=self.folder / "markets")

    def commit(self, count: int = 20, *, bounty_wei: int = BOUNTY_WEI) -> Story:
        """The deployer offers a bounty."""
        samples, labels = self.model.labelled(*labelled_reviews(count))
        self.market.commit(samples, labels, account=self.who("deployer"), bounty_wei=bounty_wei)
        return self

    def draw(self) -> Story:
        """Blocks pass, and somebody draws."""
        self.mine(3)
        self.market.draw(account=self.who("stranger"))
        return self

    def reveal(self) -> Story:
        """The provider reveals what is due."""
        self.market.reveal(account=self.who("deployer"))
        return self

    def opened(self, count: int = 20) -> Story:
        """To participation."""
        return self.commit(count).draw().reveal()

    def contribute(self, role: str, texts: Sequence[str], labels: Sequence[int], **options: Any) -> Story:
        """Somebody gives data."""
        self.model.contribute(list(texts), list(labels), account=self.who(role), **options)
        return self

    def told(self) -> Story:
        """Alice helps, Mallory harms, Bob says what is known already; participation ends."""
        self.contribute("alice", ["good", "funny", "great", "bad film", "dull", "long"], [1, 1, 1, 0, 0, 0])
        self.contribute("mallory", ["good", "great"], [0, 0])
        self.contribute("bob", ["good film"], [1])
        self.contribute("mallory", ["funny", "good"], [0, 0])
        return self.closed()

    def closed(self) -> Story:
        """Participation ends."""
        self.network.pass_time(DAY)
        return self

    def revealed(self) -> Story:
        """A story whose whole test set is known."""
        return self.opened().told().reveal()

    def mine(self, blocks: int) -> None:
        """Let blocks pass."""
        for _ in range(blocks):
            self.network.node.request("evm_mine")

    def held_wei(self) -> int:
        """Ether of the contract."""
        return self.network.connection.balance(self.model.address)

    def owed_wei(self, *roles: str) -> int:
        """What accounts are owed in all, with what is burned."""
        contract = self.market.contract
        burned = contract.account("0x000000000000000000000000000000000000dEaD").owed_wei
        return burned + sum(contract.account(self.who(role)).owed_wei for role in roles)

    def is_balanced(self) -> bool:
        """Whether ether held is ether owed or escrowed, to the wei."""
        everybody = dict.fromkeys(self.network.cast.values())
        burned = "0x000000000000000000000000000000000000dEaD"
        contract = self.market.contract
        owed = sum(contract.account(address).owed_wei for address in [*everybody, burned])
        return self.held_wei() == owed + sum(contract.totals())
