"""A compute owner: says its price, joins the seats that it is offered, and trains."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from commonlearn.chain.contracts import Call
from commonlearn.custody import Shard, Table, open_shard
from commonlearn.pod.actions import Action, Context, Done, Handler, Memory, View
from commonlearn.pod.role_settings import ComputeOwner as Settings
from commonlearn.pod.roles.again import PersistentRole
from commonlearn.pod.roles.asking import Asking
from commonlearn.pod.roles.desk import KEY, Desk
from commonlearn.pod.roles.entries import Ledger, Seat
from commonlearn.pod.roles.holding import lost_rows, received_name, seat_of
from commonlearn.pod.roles.looking import LOOK
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
    slow = SLOW | Asking.slow | {"receive"}

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings
        self._trainer = Trainer(desk, self._rows)
        self._asking = Asking(desk, settings, self._shard)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "register": self._desk.register,
            "offer": self._offer,
            "receive": self._receive,
            "join": self._join,
            "reveal replica": self._reveal,
            "vacate": self._vacate,
            "forget": self._forget,
            LOOK: self._desk.look,
            **self._asking.handlers,
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
        for dataset, subset, index, _ in ledger.seats_of(view.account):
            leaves = self._settings.leave
            yield from seat_of(ledger, dataset, subset, index, view.head.timestamp, leaves, memory)
            yield from self._asking.plan(ledger, dataset, subset, index, view, memory)
        yield from lost_rows(ledger, view.account, memory)
        yield from self._trainer.plan(ledger, view, memory)

    def is_over(self, view: View, memory: Memory) -> bool:
        held = (ReplicaPhase.JOINED, ReplicaPhase.REVEALED, ReplicaPhase.VERIFIED)
        seats = self._desk.ledger(view).seats_of(view.account)
        return self._settings.leave and not any(seat.phase in held for _, _, _, seat in seats)

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
        digest = "0x" + hashlib.sha256(content).hexdigest()
        return Done({"digest": digest, "dataset": v["dataset"], "subset": v["subset"]})

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
        ledger = self._desk.ledger(context.view)
        bond = ledger.datasets[v["dataset"]].description.replica_bond_wei
        missing = ledger.purse(context.view.account).missing(bond)
        return market.join(v["dataset"], v["subset"], v["index"], sealed, value_wei=missing)

    def _reveal(self, action: Action, context: Context) -> Call:
        v = action.values
        (salt,) = context.secrets.values()
        return self._desk.market.reveal_replica(v["dataset"], v["subset"], v["index"], bytes_of(v["digest"]), salt)

    def _vacate(self, action: Action, _: Context) -> Call:
        v = action.values
        return self._desk.market.vacate(v["dataset"], v["subset"], v["index"])

    def _forget(self, action: Action, _: Context) -> Done:
        """Delete the rows of a seat that was rejected, slashed or given up."""
        deleted = self._desk.forget(bytes_of(action.values["digest"]))
        return Done({"deleted": deleted, "reason": action.values["reason"]})

    def _shard(self, memory: Memory, ledger: Ledger, dataset: int, subset: int) -> Shard:
        first = received_name(dataset, subset, Seat(""))
        # Whichever offer of the seat it came with, it is what stands under the root.
        digest = next(found["digest"] for key, found in memory.results.items() if key.split(" offer ")[0] == first)
        schema = self._desk.schema(ledger.datasets[dataset].description.schema)
        return Shard.from_bytes(self._desk.own.get(cid_from_digest(bytes_of(digest))), schema)

    def _rows(self, memory: Memory, ledger: Ledger, dataset: int, subset: int) -> Table:
        return self._shard(memory, ledger, dataset, subset).table
