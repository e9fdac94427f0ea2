"""Refusals of private training: jobs, rounds, disputes, juries, settlement."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError, moment
from commonlearn.contract_errors.training_words import ascii_of as _ascii
from commonlearn.contract_errors.training_words import short as _short
from commonlearn.contract_errors.training_words import words as _words
from commonlearn.money import format_ether
from commonlearn.records import JobPhase, Mismatch, Stage

__all__ = [
    "AppealOpen",
    "ApprovedAlready",
    "BuyerHolds",
    "DataPartTooLow",
    "DatasetUnsuitable",
    "DatasetsUnsorted",
    "DoneAlready",
    "DrawNotYet",
    "EmptyDigest",
    "NoAppeal",
    "NoFundingNeeded",
    "NotAggregator",
    "NotAssigned",
    "NotBuyer",
    "NotEnrolled",
    "NotInJury",
    "NotInvolved",
    "NotSeatHolder",
    "NothingToAdvance",
    "OwnAverage",
    "SameDigest",
    "UnknownJob",
    "VotedAlready",
    "WrongJobPhase",
    "WrongShares",
    "WrongTerms",
]

_MISMATCHES: dict[int, str] = {
    Mismatch.UNKNOWN: "there is no such dataset",
    Mismatch.NOT_READY: "it is not ready",
    Mismatch.FAULTY: "it failed its spot check",
    Mismatch.CUSTODY: "it is kept in another custody",
    Mismatch.SCHEMA: "it has another schema",
    Mismatch.QUALITY: "its quality is too low",
}


class UnknownJob(ContractError, LookupError):
    """A job does not exist."""

    fields = ("job",)

    def __init__(self, job: int) -> None:
        super().__init__(f"There is no job {job}. Look at the log for those that there are.")
        self.job = job


class WrongJobPhase(ContractError):
    """What does not belong to a job's phase or stage."""

    fields = ("job", "phase", "stage")

    def __init__(self, job: int, phase: int, stage: int) -> None:
        super().__init__(
            f"Job {job} is {_words(JobPhase, phase)} now, at the stage {_words(Stage, stage)}, and this "
            "does not belong there. Its status says what comes next."
        )
        self.job, self.phase, self.stage = job, phase, stage


class WrongTerms(ContractError, ValueError):
    """A term of a job is out of range."""

    fields = ("name",)

    def __init__(self, name: bytes) -> None:
        super().__init__(
            f"The job's terms cannot work: {_ascii(name)!r} is out of range. "
            "docs/explanation-private-training.md says what it may be."
        )
        self.name = name


class DatasetUnsuitable(ContractError, ValueError):
    """A dataset does not suit a job."""

    fields = ("dataset", "why")

    def __init__(self, dataset: int, why: int) -> None:
        super().__init__(
            f"Dataset {dataset} does not suit the job: {_MISMATCHES.get(why, 'unknown reason')}. Choose "
            "another dataset, or other terms."
        )
        self.dataset, self.why = dataset, why


class DatasetsUnsorted(ContractError, ValueError):
    """Datasets are not given in order, each once."""

    fields = ("dataset",)

    def __init__(self, dataset: int) -> None:
        super().__init__(
            f"The datasets must be 1 to 64, in ascending order, each once; {dataset} breaks that. Sort them."
        )
        self.dataset = dataset


class DataPartTooLow(ContractError, ValueError):
    """The data part does not cover the owners' prices."""

    fields = ("part_wei", "prices_wei")

    def __init__(self, part_wei: int, prices_wei: int) -> None:
        super().__init__(
            f"The data part of the budget is {format_ether(part_wei)}, but the owners ask for "
            f"{format_ether(prices_wei)}. Raise the budget, or the data part."
        )
        self.part_wei, self.prices_wei = part_wei, prices_wei


class BuyerHolds(ContractError, PermissionError):
    """The buyer holds replicas of a dataset of others."""

    fields = ("dataset",)

    def __init__(self, dataset: int) -> None:
        super().__init__(
            f"The buyer holds replicas of dataset {dataset}, so it could steer its own job. Ask from another account."
        )
        self.dataset = dataset


class ApprovedAlready(ContractError):
    """An owner approves twice."""

    fields = ("job", "dataset")

    def __init__(self, job: int, dataset: int) -> None:
        super().__init__(f"Job {job} is approved for dataset {dataset} already: nothing is left to do.")
        self.job, self.dataset = job, dataset


class NoFundingNeeded(ContractError):
    """Nothing is to be paid any more, or there is no room for another sponsor."""

    fields = ("job",)

    def __init__(self, job: int) -> None:
        super().__init__(
            f"Job {job} takes no more money from this account: it is paid in full, nothing was offered, "
            "or it has sixteen sponsors."
        )
        self.job = job


class NotInvolved(ContractError, PermissionError):
    """The caller is neither buyer nor one of the owners."""

    fields = ("job", "caller")

    def __init__(self, job: int, caller: str) -> None:
        super().__init__(
            f"{caller} is neither the buyer of job {job} nor the owner of the dataset at this place. Use their account."
        )
        self.job, self.caller = job, caller


class NothingToAdvance(ContractError):
    """Nothing is to be moved on, yet."""

    fields = ("job", "stage", "deadline")

    def __init__(self, job: int, stage: int, deadline: int) -> None:
        super().__init__(
            f"Job {job} waits at the stage {_words(Stage, stage)}, and cannot be moved on before "
            f"{moment(deadline)}. Try again then."
        )
        self.job, self.stage, self.deadline = job, stage, deadline


class DrawNotYet(ContractError):
    """The block that draws has no hash yet."""

    fields = ("draw_block",)

    def __init__(self, draw_block: int) -> None:
        super().__init__(
            f"The draw is made by block {draw_block}, whose hash is not there yet or not any more. Wait "
            "for it, or advance the job."
        )
        self.draw_block = draw_block


class NotAssigned(ContractError, PermissionError):
    """A seat is none of the round's."""

    fields = ("job", "slot", "index")

    def __init__(self, job: int, slot: int, index: int) -> None:
        super().__init__(
            f"Seat {index} of the drawn subset {slot} has no part in this round of job {job}. Look at "
            "the draw for those that have."
        )
        self.job, self.slot, self.index = job, slot, index


class NotSeatHolder(ContractError, PermissionError):
    """The caller does not hold the seat."""

    fields = ("job", "slot", "index", "caller")

    def __init__(self, job: int, slot: int, index: int, caller: str) -> None:
        super().__init__(
            f"{caller} does not hold seat {index} of the drawn subset {slot} of job {job}. Use the holder's account."
        )
        self.job, self.slot, self.index, self.caller = job, slot, index, caller


class DoneAlready(ContractError):
    """A seat acts twice."""

    fields = ("job", "slot", "index")

    def __init__(self, job: int, slot: int, index: int) -> None:
        super().__init__(
            f"Seat {index} of the drawn subset {slot} of job {job} has done this already: nothing is left to do."
        )
        self.job, self.slot, self.index = job, slot, index


class NotAggregator(ContractError, PermissionError):
    """The caller neither is the aggregator nor the buyer."""

    fields = ("job", "caller")

    def __init__(self, job: int, caller: str) -> None:
        super().__init__(f"{caller} may not average for job {job}: its buyer may, and the aggregator that it named.")
        self.job, self.caller = job, caller


class EmptyDigest(ContractError, ValueError):
    """A digest is zero."""

    def __init__(self) -> None:
        super().__init__("An empty digest was sent. Give the sha256 of the parameters' canonical bytes.")


class SameDigest(ContractError, ValueError):
    """A challenger claims the very digest that was posted."""

    fields = ("digest",)

    def __init__(self, digest: bytes) -> None:
        super().__init__(
            f"{_short(digest)} is the average that was posted, so there is nothing to challenge. Compute it again."
        )
        self.digest = digest


class OwnAverage(ContractError, PermissionError):
    """Somebody challenges its own average."""

    fields = ("caller",)

    def __init__(self, caller: str) -> None:
        super().__init__(f"{caller} posted this average itself, and cannot challenge it.")
        self.caller = caller


class NotEnrolled(ContractError):
    """Somebody leaves a pool in which it is not."""

    fields = ("test_set", "validator")

    def __init__(self, test_set: bytes, validator: str) -> None:
        super().__init__(f"{validator} is not in the pool of the test set {_short(test_set)}: nothing is left to do.")
        self.test_set, self.validator = test_set, validator


class NotInJury(ContractError, PermissionError):
    """The caller does not sit in the jury at that place."""

    fields = ("job", "seat", "caller")

    def __init__(self, job: int, seat: int, caller: str) -> None:
        super().__init__(
            f"{caller} does not sit at place {seat} of the present jury of job {job}. Look at the draw "
            "for those who do."
        )
        self.job, self.seat, self.caller = job, seat, caller


class VotedAlready(ContractError):
    """A validator seals, or reveals, twice."""

    fields = ("job", "seat")

    def __init__(self, job: int, seat: int) -> None:
        super().__init__(f"Place {seat} of the jury of job {job} has done this already: nothing is left to do.")
        self.job, self.seat = job, seat


class NoAppeal(ContractError):
    """A job has no jury against which one could appeal."""

    fields = ("job",)

    def __init__(self, job: int) -> None:
        super().__init__(f"Job {job} wants no validators, so there is no decision that could be appealed.")
        self.job = job


class WrongShares(ContractError, ValueError):
    """Score and weights are not those that the jury agreed on."""

    fields = ("job", "found", "wanted")

    def __init__(self, job: int, found: bytes, wanted: bytes) -> None:
        super().__init__(
            f"Score and weights of job {job} give the vote {_short(found)}, but {_short(wanted)} was "
            "agreed. Take them from a revealed vote of the majority."
        )
        self.job, self.found, self.wanted = job, found, wanted


class AppealOpen(ContractError):
    """The appeal's time is not over."""

    fields = ("job", "until")

    def __init__(self, job: int, until: int) -> None:
        super().__init__(f"The decision on job {job} can be appealed until {moment(until)}. Settle it then.")
        self.job, self.until = job, until


class NotBuyer(ContractError, PermissionError):
    """The caller is not the job's buyer."""

    fields = ("job", "caller")

    def __init__(self, job: int, caller: str) -> None:
        super().__init__(f"{caller} is not the buyer of job {job}. Use the buyer's account.")
        self.job, self.caller = job, caller
