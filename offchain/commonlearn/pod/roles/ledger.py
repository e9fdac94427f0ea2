"""What stands on the chain, told from its events alone.

:func:`ledger_of` is a pure fold. It repeats two rules of the contracts that no event tells: which seats a draw assigns
(:func:`commonlearn.protocol.suits`), and in which order positions count the subsets of a job's datasets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from commonlearn.pod.actions import Event
from commonlearn.pod.roles.entries import NONE, Check, DatasetEntry, Job, Ledger, Purse, Round, Seat
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

__all__ = ["DatasetEntry", "Job", "Ledger", "Purse", "Round", "Seat", "ledger_of"]


def ledger_of(events: Iterable[Event]) -> Ledger:
    """Fold events, in the chain's order, into what stands."""
    ledger = Ledger()
    for event in events:
        take = _TAKES.get(event.name)
        if take is not None:
            take(ledger, event.values)
        if event.name == "SeatOffered":
            ledger.datasets[event.values["dataset"]].offered_in = event.block
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
    seats, place = ledger.datasets[v["dataset"]].seats, (v["subset"], v["index"])
    before = seats.get(place)
    if before is None:
        seats[place] = Seat(v["holder"])
    else:
        seats[place] = Seat(v["holder"], offer=before.offer + 1, former=before.former | {before.holder.lower()})


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
            offer = ledger.offers.get(seat.holder.lower(), Offer(0, 0, NONE))
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
    if digest != NONE:
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
    pool, who = bytes_of(v["testSet"]), v["validator"].lower()
    ledger.pools.get(pool, set()).discard(who)
    ledger.resignations[pool, who] = ledger.resignations.get((pool, who), 0) + 1


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


def _asked(ledger: Ledger, v: Values) -> None:
    ledger.datasets[v["dataset"]].check = Check(v["challenger"], v["subset"], v["row"], v["deadline"])


def _shown(ledger: Ledger, v: Values) -> None:
    check = ledger.datasets[v["dataset"]].check
    assert check is not None
    check.is_open = False


def _not_shown(ledger: Ledger, v: Values) -> None:
    _shown(ledger, v)
    ledger.datasets[v["dataset"]].is_faulty = True


def _funded(ledger: Ledger, v: Values) -> None:
    job, who = ledger.jobs[v["job"]], v["sponsor"].lower()
    job.paid[who] = job.paid.get(who, 0) + v["amountWei"]
    ledger.purse(who).credit_wei -= v["amountWei"]


def _refunded(ledger: Ledger, v: Values) -> None:
    job, who = ledger.jobs[v["job"]], v["sponsor"].lower()
    job.refunded[who] = job.refunded.get(who, 0) + v["amountWei"]  # its credit is told apart


def _earned(ledger: Ledger, v: Values) -> None:
    ledger.purse(v["account"]).credit_wei += v["amountWei"]


def _withdrawn(ledger: Ledger, v: Values) -> None:
    purse = ledger.purse(v["account"])
    purse.credit_wei -= v["amountWei"]
    purse.withdrawals += 1


def _bonded(ledger: Ledger, v: Values) -> None:
    purse = ledger.purse(v["account"])
    purse.credit_wei -= v["amountWei"]
    purse.bond_wei += v["amountWei"]


def _locked(ledger: Ledger, v: Values) -> None:
    ledger.purse(v["account"]).locked_wei += v["amountWei"]


def _freed(ledger: Ledger, v: Values) -> None:
    ledger.purse(v["account"]).locked_wei -= v["amountWei"]


def _slashed(ledger: Ledger, v: Values) -> None:
    purse = ledger.purse(v["account"])
    purse.locked_wei -= v["amountWei"]
    purse.bond_wei -= v["amountWei"]


def _leaving(ledger: Ledger, v: Values) -> None:
    purse = ledger.purse(v["account"])
    purse.leaving_wei += v["amountWei"]
    purse.leaves_at, purse.askings = v["leavesAt"], purse.askings + 1


def _released(ledger: Ledger, v: Values) -> None:
    purse = ledger.purse(v["account"])
    purse.bond_wei -= v["amountWei"]
    purse.leaving_wei, purse.releases = 0, purse.releases + 1  # its credit is told apart


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
    "SpotCheckAsked": _asked,
    "SpotCheckAnswered": _shown,
    "SpotCheckFailed": _not_shown,
    "JobFunded": _funded,
    "SponsorRefunded": _refunded,
    "Deposited": _earned,
    "Credited": _earned,
    "Withdrawn": _withdrawn,
    "Bonded": _bonded,
    "BondLocked": _locked,
    "BondFreed": _freed,
    "BondSlashed": _slashed,
    "BondLeaving": _leaving,
    "BondReleased": _released,
}
