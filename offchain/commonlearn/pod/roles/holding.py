"""What a compute owner does about a seat, from its offer to its end. Pure planning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from commonlearn.pod.actions import Action, Memory, Stage
from commonlearn.pod.roles.desk import KEY
from commonlearn.pod.roles.entries import DatasetEntry, Ledger, Seat
from commonlearn.pod.roles.looking import look_at_offers, seen
from commonlearn.records import DatasetPhase, ReplicaPhase

__all__ = ["lost_rows", "received_name", "seat_of"]

_LOST = (ReplicaPhase.REJECTED, ReplicaPhase.FAULTY, ReplicaPhase.LEFT)


def received_name(dataset: int, subset: int, seat: Seat) -> str:
    """Key of what took the shard.

    Examples
    --------
    >>> received_name(1, 0, Seat("0x")), received_name(1, 0, Seat("0x", offer=1))
    ('dataset 1 subset 0 receive', 'dataset 1 subset 0 receive offer 1')
    """
    return f"dataset {dataset} subset {subset} receive" + (f" offer {seat.offer}" if seat.offer else "")


def seat_of(
    ledger: Ledger, dataset: DatasetEntry, subset: int, index: int, time: int, leaves: bool, memory: Memory
) -> Iterable[Action]:
    """What is due: ``receive``, ``join``, ``reveal replica``, ``vacate``.

    Parameters
    ----------
    ledger : Ledger
    dataset : DatasetEntry
    subset, index : int
        A seat of the pod's account.
    time : int
        Of the latest block.
    leaves : bool
        Whether seats are given up.
    memory : Memory
    """
    seat = dataset.seats[subset, index]
    name, received = seat.name(dataset.number, subset, index), received_name(dataset.number, subset, seat)
    values: dict[str, Any] = {"dataset": dataset.number, "subset": subset, "index": index}
    if seat.phase in _LOST:
        return
    look = look_at_offers(dataset)
    yield look
    until, grace = seen(memory, look), dataset.description.join_seconds
    if _can_leave(ledger, dataset, seat, time, until, leaves):
        yield Action(f"{name} leave", "vacate", values)
        return
    if seat.phase is ReplicaPhase.OFFERED:
        if leaves or dataset.phase is DatasetPhase.RETIRED or (until is not None and time >= until):
            return
        yield Action(received, "receive", values, (KEY,))
    if memory.stages.get(received) is not Stage.DONE:
        return
    values |= memory.results[received]
    if seat.phase is ReplicaPhase.OFFERED:
        yield Action(f"{name} join", "join", values, (f"{name} salt",), until)
    elif seat.phase is ReplicaPhase.JOINED and (dataset.joined(subset) or (until is not None and time >= until)):
        last = None if until is None else until + grace
        yield Action(f"{name} reveal", "reveal replica", values, (f"{name} salt",), last)


def lost_rows(ledger: Ledger, account: str, memory: Memory) -> Iterable[Action]:
    """Forget what was received for seats that are not the account's any more: rejected, slashed, given up, replaced."""
    seats = {(entry.number, subset): seat.phase for entry, subset, _, seat in ledger.seats_of(account)}
    for key, found in memory.results.items():
        if " receive" not in key or "dataset" not in found:
            continue
        phase = seats.get((found["dataset"], found["subset"]), ReplicaPhase.NONE)
        if phase in _LOST or phase is ReplicaPhase.NONE:
            why = "offered to somebody else" if phase is ReplicaPhase.NONE else phase.name.lower()
            values = {"digest": found["digest"], "reason": f"the seat was {why}, so its rows are deleted"}
            yield Action(key.replace(" receive", " forget"), "forget", values)


def _can_leave(ledger: Ledger, dataset: DatasetEntry, seat: Seat, time: int, until: int | None, leaves: bool) -> bool:
    is_retired, grace = dataset.phase is DatasetPhase.RETIRED, dataset.description.join_seconds
    if seat.phase is ReplicaPhase.JOINED:
        return is_retired
    if seat.phase is ReplicaPhase.REVEALED:
        # An owner that does not verify leaves a bond where it earns nothing; it has as long again for it.
        waits = grace if leaves else 2 * grace
        return is_retired or (until is not None and time >= until + waits)
    return seat.phase is ReplicaPhase.VERIFIED and (is_retired or leaves) and not ledger.is_in_use(dataset.number)
