"""Claims put together into as few transactions as hold them, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from commonlearn.archive.records import LoggedContribution
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.reverts import error_from_revert
from commonlearn.chain.transactions import Outcome, Plan, Sender
from commonlearn.client.batching import fitting, gas_or_none, most_gas
from commonlearn.contract_errors import ModelJustMoved
from commonlearn.errors import CommonlearnError
from commonlearn.records import Claim

__all__ = ["Bundle", "Bundler", "Prove", "errors_in"]

Bundle = Sequence[LoggedContribution]
Prove = Callable[[Bundle], list[Claim]]

_FIRST_GUESS = 50
_MOST_CLAIMS = 200
_SETTLE_TRIES = 20
_LOCAL_SETTLE_SECONDS, _LIVE_SETTLE_SECONDS = 0.25, 3.0


class Bundler:
    """Plans claims of a kind.

    Parameters
    ----------
    kind : str
        "refund", "report" or "sweep".
    sender : Sender
        The account.
    contract : CollaborationContract
    prove : callable
        Gives contributions as they are claimed together, with their proofs.
    sleep : callable
        Waits for a second in which nobody contributes.
    """

    def __init__(
        self,
        kind: str,
        sender: Sender,
        contract: CollaborationContract,
        prove: Prove,
        sleep: Callable[[float], None],
    ) -> None:
        self._kind = kind
        self._sender = sender
        self._contract = contract
        self._prove = prove
        self._sleep = sleep

    def plan(self, ready: Bundle) -> tuple[list[Bundle], Plan]:
        """Which go together, and the transaction of each bundle.

        Made in a second in which nobody contributes: in others the contract takes no claims.

        Raises
        ------
        ModelJustMoved
            Somebody contributes all the time.
        CommonlearnError
            What would stop a transaction.
        """
        for tries_left in reversed(range(_SETTLE_TRIES)):
            try:
                bundles = self._bundles(ready)
                return bundles, self._sender.plan([self._call(bundle) for bundle in bundles])
            except ModelJustMoved:
                if not tries_left:
                    raise
                local = self._sender.connection.is_local
                self._sleep(_LOCAL_SETTLE_SECONDS if local else _LIVE_SETTLE_SECONDS)
        raise AssertionError("a loop of at least one round ended without result")

    def _bundles(self, ready: Bundle) -> list[Bundle]:
        if not self._contract.takes_batches or len(ready) == 1:
            return [[one] for one in ready]

        def gas_of(count: int) -> int | None:
            return gas_or_none(self._sender, self._call(ready[:count]), may_shrink=count > 1)

        most = min(len(ready), _MOST_CLAIMS)
        size, _ = fitting(most, _FIRST_GUESS, most_gas(self._sender.connection), gas_of)
        return [ready[start : start + size] for start in range(0, len(ready), size)]

    def _call(self, bundle: Bundle) -> Call:
        one = bundle[0]
        contract = self._contract
        if len(bundle) > 1 or one.batch is not None or one.payee:
            many = {"refund": contract.refund_many, "report": contract.report_many, "sweep": contract.sweep_many}
            return many[self._kind](self._prove(bundle))
        alone = {"refund": contract.refund, "report": contract.report, "sweep": contract.sweep}
        return alone[self._kind](one.id, one.contribution, one.sample)


def errors_in(bundle: Bundle, outcome: Outcome, address: str) -> list[CommonlearnError | None]:
    """What stopped each claim of a bundle; None for those that were made."""
    if outcome.error is not None:
        return [outcome.error] * len(bundle)
    refused = {
        int(event.values["id"]): error_from_revert(bytes(event.values["reason"]))
        for event in outcome.receipt.events
        if event.name == "ClaimRefused" and event.address == address.lower()
    }
    return [refused.get(one.id) for one in bundle]
