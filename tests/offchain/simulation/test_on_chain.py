"""What a simulation says, the contracts do: every action again on a chain, every wei and every weight the same.

Requirements Z-01, Z-02, Z-03.
"""

from dataclasses import replace

import pytest

from commonlearn.client.deployer import ModelPlan, deploy_model
from commonlearn.client.description import Description
from commonlearn.featurizers import PresenceText
from commonlearn.models import Perceptron
from commonlearn.records import Phase, Status
from commonlearn.simulation.actions import Kind
from commonlearn.simulation.data import load_material
from commonlearn.simulation.market import MarketSimulation
from commonlearn.simulation.points import PointsSimulation
from commonlearn.simulation.scenario import Scenario
from commonlearn.simulation.self_assessment import SelfAssessmentSimulation
from scripts.bench.gas import Chain
from tests.support.live import own_network
from tests.support.node import chain_for_tests
from tests.support.simulated import Rerun

__all__ = ["own_network"]

DATA = {"source": "synthetic", "first": 300, "dimension": 60, "margin": 20}


@pytest.fixture
def chain():
    with chain_for_tests() as node:
        yield Chain(node)


def everybody(started_at):
    """All habits, with waits so short and purses so small that every rule is met within 300 contributions."""
    return Scenario.model_validate(
        {
            "samples": 300,
            "seed": 5,
            "started-at": started_at,
            "measure-every": "8h",
            "data": DATA,
            "self-assessment": {
                "floor": 3 * 10**9 * 7,
                "growth-percent": 6.25,
                "half-life": "1h",
                "refund-wait": "6h",
                "report-wait": "12h",
                "sweep-wait": "3d",
                "reporter-percent": 12.5,
            },
            "agents": [
                {"name": "honest", "habit": "honest", "purse": 8 * 10**11 + 1, "every": "10min", "every-stdev": 60,
                 "report-after": "5h"},
                {"name": "mistaken", "habit": "mistaken", "purse": 2 * 10**11, "every": "30min", "mistakes": 0.2,
                 "report-after": "2h"},
                {"name": "flipper", "habit": "label-flipper", "purse": 3 * 10**12, "every": "20min"},
                {"name": "copier", "habit": "lazy-copier", "purse": 10**12, "every": "40min", "refunds": False},
                {"name": "farmer", "habit": "easy-farmer", "purse": 10**12, "every": "40min"},
                {"name": "reporter", "habit": "reporter", "purse": 10**12, "every": "15min", "report-after": "1h"},
                {"name": "newcomer", "habit": "mistaken", "sponsor": "sponsor", "every": "30min"},
                {"name": "sponsor", "habit": "sponsor", "purse": 10**12, "retry": "3h"},
            ],
        }
    )  # fmt: skip


def test_self_assessment_is_the_contracts_to_the_wei(chain):
    scenario = everybody(chain.now + 1_000)
    material = load_material(scenario.data)
    simulation = SelfAssessmentSimulation(scenario, material)
    run = simulation.run()
    actions = list(run.actions)
    kinds = {kind: sum(action.kind is kind for action in actions) for kind in Kind}
    assert kinds[Kind.CONTRIBUTE] == 300
    assert min(kinds[kind] for kind in (Kind.REFUND, Kind.REPORT, Kind.SWEEP, Kind.WITHDRAW)) >= 5
    assert sum(action.other >= 0 for action in actions) >= 20  # sponsored
    assert len({action.time for action in actions}) == len(actions)

    purses = [agent.settings.purse for agent in simulation.stage.agents]
    rerun = Rerun(chain, material.model, simulation.terms, material, purses)
    ledger, contract, course = simulation.ledger, rerun.contract, run.course
    noted = {count: moment for moment, count in enumerate(course.actions)}  # of several, the last
    assert len(noted) >= 5
    for number, action in enumerate(actions, 1):
        rerun.do(action)
        if number in noted:
            moment = noted[number]
            for agent in simulation.stage.agents:
                holds = rerun.balance(agent.number) + contract.account(rerun.people[agent.number])[0]
                assert holds == course.balances[agent.settings.name][moment], (agent.settings.name, moment)
            assert contract.totals()[0] == sum(locked[moment] for locked in course.locked.values())

    for agent, wallet in zip(simulation.stage.agents, simulation.wallets, strict=True):
        assert rerun.balance(agent.number) == wallet, agent.settings.name
        assert contract.account(rerun.people[agent.number]) == (
            ledger.owed(agent.address), ledger.proven(agent.address)
        )  # fmt: skip
    assert contract.account(scenario.beneficiary)[0] == ledger.owed(scenario.beneficiary) > 0
    totals = ledger.totals()
    assert contract.totals() == (totals.locked_wei, totals.proven_gwei, totals.carry_wei)
    assert chain.connection.balance(contract.address) == ledger.balance_wei
    assert contract.statuses(range(300)) == [ledger.status_of(id_) for id_ in range(300)]
    assert Status.OPEN not in contract.statuses(range(300))
    assert rerun.words() == simulation.stage.learner.model.words()
    assert rerun.words() != material.model.words()
    taught = [ledger.contribution(id_).taught for id_ in range(300)]
    assert [made.taught for made, _, _ in rerun.recorded] == taught


def test_points_are_the_contracts(chain):
    agents = [
        {"name": "founder", "habit": "honest", "every": "1h", "votes": 0.6},
        {"name": "honest", "habit": "honest", "count": 2, "every": "20min", "votes": 0.5},
        {"name": "mistaken", "habit": "mistaken", "every": "20min", "mistakes": 0.3, "votes": 0.5},
        {"name": "flipper", "habit": "label-flipper", "every": "20min", "votes": 0.9},
        {"name": "copier", "habit": "lazy-copier", "every": "20min", "votes": 0.5},
        {"name": "farmer", "habit": "easy-farmer", "every": "20min", "votes": 0.5},
    ]
    scenario = Scenario.model_validate(
        {
            "samples": 120, "seed": 3, "started-at": chain.now + 1_000, "data": DATA, "agents": agents,
            "points": {"founders": ["founder"], "grant": 1_000, "least-vote": 0.05, "most-vote": 5.37,
                       "give-percent": 37.5, "fee-percent": 110, "vote-time": "8h"},
        }
    )  # fmt: skip
    material = load_material(scenario.data)
    simulation = PointsSimulation(scenario, material)
    run = simulation.run()
    actions = list(run.actions)
    assert sum(action.kind in (Kind.CONFIRM, Kind.CONTEST) for action in actions) >= 60
    assert sum(action.kind is Kind.CONTEST for action in actions) >= 5

    names = [agent.address for agent in simulation.stage.agents]
    founders = tuple(chain.accounts[names.index(founder)] for founder in simulation.terms.founders)
    terms = type(simulation.terms)(founders, *simulation.terms.as_tuple()[1:])
    rerun = Rerun(chain, material.model, terms, material, [10**18] * len(names))
    for action in actions:
        receipt = rerun.do(action)
        if action.kind is not Kind.CONTRIBUTE:
            voted = receipt.event("Voted")
            assert voted is not None
            assert voted.values["weight"] == action.wei

    for name, person in zip(names, rerun.people, strict=True):
        ours = simulation.ledger.account(name)
        theirs = rerun.points_account(person)
        assert theirs == {field: getattr(ours, field) for field in theirs}
    assert rerun.words() == simulation.stage.learner.model.words()


def without_addresses(state):
    return replace(state, participants=b""), [replace(each, account="") for each in state.roster()]


def test_a_market_is_the_contracts_to_the_wei(own_network, tmp_path):
    """Two honest contributors, one who errs, and an adversary whose stakes do not bear its harm in the first round."""
    agents = [
        {"name": "honest", "habit": "honest", "count": 2, "purse": 10**18, "every": "10min", "stake-mean": 10**15 + 7},
        {"name": "mistaken", "habit": "mistaken", "purse": 10**18, "every": "20min", "mistakes": 0.3,
         "stake-mean": 2 * 10**15, "stake-stdev": 10**14},
        {"name": "adversary", "habit": "label-flipper", "purse": 10**17, "every": "20min", "stake-mean": 3 * 10**15 + 1},
    ]  # fmt: skip
    content = {
        "samples": 80,
        "seed": 2,
        "data": {**DATA, "taught": 20},
        "agents": agents,
        "market": {"bounty": 10**18 + 3, "test-samples": 60, "min-stake": 10**15, "full-score": 7, "rounds": 3,
                   "participate-time": "2d", "draw-delay": 2},
    }  # fmt: skip
    scenario = Scenario.model_validate(content)
    material = load_material(scenario.data)
    terms = scenario.market.terms(80)
    words = [f"w{number}" for number in range(60)]
    twin = Perceptron.from_words(material.model.configuration, material.model.words())
    about = Description("drawn", "for tests", ("negative", "positive"), PresenceText(words).to_dict())
    record = deploy_model(own_network.sender(), own_network.book(), ModelPlan(twin, about, terms))
    model = own_network.load(record.address, tmp_path)
    provider, anyone = own_network.cast["deployer"], own_network.cast["stranger"]

    def market():
        return model.market(state=tmp_path / "markets")

    tests = material.test[list(range(60))]
    market().commit(
        tests.to_samples(), material.test_labels[:60].tolist(), account=provider, bounty_wei=scenario.market.bounty
    )
    for _ in range(3):
        own_network.node.request("evm_mine")
    market().draw(account=anyone)
    market().reveal(account=provider)

    chain = Chain(own_network.node)
    scenario = Scenario.model_validate({**content, "started-at": chain.now + 100})
    people = [own_network.cast[role] for role in ("alice", "bob", "carol", "mallory")]
    for action in MarketSimulation(scenario, material).run().actions:
        if action.kind is Kind.CONTRIBUTE:
            [sample] = material.pool[[action.sample]].to_samples()
            call = model.contract.contribute(sample, action.label, action.wei)
            chain.send(call, chain.accounts.index(people[action.agent].lower()), after=action.time - chain.now)
    assert market().status().view.phase is Phase.REVEALING
    market().reveal(account=provider)
    scored = market().records.scored(market().records.refresh())
    simulation = MarketSimulation(scenario, material, scored=scored)
    run = simulation.run()
    assert run.notes["rounds"] >= 2
    assert run.contributions == 80
    market().settle(account=anyone)
    view = market().records.refresh()
    assert without_addresses(market().records.replay(view).final) == without_addresses(simulation.replay.final)
    owed = {}
    for agent, who in zip(simulation.stage.agents, people, strict=True):
        account = market().contract.account(who)
        owed[agent.number] = account.owed_wei
        assert account.is_punished == simulation.final[agent.number].is_punished
    paid = {action.agent: action.wei for action in run.actions if action.kind is Kind.WITHDRAW}
    assert owed == {number: paid.get(number, 0) for number in owed}
    assert run.notes["punished"]
    market().train(account=anyone)
    model.sync()
    assert model.contract.snapshot().words == simulation.stage.learner.model.words()
    for agent in simulation.stage.agents:
        wallet = agent.settings.purse - sum(
            each.stake_wei for each in simulation.inputs if each.account == agent.address
        )
        assert wallet == simulation.wallets[agent.number]
    assert sum(each.end_wei for each in run.outcomes) == sum(simulation.wallets) + sum(owed.values())
