"""A small public model whose answers can be told by looking, and what contributors do with it.

A perceptron of 40 features, two classes and no margin. Features 0 to 9 speak for class 0 and features 10 to 19 for
class 1, each with weight 5; features 20 to 39 are unknown and count as class 0. One step moves a weight by 1. So one
feature makes a sample whose fate is plain:

* an *echo*, a known feature with its own class, teaches nothing and can be refunded;
* a *lesson*, an unknown feature said to be class 1, teaches and can be refunded;
* a *lie*, a known feature of class 1 said to be class 0, teaches, but not enough: the model disagrees until four more
  lies about the same feature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from commonlearn.models.configuration import ModelConfiguration
from commonlearn.models.exact import ExactPerceptron
from commonlearn.numerics import Encoding, encode_presence, keccak256
from commonlearn.records import Terms
from tests.support import collaborations

DIMENSION = 40
WEIGHT = 5
KNOWN_0, KNOWN_1, UNKNOWN = 0, 10, 20
"""The first feature that speaks for class 0, that speaks for class 1, and of which nothing is known."""

CONFIGURATION = ModelConfiguration(Encoding.PRESENCE, weight_bits=8, classes=2, dimension=DIMENSION, step=1)


def first_weights() -> ExactPerceptron:
    """Return the model's twin as it is before the first contribution."""
    twin = ExactPerceptron(CONFIGURATION)
    twin.weights[1:, 0] = np.repeat([-WEIGHT, WEIGHT, 0, 0], 10)
    return twin


def presence(*features: int) -> bytes:
    """Encode a sample of these features."""
    return encode_presence(list(features), DIMENSION)


@dataclass(frozen=True)
class Given:
    """A contribution as the log has it.

    Attributes
    ----------
    id : int
    contribution : tuple
        As `refund`, `report` and `sweep` take it: author, label, taught, stake in wei, time.
    sample : bytes
    author : account
        brownie's, of the author.
    tx : TransactionReceipt
        That of the contribution.
    """

    id: int
    contribution: tuple[Any, ...]
    sample: bytes
    author: Any
    tx: Any

    @property
    def label(self) -> int:
        """Class that the author gave."""
        return int(self.contribution[1])

    @property
    def taught(self) -> bool:
        """Whether the model did not know the answer."""
        return bool(self.contribution[2])

    @property
    def stake_wei(self) -> int:
        """What the author staked."""
        return int(self.contribution[3])

    @property
    def stake_gwei(self) -> int:
        """The same in gwei."""
        return self.stake_wei // 10**9

    @property
    def contributed_at(self) -> int:
        """Unix time in seconds."""
        return int(self.contribution[4])


class PlainModel:
    """The collaboration around the plain model, and the story that tests tell of it.

    Parameters
    ----------
    collaboration : Contract
        Open.
    terms : Terms
        Its rules.
    """

    def __init__(self, collaboration: Any, terms: Terms) -> None:
        self.contract = collaboration
        self.terms = terms

    @classmethod
    def create(
        cls, factory: Any, implementation: Any, terms: Terms = collaborations.DEFAULT_TERMS, **options: Any
    ) -> PlainModel:
        """Make one, open at once; the options are those of `collaborations.create`."""
        words = first_weights().words()
        return cls(collaborations.create(factory, implementation, CONFIGURATION, words, terms, **options), terms)

    # --------------------------------------------------------------------------------------------------- contributions

    def give(self, who: Any, sample: bytes, label: int, value: int | None = None) -> Given:
        """Contribute a sample; for exactly the stake unless told otherwise."""
        tx = collaborations.contribute(self.contract, sample, label, who, value)
        event = tx.events["Contributed"]
        return Given(event["id"], collaborations.contribution_tuple(event), collaborations.sample_of(event), who, tx)

    def echo(self, who: Any, feature: int = KNOWN_1) -> Given:
        """Give what the model knows already."""
        return self.give(who, presence(feature), 1)

    def lesson(self, who: Any, feature: int = UNKNOWN) -> Given:
        """Give something new and true."""
        return self.give(who, presence(feature), 1)

    def lie(self, who: Any, feature: int = KNOWN_1) -> Given:
        """Give something false, which the model does not come to believe."""
        return self.give(who, presence(feature), 0)

    # ---------------------------------------------------------------------------------------------------------- claims

    def refund(self, given: Given, by: Any = None, at: int | None = None) -> Any:
        """Let the author, or somebody else, ask for the refund."""
        self.at(at)
        return self.contract.refund(given.id, given.contribution, given.sample, {"from": by or given.author})

    def report(self, given: Given, by: Any, at: int | None = None) -> Any:
        """Let somebody report it."""
        self.at(at)
        return self.contract.report(given.id, given.contribution, given.sample, {"from": by})

    def sweep(self, given: Given, by: Any, at: int | None = None) -> Any:
        """Let somebody sweep it."""
        self.at(at)
        return self.contract.sweep(given.id, given.contribution, keccak256(given.sample), {"from": by})

    def prove(self, who: Any, feature: int = UNKNOWN) -> Given:
        """Let somebody teach something new and take the stake back, by which they are proven."""
        given = self.lesson(who, feature)
        self.refund(given, at=self.refund_from(given))
        return given

    # ------------------------------------------------------------------------------------------------------------ time

    def refund_from(self, given: Given) -> int:
        """First second in which the author may claim."""
        return given.contributed_at + self.terms.refund_wait_seconds

    def report_from(self, given: Given) -> int:
        """First second in which others may report."""
        return given.contributed_at + self.terms.report_wait_seconds

    def sweep_from(self, given: Given) -> int:
        """First second in which anyone may sweep."""
        return given.contributed_at + self.terms.sweep_wait_seconds

    @staticmethod
    def at(time: int | None) -> None:
        """Let the next transaction lie exactly at a time: one second after the last block unless told otherwise."""
        collaborations.pass_time_until(collaborations.next_time() if time is None else time)

    # ---------------------------------------------------------------------------------------------------------- reading

    def owed(self, who: Any) -> int:
        """Give what an account could withdraw, in wei."""
        return int(self.contract.accountOf(who)[0])

    def proven(self, who: Any) -> int:
        """Give what an account has proven, in gwei."""
        return int(self.contract.accountOf(who)[1])

    def totals(self) -> tuple[int, int, int]:
        """Give locked wei, proven gwei and carried wei."""
        locked_wei, proven_gwei, carry_wei = self.contract.totals()
        return int(locked_wei), int(proven_gwei), int(carry_wei)

    def status(self, given: Given) -> int:
        """Give how a contribution stands."""
        return int(self.contract.statusOf(given.id))

    def words(self) -> list[int]:
        """Give the model's words."""
        return [int(word) for word in self.contract.snapshot()[2]]
