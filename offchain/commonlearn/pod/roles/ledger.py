"""What stands on the chain, told from its events alone: what the roles' plans look at.

:func:`ledger_of` is a pure fold. It repeats two rules of the contracts that no event tells: which seats a draw assigns
(:func:`commonlearn.protocol.suits`), and in which order positions count the subsets of a job's datasets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from commonlearn.pod.actions import Event
from commonlearn.pod.roles.telling import bytes_of, record
from commonlearn.protocol import Offer, seat_pay, suits
from commonlearn.records import (
    Custody,
    DatasetPhase,
    Description,
    JobPhase,
    JobTerms,
    ReplicaPhase,
    Role,
    Stage,
    Subject,
)

__all__ = ["DatasetEntry", "Job", "Ledger", "Round", "Seat", "ledger_of"]

Place = tuple[int, int]
_NONE = bytes(32)


@dataclass
class Seat:
    """A subset's replica at a holder; what it revealed that it received."""

    holder: str
    phase: ReplicaPhase = ReplicaPhase.OFFERED
    digest: bytes | None = None


@dataclass
class DatasetEntry:
    """A dataset; seats by subset and index."""

    number: int
    owner: str
    description: Description
    roots: list[bytes]
    phase: DatasetPhase = DatasetPhase.DRAFT
    seats: dict[Place, Seat] = field(default_factory=dict)

    def joined(self, subset: int) -> bool:
        """Whether all seats of a subset were taken."""
        seats = (self.seats.get((subset, index)) for index in range(self.description.replicas))
        return all(seat is not None and seat.phase > ReplicaPhase.OFFERED for seat in seats)


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
        return before[-1] or _NONE if before else self.subject.model


@dataclass
class Ledger:
    """Everything, by number or address (lower case)."""

    roles: dict[str, Role] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    datasets: dict[int, DatasetEntry] = field(default_factory=dict)
    jobs: dict[int, Job] = field(default_factory=dict)
    pools: dict[bytes, set[str]] = field(default_factory=dict)

    def seats_of(self, account: str) -> Iterable[tuple[DatasetEntry, int, int, Seat]]:
        """Seats that somebody holds: dataset, subset, index, seat."""
        for dataset in self.datasets.values():
            for (subset, index), seat in sorted(dataset.seats.items()):
                if seat.holder.lower() == account.lower():
                    yield dataset, subset, index, seat


def ledger_of(events: Iterable[Event]) -> Ledger:
    """Fold events, in the chain's order, into what stands."""
    ledger = Ledger()
    for event in events:
        take = _TAKES.get(event.name)
        if take is not None:
            take(ledger, event.values)
    return ledger


Values = Mapping[str, Any]


def _registered(ledger: Ledger, v: Values) -> None:
    ledger.roles[v["account"].lower()] = Role(v["roles"])
    ledger.keys[v["account"].lower()] = bytes_of(v["encryptionKey"])


def _offered(ledger: Ledger, v: Values) -> None:
    ledger.offers[v["holder"].lower()] = Offer(v["priceWei"], v["minSeconds"], bytes_of(v["environment"]))


def _listed(ledger: Ledger, v: Values) -> None:
    said = record(Description, v["description"])
    ledger.datasets[v["dataset"]] = DatasetEntry(
        v["dataset"], v["owner"], said, [bytes_of(each) for each in v["roots"]]
    )


def _dataset_phase(ledger: Ledger, v: Values) -> None:
    ledger.datasets[v["dataset"]].phase = DatasetPhase(v["phase"])


def _seat_offered(ledger: Ledger, v: Values) -> None:
    ledger.datasets[v["dataset"]].seats[v["subset"], v["index"]] = Seat(v["holder"])


def _replica_changed(ledger: Ledger, v: Values) -> None:
    seats = ledger.datasets[v["dataset"]].seats
    seats.setdefault((v["subset"], v["index"]), Seat(v["holder"])).phase = ReplicaPhase(v["phase"])


def _replica_revealed(ledger: Ledger, v: Values) -> None:
    ledger.datasets[v["dataset"]].seats[v["subset"], v["index"]].digest = bytes_of(v["digest"])


def _requested(ledger: Ledger, v: Values) -> None:
    terms, subject = record(JobTerms, v["terms"]), record(Subject, v["subject"])
    job = Job(v["job"], v["buyer"], terms, subject, list(v["datasets"]))
    for number in job.datasets:
        dataset = ledger.datasets[number]
        job.places += [(number, subset) for subset in range(len(dataset.roots))]
        job.replicas = max(job.replicas, dataset.description.replicas)
    ledger.jobs[job.number] = job


def _connected(ledger: Ledger, v: Values) -> None:
    ledger.jobs[v["job"]].approved.add(v["dataset"])


def _job_phase(ledger: Ledger, v: Values) -> None:
    ledger.jobs[v["job"]].phase = JobPhase(v["phase"])


def _stage(ledger: Ledger, v: Values) -> None:
    job = ledger.jobs[v["job"]]
    job.stage, job.round = Stage(v["stage"]), v["round"]
    if job.stage is Stage.ARMED:
        job.draw_block, job.deadline = v["deadline"], 0
    else:
        job.deadline = v["deadline"]


def _drawn(ledger: Ledger, v: Values) -> None:
    job = ledger.jobs[v["job"]]
    drawn = Round(v["round"], v["attempt"], list(v["positions"]))
    terms = job.terms
    seat_wei = seat_pay(terms.budget_wei, terms.rounds, terms.subsets_per_round, job.replicas, terms.split)
    for slot, position in enumerate(drawn.positions):
        number, subset = job.places[position]
        dataset = ledger.datasets[number]
        for (of, index), seat in sorted(dataset.seats.items()):
            if of != subset or seat.phase is not ReplicaPhase.VERIFIED:
                continue
            offer = ledger.offers.get(seat.holder.lower(), Offer(0, 0, _NONE))
            if dataset.description.custody is Custody.LOCAL or suits(
                offer, seat_wei, terms.train_seconds, terms.reveal_seconds, terms.environment
            ):
                drawn.assigned[slot, index] = seat.holder.lower()
    job.round, job.rounds[v["round"]] = v["round"], drawn


def _sealed(ledger: Ledger, v: Values) -> None:
    ledger.jobs[v["job"]].rounds[v["round"]].sealed.add((v["slot"], v["index"]))


def _revealed(ledger: Ledger, v: Values) -> None:
    ledger.jobs[v["job"]].rounds[v["round"]].revealed[v["slot"], v["index"]] = bytes_of(v["digest"])


def _counted(ledger: Ledger, v: Values) -> None:
    digest = bytes_of(v["digest"])
    if digest != _NONE:
        ledger.jobs[v["job"]].rounds[v["round"]].agreed[v["position"]] = digest


def _aggregated(ledger: Ledger, v: Values) -> None:
    found = ledger.jobs[v["job"]].rounds[v["round"]]
    found.posted, found.is_last = bytes_of(v["model"]), v["isLast"]


def _challenged(ledger: Ledger, v: Values) -> None:
    found = ledger.jobs[v["job"]].rounds[v["round"]]
    found.challenger, found.claimed = v["challenger"], bytes_of(v["claimed"])


def _final(ledger: Ledger, v: Values) -> None:
    ledger.jobs[v["job"]].rounds[v["round"]].final = bytes_of(v["model"])


def _enrolled(ledger: Ledger, v: Values) -> None:
    ledger.pools.setdefault(bytes_of(v["testSet"]), set()).add(v["validator"].lower())


def _resigned(ledger: Ledger, v: Values) -> None:
    ledger.pools.get(bytes_of(v["testSet"]), set()).discard(v["validator"].lower())


def _jury(ledger: Ledger, v: Values) -> None:
    job = ledger.jobs[v["job"]]
    job.jury, job.jury_attempt, job.is_appealed = [each.lower() for each in v["jury"]], v["attempt"], v["isAppeal"]
    job.votes_sealed, job.votes_revealed = set(), set()
    job.seed_block = job.seed_block or job.draw_block


def _vote_sealed(ledger: Ledger, v: Values) -> None:
    ledger.jobs[v["job"]].votes_sealed.add(v["validator"].lower())


def _vote_revealed(ledger: Ledger, v: Values) -> None:
    job, who = ledger.jobs[v["job"]], v["validator"].lower()
    job.votes_revealed.add(who)
    job.votes[who] = (v["score"], list(v["weights"]))


def _decided(ledger: Ledger, v: Values) -> None:
    ledger.jobs[v["job"]].decision = bytes_of(v["decision"])


_TAKES: Mapping[str, Callable[[Ledger, Values], None]] = {
    "Registered": _registered,
    "ComputeOffered": _offered,
    "DatasetListed": _listed,
    "DatasetPhaseChanged": _dataset_phase,
    "SeatOffered": _seat_offered,
    "ReplicaChanged": _replica_changed,
    "ReplicaRevealed": _replica_revealed,
    "JobRequested": _requested,
    "DataConnected": _connected,
    "JobPhaseChanged": _job_phase,
    "StageChanged": _stage,
    "RoundDrawn": _drawn,
    "ResultSealed": _sealed,
    "ResultRevealed": _revealed,
    "SubsetCounted": _counted,
    "ModelAggregated": _aggregated,
    "AverageChallenged": _challenged,
    "RoundFinal": _final,
    "Enrolled": _enrolled,
    "Resigned": _resigned,
    "JuryDrawn": _jury,
    "VoteSealed": _vote_sealed,
    "VoteRevealed": _vote_revealed,
    "Decided": _decided,
}
