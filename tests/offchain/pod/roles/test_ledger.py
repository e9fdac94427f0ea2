"""What plans look at is told from events alone, and what is due follows from it (Y-09)."""

from __future__ import annotations

import pytest

from commonlearn.pod import Event, Head, View
from commonlearn.pod.roles.advancing import advances
from commonlearn.pod.roles.ledger import ledger_of
from commonlearn.pod.roles.telling import plain
from commonlearn.protocol import vote_digest
from commonlearn.records import (
    Custody,
    DatasetPhase,
    Description,
    JobPhase,
    ReplicaPhase,
    Role,
    Stage,
    Subject,
)
from tests.offchain.pod.roles.made import terms_of_a_job

OWNER, BUYER, ONE, TWO, SLOW = ("0x" + digit * 40 for digit in "12345")
ENVIRONMENT, DIGEST = b"e" * 32, b"d" * 32


def terms(custody=Custody.SHARDED):
    return terms_of_a_job(
        budget_wei=10_000,
        subsets_per_round=2,
        custody=custody,
        environment=ENVIRONMENT,
        test_set=b"t" * 32,
        train_seconds=60,
        reveal_seconds=60,
    )


def events(*told):
    return [Event(number, 0, name, plain_values(values)) for number, (name, values) in enumerate(told)]


def plain_values(values):
    return {name: plain(value) for name, value in values.items()}


def seats(subset, *holders):
    for index, holder in enumerate(holders):
        seat = {"dataset": 1, "subset": subset, "index": index, "holder": holder}
        yield "SeatOffered", seat
        yield "ReplicaChanged", {**seat, "phase": ReplicaPhase.VERIFIED}


def until_drawn():
    said = Description(OWNER, b"s" * 32, bytes(32), 5, 9, 1, Custody.SHARDED, 3, 60, 1, 1, 0)
    offers = [(ONE, 1, 10, ENVIRONMENT), (TWO, 1, 10, b"x" * 32), (SLOW, 1, 3_600, ENVIRONMENT)]
    return [
        ("Registered", {"account": OWNER, "roles": 1, "encryptionKey": b"k" * 32}),
        *(
            (
                "ComputeOffered",
                {"holder": who, "priceWei": price, "capacity": 9, "minSeconds": least, "environment": env},
            )
            for who, price, least, env in offers
        ),
        ("DatasetListed", {"dataset": 1, "owner": OWNER, "description": said, "roots": [b"r" * 32, b"q" * 32]}),
        *seats(0, ONE, TWO, SLOW),
        *seats(1, ONE, TWO, SLOW),
        ("DatasetPhaseChanged", {"dataset": 1, "phase": DatasetPhase.READY}),
        (
            "JobRequested",
            {"job": 1, "buyer": BUYER, "terms": terms(), "subject": Subject(*[b"s" * 32] * 3), "datasets": [1]},
        ),
        ("JobPhaseChanged", {"job": 1, "phase": JobPhase.RUNNING}),
        ("StageChanged", {"job": 1, "round": 0, "stage": Stage.ARMED, "deadline": 70}),
        ("RoundDrawn", {"job": 1, "round": 0, "attempt": 0, "positions": [1, 0]}),
        ("StageChanged", {"job": 1, "round": 0, "stage": Stage.COMMITTING, "deadline": 1_000}),
    ]


def test_seats_are_assigned_as_the_contract_does():
    ledger = ledger_of(events(*until_drawn()))
    job = ledger.jobs[1]
    assert job.terms == terms()
    assert ledger.roles[OWNER] is Role.DATA_OWNER
    assert job.places == [(1, 0), (1, 1)]
    assert job.replicas == 3
    # another environment, and too slow: neither is assigned
    assert job.rounds[0].assigned == {(0, 0): ONE, (1, 0): ONE}
    assert job.start_of(0) == b"s" * 32


def test_a_slashed_seat_is_not_assigned_again():
    faulty = {"dataset": 1, "subset": 0, "index": 0, "holder": ONE, "phase": ReplicaPhase.FAULTY}
    drawn = ("RoundDrawn", {"job": 1, "round": 0, "attempt": 1, "positions": [0, 1]})
    ledger = ledger_of(events(*until_drawn(), ("ReplicaChanged", faulty), drawn))
    assert ledger.jobs[1].rounds[0].assigned == {(1, 0): ONE}
    assert ledger.jobs[1].rounds[0].attempt == 1


@pytest.mark.parametrize(
    ("number", "time", "more", "kinds"),
    [
        (50, 999, (), []),
        (50, 1_000, (), ["advance"]),
        (50, 1_059, (("ResultSealed", {"job": 1, "round": 0, "slot": 0, "index": 0, "seal": DIGEST}),), []),
        (50, 1_060, (("ResultSealed", {"job": 1, "round": 0, "slot": 0, "index": 0, "seal": DIGEST}),), ["advance"]),
        (69, 0, (("StageChanged", {"job": 1, "round": 0, "stage": Stage.ARMED, "deadline": 70}),), []),
        (70, 0, (("StageChanged", {"job": 1, "round": 0, "stage": Stage.ARMED, "deadline": 70}),), ["advance"]),
        (50, 9_999, (("JobPhaseChanged", {"job": 1, "phase": JobPhase.CLOSED}),), []),
    ],
)
def test_a_job_is_moved_on_when_its_time_has_come_and_not_before(number, time, more, kinds):
    job = ledger_of(events(*until_drawn(), *more)).jobs[1]
    view = View(Head(number, "0x", time), (), BUYER)
    assert [action.kind for action in advances(job, view)] == kinds


def test_it_is_settled_by_the_vote_that_was_decided_on():
    votes = [
        ("JobPhaseChanged", {"job": 1, "phase": JobPhase.VALIDATING}),
        ("JuryDrawn", {"job": 1, "attempt": 0, "isAppeal": False, "jury": [ONE, TWO]}),
        ("VoteRevealed", {"job": 1, "validator": ONE, "score": 1, "weights": [9]}),
        ("VoteRevealed", {"job": 1, "validator": TWO, "score": 2, "weights": [5]}),
        ("Decided", {"job": 1, "decision": vote_digest(1, 2, [5]), "isAppeal": False}),
        ("StageChanged", {"job": 1, "round": 0, "stage": Stage.DECIDED, "deadline": 2_000}),
    ]
    job = ledger_of(events(*until_drawn(), *votes)).jobs[1]
    assert list(advances(job, View(Head(1, "0x", 1_999), (), BUYER))) == []
    (action,) = advances(job, View(Head(1, "0x", 2_000), (), BUYER))
    assert (action.kind, action.values["score"], action.values["weights"]) == ("settle", 2, [5])


def test_a_second_jury_keeps_the_seed_and_the_first_ones_votes():
    told = [
        ("JobPhaseChanged", {"job": 1, "phase": JobPhase.VALIDATING}),
        ("StageChanged", {"job": 1, "round": 0, "stage": Stage.ARMED, "deadline": 80}),
        ("JuryDrawn", {"job": 1, "attempt": 0, "isAppeal": False, "jury": [ONE]}),
        ("VoteRevealed", {"job": 1, "validator": ONE, "score": 1, "weights": [9]}),
        ("StageChanged", {"job": 1, "round": 0, "stage": Stage.ARMED, "deadline": 90}),
        ("JuryDrawn", {"job": 1, "attempt": 0, "isAppeal": True, "jury": [TWO]}),
    ]
    job = ledger_of(events(*until_drawn(), *told)).jobs[1]
    assert (job.seed_block, job.jury, job.is_appealed) == (80, [TWO], True)
    assert job.votes == {ONE: (1, [9])}
    assert job.votes_revealed == set()
