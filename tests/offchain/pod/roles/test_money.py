"""Sponsors, named aggregators, and what is owed at the end (Y-13, Y-14)."""

from __future__ import annotations

import pytest

from commonlearn.pod import Head, Memory, View
from commonlearn.pod.config import Money as MoneySettings
from commonlearn.pod.role_settings import Sponsor as SponsorSettings
from commonlearn.pod.roles.entries import Job, Ledger, Purse
from commonlearn.pod.roles.ledger import ledger_of
from commonlearn.pod.roles.money import Money
from commonlearn.pod.roles.sponsor import Sponsor, missing_wei
from commonlearn.records import JobPhase, Role, Subject
from tests.offchain.pod.roles.made import terms_of_a_job
from tests.offchain.pod.roles.world import OWNERS

BURNED = "0x000000000000000000000000000000000000dEaD"
ME, BUYER = "0x" + "5" * 40, "0x" + "b" * 40
DAYS = 200_000
"""Seconds."""


def purse_of(found):
    return found.credit_wei, found.bond_wei, found.locked_wei, found.leaving_wei


def test_a_job_that_others_pay_for_and_average_and_nothing_is_left_when_all_go(world):
    """Whoever took part has all that it is owed, at an address of its own; what is left in the market is burned money."""
    for seed, name in enumerate(OWNERS):
        world.owner(name, seed)
    world.validator("validator")
    world.add("aggregator", "aggregator", most_bond="1 ether")
    world.buyer("local", 2, 2, {"aggregator": world.addresses["aggregator"]}, funds="0.03 ether")
    world.add("sponsor", "sponsor", buyers=[world.addresses["buyer"]], most="0.2 ether")
    world.play()
    market, job = world.market, world.market.job(1)
    assert (job.phase, job.agreed_rounds, job.is_unscored) == (JobPhase.CLOSED, 2, False)
    paid = {each.values["sponsor"]: each.values["amountWei"] for each in world.told("JobFunded")}
    assert paid[world.addresses["buyer"]] == 3 * 10**16
    assert sum(paid.values()) == job.funded_wei
    averagers = {each.values["account"] for each in world.told("Paid") if each.values["role"] == Role.AGGREGATOR}
    assert averagers == {world.addresses["aggregator"]}
    back = sum(
        each.values["amountWei"]
        for each in world.told("SponsorRefunded")
        if each.values["sponsor"] == world.addresses["sponsor"]
    )
    assert 0 < back < paid[world.addresses["sponsor"]]
    ledger = ledger_of(world.told())
    for address in (*world.addresses.values(), BURNED):
        assert purse_of(ledger.purse(address)) == purse_of(market.participant(address)), address

    owed = {name: market.participant(address) for name, address in world.addresses.items()}
    ends = {"data_owner": OWNERS, "validator": ["validator"], "aggregator": ["aggregator"], "sponsor": ["sponsor"]}
    for role, names in ends.items():
        for name in names:
            world.change(name, role, **({"retire": True} if role == "data_owner" else {"leave": True}))
    places = {name: f"0x{number + 1:040x}" for number, name in enumerate(world.configs, 0xCAFE)}
    for name, place in places.items():
        world.change(name, "money", withdraw_to=place)

    def all_gone():
        return (
            int(world.node.request("eth_getBalance", market.address, "latest"), 16)
            == market.participant(BURNED).credit_wei
        )

    world.play(30, all_gone, DAYS)
    for name, place in places.items():
        received = int(world.node.request("eth_getBalance", place, "latest"), 16)
        assert received == owed[name].credit_wei + owed[name].bond_wei, name
        assert purse_of(market.participant(world.addresses[name])) == (0, 0, 0, 0)
    assert market.pool(bytes.fromhex(world.test_root[2:])) == [world.addresses["validator"]]
    assert market.enrolment(bytes.fromhex(world.test_root[2:]), world.addresses["validator"]).left_block > 0


def test_money_comes_back_from_a_job_that_nobody_approves(plain_world):
    """The sponsor itself sees to it, and has it sent to where its settings say."""
    world, place = plain_world, "0x" + "77" * 20
    world.owner("north", 1, programs=["ab" * 32])
    slow = {"validators": 0, "approve_seconds": 3_600, "test_set": "0x" + "00" * 32, "split": [6_000, 3_000, 0, 1_000]}
    world.buyer("local", 1, 1, slow, trial=False, funds="0 ether")
    world.add("sponsor", "sponsor", jobs=[1], most="0.05 ether", deposit="0 ether")
    world.change("sponsor", "money", withdraw_to=place, withdraw_above="1 gwei")

    def back():
        return int(world.node.request("eth_getBalance", place, "latest"), 16) > 0

    world.play(20, back)
    assert world.market.job(1).phase is JobPhase.EXPIRED
    bounty = 10**9
    assert int(world.node.request("eth_getBalance", place, "latest"), 16) >= 5 * 10**16 - bounty
    assert [each.values["sponsor"] for each in world.told("JobFunded")] == [world.addresses["sponsor"]]


def job(number=1, buyer=BUYER, phase=JobPhase.REQUESTED, **changed):
    terms = terms_of_a_job(budget_wei=100)
    found = Job(number, buyer, terms, Subject(b"s" * 32, b"p" * 32, bytes(32)), [1])
    found.phase = phase
    for name, value in changed.items():
        setattr(found, name, value)
    return found


class Desk:
    """A ledger, and nothing else."""

    def __init__(self, ledger):
        self._ledger = ledger

    def ledger(self, _):
        return self._ledger


VIEW = View(Head(1, "0x", 1_000), (), ME)


def funded(waiting, **settings):
    desk = Desk(Ledger(jobs={each.number: each for each in waiting}))
    role = Sponsor(desk, SponsorSettings.model_validate({"most": "150 wei", **settings}))
    return {
        each.values["job"]: int(each.values["amount"]) for each in role.wanted(VIEW, Memory()) if each.kind == "fund"
    }


def test_a_sponsor_pays_for_what_matches_and_no_more_than_its_limits():
    jobs = [job(1), job(2, "0x" + "c" * 40), job(3)]
    assert funded(jobs, buyers=[BUYER]) == {1: 100, 3: 50}
    assert funded(jobs, jobs=[2]) == {2: 100}
    assert funded(jobs, jobs=[2], buyers=[BUYER], most_per_job="60 wei") == {1: 60, 2: 60, 3: 30}
    assert funded(jobs, programs=[(b"p" * 32).hex()], schemas=[(b"x" * 32).hex()]) == {}
    assert funded(jobs, buyers=[BUYER], leave=True) == {}
    assert funded([job(1), job(3, phase=JobPhase.APPROVED)], buyers=[BUYER], approved_only=True) == {3: 100}


def test_what_came_back_can_be_paid_again_and_what_is_paid_counts():
    over = job(1, phase=JobPhase.CLOSED, paid={ME: 100}, refunded={ME: 70})
    waiting = job(2, paid={ME: 20, BUYER: 30})
    assert missing_wei(waiting) == 50
    assert funded([over, waiting, job(3)], buyers=[BUYER]) == {2: 50, 3: 50}
    assert funded([job(1, phase=JobPhase.RUNNING, paid={ME: 100}), waiting], buyers=[BUYER]) == {2: 30}


class Over:
    def __init__(self, over):
        self._over = over

    def is_over(self, *_):
        return self._over


@pytest.mark.parametrize(
    ("purse", "over", "above", "kinds"),
    [
        (Purse(credit_wei=9), False, None, []),
        (Purse(credit_wei=9), False, "10 wei", []),
        (Purse(credit_wei=10), False, "10 wei", ["withdraw"]),
        (Purse(credit_wei=9), True, None, ["withdraw"]),
        (Purse(bond_wei=9, locked_wei=4), True, None, ["unbond"]),
        (Purse(bond_wei=9, locked_wei=4), False, None, []),
        (Purse(bond_wei=9, leaving_wei=5, leaves_at=1_001), True, None, []),
        (Purse(bond_wei=9, leaving_wei=5, leaves_at=1_000), True, None, ["release"]),
        (Purse(), True, "1 wei", []),
    ],
)
def test_bonds_are_asked_back_once_all_roles_are_over(purse, over, above, kinds):
    settings = MoneySettings.model_validate({"withdraw_to": ME} | ({"withdraw_above": above} if above else {}))
    desk = Desk(Ledger(purses={ME: purse}))
    planned = list(Money(desk, settings, [Over(True), Over(over)]).wanted(VIEW, Memory()))
    assert [each.kind for each in planned] == kinds
    assert not list(Money(desk, MoneySettings(), [Over(over)]).wanted(VIEW, Memory()))
    if over:  # but for a role that is not played at present
        assert not list(Money(desk, settings, [Over(True)], are_all=False).wanted(VIEW, Memory())) or kinds == [
            "release"
        ]
