"""The relayer: what it checks before it spends anything, and how it sends without ever paying twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.batch import Receipt, receipts_of
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.errors import RpcError, TransactionFailed, WrongNetwork
from commonlearn.chain.signers import SignedTransaction
from commonlearn.chain.sponsorship import SponsorshipContract
from commonlearn.chain.transactions import Prepared, Sender
from commonlearn.client.sponsoring.errors import GasTooDear, NoSponsorship, NotTheTerms
from commonlearn.client.sponsoring.ledger import Line, RelayLedger, RelayState
from commonlearn.client.sponsoring.policy import DAY, RelayerTerms, require_budget, require_room, require_terms
from commonlearn.client.sponsoring.requests import SignedRequest
from commonlearn.client.stakes import with_tolerance
from commonlearn.contract_errors import BadSignature, StakeAboveMaximum
from commonlearn.errors import CommonlearnError
from commonlearn.records import SponsoredContribution

__all__ = ["Relayed", "Relayer"]

_NO_HASH = "0x" + "00" * 32
_RESEND_SECONDS = 60.0
_TOLERANCE = 1.25
"""By how much the stake may rise until the transaction is in a block; what is not needed is credited."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """What became of a request.

    Attributes
    ----------
    digest : str
        What was signed.
    state : RelayState
    tx_hash : str or None
    id : int or None
        Number of the contribution, once it is made.
    spent_wei : int
        Fee and stake, once they are known.
    error, message : str or None
        Name of the error by which it failed in its block, and what it means.
    """

    digest: str
    state: RelayState
    tx_hash: str | None
    id: int | None
    spent_wei: int
    error: str | None
    message: str | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "digest": self.digest,
            "state": str(self.state),
            "tx_hash": self.tx_hash,
            "id": self.id,
            "spent_wei": str(self.spent_wei),
            "error": None if self.error is None else {"name": self.error, "message": self.message},
        }


class Relayer:
    """Sends what authors signed, within its terms. Not for several threads at once.

    Parameters
    ----------
    sender : Sender
        The account that pays.
    sponsorship : SponsorshipContract
    terms : RelayerTerms
    ledger : RelayLedger
    now : callable
        The clock of the limits, Unix time in seconds; tests replace it.

    Raises
    ------
    NoSponsorship
        A model was made with another sponsorship contract, or none.
    """

    def __init__(
        self,
        sender: Sender,
        sponsorship: SponsorshipContract,
        terms: RelayerTerms,
        ledger: RelayLedger,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.sender = sender
        self.sponsorship = sponsorship
        self.terms = terms
        self.ledger = ledger
        self._connection = sender.connection
        self._now = now
        self._sent_at: dict[str, float] = {}
        self._models = {address: CollaborationContract(sender.connection, address) for address in terms.models}
        for address, model in self._models.items():
            if model.sponsorship() != sponsorship.address:
                raise NoSponsorship(address)

    # --------------------------------------------------------------------------------------------------------- asking

    def offered(self) -> dict[str, Any]:
        """The terms, with what only the chain and the ledger know."""
        spent = self.ledger.spent_wei()
        return {
            **self.terms.as_dict(),
            "chain_id": self._connection.chain_id,
            "sponsorship": self.sponsorship.address,
            "stakes_wei": {address: str(model.stake_now()) for address, model in self._models.items()},
            "left_wei": str(max(0, self.terms.budget_wei - spent)),
        }

    def state_of(self, digest: str) -> Relayed | None:
        """What became of a request; None for one that was never taken."""
        self.settle()
        line = self.ledger.find(digest)
        return None if line is None else _relayed(line)

    # -------------------------------------------------------------------------------------------------------- sending

    def accept(self, signed: SignedRequest) -> Relayed:
        """Check a request and send it. The same request again gives the same answer and costs nothing.

        Raises
        ------
        WrongNetwork, ModelNotServed, WrongRelayer, NotTheTerms, Expired, BadSignature
            It is not what this relayer takes.
        AccountLimit, BudgetSpent, GasTooDear
            It takes no more now.
        CommonlearnError
            The contract would refuse it.
        """
        self._check(signed)
        self.settle()
        known = self.ledger.find(signed.digest)
        if known is not None and known.state is not RelayState.FAILED:
            return _relayed(known)
        now = self._now()
        require_room(self.terms, signed.request.author, self.ledger.times(signed.request.author, now - DAY), now)
        line, prepared = self._prepared(signed, spent_wei=0 if known is None else known.spent_wei)
        self.ledger.record_sent(line, now)
        return self._send(line, prepared)

    def _check(self, signed: SignedRequest) -> None:
        """All that costs at most a look at the chain. Limits come after: only an author uses up own room."""
        request = signed.request
        if signed.chain_id != self._connection.chain_id:
            raise WrongNetwork(self._connection.chain_id, signed.chain_id)
        if signed.sponsorship != self.sponsorship.address:
            raise NotTheTerms("sponsorship", signed.sponsorship, self.sponsorship.address)
        require_terms(self.terms, request, self._connection.now())
        if signed.signed_by != request.author and not self._connection.has_code(request.author):
            raise BadSignature(request.author)

    def _prepared(self, signed: SignedRequest, *, spent_wei: int) -> tuple[Line, Prepared]:
        """Simulate it, and sign the transaction if it may cost what it can cost."""
        request, fees = signed.request, self.sender.fees()
        if fees.most_wei > self.terms.max_gas_wei:
            raise GasTooDear(fees.most_wei, self.terms.max_gas_wei)
        value = self._value(request)
        call = self.sponsorship.relay(request, signed.signature, value)
        plan = self.sender.plan([call])
        limit = plan.limits[0]
        needed = limit * plan.fees.most_wei + value
        require_budget(self.terms, self.ledger.spent_wei(), needed)
        prepared = self.sender.prepare(call, limit, self.sender.next_nonce(), plan.fees)
        signed_bytes = prepared.signed
        raw, tx_hash = (None, None) if signed_bytes is None else (signed_bytes.raw, signed_bytes.hash)
        line = Line(
            signed.digest, request.author, RelayState.SENT, needed, spent_wei, prepared.nonce, tx_hash, raw,
            json.dumps(prepared.fields),
        )  # fmt: skip
        return line, prepared

    def _value(self, request: SponsoredContribution) -> int:
        if request.stake_from_author:
            return 0
        stake = self._models[request.collaboration].stake_now()
        most = min(request.max_stake_wei, self.terms.max_stake_wei)
        if stake > most:
            raise StakeAboveMaximum(stake, most)
        return min(most, with_tolerance(stake, _TOLERANCE))

    def _send(self, line: Line, prepared: Prepared) -> Relayed:
        (answer,) = self.sender.broadcast([prepared])
        if isinstance(answer, RpcError):
            refusal = self.sender.refusal(answer)
            self._record_failed(line, 0, refusal)
            raise refusal
        if line.tx_hash is None:
            self.ledger.record_hash(line.digest, answer)
        self._sent_at[line.digest] = self._now()
        self.settle()
        return self._known(line.digest)

    def settle(self) -> None:
        """Look what became of all that is under way, and send again what is in no block after a while."""
        waiting = self.ledger.under_way()
        if not waiting:
            return
        used, now = self.sender.used_nonces(), self._now()
        hashes = [line.tx_hash or _NO_HASH for line in waiting]
        for line, receipt in zip(waiting, receipts_of(self._connection, hashes), strict=True):
            if receipt is not None:
                self._record(line, receipt)
            elif line.nonce < used:
                # Another transaction has its place. Where the node signed, its hash may never have been told, so that
                # it may have been this one: then it is taken to have cost the most.
                cost = 0 if line.tx_hash is not None else line.reserved_wei
                self._record_failed(line, cost, TransactionFailed(line.tx_hash or _NO_HASH, 0, 1))
            elif now - self._sent_at.get(line.digest, 0.0) > _RESEND_SECONDS:
                self._send_again(line, now)

    def _send_again(self, line: Line, now: float) -> None:
        """What this process signed; what the node signed is the node's to keep."""
        self._sent_at[line.digest] = now
        if line.raw is not None and line.tx_hash is not None:
            signed = SignedTransaction(line.raw, line.tx_hash)
            self.sender.broadcast([Prepared(json.loads(line.fields), signed)])

    def _record(self, line: Line, receipt: Receipt) -> None:
        fields, event = json.loads(line.fields), receipt.event("Contributed")
        if not receipt.succeeded or event is None:
            call = Call(fields["to"], fields["data"], fields["value"])
            self._record_failed(line, receipt.fee_wei, self.sender.why(call, receipt, fields["gas"]))
            return
        staked = int(event.values["stakeWei"]) if fields["value"] else 0
        self.ledger.record_over(line.digest, RelayState.DONE, receipt.fee_wei + staked, id_=event.values["id"])

    def _record_failed(self, line: Line, spent_wei: int, error: CommonlearnError) -> None:
        self.ledger.record_over(
            line.digest, RelayState.FAILED, spent_wei, error=type(error).__name__, message=error.user_message
        )

    def _known(self, digest: str) -> Relayed:
        line = self.ledger.find(digest)
        assert line is not None
        return _relayed(line)


def _relayed(line: Line) -> Relayed:
    return Relayed(line.digest, line.state, line.tx_hash, line.id, line.spent_wei, line.error, line.message)
