"""A job's whole life on the chain, foretold by the twins (requirements J-01, J-08, J-12)."""

from __future__ import annotations

import brownie
import pytest

from commonlearn.protocol import (
    VOTE_ROUND,
    Candidate,
    Reputation,
    draw_jury,
    draw_subsets,
    funding,
    parts,
    released,
    seat_pay,
    seed,
)
from commonlearn.records import JobPhase, ModelPhase, Role, Stage
from tests.support.training import TEST_SET, Terms, World, word

HOUR = 3_600


def test_the_twins_foretell_a_whole_life(world: World) -> None:
    market, terms = world.market, Terms()
    dataset = world.list_sharded(subsets=4)
    before = {who: market.participantOf(who)["creditWei"] for who in (world.owner, world.holders[0])}
    job = world.run(terms, dataset)
    assert market.fundingOf(terms.as_tuple()) == funding(terms.budget_wei, terms.bounty_wei, terms.rounds)
    assert market.partsOf(job) == parts(terms.budget_wei, terms.split)
    seat_wei = seat_pay(terms.budget_wei, terms.rounds, terms.subsets_per_round, 3, terms.split)
    assert market.seatPayOf(job) == seat_wei

    used, reputation = 0, Reputation()
    for round_ in range(terms.rounds):
        positions, used = draw_subsets(used, 4, 1, seed(world.draw(job), job, round_))
        assert list(bytes(world.job(job)["positions"])[:1]) == positions
        world.train(job, [word("update")] * 3)
        reputation = reputation.succeeded(seat_wei, brownie.chain[-1].timestamp)
        world.aggregate(job, False)
    found, score = market.reputationOf(world.holders[0], int(Role.COMPUTE_OWNER))
    reputation = reputation.at(brownie.chain[-1].timestamp)
    assert (*found, score) == (reputation.alpha, reputation.beta, reputation.epoch, reputation.score)

    block_hash = world.draw(job)
    pool = [
        Candidate(address, market.reputationOf(address, int(Role.VALIDATOR))[1]) for address in market.poolOf(TEST_SET)
    ]
    jury = draw_jury(pool, terms.validators, seed(block_hash, job, VOTE_ROUND))
    assert list(market.juryOf(job, False)) == jury
    world.vote(job, [700_000] * 3, [5])
    brownie.chain.sleep(3 * HOUR)
    transaction = market.settle(job, 700_000, [5], {"from": world.watcher})
    data_wei = released(parts(terms.budget_wei)[0], terms.baseline, terms.target, 700_000)
    assert transaction.events["Settled"]["releasedWei"] == data_wei
    assert market.participantOf(world.owner)["creditWei"] - before[world.owner] == data_wei
    assert market.participantOf(world.holders[0])["creditWei"] - before[world.holders[0]] == 2 * seat_wei
    assert world.job(job)["phase"] == JobPhase.CLOSED
    assert market.modelOf(job)[0] == ModelPhase.VALIDATED


def test_every_trace_is_an_event(world: World) -> None:
    """What fitchain logs: data connected to a project, model submitted, data connected to the model, training."""
    market = world.market
    dataset = world.list_sharded()
    first = brownie.chain.height + 1
    job = world.run(Terms(rounds=1), dataset)
    world.draw(job)
    world.train(job, [word("update"), word("update"), word("garbage")])
    world.aggregate(job, True)
    world.draw(job)
    world.vote(job, [700_000] * 3, [1])
    brownie.chain.sleep(3 * HOUR)
    market.settle(job, 700_000, [1], {"from": world.watcher})
    names = {
        event.name
        for height in range(first, brownie.chain.height + 1)
        for hash_ in brownie.web3.eth.get_block(height)["transactions"]
        for event in brownie.chain.get_transaction(hash_).events
    }
    assert names >= {
        "JobRequested", "DataConnected", "JobFunded", "JobPhaseChanged", "StageChanged", "RoundDrawn", "ResultSealed",
        "ResultRevealed", "SubsetCounted", "BondSlashed", "ReplicaChanged", "Paid", "ReputationChanged",
        "ModelAggregated", "RoundFinal", "JuryDrawn", "VoteSealed", "VoteRevealed", "Decided", "Settled",
        "SponsorRefunded",
    }  # fmt: skip


def test_many_steps_go_into_one_transaction(world: World) -> None:
    """Requirement J-13."""
    market = world.market
    dataset = world.list_sharded(replicas=1)
    request = market.request.encode_input(
        Terms(rounds=1).as_tuple(), (word("schema"), word("program"), word("model")), [dataset], 10**18
    )
    first = market.jobs() + 1
    market.multicall([request] * 5, {"from": world.buyer})
    approvals = [market.approve.encode_input(job, 0) for job in range(first, first + 5)]
    market.multicall(approvals, {"from": world.owner})
    assert market.jobs() == first + 4
    assert all(world.stage(job) is Stage.ARMED for job in range(first, first + 5))


@pytest.mark.parametrize("name", ["TrainingMarket", "TrainingCatalogue", "TrainingRounds", "TrainingSettlement"])
def test_each_part_fits(name: str) -> None:
    bytecode = getattr(brownie.project.get_loaded_projects()[0], name)._build["deployedBytecode"]
    assert len(bytecode) // 2 <= 24_576
