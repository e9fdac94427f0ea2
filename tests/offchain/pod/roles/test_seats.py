"""Seats that go wrong: nobody comes, nobody reveals, the wrong thing is revealed (Y-15)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from commonlearn.pod import Memory, Stage
from commonlearn.pod.role_settings import DataOwner as Settings
from commonlearn.pod.roles.compute_owner import ComputeOwner
from commonlearn.pod.roles.entries import DatasetEntry, Ledger, Seat
from commonlearn.pod.roles.holding import lost_rows, received_name, seat_of
from commonlearn.pod.roles.opening import open_desk
from commonlearn.pod.roles.seats import seats_of, spare_for
from commonlearn.records import Custody, DatasetPhase, Description, ReplicaPhase, Role

HOUR, UNTIL = 3_600, 10_000
ONE, TWO, THREE, FOUR = ("0x" + digit * 40 for digit in "1234")
ABSENT = "0x" + "ab" * 20


class Mute(ComputeOwner):
    """Joins, and never reveals."""

    @property
    def handlers(self):
        return {**super().handlers, "reveal replica": self.silence}

    def silence(self, action, context):
        raise OSError("away")


class Wrong(ComputeOwner):
    """Seals and reveals something else than it received."""

    @property
    def handlers(self):
        return {**super().handlers, "join": self.swapped(self._join), "reveal replica": self.swapped(self._reveal)}

    def swapped(self, handler):
        def do(action, context):
            other = {**action.values, "digest": "0x" + "99" * 32}
            return handler(SimpleNamespace(values=other), context)

        return do


def liar(kind):
    return lambda config: {"compute-owner": kind(open_desk(config), config.compute_owner)}


def own_objects(world, name):
    folder = world.folder / name / "state" / "own"
    return list(folder.iterdir()) if folder.exists() else []


def test_who_never_came_never_revealed_or_revealed_another_thing_is_replaced(plain_world):
    world = plain_world
    for name in ("mute", "wrong", "first", "second", "third"):
        world.add(name, "compute-owner", price="1 wei", spot_checks=False)
    world.liars |= {"mute": liar(Mute), "wrong": liar(Wrong)}
    holders = [ABSENT, world.addresses["mute"], world.addresses["wrong"]]
    spares = [world.addresses[name] for name in ("first", "second", "third")]
    world.owner("north", 1, custody="sharded", replicas=3, holders=holders, spares=spares, join_seconds=HOUR)
    world.play(60, world.ready)
    seats = [world.market.seat(1, 0, index) for index in range(3)]
    assert {each.phase for each in seats} == {ReplicaPhase.VERIFIED}
    assert {each.holder for each in seats} == set(spares)
    slashed = [(each.values["account"], each.values["amountWei"]) for each in world.told("BondSlashed")]
    assert slashed == [(world.addresses["mute"], 3 * 10**9)]
    rejected = world.market.participant(world.addresses["wrong"])
    assert (rejected.locked_wei, rejected.free_bond_wei) == (0, 3 * 10**9)
    world.turn("mute")
    world.turn("wrong")
    # Rows are not kept by who may not hold them any more; by who may, they are.
    assert own_objects(world, "mute") == own_objects(world, "wrong") == []
    assert own_objects(world, "first")


def test_without_spares_a_dataset_is_opened_early_and_given_up_when_it_retires(plain_world):
    world = plain_world
    world.add("one", "compute-owner", price="1 wei", spot_checks=False)
    holders = [ABSENT, world.addresses["one"]]
    world.owner("north", 1, custody="sharded", replicas=2, holders=holders, least_replicas=1, join_seconds=HOUR)
    world.play(40, world.ready)
    assert world.market.dataset(1).vacant == 1
    world.change("north", "data_owner", retire=True)

    def left():
        return world.market.seat(1, 0, 1).phase is ReplicaPhase.LEFT and not own_objects(world, "one")

    world.play(10, left)
    one = world.market.participant(world.addresses["one"])
    assert (one.locked_wei, one.free_bond_wei) == (0, 3 * 10**9)
    assert world.market.dataset(1).phase is DatasetPhase.RETIRED
    world.play(2, lambda: True)
    assert world.market.datasets() == 1  # it is not listed anew


# ------------------------------------------------------------------------------------------------------- pure planning


def entry(*seats, phase=DatasetPhase.DISTRIBUTING, subsets=1, replicas=None):
    said = Description(
        ONE, bytes(32), bytes(32), 5, 9, 1, Custody.SHARDED, replicas or len(seats) // subsets, HOUR, 1, 1, 0
    )
    made = DatasetEntry(1, "0x" + "9" * 40, said, [bytes(32)] * subsets, phase)
    width = len(seats) // subsets
    made.seats = {(place // width, place % width): seat for place, seat in enumerate(seats)}
    made.offered_in = 7
    return made


def ledger_with(*known, datasets=(), jobs=()):
    made = Ledger(datasets={each.number: each for each in datasets}, jobs={each.number: each for each in jobs})
    for who in known:
        made.roles[who], made.keys[who] = Role.COMPUTE_OWNER, b"k" * 32
    return made


LOOK = "dataset 1 offers of block 7 look"


def memory(**results):
    results = {LOOK: {"until": UNTIL}, **results}
    return Memory(dict.fromkeys(results, Stage.DONE), results)


def settings(**changed):
    said = {"source": "x", "schema_file": "s", "custody": "sharded", "holders": [ONE], "replicas": 1, **changed}
    return Settings.model_validate(said)


def due(mine, time, found=None, known=(ONE, TWO, THREE), **changed):
    planned = seats_of(ledger_with(*known), mine, settings(**changed), time, found or memory())
    return [(each.kind, each.values.get("holder")) for each in planned if each.kind != "look"]


@pytest.mark.parametrize(
    ("phase", "time", "kinds"),
    [
        (ReplicaPhase.OFFERED, UNTIL - 1, ["hand over"]),
        (ReplicaPhase.OFFERED, UNTIL, ["reoffer"]),
        (ReplicaPhase.JOINED, UNTIL + HOUR - 1, []),
        (ReplicaPhase.JOINED, UNTIL + HOUR, ["dismiss"]),
        (ReplicaPhase.REVEALED, UNTIL, ["hand over"]),
        (ReplicaPhase.REVEALED, UNTIL + HOUR, ["hand over", "verify"]),
        (ReplicaPhase.VERIFIED, UNTIL + 9 * HOUR, []),
        (ReplicaPhase.REJECTED, 0, ["reoffer"]),
        (ReplicaPhase.FAULTY, 0, ["reoffer"]),
        (ReplicaPhase.LEFT, 0, ["reoffer"]),
    ],
)
def test_each_phase_of_a_seat_has_its_remedy_in_its_time(phase, time, kinds):
    planned = due(entry(Seat(ONE, phase)), time, spares=[TWO])
    assert [kind for kind, _ in planned] == kinds
    # Until when, must be known before anything is said to be too late.
    early = due(entry(Seat(ONE, phase)), time, Memory(), spares=[TWO])
    assert {kind for kind, _ in early} <= {"hand over", "reoffer"}


def test_what_could_not_be_compared_is_not_said_to_be_right():
    mine = entry(Seat(ONE, ReplicaPhase.REVEALED, b"d" * 32))
    (_, verify) = (
        each for each in seats_of(ledger_with(ONE), mine, settings(), UNTIL + HOUR, memory()) if each.kind != "look"
    )
    assert verify.values["right"] is False
    name = f"dataset 1 seat 0.0 of {ONE} hand over"
    known = memory(**{name: {"digest": "0x" + (b"d" * 32).hex()}})
    (*_, verify) = seats_of(ledger_with(ONE), mine, settings(), UNTIL, known)
    assert verify.values["right"] is True


def test_a_slashed_seat_waits_while_a_round_may_know_it():
    mine, running = (
        entry(Seat(ONE, ReplicaPhase.FAULTY), phase=DatasetPhase.READY),
        SimpleNamespace(number=1, datasets=[1], is_waiting=False, is_over=False),
    )
    busy = ledger_with(TWO, jobs=[running])
    assert [each.kind for each in seats_of(busy, mine, settings(spares=[TWO]), 0, memory())] == ["look"]
    running.is_over = True
    assert [each.kind for each in seats_of(busy, mine, settings(spares=[TWO]), 0, memory())] == ["look", "reoffer"]


def test_spares_are_others_than_had_the_seat_and_than_hold_its_subset():
    mine = entry(Seat(ONE, ReplicaPhase.LEFT, former=frozenset({TWO})), Seat(THREE, ReplicaPhase.VERIFIED))
    assert spare_for(ledger_with(ONE, TWO, THREE, FOUR), mine, 0, 0, [ONE, TWO, THREE, FOUR]) == FOUR
    assert spare_for(ledger_with(ONE, TWO, THREE), mine, 0, 0, [ONE, TWO, THREE, FOUR]) is None  # not registered
    wide = entry(Seat(ONE, ReplicaPhase.LEFT), Seat(TWO, ReplicaPhase.VERIFIED), subsets=2)
    assert spare_for(ledger_with(TWO, THREE), wide, 0, 0, [TWO, THREE]) == THREE  # who holds fewer


def test_it_is_opened_early_only_with_as_many_replicas_as_the_owner_finds_enough():
    late, seats = UNTIL + HOUR, (Seat(ONE, ReplicaPhase.VERIFIED), Seat(TWO, ReplicaPhase.LEFT))
    two = {"replicas": 2, "holders": [ONE, TWO]}
    assert due(entry(*seats), late, **two) == []
    assert due(entry(*seats), late, **two, least_replicas=2) == []
    assert due(entry(*seats), late, **two, least_replicas=1) == [("open early", None)]
    assert due(entry(*seats), late - 1, **two, least_replicas=1) == []
    assert due(entry(*seats), late, **two, least_replicas=1, spares=[THREE]) == [("reoffer", THREE)]


def held(seat, time=0, leaves=False, phase=DatasetPhase.DISTRIBUTING, replicas=1, received=True):
    mine = entry(seat, phase=phase, replicas=replicas)
    name = received_name(1, 0, seat)
    found = memory(**({name: {"digest": "0x" + "11" * 32}} if received else {}))
    planned = seat_of(ledger_with(ONE, datasets=[mine]), mine, 0, 0, time, leaves, found)
    return [each.kind for each in planned if each.kind != "look"]


@pytest.mark.parametrize(
    ("phase", "situation", "kinds"),
    [
        (ReplicaPhase.OFFERED, {}, ["receive", "join"]),
        (ReplicaPhase.OFFERED, {"received": False}, ["receive"]),
        (ReplicaPhase.OFFERED, {"time": UNTIL}, []),
        (ReplicaPhase.OFFERED, {"leaves": True}, []),
        (ReplicaPhase.JOINED, {"replicas": 2, "time": UNTIL - 1}, []),
        (ReplicaPhase.JOINED, {"replicas": 2, "time": UNTIL}, ["reveal replica"]),
        (ReplicaPhase.JOINED, {"replicas": 1}, ["reveal replica"]),
        (ReplicaPhase.JOINED, {"phase": DatasetPhase.RETIRED}, ["vacate"]),
        (ReplicaPhase.REVEALED, {"time": UNTIL + 2 * HOUR - 1}, []),
        (ReplicaPhase.REVEALED, {"time": UNTIL + 2 * HOUR}, ["vacate"]),
        (ReplicaPhase.REVEALED, {"time": UNTIL + HOUR, "leaves": True}, ["vacate"]),
        (ReplicaPhase.VERIFIED, {"leaves": True}, ["vacate"]),
        (ReplicaPhase.VERIFIED, {}, []),
        (ReplicaPhase.REJECTED, {}, []),
        (ReplicaPhase.FAULTY, {"leaves": True}, []),
    ],
)
def test_a_holder_goes_as_far_as_it_can_and_leaves_when_it_may(phase, situation, kinds):
    assert held(Seat(ONE, phase), **situation) == kinds
    assert held(Seat(ONE, phase, offer=1), **situation) == kinds


@pytest.mark.parametrize(
    ("holder", "phase", "kinds"),
    [
        (ONE, ReplicaPhase.VERIFIED, []),
        (ONE, ReplicaPhase.OFFERED, []),
        (ONE, ReplicaPhase.REJECTED, ["forget"]),
        (ONE, ReplicaPhase.LEFT, ["forget"]),
        (TWO, ReplicaPhase.VERIFIED, ["forget"]),
    ],
)
def test_rows_are_kept_as_long_as_the_seat(holder, phase, kinds):
    mine = entry(Seat(holder, phase))
    found = memory(**{received_name(1, 0, Seat(ONE)): {"digest": "0x11", "dataset": 1, "subset": 0}})
    planned = list(lost_rows(ledger_with(ONE, datasets=[mine]), ONE, found))
    assert [(each.kind, each.values["digest"]) for each in planned] == [(kind, "0x11") for kind in kinds]


def test_a_seat_offered_again_is_another_one():
    assert Seat(ONE, offer=1).name(1, 0, 0) != Seat(ONE).name(1, 0, 0)
