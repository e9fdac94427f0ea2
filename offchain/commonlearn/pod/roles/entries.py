"""What stands on the chain, as records: what the roles' plans look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from commonlearn.protocol import Offer
from commonlearn.records import (
    DatasetPhase,
    Description,
    JobPhase,
    JobTerms,
    ReplicaPhase,
    Role,
    Stage,
    Subject,
)

__all__ = ["NONE", "Check", "DatasetEntry", "Job", "Ledger", "Purse", "Round", "Seat"]

Place = tuple[int, int]
NONE = bytes(32)


@dataclass
class Seat:
    """A subset's replica at a holder; what it revealed that it received.

    ``offer`` counts how often the seat was offered anew, ``former`` are those to whom it was offered before.
    """

    holder: str
    phase: ReplicaPhase = ReplicaPhase.OFFERED
    digest: bytes | None = None
    offer: int = 0
    former: frozenset[str] = frozenset()

    def name(self, dataset: int, subset: int, index: int) -> str:
        """Name of what is done about this offer of the seat.

        Examples
        --------
        >>> Seat("0x").name(3, 0, 1), Seat("0x", offer=2).name(3, 0, 1)
        ('dataset 3 seat 0.1', 'dataset 3 seat 0.1 offer 2')
        """
        again = f" offer {self.offer}" if self.offer else ""
        return f"dataset {dataset} seat {subset}.{index}{again}"


@dataclass
class Check:
    """The one public spot check of a dataset; ``is_open`` until it is answered or has failed."""

    challenger: str
    subset: int
    row: int
    deadline: int
    is_open: bool = True


@dataclass
class DatasetEntry:
    """A dataset; seats by subset and index, and the block in which one was offered last."""

    number: int
    owner: str
    description: Description
    roots: list[bytes]
    phase: DatasetPhase = DatasetPhase.DRAFT
    seats: dict[Place, Seat] = field(default_factory=dict)
    offered_in: int = 0
    check: Check | None = None
    is_faulty: bool = False

    def joined(self, subset: int) -> bool:
        """Whether all seats of a subset were taken."""
        seats = (self.seats.get((subset, index)) for index in range(self.description.replicas))
        return all(seat is not None and seat.phase > ReplicaPhase.OFFERED for seat in seats)

    def verified(self, subset: int) -> int:
        """How many seats of a subset train."""
        seats = (self.seats.get((subset, index)) for index in range(self.description.replicas))
        return sum(seat is not None and seat.phase is ReplicaPhase.VERIFIED for seat in seats)


@dataclass
class Round:
    """One draw of a round; seats by slot and index, agreed digests by position."""

    number: int
    attempt: int
    positions: list[int]
    assigned: dict[Place, str] = field(default_factory=dict)
    sealed: set[Place] = field(default_factory=set)
    revealed: dict[Place, bytes] = field(default_factory=dict)
    agreed: dict[int, bytes] = field(default_factory=dict)
    posted: bytes | None = None
    is_last: bool = False
    aggregator: str = ""
    challenger: str = ""
    claimed: bytes | None = None
    judged: set[str] = field(default_factory=set)
    final: bytes | None = None


@dataclass
class Job:
    """A job; rounds are the latest draw of each.

    ``votes`` are all that were ever revealed: a decision may be the first jury's although a second one sat.
    Contributions are sampled by the hash of ``seed_block``, which drew the first jury, so that a second one agrees.
    """

    number: int
    buyer: str
    terms: JobTerms
    subject: Subject
    datasets: list[int]
    places: list[Place] = field(default_factory=list)
    replicas: int = 1
    approved: set[int] = field(default_factory=set)
    phase: JobPhase = JobPhase.REQUESTED
    stage: Stage = Stage.NONE
    deadline: int = 0
    draw_block: int = 0
    round: int = 0
    rounds: dict[int, Round] = field(default_factory=dict)
    jury: list[str] = field(default_factory=list)
    jury_attempt: int = 0
    is_appealed: bool = False
    seed_block: int = 0
    votes_sealed: set[str] = field(default_factory=set)
    votes_revealed: set[str] = field(default_factory=set)
    votes: dict[str, tuple[int, list[int]]] = field(default_factory=dict)
    decision: bytes | None = None
    paid: dict[str, int] = field(default_factory=dict)
    refunded: dict[str, int] = field(default_factory=dict)

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for approvals or money."""
        return self.phase in (JobPhase.REQUESTED, JobPhase.APPROVED)

    @property
    def is_over(self) -> bool:
        """Whether nothing comes of it any more."""
        return self.phase in (JobPhase.CLOSED, JobPhase.CANCELLED, JobPhase.EXPIRED)

    @property
    def current(self) -> Round | None:
        """The round that runs, once it is drawn."""
        return self.rounds.get(self.round) if self.stage is not Stage.ARMED else None

    @property
    def finals(self) -> list[Round]:
        """Rounds whose average stands, in order."""
        return [each for _, each in sorted(self.rounds.items()) if each.final is not None]

    def start_of(self, number: int) -> bytes:
        """Digest of the model with which a round begins; zeros for none."""
        before = [each.final for each in self.finals if each.number < number]
        return before[-1] or NONE if before else self.subject.model


@dataclass
class Purse:
    """Somebody's money in the market, in wei; how often it was asked back, released and withdrawn."""

    credit_wei: int = 0
    bond_wei: int = 0
    locked_wei: int = 0
    leaving_wei: int = 0
    leaves_at: int = 0
    askings: int = 0
    releases: int = 0
    withdrawals: int = 0

    @property
    def free_wei(self) -> int:
        """Bond that answers for nothing now."""
        return self.bond_wei - self.locked_wei - self.leaving_wei

    def missing(self, bond_wei: int) -> int:
        """Ether to be sent along, so that a bond can be locked.

        Examples
        --------
        >>> Purse(credit_wei=5, bond_wei=4, locked_wei=3).missing(10)
        4
        """
        return max(0, bond_wei - self.free_wei - self.credit_wei)


@dataclass
class Ledger:
    """Everything, by number or address (lower case)."""

    roles: dict[str, Role] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    datasets: dict[int, DatasetEntry] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    pools: dict[bytes, set[str]] = field(default_factory=dict)
    resignations: dict[tuple[bytes, str], int] = field(default_factory=dict)
    purses: dict[str, Purse] = field(default_factory=dict)

    def purse(self, account: str) -> Purse:
        """Somebody's money."""
        return self.purses.setdefault(account.lower(), Purse())

    def is_in_use(self, dataset: int) -> bool:
        """Whether a job runs on a dataset."""
        on = (job for job in self.jobs.values() if dataset in job.datasets)
        return any(not job.is_waiting and not job.is_over for job in on)

    def seats_of(self, account: str) -> Iterable[tuple[DatasetEntry, int, int, Seat]]:
        """Seats that somebody holds: dataset, subset, index, seat."""
        for dataset in self.datasets.values():
            for (subset, index), seat in sorted(dataset.seats.items()):
                if seat.holder.lower() == account.lower():
                    yield dataset, subset, index, seat
