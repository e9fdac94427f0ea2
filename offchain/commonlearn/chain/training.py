"""A typed wrapper of private training's one address: views return records, writes a `Call` to be sent.

The manual of each function stands in ``interfaces/training``. Any write may carry ether, which becomes the sender's
credit first; :meth:`TrainingContract.batch` puts many into one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from commonlearn.chain.abi import checksummed, function_of
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import Call, deployment_call
from commonlearn.chain.training_views import (
    ComputeOfferView,
    DatasetView,
    DisputeView,
    EnrolmentView,
    JobView,
    ParticipantView,
    SeatView,
    SpotCheckView,
    SubsetRoundView,
    with_checksums,
)
from commonlearn.records import Custody, Description, JobTerms, Mismatch, ModelPhase, Role, Subject

__all__ = ["MARKET", "PARTS", "TrainingContract", "deploy_training"]

MARKET = _NAME = "TrainingMarket"
PARTS = ("TrainingCatalogue", "TrainingRounds", "TrainingSettlement")
"""Contracts that hold parts of the code; deployed first, then fixed in the market's code."""

_MOST_JURORS = 7 + 15
_LEAST_GAS, _COUNT_GAS, _SEAT_GAS = 400_000, 400_000, 150_000
"""Limits, not costs: a call, a count, and a seat in it (paid or slashed, with its reputation)."""


def deploy_training(create: Callable[[Call], str]) -> str:
    """Deploy the parts, then the market.

    Parameters
    ----------
    create : callable
        Sends a call that creates a contract, and gives the address.

    Returns
    -------
    str
        The market's address.
    """
    return create(deployment_call(_NAME, *[create(deployment_call(part)) for part in PARTS]))


class TrainingContract:
    """Private training at an address.

    Parameters
    ----------
    connection : Connection
    address : str

    Raises
    ------
    NoContract, MalformedAddress
        Nothing is there.
    """

    def __init__(self, connection: Connection, address: str) -> None:
        self.connection = connection
        self.address = connection.require_code(address)

    def _read(self, name: str, *arguments: Any) -> Any:
        return self.connection.read(self.address, function_of(_NAME, name), *arguments)

    # -------------------------------------------------------------------------------------------------------- reading

    def participant(self, account: str) -> ParticipantView:
        """Somebody's roles, money and key."""
        return ParticipantView.of(self._read("participantOf", checksummed(account)))

    def reputation(self, account: str, role: Role) -> int:
        """Score in one role, in units of 2^-32."""
        return int(self._read("reputationOf", checksummed(account), int(role))[1])

    def dataset(self, number: int) -> DatasetView:
        """One dataset."""
        return DatasetView.of(self._read("datasetOf", number))

    def datasets(self) -> int:
        """How many there are; their numbers begin with 1."""
        return int(self._read("datasets"))

    def seat(self, dataset: int, subset: int, index: int) -> SeatView:
        """One seat."""
        return SeatView.of(self._read("replicaOf", dataset, subset, index))

    def compute_offer(self, holder: str) -> ComputeOfferView:
        """What a compute owner asks."""
        return ComputeOfferView.of(self._read("computeOfferOf", checksummed(holder)))

    def spot_check(self, dataset: int) -> SpotCheckView:
        """The one spot check of a dataset."""
        return SpotCheckView.of(self._read("spotCheckOf", dataset))

    def job(self, number: int) -> JobView:
        """One job."""
        return JobView.of(self._read("jobOf", number))

    def jobs(self) -> int:
        """How many there are; their numbers begin with 1."""
        return int(self._read("jobs"))

    def terms(self, job: int) -> JobTerms:
        """A job's rules."""
        return JobTerms.of(with_checksums(self._read("termsOf", job)))

    def job_datasets(self, job: int) -> list[int]:
        """Numbers of a job's datasets."""
        return list(self._read("datasetsOf", job))

    def mismatch(self, dataset: int, schema: bytes, custody: Custody, min_quality: int) -> Mismatch:
        """Why a dataset does not suit a job."""
        return Mismatch(self._read("mismatchOf", dataset, schema, int(custody), min_quality))

    def subset_round(self, job: int, slot: int) -> SubsetRoundView:
        """One drawn subset of the present round."""
        return SubsetRoundView.of(self._read("subsetRoundOf", job, slot))

    def seat_pay(self, job: int) -> int:
        """What each agreed seat of a round is paid, in wei."""
        return int(self._read("seatPayOf", job))

    def dispute(self, job: int) -> DisputeView:
        """The average of the present round, and its dispute."""
        return DisputeView.of(self._read("disputeOf", job))

    def jury(self, job: int, is_appeal: bool = False) -> list[str]:
        """A jury, seat by seat."""
        return [checksummed(each) for each in self._read("juryOf", job, is_appeal)]

    def pool(self, test_set: bytes) -> list[str]:
        """A pool's places."""
        return [checksummed(each) for each in self._read("poolOf", test_set)]

    def pool_bond(self, test_set: bytes) -> int:
        """What a place in a pool cost at least, in wei."""
        return int(self._read("poolBondOf", test_set))

    def enrolment(self, test_set: bytes, validator: str) -> EnrolmentView:
        """A place in a pool."""
        return EnrolmentView.of(self._read("enrolmentOf", test_set, checksummed(validator)))

    def appeal_cost(self, job: int) -> int:
        """What an appeal locks, in wei."""
        return int(self._read("appealCostOf", job))

    def model(self, job: int) -> tuple[ModelPhase, bytes, int]:
        """How far a job's model is, its digest, and its score in millionths."""
        phase, model, score = self._read("modelOf", job)
        return ModelPhase(phase), bytes(model), int(score)

    def parts(self, job: int) -> tuple[int, int, int, int]:
        """Data, compute, validation and aggregation part of a job's budget, in wei."""
        data, compute, validation, aggregation = self._read("partsOf", job)
        return int(data), int(compute), int(validation), int(aggregation)

    # -------------------------------------------------------------------------------------------------------- writing

    def _write(self, what: str, name: str, *arguments: Any, value_wei: int = 0, seats: int = 0) -> Call:
        # Whoever comes last pays for the count of all seats, and does not know beforehand that it will be the last.
        least_gas = _COUNT_GAS + _SEAT_GAS * seats if seats else _LEAST_GAS
        return Call(self.address, function_of(_NAME, name).encode(*arguments), value_wei, what, least_gas)

    def batch(self, calls: Sequence[Call]) -> Call:
        """Many calls in one transaction, all or none; ether sent along is added up.

        Raises
        ------
        ValueError
            There is none, or one is of another contract.
        """
        if not calls or any(call.to != self.address for call in calls):
            raise ValueError("a batch holds calls of this contract, at least one")
        data = [bytes.fromhex(call.data.removeprefix("0x")) for call in calls]
        value_wei = sum(call.value_wei for call in calls)
        made = self._write("; ".join(call.what for call in calls), "multicall", data, value_wei=value_wei)
        return replace(made, least_gas=sum(call.least_gas for call in calls))

    # Participants

    def register(self, roles: Role, encryption_key: bytes = bytes(32), *, value_wei: int = 0) -> Call:
        """Registers, or changes roles and key."""
        return self._write("register", "register", int(roles), encryption_key, value_wei=value_wei)

    def deposit(self, value_wei: int) -> Call:
        """Adds to the sender's credit."""
        return self._write("deposit", "deposit", value_wei=value_wei)

    def withdraw(self, to: str) -> Call:
        """Pays out all credit."""
        return self._write(f"withdrawal to {to}", "withdraw", checksummed(to))

    def bond(self, amount_wei: int, *, value_wei: int = 0) -> Call:
        """Makes bond out of credit."""
        return self._write("set bond aside", "bond", amount_wei, value_wei=value_wei)

    def unbond(self, amount_wei: int) -> Call:
        """Asks free bond back."""
        return self._write("ask bond back", "unbond", amount_wei)

    def release_bond(self) -> Call:
        """Makes credit out of what was asked back."""
        return self._write("release bond", "releaseBond")

    # Datasets and seats

    def list_dataset(
        self,
        description: Description,
        roots: Sequence[bytes],
        holders: Sequence[str] = (),
        signature: bytes = b"",
        *,
        value_wei: int = 0,
    ) -> Call:
        """Describes and commits to a dataset; offers its seats where holders are given."""
        arguments = (description.as_tuple(), list(roots), [checksummed(each) for each in holders], signature)
        return self._write(f"list a dataset of {len(roots)} subset(s)", "list", *arguments, value_wei=value_wei)

    def offer_seats(self, dataset: int, holders: Sequence[str]) -> Call:
        """Offers the seats of a draft."""
        return self._write("offer seats", "offerSeats", dataset, [checksummed(each) for each in holders])

    def reoffer_seat(self, dataset: int, subset: int, index: int, holder: str) -> Call:
        """Offers a vacant seat anew."""
        return self._write("offer a seat anew", "reofferSeat", dataset, subset, index, checksummed(holder))

    def open_early(self, dataset: int) -> Call:
        """Makes a dataset ready though seats are vacant."""
        return self._write("open a dataset early", "openEarly", dataset)

    def retire(self, dataset: int) -> Call:
        """Retires a dataset."""
        return self._write("retire a dataset", "retire", dataset)

    def offer_compute(self, price_wei: int, capacity: int, min_seconds: int, environment: bytes) -> Call:
        """Says what the sender asks for its work."""
        return self._write("offer compute", "offerCompute", price_wei, capacity, min_seconds, environment)

    def join(self, dataset: int, subset: int, index: int, seal: bytes, *, value_wei: int = 0) -> Call:
        """Takes a seat."""
        return self._write("join a seat", "join", dataset, subset, index, seal, value_wei=value_wei)

    def reveal_replica(self, dataset: int, subset: int, index: int, digest: bytes, salt: bytes) -> Call:
        """Reveals what a seat received."""
        return self._write("reveal a replica", "revealReplica", dataset, subset, index, digest, salt)

    def verify(self, dataset: int, subset: int, index: int, is_right: bool) -> Call:
        """The owner says whether a replica is right."""
        return self._write("verify a replica", "verify", dataset, subset, index, is_right)

    def vacate(self, dataset: int, subset: int, index: int) -> Call:
        """Gives a seat up."""
        return self._write("give a seat up", "vacate", dataset, subset, index)

    def dismiss(self, dataset: int, subset: int, index: int) -> Call:
        """Slashes a replica that did not reveal."""
        return self._write("dismiss a replica", "dismiss", dataset, subset, index)

    def ask_row(self, dataset: int, subset: int, row: int, job: int = 0, *, value_wei: int = 0) -> Call:
        """Asks for a row."""
        return self._write("ask for a row", "askRow", dataset, subset, row, job, value_wei=value_wei)

    def answer_row(self, dataset: int, roots: Sequence[bytes], row: bytes, salt: bytes, proof: Sequence[bytes]) -> Call:
        """Shows it, for ever and to everybody."""
        return self._write("show a row", "answerRow", dataset, list(roots), row, salt, list(proof))

    def fail_row(self, dataset: int) -> Call:
        """Ends a spot check without an answer."""
        return self._write("end a spot check", "failRow", dataset)

    # Jobs

    def request(
        self, terms: JobTerms, subject: Subject, datasets: Sequence[int], fund_wei: int = 0, *, value_wei: int = 0
    ) -> Call:
        """Asks for training."""
        arguments = (terms.as_tuple(), subject.as_tuple(), list(datasets), fund_wei)
        return self._write(
            f"ask for training on {len(datasets)} dataset(s)", "request", *arguments, value_wei=value_wei
        )

    def fund(self, job: int, amount_wei: int, *, value_wei: int = 0) -> Call:
        """Pays for a job."""
        return self._write(f"fund job {job}", "fund", job, amount_wei, value_wei=value_wei)

    def approve(self, job: int, index: int) -> Call:
        """Approves a job for the dataset at a place in it."""
        return self._write(f"approve job {job}", "approve", job, index)

    def cancel(self, job: int, index: int = 0) -> Call:
        """Calls a job off."""
        return self._write(f"cancel job {job}", "cancel", job, index)

    def advance(self, job: int, seats: int = 16) -> Call:
        """Moves a job on, for its bounty."""
        return self._write(f"move job {job} on", "advance", job, seats=seats)

    # Rounds and disputes

    def seal_result(self, job: int, slot: int, index: int, seal: bytes) -> Call:
        """Seals a result."""
        return self._write(f"seal a result of job {job}", "sealResult", job, slot, index, seal)

    def reveal_result(self, job: int, slot: int, index: int, digest: bytes, salt: bytes, seats: int = 16) -> Call:
        """Reveals it; the last of the round's ``seats`` counts them all."""
        arguments = (job, slot, index, digest, salt)
        return self._write(f"reveal a result of job {job}", "revealResult", *arguments, seats=seats)

    def aggregate(self, job: int, model: bytes, is_last: bool, *, value_wei: int = 0) -> Call:
        """Posts an average."""
        return self._write(f"post an average of job {job}", "aggregate", job, model, is_last, value_wei=value_wei)

    def challenge(self, job: int, claimed: bytes, *, value_wei: int = 0) -> Call:
        """Challenges an average."""
        return self._write(f"challenge an average of job {job}", "challenge", job, claimed, value_wei=value_wei)

    def judge(self, job: int, slot: int, index: int, digest: bytes) -> Call:
        """Votes on a challenged average: with the digest of what the sender computed."""
        return self._write(f"judge an average of job {job}", "judge", job, slot, index, digest)

    # Validation and settlement

    def enrol(
        self, test_set: bytes, min_pay_wei: int, max_bond_wei: int, min_seconds: int, *, value_wei: int = 0
    ) -> Call:
        """Enters a pool of validators."""
        arguments = (test_set, min_pay_wei, max_bond_wei, min_seconds)
        return self._write("enter a pool of validators", "enrol", *arguments, value_wei=value_wei)

    def resign(self, test_set: bytes) -> Call:
        """Leaves it."""
        return self._write("leave a pool of validators", "resign", test_set)

    def seal_vote(self, job: int, seat: int, seal: bytes) -> Call:
        """Seals a vote."""
        return self._write(f"seal a vote on job {job}", "sealVote", job, seat, seal)

    def reveal_vote(self, job: int, seat: int, score: int, weights: Sequence[int], salt: bytes) -> Call:
        """Reveals it."""
        arguments = (job, seat, score, list(weights), salt)
        return self._write(f"reveal a vote on job {job}", "revealVote", *arguments, seats=_MOST_JURORS)

    def appeal(self, job: int, *, value_wei: int = 0) -> Call:
        """Appeals a decision."""
        return self._write(f"appeal the decision on job {job}", "appeal", job, value_wei=value_wei)

    def settle(self, job: int, score: int, weights: Sequence[int]) -> Call:
        """Settles a decided job."""
        return self._write(f"settle job {job}", "settle", job, score, list(weights))

    def list_model(self, job: int, price_wei: int, is_listed: bool = True) -> Call:
        """Offers a job's model, or takes the offer back."""
        return self._write(f"list the model of job {job}", "listModel", job, price_wei, is_listed)
