"""Authors who sign and sponsors who send, on brownie's chain: requests, signatures, relayed contributions, pools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any

from commonlearn.chain.connection import Connection
from commonlearn.chain.signers import UnlockedSigner
from commonlearn.chain.typed_data import typed_data
from commonlearn.records import SponsoredContribution
from tests.support.collaborations import contribution_tuple, next_time, pass_time_until, sample_of, stake_at
from tests.support.plain_model import UNKNOWN, Given, presence

ANYONE = "0x" + "00" * 20
GWEI = 10**9
LATER = 10**9
"""Seconds until a request expires, unless told otherwise."""


class Sponsors:
    """Requests to one sponsorship contract, for one collaboration unless told otherwise.

    Parameters
    ----------
    sponsorship : Contract
    collaboration : Contract
    """

    def __init__(self, sponsorship: Any, collaboration: Any) -> None:
        self.contract, self.collaboration = sponsorship, collaboration
        brownie: Any = import_module("brownie")
        self.connection = Connection.open(brownie.web3.provider.endpoint_uri)
        self._nonces = 1_000

    def request(self, author: Any, **changes: Any) -> SponsoredContribution:
        """Ask for a lesson to be sent by anyone, the stake going back to the author; fields can be changed."""
        self._nonces += 1
        usual = SponsoredContribution(
            collaboration=self.collaboration.address,
            author=str(author),
            payee=str(author),
            relayer=ANYONE,
            sample=presence(UNKNOWN),
            label=1,
            max_stake_wei=10**18,
            stake_from_author=False,
            nonce=self._nonces,
            deadline=next_time() + LATER,
        )
        return replace(usual, **{name: str(v) if hasattr(v, "address") else v for name, v in changes.items()})

    def signature(
        self, request: SponsoredContribution, by: Any = None, chain_id: int | None = None, contract: Any = None
    ) -> bytes:
        """Have it signed by the author, or by somebody else's key, for this chain and contract, or for others."""
        message = typed_data(
            request, self.connection.chain_id if chain_id is None else chain_id, str(contract or self.contract)
        )
        return UnlockedSigner(str(by or request.author)).sign_typed_data(message, self.connection)

    def stake(self) -> int:
        """Give what a contribution in the next block costs."""
        return stake_at(self.collaboration, next_time())

    def relay(
        self,
        request: SponsoredContribution,
        relayer: Any,
        signature: bytes | None = None,
        value: int | None = None,
        **options: Any,
    ) -> Any:
        """Send it, one second after the last block, with exactly the stake unless told otherwise."""
        signature = self.signature(request) if signature is None else signature
        if value is None:
            value = 0 if request.stake_from_author else self.stake()
        pass_time_until(next_time())
        return self.contract.relay(request.as_tuple(), signature, {"from": relayer, "value": value, **options})

    def relay_many(
        self, requests: list[SponsoredContribution], relayer: Any, value: int, strict: bool = False, **options: Any
    ) -> Any:
        """Send several in one transaction."""
        signatures = [self.signature(request) for request in requests]
        pass_time_until(next_time())
        return self.contract.relayMany(
            [request.as_tuple() for request in requests],
            signatures,
            strict,
            {"from": relayer, "value": value, **options},
        )


def given_by(tx: Any, author: Any, which: int = 0) -> Given:
    """Give a contribution of a transaction as claims take it."""
    event = tx.events["Contributed"][which]
    return Given(event["id"], contribution_tuple(event), sample_of(event), author, tx)


@contextmanager
def base_fee(wei: int) -> Iterator[dict[str, int]]:
    """Let the next block have this base fee, and give the options of a transaction that pays it; then none again."""
    _set_base_fee(wei)
    try:
        yield {"gas_price": wei}
    finally:
        _set_base_fee(0)


def _set_base_fee(wei: int) -> None:
    brownie: Any = import_module("brownie")
    brownie.web3.provider.make_request("anvil_setNextBlockBaseFeePerGas", [hex(wei)])
