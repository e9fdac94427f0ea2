"""Bad input at each function that changes something: a named error, and nothing has changed (requirement T-10).

One world holds a dataset in each state and a job at each stage. A row of the table is a call that must be refused there:
of a thing that does not exist, by the wrong account, in the wrong phase, too early, too late, twice, or malformed. A
function without a row fails the test, and so does one on a job, dataset or seat without a row for one that does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import brownie
import pytest
from brownie.exceptions import VirtualMachineError

from commonlearn.protocol import JOIN_ROUND, VOTE_ROUND, vote_digest, vote_sitting
from tests.support.training import ENVIRONMENT, ETHER, HOUR, PROGRAM, SCHEMA, TEST_SET, Terms, World, word

JUNK, EMPTY, NOPE = word("junk"), bytes(32), 999
UPDATE, AVERAGE, SHARD = word("update"), word("average"), word("shard")
TRUTH = 700_000
WITHOUT_BAD_INPUT = {"deposit": "takes whatever comes"}


@dataclass
class Stages:
    """A dataset in each state, by name, and a job at each stage; ``who`` are the accounts."""

    world: World
    datasets: dict[str, int]
    jobs: dict[str, int]
    who: dict[str, Any]

    def of(self, argument: Any) -> Any:
        """What an argument of a row stands for: names become numbers, accounts, or what is computed of them."""
        if callable(argument):
            return argument(self)
        if not isinstance(argument, str):
            return argument
        kind, _, name = argument.partition(" ")
        return {"dataset": self.datasets, "job": self.jobs, "account": self.who}[kind][name]


def _description(owner: Any, custody: int = 1, replicas: int = 3, quality: int = 800_000) -> tuple[Any, ...]:
    return (owner, SCHEMA, word("template"), quality, 100, 1, custody, replicas, HOUR, 500, 301, 77)


def _build(world: World, deployer: Any) -> Stages:
    market, owner, holders = world.market, world.owner, world.holders
    who = {"deployer": deployer, "owner": owner, "buyer": world.buyer, "watcher": world.watcher}
    who |= {f"holder {i}": each for i, each in enumerate(holders)}
    stages = Stages(world, {}, {}, who)
    datasets, jobs = stages.datasets, stages.jobs

    def listed(name: str, places: Sequence[Any]) -> int:
        market.list(_description(owner), [word("root")], places, b"", {"from": owner})
        datasets[name] = int(market.datasets())
        return datasets[name]

    def join(dataset: int, index: int) -> None:
        sealed = world.seal(dataset, JOIN_ROUND, 0, holders[index], SHARD)
        market.join(dataset, 0, index, sealed, {"from": holders[index]})

    datasets["ready"] = world.list_sharded()
    datasets["asked"] = world.list_sharded()
    market.askRow(datasets["asked"], 0, 5, 0, {"from": holders[0]})
    listed("draft", [])
    market.retire(listed("retired", []), {"from": owner})
    join(listed("offered", holders), 0)
    for index in range(3):
        join(listed("joined", holders) if index == 0 else datasets["joined"], index)
    market.revealReplica(datasets["joined"], 0, 0, SHARD, world.salt(holders[0]), {"from": holders[0]})

    def requested(name: str, money: int, terms: Terms | None = None) -> int:
        terms = terms or Terms(rounds=1)
        subject = (SCHEMA, PROGRAM, word("model"))
        market.request(terms.as_tuple(), subject, [datasets["ready"]], money, {"from": world.buyer})
        jobs[name] = int(market.jobs())
        return jobs[name]

    requested("paid", 5 * ETHER)
    requested("unpaid", 0)
    market.approve(requested("approved", 0), 0, {"from": owner})
    market.cancel(requested("cancelled", 5 * ETHER), 0, {"from": world.buyer})

    def running(name: str) -> int:
        jobs[name] = world.run(Terms(rounds=1), datasets["ready"])
        world.draw(jobs[name])
        return jobs[name]

    def seal_result(job: int, index: int) -> None:
        sealed = world.seal(job, 0, 0, holders[index], UPDATE)
        market.sealResult(job, 0, index, sealed, {"from": holders[index]})

    seal_result(running("committing"), 0)
    job = running("revealing")
    for index in range(3):
        seal_result(job, index)
    market.revealResult(job, 0, 0, UPDATE, world.salt(holders[0]), {"from": holders[0]})
    for name in ("agreed", "aggregated", "disputed"):
        world.train(running(name), [UPDATE] * 3)
    for name in ("aggregated", "disputed"):
        market.aggregate(jobs[name], AVERAGE, True, {"from": world.buyer})
    market.challenge(jobs["disputed"], word("other"), {"from": world.watcher})
    market.judge(jobs["disputed"], 0, 0, AVERAGE, {"from": holders[0]})
    for name in ("closed", "voting", "showing", "decided"):
        world.train(running(name), [UPDATE] * 3)
        market.aggregate(jobs[name], AVERAGE, True, {"from": world.buyer})
    return stages


def _build_juries(stages: Stages) -> None:
    """Let the average's time pass for those that vote; the others were aggregated later."""
    world, jobs = stages.world, stages.jobs
    market = world.market
    for name in ("closed", "voting", "showing", "decided"):
        market.advance(jobs[name], {"from": world.watcher})
        world.draw(jobs[name])
    people = {juror.address: juror for juror in world.jurors}

    def juror(job: int, seat: int) -> Any:
        return people[market.juryOf(job, False)[seat]]

    def seal(job: int, seat: int) -> None:
        who, vote = juror(job, seat), vote_digest(job, TRUTH, [1])
        sealed = world.seal(job, VOTE_ROUND, vote_sitting(0, False), who, vote)
        market.sealVote(job, seat, sealed, {"from": who})

    seal(jobs["voting"], 0)
    for seat in range(3):
        seal(jobs["showing"], seat)
    market.revealVote(
        jobs["showing"], 0, TRUTH, [1], world.salt(juror(jobs["showing"], 0)), {"from": juror(jobs["showing"], 0)}
    )
    for name in ("closed", "decided"):
        world.vote(jobs[name], [TRUTH] * 3, [1])
    for name in ("voting", "showing"):
        for seat in range(3):
            stages.who[f"{name} juror {seat}"] = juror(jobs[name], seat)


@dataclass(frozen=True)
class Row:
    """A call that is refused.

    Attributes
    ----------
    kind : str
        Of bad input: ``unknown``, ``role``, ``phase``, ``early``, ``late``, ``twice`` or ``malformed``.
    error : str
        Name of the custom error.
    who : str
        The caller.
    name : str
        The function.
    arguments : tuple
        See `Stages.of`.
    """

    kind: str
    error: str
    who: str
    name: str
    arguments: tuple[Any, ...]


def row(kind: str, error: str, who: str, name: str, *arguments: Any) -> Row:
    return Row(kind, error, who, name, arguments)


def _salt_of(who: str) -> Any:
    return lambda stages: stages.world.salt(stages.who[who])


def _terms(**changes: Any) -> tuple[Any, ...]:
    return Terms(**changes).as_tuple()


def _listing(who: str, **changes: Any) -> Any:
    return lambda stages: _description(stages.who[who], **changes)


def _holders(*names: str) -> Any:
    return lambda stages: [stages.who[name] for name in names]


def _encoded(name: str, *arguments: Any) -> Any:
    return lambda stages: [getattr(stages.world.market, name).encode_input(*map(stages.of, arguments))]


SUBJECT, READY, ROOT = (SCHEMA, PROGRAM, word("model")), lambda stages: [stages.datasets["ready"]], [word("root")]
SEAT = ("dataset ready", 0, 0)
THREE = _holders("holder 0", "holder 1", "holder 2")

FIRST = (
    # People and money
    row("malformed", "UnknownRoles", "watcher", "register", 0, JUNK),
    row("malformed", "UnknownRoles", "watcher", "register", 32, JUNK),
    row("phase", "NothingToPay", "deployer", "withdraw", "account deployer"),
    row("malformed", "CreditTooLow", "deployer", "bond", 1),
    row("malformed", "BondTooLow", "deployer", "unbond", 1),
    row("malformed", "BondTooLow", "holder 0", "unbond", 0),
    row("phase", "NothingToPay", "deployer", "releaseBond"),
    row("early", "BondNotYetFree", "leaving", "releaseBond"),
    row("phase", "NotWithinMulticall", "owner", "multicall", _encoded("withdraw", "account owner")),
    row("unknown", "UnknownJob", "owner", "multicall", _encoded("cancel", NOPE, 0)),
    # Datasets
    row("role", "RoleMissing", "deployer", "list", _listing("deployer"), ROOT, [], b""),
    row("role", "WrongSignature", "watcher", "list", _listing("owner"), ROOT, [], b""),
    row("malformed", "WrongSignature", "watcher", "list", _listing("owner"), ROOT, [], bytes(65)),
    row("malformed", "WrongDescription", "owner", "list", _listing("owner", replicas=17), ROOT, [], b""),
    row("malformed", "WrongDescription", "owner", "list", _listing("owner", quality=1_000_001), ROOT, [], b""),
    row("malformed", "WrongDescription", "owner", "list", _listing("owner"), [], [], b""),
    row("malformed", "WrongHolders", "owner", "list", _listing("owner"), ROOT, _holders("holder 0"), b""),
    row("malformed", "WrongHolders", "owner", "list", _listing("owner", custody=0, replicas=1), ROOT, THREE, b""),
    row("twice", "HolderTwice", "owner", "list", _listing("owner"), ROOT, _holders(*["holder 0"] * 3), b""),
    row("unknown", "UnknownDataset", "owner", "offerSeats", NOPE, []),
    row("role", "NotDatasetOwner", "watcher", "offerSeats", "dataset draft", THREE),
    row("phase", "WrongDatasetPhase", "owner", "offerSeats", "dataset ready", THREE),
    row("malformed", "WrongHolders", "owner", "offerSeats", "dataset draft", _holders("holder 0")),
    row("unknown", "UnknownDataset", "owner", "reofferSeat", NOPE, 0, 0, "account watcher"),
    row("unknown", "WrongReplicaPhase", "owner", "reofferSeat", "dataset ready", 1, 0, "account watcher"),
    row("unknown", "WrongReplicaPhase", "owner", "reofferSeat", "dataset ready", 0, 256, "account watcher"),
    row("role", "NotDatasetOwner", "watcher", "reofferSeat", *SEAT, "account watcher"),
    row("phase", "WrongDatasetPhase", "owner", "reofferSeat", "dataset draft", 0, 0, "account watcher"),
    row("phase", "WrongReplicaPhase", "owner", "reofferSeat", *SEAT, "account watcher"),
    row("twice", "HolderTwice", "owner", "reofferSeat", "dataset offered", 0, 1, "account holder 0"),
    row("unknown", "UnknownDataset", "owner", "openEarly", NOPE),
    row("role", "NotDatasetOwner", "watcher", "openEarly", "dataset offered"),
    row("phase", "WrongDatasetPhase", "owner", "openEarly", "dataset ready"),
    row("early", "TooSoon", "owner", "openEarly", "dataset offered"),
    row("unknown", "UnknownDataset", "owner", "retire", NOPE),
    row("role", "NotDatasetOwner", "watcher", "retire", "dataset ready"),
    row("phase", "DatasetInUse", "owner", "retire", "dataset ready"),
    row("phase", "DatasetInUse", "owner", "retire", "dataset asked"),
    row("twice", "WrongDatasetPhase", "owner", "retire", "dataset retired"),
    # Seats
    row("role", "RoleMissing", "deployer", "offerCompute", 1, 1, 1, ENVIRONMENT),
    row("unknown", "WrongReplicaPhase", "holder 0", "join", NOPE, 0, 0, JUNK),
    row("unknown", "WrongReplicaPhase", "holder 0", "join", "dataset offered", 1 << 24, 0, JUNK),
    row("role", "NotHolder", "watcher", "join", "dataset offered", 0, 1, JUNK),
    row("malformed", "EmptySeal", "holder 1", "join", "dataset offered", 0, 1, EMPTY),
    row("twice", "WrongReplicaPhase", "holder 0", "join", "dataset offered", 0, 0, JUNK),
    row("unknown", "WrongReplicaPhase", "holder 0", "revealReplica", NOPE, 0, 0, SHARD, JUNK),
    row("role", "NotHolder", "watcher", "revealReplica", "dataset joined", 0, 1, SHARD, JUNK),
    row("early", "TooSoon", "holder 0", "revealReplica", "dataset offered", 0, 0, SHARD, _salt_of("holder 0")),
    row("malformed", "SealMismatch", "holder 1", "revealReplica", "dataset joined", 0, 1, JUNK, _salt_of("holder 1")),
    row("twice", "WrongReplicaPhase", "holder 0", "revealReplica", "dataset joined", 0, 0, SHARD, _salt_of("holder 0")),
    row("unknown", "WrongReplicaPhase", "owner", "verify", NOPE, 0, 0, True),
    row("role", "NotDatasetOwner", "watcher", "verify", "dataset joined", 0, 0, True),
    row("phase", "WrongReplicaPhase", "owner", "verify", "dataset joined", 0, 1, True),
    row("twice", "WrongReplicaPhase", "owner", "verify", *SEAT, True),
    row("unknown", "WrongReplicaPhase", "holder 0", "vacate", NOPE, 0, 0),
    row("role", "NotHolder", "watcher", "vacate", *SEAT),
    row("phase", "DatasetInUse", "holder 0", "vacate", *SEAT),
    row("phase", "WrongReplicaPhase", "holder 1", "vacate", "dataset joined", 0, 1),
    row("unknown", "WrongReplicaPhase", "watcher", "dismiss", NOPE, 0, 0),
    row("phase", "WrongReplicaPhase", "watcher", "dismiss", *SEAT),
    row("early", "TooSoon", "watcher", "dismiss", "dataset joined", 0, 1),
    # Spot checks
    row("unknown", "NoSpotCheck", "holder 0", "askRow", NOPE, 0, 0, 0),
    row("role", "NotParty", "watcher", "askRow", "dataset ready", 0, 0, 0),
    row("role", "NotParty", "watcher", "askRow", "dataset ready", 0, 0, "job committing"),
    row("phase", "NotParty", "buyer", "askRow", "dataset ready", 0, 0, "job paid"),
    row("malformed", "NoSuchRow", "holder 0", "askRow", "dataset ready", 0, 100, 0),
    row("malformed", "NoSuchRow", "holder 0", "askRow", "dataset ready", 1, 0, 0),
    row("twice", "NoSpotCheck", "holder 1", "askRow", "dataset asked", 0, 0, 0),
    row("unknown", "NothingAsked", "owner", "answerRow", NOPE, ROOT, b"row", JUNK, []),
    row("phase", "NothingAsked", "owner", "answerRow", "dataset ready", ROOT, b"row", JUNK, []),
    row("malformed", "WrongRow", "owner", "answerRow", "dataset asked", ROOT, b"row", JUNK, []),
    row("unknown", "NothingAsked", "watcher", "failRow", NOPE),
    row("early", "TooSoon", "watcher", "failRow", "dataset asked"),
    # Jobs
    row("role", "RoleMissing", "deployer", "request", _terms(), SUBJECT, READY, 0),
    row("role", "RoleMissing", "buyer", "request", _terms(aggregator="0x" + "11" * 20), SUBJECT, READY, 0),
    row("malformed", "WrongTerms", "buyer", "request", _terms(rounds=0), SUBJECT, READY, 0),
    row("malformed", "WrongTerms", "buyer", "request", _terms(vote_seconds=91 * 86_400), SUBJECT, READY, 0),
    row("malformed", "DatasetsUnsorted", "buyer", "request", _terms(), SUBJECT, [], 0),
    row("unknown", "DatasetUnsuitable", "buyer", "request", _terms(), SUBJECT, [NOPE], 0),
    row("malformed", "DatasetUnsuitable", "buyer", "request", _terms(), (JUNK, JUNK, JUNK), READY, 0),
    row("malformed", "DataPartTooLow", "buyer", "request", _terms(data_bps=0, compute_bps=7_000), SUBJECT, READY, 0),
    row("unknown", "UnknownJob", "buyer", "fund", NOPE, 1),
    row("phase", "WrongJobPhase", "buyer", "fund", "job cancelled", 1),
    row("twice", "NoFundingNeeded", "watcher", "fund", "job paid", 1),
    row("malformed", "CreditTooLow", "deployer", "fund", "job unpaid", 1),
    row("unknown", "UnknownJob", "owner", "approve", NOPE, 0),
    row("role", "NotInvolved", "watcher", "approve", "job paid", 0),
    row("malformed", "NotInvolved", "owner", "approve", "job paid", 1),
    row("phase", "WrongJobPhase", "owner", "approve", "job committing", 0),
    row("twice", "ApprovedAlready", "owner", "approve", "job approved", 0),
    row("unknown", "UnknownJob", "buyer", "cancel", NOPE, 0),
    row("role", "NotInvolved", "watcher", "cancel", "job paid", 0),
    row("phase", "WrongJobPhase", "buyer", "cancel", "job committing", 0),
    row("twice", "WrongJobPhase", "buyer", "cancel", "job cancelled", 0),
    row("unknown", "UnknownJob", "watcher", "advance", NOPE),
    row("phase", "WrongJobPhase", "watcher", "advance", "job cancelled"),
    row("early", "NothingToAdvance", "watcher", "advance", "job paid"),
    row("early", "NothingToAdvance", "watcher", "advance", "job committing"),
    row("early", "NothingToAdvance", "watcher", "advance", "job revealing"),
    row("early", "NothingToAdvance", "watcher", "advance", "job agreed"),
    row("early", "NothingToAdvance", "watcher", "advance", "job aggregated"),
    row("early", "NothingToAdvance", "watcher", "advance", "job disputed"),
    # Rounds
    row("unknown", "UnknownJob", "holder 0", "sealResult", NOPE, 0, 0, JUNK),
    row("unknown", "NotAssigned", "holder 1", "sealResult", "job committing", 1, 1, JUNK),
    row("unknown", "NotAssigned", "holder 1", "sealResult", "job committing", 0, 16, JUNK),
    row("role", "NotSeatHolder", "watcher", "sealResult", "job committing", 0, 1, JUNK),
    row("malformed", "EmptySeal", "holder 1", "sealResult", "job committing", 0, 1, EMPTY),
    row("twice", "DoneAlready", "holder 0", "sealResult", "job committing", 0, 0, JUNK),
    row("phase", "WrongJobPhase", "holder 1", "sealResult", "job revealing", 0, 1, JUNK),
    row("phase", "WrongJobPhase", "holder 0", "sealResult", "job paid", 0, 0, JUNK),
    row("unknown", "UnknownJob", "holder 0", "revealResult", NOPE, 0, 0, UPDATE, JUNK),
    row("early", "WrongJobPhase", "holder 0", "revealResult", "job committing", 0, 0, UPDATE, _salt_of("holder 0")),
    row("malformed", "EmptyDigest", "holder 1", "revealResult", "job revealing", 0, 1, EMPTY, JUNK),
    row("malformed", "SealMismatch", "holder 1", "revealResult", "job revealing", 0, 1, JUNK, _salt_of("holder 1")),
    row("malformed", "SealMismatch", "holder 1", "revealResult", "job revealing", 0, 1, UPDATE, JUNK),
    row("role", "NotSeatHolder", "watcher", "revealResult", "job revealing", 0, 1, UPDATE, _salt_of("holder 1")),
    row("twice", "DoneAlready", "holder 0", "revealResult", "job revealing", 0, 0, UPDATE, _salt_of("holder 0")),
    row("unknown", "UnknownJob", "buyer", "aggregate", NOPE, AVERAGE, True),
    row("role", "NotAggregator", "watcher", "aggregate", "job agreed", AVERAGE, True),
    row("phase", "WrongJobPhase", "buyer", "aggregate", "job revealing", AVERAGE, True),
    row("malformed", "EmptyDigest", "buyer", "aggregate", "job agreed", EMPTY, True),
    row("twice", "WrongJobPhase", "buyer", "aggregate", "job aggregated", AVERAGE, True),
    # Disputes
    row("unknown", "UnknownJob", "watcher", "challenge", NOPE, JUNK),
    row("role", "OwnAverage", "buyer", "challenge", "job aggregated", JUNK),
    row("role", "CreditTooLow", "deployer", "challenge", "job aggregated", JUNK),
    row("phase", "WrongJobPhase", "watcher", "challenge", "job agreed", JUNK),
    row("malformed", "SameDigest", "watcher", "challenge", "job aggregated", AVERAGE),
    row("malformed", "EmptyDigest", "watcher", "challenge", "job aggregated", EMPTY),
    row("twice", "WrongJobPhase", "owner", "challenge", "job disputed", JUNK),
    row("unknown", "UnknownJob", "holder 1", "judge", NOPE, 0, 1, AVERAGE),
    row("unknown", "NotAssigned", "holder 1", "judge", "job disputed", 9, 1, AVERAGE),
    row("role", "NotSeatHolder", "watcher", "judge", "job disputed", 0, 1, AVERAGE),
    row("phase", "WrongJobPhase", "holder 1", "judge", "job aggregated", 0, 1, AVERAGE),
    row("malformed", "EmptyDigest", "holder 1", "judge", "job disputed", 0, 1, EMPTY),
    row("twice", "DoneAlready", "holder 0", "judge", "job disputed", 0, 0, AVERAGE),
    # Pools
    row("role", "RoleMissing", "watcher", "enrol", TEST_SET, 1, ETHER, 60),
    row("malformed", "BondTooLow", "juror", "enrol", TEST_SET, 1, ETHER - 1, 60),
    row("role", "NotEnrolled", "watcher", "resign", TEST_SET),
    row("unknown", "NotEnrolled", "juror", "resign", JUNK),
)

JURIES = (
    row("unknown", "UnknownJob", "juror", "sealVote", NOPE, 0, JUNK),
    row("unknown", "NotInJury", "voting juror 1", "sealVote", "job voting", 3, JUNK),
    row("role", "NotInJury", "watcher", "sealVote", "job voting", 1, JUNK),
    row("malformed", "EmptySeal", "voting juror 1", "sealVote", "job voting", 1, EMPTY),
    row("twice", "VotedAlready", "voting juror 0", "sealVote", "job voting", 0, JUNK),
    row("phase", "WrongJobPhase", "voting juror 1", "sealVote", "job showing", 1, JUNK),
    row("unknown", "UnknownJob", "juror", "revealVote", NOPE, 0, TRUTH, [1], JUNK),
    row("role", "NotInJury", "watcher", "revealVote", "job showing", 1, TRUTH, [1], JUNK),
    row("early", "WrongJobPhase", "voting juror 0", "revealVote", "job voting", 0, TRUTH, [1], JUNK),
    row("malformed", "SealMismatch", "showing juror 1", "revealVote", "job showing", 1, 1, [1], JUNK),
    row("twice", "VotedAlready", "showing juror 0", "revealVote", "job showing", 0, TRUTH, [1], JUNK),
    row("unknown", "UnknownJob", "watcher", "appeal", NOPE),
    row("role", "CreditTooLow", "deployer", "appeal", "job decided"),
    row("phase", "WrongJobPhase", "watcher", "appeal", "job voting"),
    row("unknown", "UnknownJob", "watcher", "settle", NOPE, TRUTH, [1]),
    row("early", "AppealOpen", "watcher", "settle", "job decided", TRUTH, [1]),
    row("phase", "WrongJobPhase", "watcher", "settle", "job voting", TRUTH, [1]),
    row("unknown", "UnknownJob", "buyer", "listModel", NOPE, 1, True),
    row("role", "NotBuyer", "watcher", "listModel", "job decided", 1, True),
    row("phase", "WrongJobPhase", "buyer", "listModel", "job decided", 1, True),
    # Their time was over when the averages' was.
    row("late", "TooLate", "watcher", "challenge", "job aggregated", JUNK),
    row("late", "TooLate", "holder 1", "judge", "job disputed", 0, 1, AVERAGE),
    row("late", "TooLate", "buyer", "aggregate", "job agreed", AVERAGE, True),
    row("late", "TooLate", "holder 1", "sealResult", "job committing", 0, 1, JUNK),
    row("late", "TooLate", "holder 1", "revealResult", "job revealing", 0, 1, UPDATE, _salt_of("holder 1")),
    row("late", "TooLate", "holder 1", "join", "dataset offered", 0, 1, JUNK),
    row("late", "TooLate", "holder 1", "revealReplica", "dataset joined", 0, 1, SHARD, _salt_of("holder 1")),
)

LATE = (
    row("late", "TooLate", "voting juror 1", "sealVote", "job voting", 1, JUNK),
    row("late", "TooLate", "showing juror 1", "revealVote", "job showing", 1, TRUTH, [1], JUNK),
    row("late", "TooLate", "watcher", "appeal", "job decided"),
    row("late", "TooLate", "watcher", "fund", "job unpaid", 1),
    row("late", "TooLate", "owner", "approve", "job paid", 0),
    row("late", "TooLate", "owner", "answerRow", "dataset asked", ROOT, b"row", JUNK, []),
    row("malformed", "WrongShares", "watcher", "settle", "job decided", TRUTH - 1, [1]),
    row("malformed", "WrongShares", "watcher", "settle", "job decided", TRUTH, [1, 1]),
    row("twice", "WrongJobPhase", "watcher", "settle", "job closed", TRUTH, [1]),
    row("twice", "WrongJobPhase", "watcher", "advance", "job closed"),
    row("phase", "NothingAsked", "watcher", "failRow", "dataset ready"),
)


def _require_refused(stages: Stages, rows: Sequence[Row]) -> None:
    market, wrong = stages.world.market, []
    before = _state(market)
    for each in rows:
        arguments = [stages.of(argument) for argument in each.arguments]
        try:
            getattr(market, each.name)(*arguments, {"from": stages.who[each.who]})
        except VirtualMachineError as error:
            found = str(error.revert_msg).split(":", maxsplit=1)[0]
        else:
            found = "nothing"
        if found != each.error:
            wrong.append(f"{each.name} ({each.kind}): {found} instead of {each.error}")
        if _state(market) != before:
            wrong.append(f"{each.name} ({each.kind}): something changed")
            before = _state(market)
    assert wrong == []


def _state(market: Any) -> tuple[bytes, int]:
    """All of the market's storage, and its ether."""
    proof = brownie.web3.eth.get_proof(market.address, [], "latest")
    return bytes(proof["storageHash"]), int(market.balance())


def test_each_is_refused_by_name_and_changes_nothing(world: World, accounts: Any) -> None:
    market = world.market
    stages = _build(world, accounts[0])
    stages.who |= {"juror": world.jurors[0], "leaving": world.holders[2]}
    market.bond(1, {"from": world.holders[2]})
    market.unbond(1, {"from": world.holders[2]})
    _require_refused(stages, FIRST)
    brownie.chain.sleep(3 * HOUR)
    _build_juries(stages)
    _require_refused(stages, JURIES)
    brownie.chain.sleep(4 * 24 * HOUR)
    market.settle(stages.jobs["closed"], TRUTH, [1], {"from": world.watcher})
    _require_refused(stages, LATE)


def test_every_function_has_its_rows(world: World) -> None:
    """The table is complete, and names errors that there are."""
    abi = world.market.abi
    functions = {
        each["name"]: each
        for each in abi
        if each["type"] == "function"
        and "view" not in each["stateMutability"]
        and "pure" not in each["stateMutability"]
    }
    rows = (*FIRST, *JURIES, *LATE)
    assert {each.name for each in rows} == set(functions) - set(WITHOUT_BAD_INPUT)
    assert {each.error for each in rows} <= {each["name"] for each in abi if each["type"] == "error"}
    kinds: dict[str, set[str]] = {}
    for each in rows:
        kinds.setdefault(each.name, set()).add(each.kind)
    for name, function in functions.items():
        first = function["inputs"][0]["name"] if function["inputs"] else ""
        if first in ("job", "dataset"):
            assert "unknown" in kinds[name], name


@pytest.mark.parametrize("kind", ["unknown", "role", "phase", "early", "late", "twice", "malformed"])
def test_every_kind_of_bad_input_is_there(kind: str) -> None:
    assert sum(each.kind == kind for each in (*FIRST, *JURIES, *LATE)) >= 8
