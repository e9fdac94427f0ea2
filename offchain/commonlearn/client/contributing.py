"""Making many contributions so that an interruption at any moment costs no second stake; `journal` says why."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.chain.batch import Receipt, receipts_of
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.errors import NodeUnreachable, RpcError, TransactionFailed, TransactionPending
from commonlearn.chain.events import Event
from commonlearn.chain.signers import SignedTransaction
from commonlearn.chain.transactions import Prepared, Sender, gas_limit
from commonlearn.client.errors import ContributionsInterrupted, StakeAboveLimit
from commonlearn.client.findings import look
from commonlearn.client.journal import Attempt, Entry, EntryState, Job, Journal
from commonlearn.client.stakes import estimated, forecast, with_tolerance
from commonlearn.contract_errors import StakeTooLow
from commonlearn.errors import CommonlearnError

__all__ = ["ContributionReceipt", "ContributionRun"]

IN_FLIGHT = 16
"""Contributions under way at once."""

_WORD_CHANGE_GAS = 6_000
"""A feature that changes a storage word which its estimate did not: one in flight before it may cause this."""

_RETRIES = 5
_REPLACEMENT_PERCENT = 12
"""Nodes take a replacement of a waiting transaction only for a fee that is a tenth higher."""

_UNDER_WAY = ("replacement transaction underpriced", "already known", "already imported", "nonce too low")
"""Refusals which only say that a transaction with this nonce is waiting or done: the chain is asked which."""


@dataclass(frozen=True, slots=True)
class ContributionReceipt:
    """One contribution that is in a block.

    Attributes
    ----------
    id : int
        Its number in the model's log.
    position : int
        Which of the samples that were given, from 0.
    label : int
        Class number.
    taught : bool
        Whether the model learned something: only then does a refund prove its author.
    stake_wei : int
        Locked.
    contributed_at : int
        Unix time in seconds; the waits count from here.
    gas_used, fee_wei : int
        What it cost besides.
    tx_hash : str
    block_number : int
    """

    id: int
    position: int
    label: int
    taught: bool
    stake_wei: int
    contributed_at: int
    gas_used: int
    fee_wei: int
    tx_hash: str
    block_number: int


class ContributionRun:
    """One job being worked off, from wherever it stands.

    Parameters
    ----------
    sender : Sender
        The account.
    contract : CollaborationContract
        The model.
    journal : Journal
        Held exclusively.
    job : Job
        New, or unfinished from an earlier run.
    max_stake_wei : int
        The most that is sent with one contribution.
    tolerance : float
        Room above the forecast stake.
    in_flight : int
        Contributions under way at once.
    on_progress : callable, optional
        Told how many are done, and of how many.
    """

    def __init__(
        self,
        sender: Sender,
        contract: CollaborationContract,
        journal: Journal,
        job: Job,
        *,
        max_stake_wei: int,
        tolerance: float,
        in_flight: int = IN_FLIGHT,
        on_progress: Callable[[int, int], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sender = sender
        self._connection = sender.connection
        self._contract = contract
        self._journal = journal
        self._job = job
        self._max_stake_wei = max_stake_wei
        self._tolerance = tolerance
        self._in_flight = in_flight
        self._on_progress = on_progress or (lambda done, total: None)
        self._sleep = sleep
        self._clock = clock
        self._failures: dict[int, int] = {}

    def run(self) -> list[ContributionReceipt]:
        """Make what is missing.

        Returns
        -------
        list of ContributionReceipt
            Of all contributions of the job, those of earlier runs included, in the order given.

        Raises
        ------
        ContributionsInterrupted
            The node went away. Run again.
        StakeAboveLimit, TransactionPending, CommonlearnError
            Run again after what the message says.
        """
        try:
            while True:
                receipts = self._verified()
                self._settle(resend=True)
                if len(receipts) == self._journal.count(self._job, EntryState.DONE) == self._job.total:
                    break
                while planned := self._journal.entries(self._job, EntryState.PLANNED)[: self._in_flight]:
                    self._send(planned)
                    self._settle(resend=False)
        except NodeUnreachable as error:
            done = self._journal.count(self._job, EntryState.DONE)
            raise ContributionsInterrupted(done, self._job.total, self._journal.path, error.user_message) from error
        self._journal.finish(self._job)
        return receipts

    # -------------------------------------------------------------------------------------------------------- sending

    def _send(self, planned: Sequence[Entry]) -> None:
        def calls_at(stake_wei: int) -> list[Call]:
            stakes = forecast(self._contract.terms, stake_wei, len(planned))
            values = [self._value(stake) for stake in stakes if stake <= self._max_stake_wei]
            if not values:
                done = self._journal.count(self._job, EntryState.DONE)
                raise StakeAboveLimit(stake_wei, self._max_stake_wei, done, self._job.total)
            return [self._contract.contribute(e.sample, e.label, v) for e, v in zip(planned, values, strict=False)]

        _, calls, gases = estimated(self._sender, self._contract, calls_at)
        planned = planned[: len(calls)]
        # Those behind the first are estimated on a state that the first will have changed.
        extras = [0] + [_WORD_CHANGE_GAS * (1 + len(entry.sample) // 2) for entry in planned[1:]]
        limits = [gas_limit(gas, extra) for gas, extra in zip(gases, extras, strict=True)]
        fees = self._sender.fees()
        self._sender.require_funds(sum(call.value_wei for call in calls) + sum(limits) * fees.most_wei)
        nonce = self._sender.next_nonce()
        attempts = []
        for entry, call, limit in zip(planned, calls, limits, strict=True):
            attempts.append(_attempt(entry.position, self._sender.prepare(call, limit, nonce, fees)))
            nonce += 1
        self._journal.record_attempts(self._job, attempts)
        refusal = self._broadcast(attempts)
        if refusal is not None:
            self._look()
            raise refusal

    def _resend(self, waiting: Sequence[tuple[Entry, Attempt]]) -> None:
        """Send transactions again that are in no block, with the same nonces.

        They are the same transactions, unless prices have risen: then replacements with a higher fee, and a higher
        value where the stake has risen too. Only one with a nonce can ever get into a block.
        """
        fees, stake_wei = self._sender.fees(), self._contract.stake_now()
        attempts, replacements = [], []
        for entry, attempt in waiting:
            fields = json.loads(attempt.fields)
            old = fields.get("maxFeePerGas", fields.get("gasPrice"))
            value = fields["value"] if fields["value"] >= stake_wei else self._value(stake_wei)
            if value == fields["value"] and fees.most_wei * 100 <= old * (100 + _REPLACEMENT_PERCENT):
                attempts.append(attempt)
                continue
            offered = fees.at_least(old, fields.get("maxPriorityFeePerGas", 0), _REPLACEMENT_PERCENT)
            call = self._contract.contribute(entry.sample, entry.label, value)
            prepared = self._sender.prepare(call, fields["gas"], attempt.nonce, offered)
            replacements.append(_attempt(entry.position, prepared))
        self._journal.record_attempts(self._job, replacements)
        refusal = self._broadcast(sorted([*attempts, *replacements], key=lambda attempt: attempt.nonce))
        if refusal is not None:
            raise refusal

    def _broadcast(self, attempts: Sequence[Attempt]) -> CommonlearnError | None:
        """Send what is written down, and note hashes that only the node knew. Returns the first refusal.

        A refused transaction keeps its nonce and stays under way: whatever the reason, the next run sends one with
        the same nonce.
        """
        answers = self._sender.broadcast([_prepared(attempt) for attempt in attempts])
        new = [
            (a, answer)
            for a, answer in zip(attempts, answers, strict=True)
            if isinstance(answer, str) and a.tx_hash is None
        ]
        self._journal.record_hashes(self._job, new)
        for answer in answers:
            if isinstance(answer, RpcError) and not any(said in answer.message.lower() for said in _UNDER_WAY):
                return self._sender.refusal(answer)
        return None

    def _value(self, stake_wei: int) -> int:
        return min(self._max_stake_wei, with_tolerance(stake_wei, self._tolerance))

    # ------------------------------------------------------------------------------------------------------- settling

    def _settle(self, *, resend: bool) -> None:
        """Wait until no transaction is under way.

        Raises
        ------
        TransactionPending
            One stays under way.
        """
        delay, longest = (0.01, 0.25) if self._connection.is_local else (0.5, 3.0)
        deadline = self._clock() + self._sender.wait_seconds
        while waiting := self._look():
            if resend:
                resend = False
                self._resend(waiting)
                continue
            if self._clock() >= deadline:
                names = [attempt.tx_hash or f"number {attempt.nonce} of the account" for _, attempt in waiting]
                raise TransactionPending(names, self._sender.wait_seconds)
            self._sleep(delay)
            delay = min(delay * 1.5, longest)

    def _look(self) -> list[tuple[Entry, Attempt]]:
        """Ask the chain about everything under way, write down what it says, and return what still waits."""
        findings = look(
            self._contract,
            self._sender.address,
            self._journal.entries(self._job, EntryState.SENT),
            self._journal.attempts(self._job),
            claimed=self._journal.claimed(self._job),
            taken=self._journal.done_elsewhere(self._job),
            first_block=self._job.first_block,
        )
        if findings.done:
            self._journal.record_done(self._job, [(entry.position, tx_hash) for entry, tx_hash in findings.done])
            self._on_progress(self._journal.count(self._job, EntryState.DONE), self._job.total)
        ended = [*findings.lost, *(entry for entry, _, _ in findings.failed)]
        if ended:
            self._journal.record_planned(self._job, [entry.position for entry in ended])
        for entry, attempt, receipt in findings.failed:
            self._judge(entry, attempt, receipt)
        return findings.waiting

    def _judge(self, entry: Entry, attempt: Attempt, receipt: Receipt) -> None:
        """A contribution failed in its block: go on if the next try can succeed, else raise why."""
        fields = json.loads(attempt.fields)
        call = Call(fields["to"], fields["data"], fields["value"])
        error = self._sender.why(call, receipt, fields["gas"])
        self._failures[entry.position] = self._failures.get(entry.position, 0) + 1
        passing = isinstance(error, StakeTooLow | TransactionFailed)
        if not passing or self._failures[entry.position] > _RETRIES:
            raise error

    def _verified(self) -> list[ContributionReceipt]:
        """Receipts of what is done; what a re-organisation took back is under way again."""
        done = self._journal.entries(self._job, EntryState.DONE)
        receipts, gone = [], []
        for entry, receipt in zip(done, receipts_of(self._connection, [e.tx_hash or "" for e in done]), strict=True):
            event = receipt.event("Contributed") if receipt is not None else None
            if receipt is None or event is None:
                gone.append(entry.position)
                continue
            receipts.append(_contribution_receipt(entry, receipt, event))
        if gone:
            self._journal.record_sent(self._job, gone)
        self._on_progress(len(receipts), self._job.total)
        return receipts


def _attempt(position: int, prepared: Prepared) -> Attempt:
    signed = prepared.signed
    raw, tx_hash = (None, None) if signed is None else (signed.raw, signed.hash)
    return Attempt(position, prepared.nonce, tx_hash, raw, json.dumps(prepared.fields))


def _prepared(attempt: Attempt) -> Prepared:
    fields: dict[str, Any] = json.loads(attempt.fields)
    if attempt.raw is None or attempt.tx_hash is None:
        return Prepared(fields, None)
    return Prepared(fields, SignedTransaction(attempt.raw, attempt.tx_hash))


def _contribution_receipt(entry: Entry, receipt: Receipt, event: Event) -> ContributionReceipt:
    values = event.values
    return ContributionReceipt(
        id=values["id"],
        position=entry.position,
        label=entry.label,
        taught=values["taught"],
        stake_wei=values["stakeWei"],
        contributed_at=values["contributedAt"],
        gas_used=receipt.gas_used,
        fee_wei=receipt.fee_wei,
        tx_hash=receipt.tx_hash,
        block_number=receipt.block_number,
    )
