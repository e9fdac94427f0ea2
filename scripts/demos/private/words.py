"""What the market tells, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commonlearn.money import format_ether
from commonlearn.pod.actions import Event
from commonlearn.pod.roles.ledger import Job, Ledger, Round
from commonlearn.records import Custody, DatasetPhase, Stage

__all__ = ["reason_of", "words_of"]

Names = Callable[[str], str]


def words_of(event: Event, ledger: Ledger, events: Sequence[Event], who: Names) -> str:
    """Say what an event means; empty if it is of no interest to people.

    Parameters
    ----------
    event : Event
    ledger : Ledger
        What stands after it.
    events : sequence of Event
        All so far.
    who : callable
        Gives the name behind an address.
    """
    v = event.values
    match event.name:
        case "DatasetListed":
            said = ledger.datasets[v["dataset"]].description
            parts = (
                f"{len(v['roots'])} subsets of at least {said.rows} rows"
                if len(v["roots"]) > 1
                else f"{said.rows} rows"
            )
            return f"{who(v['owner'])} lists dataset {v['dataset']}: {parts}, quality {said.quality / 1e6:.2f} of 1"
        case "DatasetPhaseChanged" if v["phase"] == DatasetPhase.READY:
            dataset = ledger.datasets[v["dataset"]]
            if dataset.description.custody is Custody.LOCAL:
                return ""
            return f"dataset {dataset.number} is ready: all {len(dataset.seats)} replicas hold the right rows"
        case "JobRequested":
            terms = ledger.jobs[v["job"]].terms
            return (
                f"{who(v['buyer'])} requests job {v['job']}: {len(v['datasets'])} dataset(s), {terms.rounds} round(s), "
                f"{format_ether(terms.budget_wei)} in escrow"
            )
        case "DataConnected":
            return f"{who(v['owner'])} has looked at the program and approves job {v['job']}"
        case "RoundDrawn":
            drawn = ", ".join(_place(ledger, v["job"], position, who) for position in v["positions"])
            return (
                f"round {v['round'] + 1}: drawn are {drawn}; each trains, seals its model, and reveals it when all have"
            )
        case "SubsetCounted":
            place = _place(ledger, v["job"], v["position"], who)
            if not int(v["digest"], 16):
                return f"  {place}: no model has a majority"
            alone = ledger.jobs[v["job"]].replicas == 1
            return f"  {place}: {'' if alone else 'the majority agrees on '}model {_short(v['digest'])}"
        case "BondSlashed":
            why = reason_of(v["account"], ledger, events, who)
            return f"  [red]{who(v['account'])} loses its bond of {format_ether(v['amountWei'])}: {why}[/red]"
        case "ModelAggregated":
            return f"  the average is model {_short(v['model'])}; whoever doubts it may object"
        case "AverageChallenged":
            return f"  [red]{who(v['challenger'])} objects[/red]: the average should be {_short(v['claimed'])}"
        case "StageChanged" if v["stage"] == Stage.DECIDED:
            return "the votes agree; whoever doubts them may appeal"
        case "JuryDrawn":
            return (
                f"the jury is {', '.join(who(each) for each in v['jury'])}: each scores the model on the held-back rows"
            )
        case "VoteRevealed":
            owners = [who(ledger.datasets[number].owner) for number in ledger.jobs[v["job"]].datasets]
            shares = _shares(owners, v["weights"])
            return f"  {who(v['validator'])} votes: score {v['score'] / 1e6:.4f}, contributions: {shares}"
        case "Settled":
            back = f", {format_ether(v['refundedWei'])} of the escrow back to the buyer" if v["refundedWei"] else ""
            return f"job {v['job']} is settled: {format_ether(v['releasedWei'])} for data by contribution{back}"
    return ""


def reason_of(account: str, ledger: Ledger, events: Sequence[Event], who: Names) -> str:
    """Why somebody was slashed, as far as the chain tells it."""
    for job in sorted(ledger.jobs.values(), key=lambda each: -each.number):
        for found in sorted(job.rounds.values(), key=lambda each: -each.number):
            reason = _reason_in(found, account.lower(), events, job, who) if found.agreed else ""
            if reason:
                return reason
        if account.lower() in job.jury:
            return "its vote was not the jury's, or was never revealed"
    return "what it had promised was not done in time, or was wrong"


def _reason_in(found: Round, account: str, events: Sequence[Event], job: Job, who: Names) -> str:
    for seat in (seat for seat, holder in found.assigned.items() if holder == account):
        agreed = found.agreed.get(found.positions[seat[0]])
        if seat in found.revealed:
            if agreed is not None and found.revealed[seat] != agreed:
                return f"it revealed model {found.revealed[seat].hex()[:8]}, not the majority's"
        elif seat in found.sealed:
            first = _first_with_the_seal_of(seat, found, events, job)
            if first != seat:
                return f"it copied the seal of {who(found.assigned[first])}, which only that one can open"
            return "it sealed a model and never revealed it"
        elif agreed is not None:
            return "it sealed nothing in time"
    return ""


def _first_with_the_seal_of(seat: tuple[int, int], found: Round, events: Sequence[Event], job: Job) -> tuple[int, int]:
    seals = [
        ((each.values["slot"], each.values["index"]), each.values["seal"])
        for each in events
        if each.name == "ResultSealed" and (each.values["job"], each.values["round"]) == (job.number, found.number)
    ]
    own = next(seal for place, seal in reversed(seals) if place == seat)
    return next(place for place, seal in seals if seal == own)


def _place(ledger: Ledger, job: int, position: int, who: Names) -> str:
    """A part of a job's data, as people call it: by its owner, or by the subset of the only owner."""
    places = ledger.jobs[job].places
    dataset, subset = places[position]
    owner = who(ledger.datasets[dataset].owner)
    if sum(number == dataset for number, _ in places) == 1:
        return owner
    return f"subset {subset + 1}" if len({number for number, _ in places}) == 1 else f"subset {subset + 1} of {owner}"


def _short(digest: str) -> str:
    return digest.removeprefix("0x")[:8]


def _shares(owners: Sequence[str], weights: Sequence[int]) -> str:
    total = sum(weights)
    if not total:
        return "none"
    return ", ".join(f"{name} {each / total:.0%}" for name, each in zip(owners, weights, strict=True))
