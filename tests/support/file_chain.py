"""A chain and a wallet in one file, for tests of pods that are killed: it goes on where it was, whatever happens to them.

Transactions are JSON texts, whose data name the event that they make. Each look at the head mines a block.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from commonlearn.chain.contracts import Call
from commonlearn.errors import CommonlearnError
from commonlearn.pod.actions import Event, Head
from commonlearn.pod.outside import Mined, Signed

__all__ = ["FileChain", "event_call"]

BLOCK_SECONDS = 12
GENESIS_TIME = 1_800_000_000


def event_call(name: str, **values: Any) -> Call:
    """A transaction that makes an event."""
    return Call("0x" + "11" * 20, json.dumps([name, values], sort_keys=True), what=name)


def _hash(text: str) -> str:
    return "0x" + hashlib.sha256(text.encode()).hexdigest()


class FileChain:
    """Chain and wallet of one account.

    Parameters
    ----------
    path : Path
        The file.
    mines : bool
        Whether each look at the head mines a block.

    Attributes
    ----------
    refuses : dict of str to str
        Names of events whose transactions would be refused, and why.
    loses : set of str
        Hashes that vanish when they are sent.
    """

    chain_id = 31337
    genesis = "0xgenesis"
    address = "0x" + "aa" * 20

    def __init__(self, path: Path, *, mines: bool = True) -> None:
        self.path, self.mines = path, mines
        self.refuses: dict[str, str] = {}
        self.loses: set[str] = set()
        self.sent: list[str] = []
        if not path.exists():
            self._write({"blocks": [{"hash": self.genesis, "txs": []}], "pool": [], "fork": 0})

    # ------------------------------------------------------------------------------------------------------- Chain

    def head(self) -> Head:
        if self.mines:
            self.mine()
        return self.block(len(self._read()["blocks"]) - 1)

    def block(self, number: int) -> Head:
        blocks = self._read()["blocks"]
        if not 0 <= number < len(blocks):
            raise LookupError(number)
        return Head(number, blocks[number]["hash"], GENESIS_TIME + number * BLOCK_SECONDS)

    def events(self, first: int, last: int) -> list[Event]:
        found = []
        for number, block in enumerate(self._read()["blocks"]):
            if first <= number <= last:
                for index, raw in enumerate(block["txs"]):
                    name, values = json.loads(json.loads(raw)["data"])
                    if name != "Reverts":
                        found.append(Event(number, index, name, values))
        return found

    # ------------------------------------------------------------------------------------------------------ Wallet

    def sign(self, call: Call, nonce: int, above: tuple[int, int] | None = None) -> Signed:
        name, _ = json.loads(call.data)
        if name in self.refuses:
            raise CommonlearnError(self.refuses[name])
        fee = 100 if above is None else above[0] * 112 // 100 + 1
        raw = json.dumps({"nonce": nonce, "data": call.data, "fee": fee}, sort_keys=True)
        return Signed(_hash(raw), raw, 1000 * fee + call.value_wei, fee, 1)

    def send(self, raw: str) -> None:
        self.sent.append(_hash(raw))
        data = self._read()
        if _hash(raw) in self.loses or any(raw in block["txs"] for block in data["blocks"]):
            return
        own = json.loads(raw)
        rivals = [each for each in data["pool"] if json.loads(each)["nonce"] == own["nonce"]]
        if own["nonce"] < self._used(data) or any(json.loads(each)["fee"] >= own["fee"] for each in rivals):
            return
        data["pool"] = [each for each in data["pool"] if each not in rivals] + [raw]
        self._write(data)

    def used_nonces(self) -> int:
        return self._used(self._read())

    def mined(self, hashes: list[str]) -> list[Mined | None]:
        where = {}
        for number, block in enumerate(self._read()["blocks"]):
            for raw in block["txs"]:
                error = "refused in its block" if "Reverts" in raw else None
                where[_hash(raw)] = Mined(_hash(raw), number, block["hash"], error)
        return [where.get(each) for each in hashes]

    # ----------------------------------------------------------------------------------------------- for the tests

    def mine(self, count: int = 1) -> None:
        for _ in range(count):
            data = self._read()
            used, txs = self._used(data), []
            for raw in sorted(data["pool"], key=lambda each: json.loads(each)["nonce"]):
                if json.loads(raw)["nonce"] == used + len(txs):
                    txs.append(raw)
            data["pool"] = [raw for raw in data["pool"] if raw not in txs]
            number = len(data["blocks"])
            data["blocks"].append({"hash": _hash(f"{number} {data['fork']} {txs}"), "txs": txs})
            self._write(data)

    def take_back(self, depth: int, *, keep: bool = True) -> None:
        """Replace the last blocks by as many empty ones and one more; their transactions wait again, or are lost."""
        data = self._read()
        gone = data["blocks"][-depth:]
        data["blocks"] = data["blocks"][:-depth]
        data["pool"] = [*(raw for block in gone for raw in block["txs"]), *data["pool"]] if keep else []
        data["fork"] += 1
        waiting, data["pool"] = data["pool"], []
        self._write(data)
        self.mine(depth + 1)
        data = self._read()
        data["pool"] = waiting
        self._write(data)

    def displace(self, nonce: int) -> None:
        """Have something else use a number."""
        self.send(json.dumps({"nonce": nonce, "data": json.dumps(["Other", {}]), "fee": 10**9}, sort_keys=True))

    def _used(self, data: dict[str, Any]) -> int:
        return sum(len(block["txs"]) for block in data["blocks"])

    def _read(self) -> dict[str, Any]:
        return json.loads(self.path.read_text())  # type: ignore[no-any-return]

    def _write(self, data: dict[str, Any]) -> None:
        aside = self.path.with_suffix(".aside")
        aside.write_text(json.dumps(data))
        os.replace(aside, self.path)
