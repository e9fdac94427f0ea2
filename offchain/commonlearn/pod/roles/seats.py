"""What an owner does about the seats of its sharded dataset, whatever becomes of them. Pure planning.

A seat that nobody took in time, that was given up, or whose holder was rejected or slashed is offered to one of the
owner's spares; who joined and never revealed is dismissed, and loses its bond. Where no spare is left, the dataset is
opened all the same once each subset has as many replicas as the owner finds enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from commonlearn.pod.actions import Action, Memory, Stage
from commonlearn.pod.role_settings import DataOwner as Settings
from commonlearn.pod.roles.entries import DatasetEntry, Ledger, Seat
from commonlearn.pod.roles.looking import look_at_offers, seen
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.records import DatasetPhase, ReplicaPhase, Role

__all__ = ["seats_of", "spare_for"]

_LOST = (ReplicaPhase.REJECTED, ReplicaPhase.FAULTY, ReplicaPhase.LEFT)


def seats_of(ledger: Ledger, mine: DatasetEntry, settings: Settings, time: int, memory: Memory) -> Iterable[Action]:
    """What is due: ``hand over``, ``verify``, ``dismiss``, ``reoffer``, ``open early``.

    Parameters
    ----------
    ledger : Ledger
    mine : DatasetEntry
        Sharded.
    settings : DataOwner
    time : int
        Of the latest block.
    memory : Memory
    """
    look = look_at_offers(mine)
    yield look
    until = seen(memory, look)
    grace = mine.description.join_seconds
    promised: list[str] = []
    for (subset, index), seat in sorted(mine.seats.items()):
        values: dict[str, Any] = {"dataset": mine.number, "subset": subset, "index": index}
        name = f"{seat.name(mine.number, subset, index)} of {seat.holder}"
        is_open = until is None or time < until
        if (seat.phase is ReplicaPhase.OFFERED and is_open) or seat.phase is ReplicaPhase.REVEALED:
            yield from _handed(ledger, seat, name, values, memory)
        if seat.phase is ReplicaPhase.REVEALED:
            yield from _judged(seat, name, values, until is not None and time >= until + grace, memory)
        elif seat.phase is ReplicaPhase.JOINED and until is not None and time >= until + grace:
            yield Action(f"{name} dismiss", "dismiss", values)
        elif _is_vacant(ledger, mine, seat, is_open):
            spare = spare_for(ledger, mine, subset, index, settings.spares, promised)
            if spare is not None:
                promised.append(spare.lower())
                yield Action(f"{name} offer to {spare}", "reoffer", {**values, "holder": spare})
    if not promised and until is not None and time >= until + grace:
        yield from _opened(mine, settings)


def spare_for(
    ledger: Ledger, mine: DatasetEntry, subset: int, index: int, spares: Iterable[str], promised: Iterable[str] = ()
) -> str | None:
    """Who is offered a vacant seat: of those that can take it, who holds the fewest of the dataset's.

    Parameters
    ----------
    spares : iterable of str
        In the owner's order.
    promised : iterable of str
        Whom other seats are offered to now.

    Returns
    -------
    str or None
        Nobody whom the seat was offered to before, nor who has another of its subset.
    """
    there = {seat.holder.lower() for (of, _), seat in mine.seats.items() if of == subset}
    there |= mine.seats[subset, index].former
    held = [seat.holder.lower() for seat in mine.seats.values() if seat.phase not in _LOST] + list(promised)
    fit = [
        spare
        for spare in spares
        if spare.lower() not in there
        and spare.lower() not in promised
        and Role.COMPUTE_OWNER in ledger.roles.get(spare.lower(), Role(0))
    ]
    return min(fit, key=lambda spare: held.count(spare.lower()), default=None)


def _is_vacant(ledger: Ledger, mine: DatasetEntry, seat: Seat, is_open: bool) -> bool:
    if mine.phase not in (DatasetPhase.DISTRIBUTING, DatasetPhase.READY):
        return False
    if seat.phase is ReplicaPhase.OFFERED:
        return not is_open
    # A running round may still know a slashed seat by its holder.
    return seat.phase in _LOST and not (seat.phase is ReplicaPhase.FAULTY and ledger.is_in_use(mine.number))


def _handed(ledger: Ledger, seat: Seat, name: str, values: Mapping[str, Any], memory: Memory) -> Iterable[Action]:
    key = ledger.keys.get(seat.holder.lower())
    if key is not None:
        yield Action(f"{name} hand over", "hand over", {**values, "key": "0x" + key.hex()})


def _judged(seat: Seat, name: str, values: Mapping[str, Any], is_late: bool, memory: Memory) -> Iterable[Action]:
    if memory.stages.get(f"{name} hand over") is Stage.DONE:
        is_right = seat.digest == bytes_of(memory.results[f"{name} hand over"]["digest"])
        yield Action(f"{name} verify", "verify", {**values, "right": is_right})
    elif is_late:  # what it was given is not known here, so what it revealed cannot be said to be right
        yield Action(f"{name} verify", "verify", {**values, "right": False})


def _opened(mine: DatasetEntry, settings: Settings) -> Iterable[Action]:
    least = settings.least_replicas
    if least is None or mine.phase is not DatasetPhase.DISTRIBUTING:
        return
    if all(mine.verified(subset) >= least for subset in range(len(mine.roots))):
        yield Action(f"dataset {mine.number} open early", "open early", {"dataset": mine.number})
