"""A relayer at work: opened on its ledger, served until it is stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from commonlearn.chain.abi import checksummed
from commonlearn.chain.fees import Prices
from commonlearn.chain.signers import as_signer
from commonlearn.chain.sponsorship import SponsorshipContract
from commonlearn.chain.transactions import Sender
from commonlearn.client.errors import ClientError
from commonlearn.client.paths import journal_folder
from commonlearn.client.public_model import PublicModel
from commonlearn.client.sponsoring.ledger import RelayLedger
from commonlearn.client.sponsoring.policy import RelayerTerms
from commonlearn.client.sponsoring.relayer import Relayer
from commonlearn.client.sponsoring.requests import sponsorship_of
from commonlearn.client.sponsoring.server import application

__all__ = ["Office", "serve"]


@dataclass(frozen=True)
class Office:
    """What a sponsor decides.

    Parameters
    ----------
    models : sequence of PublicModel
        Connected to one chain, made with one sponsorship contract.
    account : signer, eth_account account, or address
        Pays.
    pays_stake, payee, per_hour, per_day, budget_wei, max_stake_wei, max_gas_wei
        As of `RelayerTerms`.
    ledger : Path, optional
        File of limits and spending; by default one for each chain and account, beside the journals.
    """

    models: Sequence[PublicModel]
    account: Any
    pays_stake: bool
    payee: str
    per_hour: int
    per_day: int
    budget_wei: int
    max_stake_wei: int
    max_gas_wei: int
    ledger: Path | None = None

    @contextmanager
    def open(self) -> Iterator[Relayer]:
        """The relayer, its ledger held until the end of the block.

        Raises
        ------
        NoSponsorship, UnknownAccount, JournalBusy, JournalProblem, MalformedAddress
        """
        connection, signer = self.models[0].contract.connection, as_signer(self.account)
        signer.check(connection)
        terms = RelayerTerms(
            relayer=signer.address,
            models=tuple(model.address for model in self.models),
            pays_stake=self.pays_stake,
            payee=self.payee if self.payee == "author" else checksummed(self.payee),
            per_hour=self.per_hour,
            per_day=self.per_day,
            budget_wei=self.budget_wei,
            max_stake_wei=self.max_stake_wei,
            max_gas_wei=self.max_gas_wei,
        )
        sponsorship = SponsorshipContract(connection, sponsorship_of(self.models[0]))
        name = f"relayer-{connection.chain_id}-{connection.genesis_hash[2:10]}-{signer.address.lower()}.sqlite"
        ledger = RelayLedger(self.ledger or journal_folder() / name)
        try:
            yield Relayer(Sender(connection, signer, prices=Prices.from_options()), sponsorship, terms, ledger)
        finally:
            ledger.close()


def serve(relayer: Relayer, host: str, port: int, *, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; what is under way then is found again at the next start.

    Parameters
    ----------
    relayer : Relayer
    host : str
        127.0.0.1 keeps it on this computer; others should stand behind a proxy that adds TLS.
    port : int
        0 for any free one.
    on_ready : callable, optional
        Told the address once it listens.

    Raises
    ------
    ClientError
        The address is taken or not this computer's.
    """
    poll_seconds = 0.1 if relayer.sender.connection.is_local else 2.0

    async def run() -> None:
        runner = web.AppRunner(application(relayer, poll_seconds=poll_seconds), access_log=None)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            try:
                await site.start()
            except OSError as error:
                raise ClientError(f"{host}:{port} cannot be listened at ({error.strerror}). Choose another.") from None
            if on_ready is not None:
                on_ready(f"http://{runner.addresses[0][0]}:{runner.addresses[0][1]}")
            stopped = asyncio.Event()
            for number in (signal.SIGINT, signal.SIGTERM):
                with suppress(ValueError, NotImplementedError, RuntimeError):  # in a thread, or on Windows
                    asyncio.get_running_loop().add_signal_handler(number, stopped.set)
            await stopped.wait()
        finally:
            await runner.cleanup()

    asyncio.run(run())
