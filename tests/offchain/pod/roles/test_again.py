"""What is done a second time, and what is not: after failures, after leaving, after others did not (Y-10, Y-13, Y-19)."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from commonlearn.pod import Action, Head, Memory, Stage, View
from commonlearn.pod.role_settings import DataOwner as OwnerSettings
from commonlearn.pod.roles.advancing import expiry
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.buyer import Buyer
from commonlearn.pod.roles.data_owner import DataOwner
from commonlearn.pod.roles.desk import Desk
from commonlearn.pod.roles.entries import DatasetEntry, Job, Ledger, Round
from commonlearn.pod.roles.looking import look_at_job
from commonlearn.pod.roles.validator import Validator
from commonlearn.records import (
    Custody,
    DatasetPhase,
    Description,
    JobPhase,
    Role,
    Subject,
)
from commonlearn.records import (
    Stage as JobStage,
)
from tests.offchain.pod.roles.made import terms_of_a_job

HERE = Path(__file__)
ME, AGGREGATOR, POOL = "0x" + "5" * 40, "0x" + "a" * 40, b"t" * 32


def view(time=1_000):
    return View(Head(1, "0x", time), (), ME)


class BareDesk(Desk):
    """Knows a ledger, and that its account is registered."""

    def __init__(self, ledger, roles=Role.BUYER):
        self.given, self.roles, self.letters = ledger, roles, None

    def ledger(self, _):
        return self.given


def test_a_look_keeps_its_key_and_a_transaction_gets_another():
    class Both(PersistentRole):
        name, handlers = "watcher", {}

        def wanted(self, view, memory):
            return [Action("look", "look", repeat=60), Action("send", "send")]

    failed = Memory({"look": Stage.FAILED, "send": Stage.FAILED})
    assert [each.key for each in Both().plan(view(), failed)] == ["look", "send again 2"]


def test_a_role_that_is_added_later_is_registered_with_those_before():
    desk = BareDesk(Ledger(), Role.VALIDATOR)
    (first,) = desk.registration(desk.given, ME)
    assert first.key == "register"
    desk.given.roles[ME] = Role.DATA_OWNER
    (second,) = desk.registration(desk.given, ME)
    assert second.key == "register as 9"
    desk.given.roles[ME] = Role.DATA_OWNER | Role.VALIDATOR
    assert list(desk.registration(desk.given, ME)) == []


def job(**changed):
    terms = terms_of_a_job(aggregator=AGGREGATOR, test_set=POOL, aggregate_seconds=400)
    made = Job(1, ME, terms, Subject(bytes(32), b"p" * 32, bytes(32)), [1], [(1, 0)])
    made.rounds[0] = Round(0, 0, [0])
    for name, value in changed.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(("time", "stands_in", "kinds"), [(899, True, []), (900, True, ["average"]), (900, False, [])])
def test_a_buyer_stands_in_for_an_aggregator_that_lets_its_time_run_out(time, stands_in, kinds):
    running = job(phase=JobPhase.RUNNING, stage=JobStage.AGREED, deadline=1_000)
    settings = SimpleNamespace(stop_below=0.0, stand_in=stands_in, program=HERE, schema_file=HERE)
    buyer = Buyer(BareDesk(Ledger(jobs={1: running})), settings)
    found = [each.kind for each in buyer._job(running, view(time), Memory())]
    assert found == kinds


def test_a_job_that_waits_too_long_is_ended_once_its_time_is_known():
    waiting = job()
    look = look_at_job(waiting)
    assert [each.kind for each in expiry(waiting, view(), Memory())] == ["look"]
    known = Memory({look.key: Stage.DONE}, {look.key: {"until": 1_000}})
    assert [each.kind for each in expiry(waiting, view(999), known)] == ["look"]
    assert [each.kind for each in expiry(waiting, view(1_000), known)] == ["look", "advance"]
    assert list(expiry(job(phase=JobPhase.RUNNING), view(), known)) == []


def test_a_validator_leaves_and_comes_back():
    ledger = Ledger(pools={POOL: {ME}}, roles={ME: Role.VALIDATOR})
    role = Validator.__new__(Validator)
    role._desk, role._root = BareDesk(ledger, Role.VALIDATOR), POOL

    def due(leave):
        role._settings = SimpleNamespace(leave=leave)
        return [each.key for each in role.wanted(view(), Memory())], role.is_over(view(), Memory())

    assert due(leave=False) == ([], False)
    assert due(leave=True) == ([f"resign from {POOL.hex()[:8]} 1"], False)
    ledger.pools[POOL].clear()
    ledger.resignations[POOL, ME] = 1
    ledger.jobs[1] = job(phase=JobPhase.VALIDATING)
    assert due(leave=True) == ([], False)  # the jury that is armed may have been drawn from the pool before
    ledger.jobs[1].phase = JobPhase.CLOSED
    assert due(leave=True) == ([], True)
    assert due(leave=False) == ([f"enrol in {POOL.hex()[:8]} again 1"], False)


def test_a_dataset_that_was_retired_can_be_listed_anew(tmp_path):
    ledger = Ledger(roles={ME: Role.DATA_OWNER})
    root = b"r" * 32
    described = {"describe": {"roots": ["0x" + root.hex()]}}
    memory = Memory({"describe": Stage.DONE}, described)

    def due(retire):
        settings = OwnerSettings.model_validate({"source": "x", "schema_file": "s", "retire": retire})
        role = DataOwner(BareDesk(ledger, Role.DATA_OWNER), settings)
        planned = [each.key for each in role.wanted(view(), memory) if each.kind != "describe"]
        return planned, role.is_over(view(), memory)

    def listed(number, owner, phase):
        said = Description(owner, bytes(32), bytes(32), 5, 9, 1, Custody.LOCAL, 1, 60, 1, 1, 0)
        ledger.datasets[number] = DatasetEntry(number, owner, said, [root], phase)

    assert due(retire=False) == (["list"], False)
    assert due(retire=True) == ([], True)
    listed(1, AGGREGATOR, DatasetPhase.READY)  # whoever copies its roots does not make it list twice
    assert due(retire=False) == (["list"], False)
    listed(2, ME, DatasetPhase.READY)
    assert due(retire=False) == ([], False)
    assert due(retire=True) == (["dataset 2 retire"], False)
    listed(2, ME, DatasetPhase.RETIRED)
    assert due(retire=True) == ([], True)
    assert due(retire=False) == (["list again 1"], False)
