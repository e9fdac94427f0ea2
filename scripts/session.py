"""What the brownie scripts share: settings in, words out, a question before anything is sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commonlearn.chain.fees import CostQuote, Prices
from commonlearn.chain.signers import Signer
from commonlearn.chain.transactions import Sender
from commonlearn.cli.output import Output
from commonlearn.client.claims import Claim, ClaimResult, ClaimState
from commonlearn.errors import CommonlearnError
from commonlearn.money import format_ether
from scripts.accounts import signer
from scripts.active_network import Place, active_place
from scripts.settings import DEFAULT, Settings

__all__ = ["Session", "session"]

_SHOWN = 20


@dataclass(frozen=True)
class Session:
    """One run of a script.

    Attributes
    ----------
    settings : Settings
    section : Any
        The script's own settings.
    place : Place
        The network.
    signer : Signer
        Who pays.
    output : Output
        Where words go.
    is_told : bool
        Whether the user has said yes beforehand.
    """

    settings: Settings
    section: Any
    place: Place
    signer: Signer
    output: Output
    is_told: bool

    @property
    def prices(self) -> Prices:
        """Of gas and ether."""
        return self.settings.prices()

    @property
    def sender(self) -> Sender:
        """The account on the network."""
        return Sender(self.place.connection, self.signer, prices=self.prices)

    def confirm(self, cost: CostQuote, what: str, details: Sequence[tuple[str, str]] = ()) -> bool:
        """Show what something costs, and ask."""
        self.output.show_cost(cost, what, details)
        if self.is_told:
            return True
        try:
            return input("Send? [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            self.output.note("No answer; give yes after the settings file to go on without being asked.")
            return False

    def confirm_claims(self, cost: CostQuote, claims: Sequence[Claim]) -> bool:
        """Show what claims cost and what stakes they are about, and ask."""
        stakes = self.output.money(sum(claim.stake_wei for claim in claims), cost.eth_usd)
        return self.confirm(cost, self.output.command, [("stakes", f"{stakes} in {len(claims):,} contribution(s)")])

    def show_claims(self, result: ClaimResult) -> None:
        """Say what was claimed, and why the rest was not."""
        self.output.say(
            f"{len(result.made):,} made, {format_ether(result.credited_wei)} credited, "
            f"fee {format_ether(result.fee_wei)}"
        )
        others = [claim for claim in result.claims if claim.state is not ClaimState.MADE]
        for claim in others[:_SHOWN]:
            self.output.say(f"contribution {claim.id}: {claim.why}")
        if len(others) > _SHOWN:
            self.output.say(f"… and {len(others) - _SHOWN:,} more")


@contextmanager
def session(script: str, file: str, answer: str) -> Iterator[Session]:
    """Begin a run: read settings, find the network and the account, print all three.

    A failure that the package foresees ends the process with its message and the command line's exit code instead of
    a traceback.

    Parameters
    ----------
    script : str
        Name of its section.
    file : str
        Settings file; empty for the default.
    answer : str
        "yes" sends without asking.
    """
    output = Output(script, as_json=False)
    try:
        if answer not in ("", "yes"):
            raise CommonlearnError(
                f"The second argument is {answer!r}. Give yes to send without being asked, or nothing."
            )
        settings = Settings.read(Path(file) if file else DEFAULT)
        section = settings.section(script)
        place = active_place(settings.deployments)
        payer = signer(settings.account)
        _show(output, settings, section, place, payer)
        yield Session(settings, section, place, payer, output, answer == "yes")
    except CommonlearnError as error:
        sys.exit(int(output.failure(error)))


def _show(output: Output, settings: Settings, section: Any, place: Place, payer: Signer) -> None:
    output.note(f"{output.command} with {settings.path}")
    rows = [("network", f"{place.connection.network} (chain {place.connection.chain_id})"), ("account", payer.address)]
    for name, value in [*rows, *section.in_words()]:
        output.note(f"  {name:<17}{value}")
