"""A model's log as records, one kind of event a class, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass, field

from commonlearn.records import Contribution, Ending, Status

__all__ = [
    "ClassAddition",
    "LogPart",
    "LoggedContribution",
    "LoggedCredit",
    "LoggedEnding",
    "LoggedMarket",
    "LoggedTraining",
    "LoggedVote",
]


@dataclass(frozen=True)
class LoggedContribution:
    """One contribution from the log, with its sample and where it stands.

    Attributes
    ----------
    id : int
    contribution : Contribution
    sample : bytes
    block, log_index : int
    tx_hash : str
    payee : str
        Who gets the stake back if somebody else paid it; empty if its author did.
    batch : int or None
        Number of the first contribution of the batch that it came in; None if it came alone.
    batch_count : int
        How many contributions that batch has.
    """

    id: int
    contribution: Contribution
    sample: bytes
    block: int
    log_index: int
    tx_hash: str
    payee: str = ""
    batch: int | None = None
    batch_count: int = 1


@dataclass(frozen=True)
class ClassAddition:
    """One announced class from the log."""

    number: int
    active_at: int
    words: bytes
    block: int
    log_index: int


@dataclass(frozen=True, slots=True)
class LoggedEnding:
    """How a stake ended under self-assessment.

    Attributes
    ----------
    id : int
        Contribution.
    status : Status
        Refunded, forfeited or swept.
    account : str
        Author, reporter or beneficiary.
    proven_gwei : int
        What a refund proved its author for; 0 if the contribution taught nothing, and for other endings.
    bounty_wei : int
        The reporter's part of a forfeited stake; 0 for other endings.
    block, log_index : int
    """

    id: int
    status: Status
    account: str
    proven_gwei: int
    bounty_wei: int
    block: int
    log_index: int


@dataclass(frozen=True, slots=True)
class LoggedVote:
    """One vote from the log, or that it was counted as right.

    Attributes
    ----------
    block, log_index : int
        Where it stands.
    id : int
        Contribution.
    voter : str
    kind : str
        "confirm", "contest", or "judged".
    weight, fee : int
        Hundredths of a point; 0 where it was only counted.
    from_grant : bool
        Whether a founder's grant paid.
    """

    block: int
    log_index: int
    id: int
    voter: str
    kind: str
    weight: int
    fee: int
    from_grant: bool


@dataclass(frozen=True, slots=True)
class LoggedMarket:
    """The beginning or the end of a market.

    Attributes
    ----------
    number : int
        Of the market, from 1.
    ending : Ending or None
        None at its beginning.
    provider : str
        Who committed; empty at its end.
    bounty_wei : int
        At its beginning the bounty; at its end what each contribution gets besides its stake, the provider being at
        fault.
    block, log_index : int
    """

    number: int
    ending: Ending | None
    provider: str
    bounty_wei: int
    block: int
    log_index: int


@dataclass(frozen=True, slots=True)
class LoggedCredit:
    """How one account came out of a market.

    Attributes
    ----------
    market : int
    account : str
    deposit_wei, balance_wei : int
        What was staked, and what came back.
    block, log_index : int
    """

    market: int
    account: str
    deposit_wei: int
    balance_wei: int
    block: int
    log_index: int


@dataclass(frozen=True, slots=True)
class LoggedTraining:
    """Whether a market taught a contribution to the model (or passed it over), and where that stands."""

    id: int
    learned: bool
    block: int
    log_index: int


@dataclass(frozen=True)
class LogPart:
    """A part of a model's log, sorted by kinds; each list in the chain's order.

    Attributes
    ----------
    contributions : list of LoggedContribution
    additions : list of ClassAddition
        Announced classes.
    first_words : list of (int, bytes, int)
        Parts of the upload, by the number of their first word; the last number is their block.
    trainings : list of LoggedTraining
        What markets taught, in that order.
    endings : list of LoggedEnding
    votes : list of LoggedVote
    markets : list of LoggedMarket
    credits : list of LoggedCredit
    blocks : dict of int to str
        Hashes of the blocks that hold events, and of the last one.
    first_block, last_block : int
        What the part covers, both included.
    """

    contributions: list[LoggedContribution] = field(default_factory=list)
    additions: list[ClassAddition] = field(default_factory=list)
    first_words: list[tuple[int, bytes, int]] = field(default_factory=list)
    trainings: list[LoggedTraining] = field(default_factory=list)
    endings: list[LoggedEnding] = field(default_factory=list)
    votes: list[LoggedVote] = field(default_factory=list)
    markets: list[LoggedMarket] = field(default_factory=list)
    credits: list[LoggedCredit] = field(default_factory=list)
    blocks: dict[int, str] = field(default_factory=dict)
    first_block: int = 0
    last_block: int = -1

    @property
    def learned(self) -> list[int]:
        """Contributions that markets taught to the model, in that order."""
        return [training.id for training in self.trainings if training.learned]

    def __len__(self) -> int:
        """How many records it has."""
        kinds: tuple[Sized, ...] = (self.contributions, self.additions, self.first_words, self.trainings)
        return sum(map(len, (*kinds, self.endings, self.votes, self.markets, self.credits)))
