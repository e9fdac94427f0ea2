"""A compute owner: says its price, joins the seats that it is offered, and trains."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from commonlearn.chain.contracts import Call
from commonlearn.custody import Shard, Table, open_shard
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, Stage, View
from commonlearn.pod.role_settings import ComputeOwner as Settings
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.desk import KEY, Desk
from commonlearn.pod.roles.ledger import DatasetEntry, Ledger, Seat
from commonlearn.pod.roles.telling import bytes_of
from commonlearn.pod.roles.training import SLOW, Trainer
from commonlearn.protocol import JOIN_ROUND, seal
from commonlearn.records import ReplicaPhase
from commonlearn.storage import cid_from_digest

__all__ = ["ComputeOwner"]


class ComputeOwner(PersistentRole):
    """Replicas of others' subsets.

    Parameters
    ----------
    desk : Desk
    settings : ComputeOwner
        ``[compute_owner]``.
    """

    name = "compute-owner"
    slow = SLOW | {"receive"}

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings
        self._trainer = Trainer(desk, self._rows)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "register": self._desk.register,
            "offer": self._offer,
            "receive": self._receive,
            "join": self._join,
            "reveal replica": self._reveal,
            **self._trainer.handlers,
        }

    # ------------------------------------------------------------------------------------------------------- planning

    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        ledger = self._desk.ledger(view)
        yield from self._desk.registration(ledger, view.account)
        if not self._desk.is_registered(ledger, view.account):
            return
        if view.account.lower() not in ledger.offers:
            yield Action("offer compute", "offer")
            return
        for dataset, subset, index, seat in ledger.seats_of(view.account):
            yield from self._seat(dataset, subset, index, seat, memory)
        yield from self._trainer.plan(ledger, view, memory)

    def _seat(self, dataset: DatasetEntry, subset: int, index: int, seat: Seat, memory: Memory) -> Iterable[Action]:
        name = f"dataset {dataset.number} seat {subset}.{index}"
        received = f"dataset {dataset.number} subset {subset} receive"
        values: dict[str, Any] = {"dataset": dataset.number, "subset": subset, "index": index}
        if seat.phase is ReplicaPhase.OFFERED:
            yield Action(received, "receive", values, (KEY,))
        if memory.stages.get(received) is not Stage.DONE:
            return
        values |= memory.results[received]
        if seat.phase is ReplicaPhase.OFFERED:
            yield Action(f"{name} join", "join", values, (f"{name} salt",))
        elif seat.phase is ReplicaPhase.JOINED and dataset.joined(subset):
            yield Action(f"{name} reveal", "reveal replica", values, (f"{name} salt",))

    # ---------------------------------------------------------------------------------------------------------- doing

    def _offer(self, _: Action, __: Context) -> Call:
        settings = self._settings
        return self._desk.market.offer_compute(
            settings.price, settings.capacity, settings.min_seconds, self._desk.environment
        )

    def _receive(self, action: Action, context: Context) -> Done:
        """Take a shard, and check it against its root."""
        v, letters = action.values, self._desk.letters
        if letters is None:
            raise LookupError("set storage.letters: shards are handed over there")
        dataset = self._desk.ledger(context.view).datasets[v["dataset"]]
        shard = open_shard(
            letters.get(f"{v['dataset']}-{v['subset']}-{v['index']}"),
            context.secrets[KEY],
            self._desk.schema(dataset.description.schema),
            dataset.number.to_bytes(32, "big"),
            bytes.fromhex(dataset.owner[2:]),
            v["subset"],
            dataset.roots[v["subset"]],
        )
        content = shard.to_bytes()
        self._desk.own.put(content)
        return Done({"digest": "0x" + hashlib.sha256(content).hexdigest()})

    def _join(self, action: Action, context: Context) -> Call:
        v, market = action.values, self._desk.market
        (salt,) = context.secrets.values()
        sealed = seal(
            self._desk.chain_id,
            market.address,
            v["dataset"],
            JOIN_ROUND,
            v["subset"],
            context.view.account,
            bytes_of(v["digest"]),
            salt,
        )
        return market.join(v["dataset"], v["subset"], v["index"], sealed)

    def _reveal(self, action: Action, context: Context) -> Call:
        v = action.values
        (salt,) = context.secrets.values()
        return self._desk.market.reveal_replica(v["dataset"], v["subset"], v["index"], bytes_of(v["digest"]), salt)

    def _rows(self, memory: Memory, ledger: Ledger, dataset: int, subset: int) -> Table:
        digest = bytes_of(memory.results[f"dataset {dataset} subset {subset} receive"]["digest"])
        schema = self._desk.schema(ledger.datasets[dataset].description.schema)
        return Shard.from_bytes(self._desk.own.get(cid_from_digest(digest)), schema).table
