"""Decisions are computed anew, and a wrong one is appealed (Y-12)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from commonlearn.pod import Done, Head, Memory, Stage, View
from commonlearn.pod.roles.appealing import Appeals, appeal_cost
from commonlearn.pod.roles.entries import Job
from commonlearn.pod.roles.opening import open_desk
from commonlearn.pod.roles.validator import Validator
from commonlearn.protocol import vote_digest
from commonlearn.records import JobPhase, JobTerms, Role, Subject
from commonlearn.records import Stage as JobStage
from tests.offchain.pod.roles.made import terms_of_a_job
from tests.offchain.pod.roles.world import OWNERS

ENVIRONMENT, POOL = b"e" * 32, b"t" * 32
RIGHT, WRONG = {"score": 5, "weights": [1, 2]}, vote_digest(1, 6, [1, 2])


class BribedValidator(Validator):
    """Votes for a perfect score and one owner alone, where it sits in a first jury."""

    @property
    def handlers(self):
        return {**super().handlers, "score": self.bought}

    def bought(self, action, context):
        honest = self._score(action, context)
        return honest if action.values["sitting"] % 2 else Done({"score": 1_000_000, "weights": [1, 0]})


def test_a_bought_decision_is_overturned_by_a_second_jury(world):
    for seed, name in enumerate(OWNERS):
        world.owner(name, seed)
    for number in range(4):
        name = f"validator{number}"
        world.validator(name)
        world.liars[name] = lambda config: {"validator": BribedValidator(open_desk(config), config.validator)}
    world.add("watcher", "watcher", **world.held_back, appeal=True, most_bond="0.1 ether")
    world.buyer("local", 2, 2)
    world.play()
    job = world.market.job(1)
    assert (job.phase, job.is_appealed, job.is_unscored) == (JobPhase.CLOSED, True, False)
    assert 850_000 < job.score < 1_000_000
    (appealed,) = world.told("Appealed")
    assert appealed.values["appellant"] == world.addresses["watcher"]
    assert appealed.values["bondWei"] == appeal_cost(world.market.terms(1)) == world.market.appeal_cost(1)
    first, second = (each.values["jury"] for each in world.told("JuryDrawn"))
    assert (len(first), len(second), set(first) & set(second)) == (1, 3, set())
    assert {each.values["account"].lower() for each in world.told("BondSlashed")} == set(first)
    watcher = world.market.participant(world.addresses["watcher"])
    assert (watcher.locked_wei, watcher.free_bond_wei) == (0, appealed.values["bondWei"])
    assert watcher.credit_wei > 0
    assert (
        world.market.reputation(second[0], Role.VALIDATOR) > 1 << 31 > world.market.reputation(first[0], Role.VALIDATOR)
    )


@pytest.fixture
def appeals():
    made = Appeals.__new__(Appeals)
    made._desk = SimpleNamespace(environment=ENVIRONMENT)
    made._scorer = SimpleNamespace(root=POOL)
    made._most_wei = 10**18
    return made


def decided(**changed):
    said = {name: value for name, value in changed.items() if name in JobTerms.__slots__}
    terms = terms_of_a_job(
        **{"budget_wei": 10**17, "validators": 3, "environment": ENVIRONMENT, "test_set": POOL, **said}
    )
    job = Job(1, "0x", terms, Subject(bytes(32), bytes(32), bytes(32)), [1, 2])
    job.phase, job.stage, job.deadline, job.decision = JobPhase.VALIDATING, JobStage.DECIDED, 1_000, WRONG
    for name in ("decision", "is_appealed", "stage"):
        setattr(job, name, changed.get(name, getattr(job, name)))
    return job


def kinds(appeals, job, time=999, scored=RIGHT):
    name = "watched job 1 score anew"
    memory = Memory({name: Stage.DONE}, {name: scored}) if scored else Memory()
    return [each.kind for each in appeals.plan(job, View(Head(1, "0x", time), (), "0x"), memory)]


def test_only_what_is_wrong_and_can_be_known_to_be_is_appealed(appeals):
    assert kinds(appeals, decided(), scored=None) == ["score anew"]
    assert kinds(appeals, decided()) == ["score anew", "appeal"]
    assert kinds(appeals, decided(decision=vote_digest(1, 5, [1, 2]))) == ["score anew"]
    for unfit in (
        {"environment": b"x" * 32},  # other libraries may give other numbers
        {"test_set": b"x" * 32},
        {"is_appealed": True},
        {"stage": JobStage.COMMITTING},
    ):
        assert kinds(appeals, decided(**unfit)) == []
    assert kinds(appeals, decided(), time=1_000) == []


def test_no_more_is_locked_than_the_settings_allow(appeals):
    appeals._most_wei = appeal_cost(decided().terms) - 1
    assert kinds(appeals, decided()) == ["score anew", "leave undoubted"]
