"""A chain, a model on it, and a relayer on a real socket."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from eth_account import Account

from commonlearn.chain.contracts import Call
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import LocalSigner
from commonlearn.chain.sponsorship import SponsorshipContract
from commonlearn.chain.transactions import Sender
from commonlearn.client.public_model import PublicModel
from commonlearn.client.sponsoring.ledger import RelayLedger
from commonlearn.client.sponsoring.policy import RelayerTerms
from commonlearn.client.sponsoring.relayer import Relayer
from commonlearn.client.sponsoring.requests import SignedRequest, sign_contributions
from commonlearn.client.sponsoring.server import application
from commonlearn.numerics import keccak256
from tests.support.live import GOOD, Network, address, network, own_network

__all__ = ["address", "network", "own_network"]

ETHER = 10**18


@dataclass
class Office:
    """A sponsor's account, its ledger and its terms; relayers can be started again and again on them."""

    network: Network
    model: PublicModel
    folder: Path
    sender: Sender
    sponsorship: SponsorshipContract
    clock: list[float]

    def terms(self, **changes: Any) -> RelayerTerms:
        usual: dict[str, Any] = {
            "relayer": self.sender.address,
            "models": (self.model.address,),
            "pays_stake": True,
            "payee": "author",
            "per_hour": 3,
            "per_day": 5,
            "budget_wei": ETHER,
            "max_stake_wei": 10**15,
            "max_gas_wei": 10**12,
        }
        return RelayerTerms(**{**usual, **changes})

    def author(self, name: str = "an author") -> Any:
        """A key without any ether."""
        return Account.from_key(keccak256(f"{name} {self.folder}".encode()))

    def sign(self, *, key: Any = None, text: str = GOOD, label: str = "positive", **options: Any) -> SignedRequest:
        (signed,) = sign_contributions(
            self.model, [text], [label], account=key or self.author(), **{"relayer": self.sender.address, **options}
        )
        return signed

    @contextmanager
    def relayer(self, **changes: Any) -> Iterator[Client]:
        """A relayer at work on a socket, until the end of the block."""
        ledger = RelayLedger(self.folder / "relayer.sqlite")
        try:
            terms = self.terms(**changes)
            relayer = Relayer(self.sender, self.sponsorship, terms, ledger, now=lambda: self.clock[0])
            with served(application(relayer, poll_seconds=0.02)) as port:
                yield Client(f"http://127.0.0.1:{port}", relayer)
        finally:
            ledger.close()


@dataclass
class Client:
    """Speaks HTTP to a relayer."""

    url: str
    relayer: Relayer

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        return _asked(urllib.request.Request(self.url + path))

    def post(self, content: Any, path: str = "/contributions") -> tuple[int, dict[str, Any]]:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return _asked(urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"}))

    def refusal(self, content: Any) -> tuple[int, str]:
        """Status and name of an error."""
        status, answer = self.post(content)
        assert answer["ok"] is False
        assert set(answer["error"]) == {"name", "message", "fields"}
        assert "Traceback" not in answer["error"]["message"]
        return status, answer["error"]["name"]


def _asked(request: urllib.request.Request) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@contextmanager
def served(app: web.Application) -> Iterator[int]:
    """Serve an application on a free port of this computer, in a thread."""
    ready, port, loop = threading.Event(), [0], asyncio.new_event_loop()

    async def start() -> web.AppRunner:
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port[0] = runner.addresses[0][1]
        return runner

    def run() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    try:
        yield port[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@pytest.fixture
def office(network: Network, address: str, tmp_path: Path) -> Office:
    signer = LocalSigner(Account.from_key(keccak256(f"a sponsor {tmp_path}".encode())))
    network.sender("stranger").send_one(Call(signer.address, "0x", 10 * ETHER, "funding"))
    model = network.load(address, tmp_path)
    sponsorship = SponsorshipContract(network.connection, network.book().contract("Sponsorship").address)
    sender = Sender(network.connection, signer, prices=Prices())
    return Office(network, model, tmp_path, sender, sponsorship, [1_000_000.0])
