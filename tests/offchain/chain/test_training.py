"""Private training through its bindings, on a real chain: a local job from nothing to its end (J-01, J-13)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from commonlearn import contract_errors
from commonlearn.chain.abi import checksummed
from commonlearn.chain.connection import Connection
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.training import TrainingContract, deploy_training
from commonlearn.chain.training_events import TRAINING_EVENTS, decode_training_log
from commonlearn.chain.transactions import Sender
from commonlearn.numerics import keccak256
from commonlearn.protocol import VOTE_ROUND, funding, parts, seal, seat_pay, vote_digest, vote_sitting
from commonlearn.records import (
    Custody,
    DatasetPhase,
    Description,
    JobPhase,
    JobTerms,
    Metric,
    Mismatch,
    ModelPhase,
    ReplicaPhase,
    Role,
    Stage,
    Subject,
)
from tests.support.node import chain_for_tests

ETHER, SALT = 10**18, bytes(range(32))
SCHEMA, TESTS, PROGRAM, MODEL, UPDATE, ENVIRONMENT = (
    keccak256(each) for each in (b"schema", b"tests", b"program", b"model", b"update", b"environment")
)
TERMS = JobTerms(
    budget_wei=ETHER // 10 + 3,
    vote_bond_wei=211,
    challenge_bond_wei=401,
    bounty_wei=7,
    baseline=500_000,
    target=900_000,
    rounds=1,
    subsets_per_round=1,
    min_subsets=1,
    validators=1,
    metric=Metric.ACCURACY,
    environment=ENVIRONMENT,
    test_set=TESTS,
)


class People:
    """A market, and people who send through their nodes."""

    def __init__(self, node):
        self.node = node
        self.connection = Connection.open(node.url)
        self.deployer, self.owner, self.buyer, self.juror, *_ = map(checksummed, node.accounts())
        self.market = TrainingContract(
            self.connection, deploy_training(lambda call: str(self.send(self.deployer, call).contract))
        )

    def send(self, who, call):
        return Sender(self.connection, UnlockedSigner(who)).send_one(call)

    def seal(self, job, round_, subset, who, digest):
        chain_id = self.connection.chain_id
        return seal(chain_id, self.market.address, job, round_, subset, who, digest, SALT)

    def told(self):
        logs = self.connection.rpc.call("eth_getLogs", {"fromBlock": "0x0", "address": self.market.address})
        return [decode_training_log(log) for log in logs]


@pytest.fixture(scope="module")
def people():
    with chain_for_tests() as node:
        yield People(node)


def test_a_local_job_from_nothing_to_its_end(people):
    market, owner, buyer, juror = people.market, people.owner, people.buyer, people.juror
    said = Description(owner, SCHEMA, SCHEMA, 800_000, 100, 1, Custody.LOCAL, 1, 0, 500, 301, 0)
    people.send(
        owner,
        market.batch([market.register(Role.DATA_OWNER, SCHEMA, value_wei=5_000), market.list_dataset(said, [SCHEMA])]),
    )
    joining = [
        market.register(Role.VALIDATOR),
        market.bond(ETHER, value_wei=2 * ETHER),
        market.enrol(TESTS, 1, 500, 60),
    ]
    people.send(juror, market.batch(joining))
    assert (market.participant(owner).credit_wei, market.participant(owner).locked_wei) == (5_000 - 801, 801)
    assert market.participant(juror).free_bond_wei == ETHER
    assert market.dataset(1).phase is DatasetPhase.READY
    assert market.seat(1, 0, 0).phase is ReplicaPhase.VERIFIED
    assert market.mismatch(1, SCHEMA, Custody.LOCAL, 0) is Mismatch.NONE
    assert market.mismatch(1, SCHEMA, Custody.SHARDED, 0) is Mismatch.CUSTODY
    assert market.pool(TESTS) == [juror]

    money = funding(TERMS.budget_wei, TERMS.bounty_wei, TERMS.rounds)
    people.send(buyer, market.register(Role.BUYER, value_wei=money + 401))
    people.send(buyer, market.request(TERMS, Subject(SCHEMA, PROGRAM, MODEL), [1], money))
    assert market.terms(1) == TERMS
    assert market.job_datasets(1) == [1]
    people.send(owner, market.approve(1, 0))
    assert market.job(1).phase is JobPhase.RUNNING
    assert market.job(1).stage is Stage.ARMED
    assert market.parts(1) == parts(TERMS.budget_wei)
    assert market.seat_pay(1) == seat_pay(TERMS.budget_wei, 1, 1, 1, TERMS.split)

    people.node.request("anvil_mine", "0x2")
    people.send(owner, market.seal_result(1, 0, 0, people.seal(1, 0, 0, owner, UPDATE)))
    assert market.subset_round(1, 0).sealed == 1
    people.send(owner, market.reveal_result(1, 0, 0, UPDATE, SALT))
    people.send(buyer, market.aggregate(1, UPDATE, True))
    assert market.dispute(1).posted == UPDATE
    people.node.increase_time(3_600)
    people.send(buyer, market.advance(1))
    people.node.request("anvil_mine", "0x2")
    vote = vote_digest(1, 700_000, [5])
    people.send(juror, market.seal_vote(1, 0, people.seal(1, VOTE_ROUND, vote_sitting(0, False), juror, vote)))
    assert market.jury(1) == [juror]
    people.send(juror, market.reveal_vote(1, 0, 700_000, [5], SALT))
    people.node.increase_time(3_600)
    people.send(buyer, market.settle(1, 700_000, [5]))
    assert market.model(1) == (ModelPhase.VALIDATED, UPDATE, 700_000)
    people.send(owner, market.withdraw(owner))

    told = {event.name: event for event in people.told() if event is not None}
    assert told["JobRequested"].values["terms"] == TERMS
    assert told["JobRequested"].values["subject"] == Subject(SCHEMA, PROGRAM, MODEL)
    assert told["DatasetListed"].values["description"] == said
    assert told["Settled"].values["releasedWei"] == parts(TERMS.budget_wei)[0] // 2
    assert set(told) <= set(TRAINING_EVENTS)
    assert len(people.told()) == len([event for event in people.told() if event is not None])


def test_refusals_come_as_named_errors(people):
    with pytest.raises(contract_errors.UnknownJob):
        people.send(people.owner, people.market.advance(99))
    with pytest.raises(contract_errors.RoleMissing):
        people.send(people.juror, people.market.request(TERMS, Subject(SCHEMA, PROGRAM, MODEL), [1]))


def test_a_batch_is_of_one_contract(people):
    market = people.market
    with pytest.raises(ValueError, match="at least one"):
        market.batch([])


def test_views_are_json(people):

    assert json.loads(json.dumps(people.market.dataset(1).as_dict()))["phase"] in ("ready", "retired")


def test_two_reveals_of_one_block_both_have_gas_to_be_the_last(people):
    """The last reveal of a round counts all seats; neither knows beforehand that it will be the last (Y-10)."""
    market, owner, other, buyer = people.market, people.owner, people.deployer, people.buyer
    firsts = []
    for who in (owner, other):
        said = Description(who, SCHEMA, SCHEMA, 800_000, 100, 1, Custody.LOCAL, 1, 0, 500, 301, 0)
        calls = [market.register(Role.DATA_OWNER, SCHEMA, value_wei=5_000), market.list_dataset(said, [SCHEMA])]
        people.send(who, market.batch(calls))
        firsts.append(market.datasets())
    rules = replace(TERMS, validators=0, subsets_per_round=2, min_subsets=2)
    money = funding(rules.budget_wei, rules.bounty_wei, rules.rounds)
    registered = market.register(Role.BUYER, value_wei=money + 401)
    people.send(
        buyer, market.batch([registered, market.request(rules, Subject(SCHEMA, PROGRAM, MODEL), firsts, money)])
    )
    job = market.jobs()
    for index, who in enumerate((owner, other)):
        people.send(who, market.approve(job, index))
    people.node.request("anvil_mine", "0x2")
    people.send(buyer, market.advance(job))
    positions = list(market.job(job).positions[:2])
    for position, who in enumerate((owner, other)):
        sealed = people.seal(job, 0, position, who, UPDATE)
        people.send(who, market.seal_result(job, positions.index(position), 0, sealed))
    senders = {who: Sender(people.connection, UnlockedSigner(who)) for who in (owner, other)}
    plans = {
        who: senders[who].plan([market.reveal_result(job, positions.index(position), 0, UPDATE, SALT, seats=2)])
        for position, who in enumerate((owner, other))
    }
    people.node.request("evm_setAutomine", False)
    try:
        for who, plan in plans.items():
            sender = senders[who]
            sender.broadcast([sender.prepare(plan.calls[0], plan.limits[0], sender.next_nonce(), plan.fees)])
        people.node.request("evm_mine")
    finally:
        people.node.request("evm_setAutomine", True)
    assert market.job(job).stage is Stage.AGREED
    assert market.job(job).agreed_rounds == 1
