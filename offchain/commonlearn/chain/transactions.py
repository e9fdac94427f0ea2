"""Sending: estimate, quote, sign with explicit nonces, broadcast, wait for receipts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.batch import Receipt, call_fields, estimates_of, receipts_of
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import Call
from commonlearn.chain.errors import InsufficientFunds, RpcError, TransactionFailed, TransactionPending
from commonlearn.chain.fees import CostQuote, Fees, Prices, current_fees, quote
from commonlearn.chain.reverts import error_from_rpc
from commonlearn.chain.rpc import Request
from commonlearn.chain.signers import SignedTransaction, Signer
from commonlearn.errors import CommonlearnError

__all__ = ["TRANSACTION_GAS_CAP", "Outcome", "Plan", "Prepared", "Sender", "gas_limit", "largest_estimate"]

TRANSACTION_GAS_CAP = 1 << 24
"""No transaction may have a higher gas limit (EIP-7825)."""

_LIMIT_PERCENT = 125
_LIMIT_EXTRA = 30_000
"""Room above the estimate: storage that is written first, by this call or by another in the same block, costs more."""

_IN_FLIGHT = 50
_WAIT_SECONDS = 300.0
_LOCAL_POLL = (0.01, 0.25)
_SETTLE_SECONDS, _SETTLE_TRIES = 0.002, 50
"""How long a development chain gets to mine a transaction before the next is sent; in full only where nothing mines."""
_LIVE_POLL = (0.5, 3.0)

_KNOWN_ALREADY = ("already known", "known transaction", "already imported", "already exists")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A transaction with its nonce, signed where this process or an outside signer holds the key."""

    fields: dict[str, Any]
    signed: SignedTransaction | None

    @property
    def nonce(self) -> int:
        """Its place in the account's order."""
        return int(self.fields["nonce"])


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls that would succeed now, with their gas and their cost."""

    calls: tuple[Call, ...]
    limits: tuple[int, ...]
    fees: Fees
    cost: CostQuote


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call: its receipt, and the error when it failed in its block."""

    call: Call
    receipt: Receipt
    error: CommonlearnError | None


class Sender:
    """One account on one chain.

    Parameters
    ----------
    connection : Connection
        The chain.
    signer : Signer
        The account.
    prices : Prices
        What the user says about prices.
    wait_seconds : float
        How long to wait for a receipt.
    sleep, clock : callable
        Waiting and its clock; tests replace them.
    """

    def __init__(
        self,
        connection: Connection,
        signer: Signer,
        *,
        prices: Prices | None = None,
        wait_seconds: float = _WAIT_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.connection = connection
        self.signer = signer
        self.prices = prices or Prices.from_options()
        self.wait_seconds = wait_seconds
        self._sleep = sleep
        self._clock = clock

    @property
    def address(self) -> str:
        """The account."""
        return self.signer.address

    def fees(self) -> Fees:
        """Price of gas now."""
        return current_fees(self.connection, self.prices)

    def next_nonce(self) -> int:
        """The first nonce that no known transaction of the account has."""
        return int(self.connection.rpc.call("eth_getTransactionCount", self.address, "pending"), 16)

    def used_nonces(self) -> int:
        """How many transactions of the account are in blocks: nonces below this are used."""
        return int(self.connection.rpc.call("eth_getTransactionCount", self.address, "latest"), 16)

    # ------------------------------------------------------------------------------------------------------- planning

    def plan(self, calls: Sequence[Call]) -> Plan:
        """Estimate and quote calls that do not depend on one another.

        Raises
        ------
        CommonlearnError
            The contract would refuse one of them; nothing was sent.
        InsufficientFunds
            The account has less than they can cost.
        """
        self.signer.check(self.connection)
        fees = self.fees()
        gases = []
        for call, gas in zip(calls, estimates_of(self.connection, calls, self.address), strict=True):
            if isinstance(gas, RpcError) and "insufficient funds" in gas.message.lower():
                raise InsufficientFunds(self.address, self.connection.balance(self.address), call.value_wei)
            if isinstance(gas, CommonlearnError):
                raise gas
            gases.append(gas)
        limits = [
            max(gas_limit(gas), min(call.least_gas, TRANSACTION_GAS_CAP))
            for call, gas in zip(calls, gases, strict=True)
        ]
        cost = quote(gases, fees, self.prices, limits=limits, value_wei=sum(call.value_wei for call in calls))
        self.require_funds(cost.most_wei)
        return Plan(tuple(calls), tuple(limits), fees, cost)

    def require_funds(self, needs_wei: int) -> None:
        """Raise `InsufficientFunds` when the account has less."""
        has_wei = self.connection.balance(self.address)
        if has_wei < needs_wei:
            raise InsufficientFunds(self.address, has_wei, needs_wei)

    # -------------------------------------------------------------------------------------------------------- sending

    def prepare(self, call: Call, limit: int, nonce: int, fees: Fees) -> Prepared:
        """A transaction, signed unless the node signs. Nothing is sent."""
        fields: dict[str, Any] = {
            "from": self.address,
            "chainId": self.connection.chain_id,
            "nonce": nonce,
            "gas": limit,
            "value": call.value_wei,
            "data": call.data,
            **fees.fields(),
        }
        if fees.tip_wei is not None:
            fields["type"] = 2
        if call.to is not None:
            fields["to"] = call.to
        return Prepared(fields, self.signer.sign(fields) if self.signer.signs_locally else None)

    def broadcast(self, transactions: Sequence[Prepared]) -> list[str | RpcError]:
        """Hand transactions to the node: the hash of each, or its refusal. Sending the same one again is harmless."""
        requests: list[Request] = []
        for prepared in transactions:
            if prepared.signed is not None:
                requests.append(("eth_sendRawTransaction", [prepared.signed.raw]))
            else:
                shown = {key: hex(value) if isinstance(value, int) else value for key, value in prepared.fields.items()}
                shown.pop("type", None)
                requests.append(("eth_sendTransaction", [shown]))
        answers = (
            self._one_by_one(requests) if self.connection.is_local else self.connection.rpc.batch_settled(requests)
        )
        results: list[str | RpcError] = []
        for prepared, answer in zip(transactions, answers, strict=True):
            known = isinstance(answer, RpcError) and any(said in answer.message.lower() for said in _KNOWN_ALREADY)
            results.append(prepared.signed.hash if known and prepared.signed is not None else answer)
        return results

    def _one_by_one(self, requests: Sequence[Request]) -> list[str | RpcError]:
        """Send to a development node, each when the one before is in a block.

        anvil mines each transaction by itself, and one that arrives while its predecessor is being mined can stay
        queued for ever: neither in the pool any more nor in the state yet, the predecessor seems to be missing.
        """
        answers: list[str | RpcError] = []
        for request in requests:
            (answer,) = self.connection.rpc.batch_settled([request])
            answers.append(answer)
            for _ in range(_SETTLE_TRIES if isinstance(answer, str) and len(requests) > 1 else 0):
                if receipts_of(self.connection, [answer])[0] is not None:
                    break
                self._sleep(_SETTLE_SECONDS)
        return answers

    def wait(self, hashes: Sequence[str]) -> list[Receipt]:
        """Receipts of sent transactions, in order.

        Raises
        ------
        TransactionPending
            One is in no block after `wait_seconds`.
        """
        found: dict[str, Receipt] = {}
        delay, longest = _LOCAL_POLL if self.connection.is_local else _LIVE_POLL
        deadline = self._clock() + self.wait_seconds
        while True:
            missing = [tx_hash for tx_hash in dict.fromkeys(hashes) if tx_hash not in found]
            for tx_hash, receipt in zip(missing, receipts_of(self.connection, missing), strict=True):
                if receipt is not None:
                    found[tx_hash] = receipt
            missing = [tx_hash for tx_hash in missing if tx_hash not in found]
            if not missing:
                return [found[tx_hash] for tx_hash in hashes]
            if self._clock() >= deadline:
                raise TransactionPending(missing, self.wait_seconds)
            self._sleep(delay)
            delay = min(delay * 1.5, longest)

    def send(
        self,
        plan: Plan,
        *,
        on_done: Callable[[Outcome], None] | None = None,
        before_sending: Callable[[Prepared], None] | None = None,
    ) -> list[Outcome]:
        """Send planned calls and wait for all. For calls that the contract takes only once: a repetition is harmless.

        Parameters
        ----------
        plan : Plan
            From :meth:`plan`.
        on_done : callable, optional
            Told each outcome as it becomes known.
        before_sending : callable, optional
            Given each transaction once it has its nonce (and its signature), before any of its batch is sent.

        Raises
        ------
        CommonlearnError
            The node refused one; those before it were sent.
        TransactionPending
            One did not get into a block in time.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(plan.calls), _IN_FLIGHT):
            part = slice(start, start + _IN_FLIGHT)
            first = self.next_nonce()
            prepared = [
                self.prepare(call, limit, first + i, plan.fees)
                for i, (call, limit) in enumerate(zip(plan.calls[part], plan.limits[part], strict=True))
            ]
            if before_sending is not None:
                for one in prepared:
                    before_sending(one)
            hashes = []
            for answer in self.broadcast(prepared):
                if isinstance(answer, RpcError):
                    raise self.refusal(answer)
                hashes.append(answer)
            for call, receipt, limit in zip(plan.calls[part], self.wait(hashes), plan.limits[part], strict=True):
                outcome = Outcome(call, receipt, None if receipt.succeeded else self.why(call, receipt, limit))
                outcomes.append(outcome)
                if on_done is not None:
                    on_done(outcome)
        return outcomes

    def send_one(
        self, call: Call, *, plan: Plan | None = None, before_sending: Callable[[Prepared], None] | None = None
    ) -> Receipt:
        """Plan, send and wait for one call.

        Raises
        ------
        CommonlearnError
            Whatever stopped it; also when it failed in its block.
        """
        (outcome,) = self.send(plan or self.plan([call]), before_sending=before_sending)
        if outcome.error is not None:
            raise outcome.error
        return outcome.receipt

    # ----------------------------------------------------------------------------------------------------- explaining

    def refusal(self, error: RpcError) -> CommonlearnError:
        """What a node's refusal to take a transaction means."""
        if "insufficient funds" in error.message.lower():
            return InsufficientFunds(
                self.address, self.connection.balance(self.address), self.connection.balance(self.address) + 1
            )
        return error_from_rpc(error)

    def why(self, call: Call, receipt: Receipt, limit: int) -> CommonlearnError:
        """Why a transaction failed: the same call, asked of the state before its block."""
        if receipt.gas_used * 10 >= limit * 9:  # a call within it ran out; a 64th is always kept back
            return TransactionFailed(receipt.tx_hash, receipt.gas_used, limit)
        for block in (hex(receipt.block_number), hex(receipt.block_number - 1)):
            try:
                self.connection.rpc.call("eth_call", call_fields(call, self.address), block)
            except RpcError as error:
                found = error_from_rpc(error)
                if not isinstance(found, RpcError):
                    return found
        return TransactionFailed(receipt.tx_hash, receipt.gas_used, limit)


def gas_limit(gas: int, extra: int = 0) -> int:
    """Gas limit for an estimate, with room; never above what a transaction may have."""
    return max(gas, min(TRANSACTION_GAS_CAP, gas * _LIMIT_PERCENT // 100 + _LIMIT_EXTRA + extra))


def largest_estimate(limit: int) -> int:
    """The highest estimate whose gas limit, with room, stays within a limit."""
    return (limit - _LIMIT_EXTRA) * 100 // _LIMIT_PERCENT
