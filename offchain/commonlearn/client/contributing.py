"""Making many contributions so that an interruption at any moment costs no second stake; `journal` says why."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from commonlearn.chain.batch import Receipt, receipts_of
from commonlearn.chain.contracts import Call, CollaborationContract
from commonlearn.chain.errors import NodeUnreachable, RpcError, TransactionFailed, TransactionPending
from commonlearn.chain.signers import SignedTransaction
from commonlearn.chain.transactions import Prepared, Sender, gas_limit
from commonlearn.client.batching import Batcher, refused_one
from commonlearn.client.errors import ContributionsInterrupted, StakeAboveLimit
from commonlearn.client.findings import look
from commonlearn.client.jobs import Attempt, Entry, EntryState, Job, Parcel, Settled
from commonlearn.client.journal import Journal
from commonlearn.client.receipts import Contributions, contributed_in, receipt_of, refusal_of, settled_by
from commonlearn.client.stakes import Offer, estimated, forecast
from commonlearn.contract_errors import BatchRefused, StakeTooLow
from commonlearn.errors import CommonlearnError

__all__ = ["IN_FLIGHT", "SETTLED", "ContributionRun"]

IN_FLIGHT = 16
"""Single contributions under way at once. Of batches it is one: the next one's stakes follow from it."""

_WORD_CHANGE_GAS = 6_000
"""A feature that changes a storage word which its estimate did not: one in flight before it may cause this."""

_RETRIES = 5
_REPLACEMENT_PERCENT = 12
"""Nodes take a replacement of a waiting transaction only for a fee that is a tenth higher."""

_UNDER_WAY = ("replacement transaction underpriced", "already known", "already imported", "nonce too low")
"""Refusals which only say that a transaction with this nonce is waiting or done: the chain is asked which."""

SETTLED = (EntryState.DONE, EntryState.REFUSED)
"""States in which nothing is left to do."""


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
    offer : Offer
        What is sent with each.
    batcher : Batcher, optional
        Puts many into a transaction; without it each has its own.
    in_flight : int
        Single contributions under way at once.
    on_progress : callable, optional
        Told how many are settled, and of how many.
    """

    def __init__(
        self,
        sender: Sender,
        contract: CollaborationContract,
        journal: Journal,
        job: Job,
        *,
        max_stake_wei: int,
        offer: Offer,
        batcher: Batcher | None = None,
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
        self._offer = offer
        self._batcher = batcher if job.total > 1 else None
        self._in_flight = in_flight
        self._on_progress = on_progress or (lambda done, total: None)
        self._sleep = sleep
        self._clock = clock
        self._failures: dict[int, int] = {}

    def run(self) -> Contributions:
        """Make what is missing.

        Returns
        -------
        Contributions
            Receipts of all contributions of the job, those of earlier runs included, in the order given.

        Raises
        ------
        ContributionsInterrupted
            The node went away. Run again.
        StakeAboveLimit, TransactionPending, CommonlearnError
            Run again after what the message says.
        """
        try:
            while True:
                made = self._verified()
                self._settle(resend=True)
                if len(made) + len(made.refused) == self._journal.count(self._job, *SETTLED) == self._job.total:
                    break
                while planned := self._journal.entries(self._job, EntryState.PLANNED):
                    self._send(planned)
                    self._settle(resend=False)
        except NodeUnreachable as error:
            done = self._journal.count(self._job, EntryState.DONE)
            raise ContributionsInterrupted(done, self._job.total, self._journal.path, error.user_message) from error
        self._journal.finish(self._job)
        return made

    # -------------------------------------------------------------------------------------------------------- sending

    def _send(self, planned: Sequence[Entry]) -> None:
        """Send the next transactions: the first planned ones, as many as may be under way."""
        if self._batcher is not None:
            samples, labels = [e.sample for e in planned], [e.label for e in planned]
            batch = self._batcher.next(samples, labels, [e.position for e in planned], self._values)
            loads = [(planned[: batch.count], batch.call, gas_limit(batch.gas))]
        else:
            loads = self._singles(planned[: self._in_flight])
        fees = self._sender.fees()
        self._sender.require_funds(
            sum(call.value_wei for _, call, _ in loads) + sum(limit for _, _, limit in loads) * fees.most_wei
        )
        nonce = self._sender.next_nonce()
        attempts = []
        for entries, call, limit in loads:
            positions = tuple(entry.position for entry in entries)
            attempts.append(_attempt(positions, self._sender.prepare(call, limit, nonce, fees)))
            nonce += 1
        self._journal.record_attempts(self._job, attempts)
        refusal = self._broadcast(attempts)
        if refusal is not None:
            self._look()
            raise refusal

    def _singles(self, planned: Sequence[Entry]) -> list[tuple[Sequence[Entry], Call, int]]:
        def calls_at(stake_wei: int) -> list[Call]:
            values = self._values(forecast(self._contract.terms, stake_wei, len(planned)))
            return [self._contract.contribute(e.sample, e.label, v) for e, v in zip(planned, values, strict=False)]

        _, calls, gases = estimated(self._sender, self._contract, calls_at)
        # Those behind the first are estimated on a state that the first will have changed.
        extras = [0] + [_WORD_CHANGE_GAS * (1 + len(entry.sample) // 2) for entry in planned[1:]]
        return [
            ((entry,), call, gas_limit(gas, extra))
            for entry, call, gas, extra in zip(planned, calls, gases, extras, strict=False)
        ]

    def _resend(self, waiting: Sequence[tuple[Parcel, Attempt]]) -> None:
        """Send transactions again that are in no block, with the same nonces.

        They are the same transactions, unless prices have risen: then replacements with a higher fee, and a higher
        value where the stake has risen too. Only one with a nonce can ever get into a block.
        """
        fees, stake_wei = self._sender.fees(), self._contract.stake_now()
        attempts, replacements = [], []
        for parcel, attempt in waiting:
            fields = json.loads(attempt.fields)
            old = fields.get("maxFeePerGas", fields.get("gasPrice"))
            stakes = forecast(self._contract.terms, stake_wei, len(parcel.entries))
            value = fields["value"]
            if value < sum(stakes):
                value = sum(min(self._max_stake_wei, self._offer.of(stake)) for stake in stakes)
            if value == fields["value"] and fees.most_wei * 100 <= old * (100 + _REPLACEMENT_PERCENT):
                attempts.append(attempt)
                continue
            offered = fees.at_least(old, fields.get("maxPriorityFeePerGas", 0), _REPLACEMENT_PERCENT)
            prepared = self._sender.prepare(
                Call(fields["to"], fields["data"], value), fields["gas"], attempt.nonce, offered
            )
            replacements.append(_attempt(parcel.positions, prepared))
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

    def _values(self, stakes: Sequence[int]) -> list[int]:
        """What to send for each stake forecast, as far as the stake is within the limit."""
        values = [min(self._max_stake_wei, self._offer.of(stake)) for stake in stakes if stake <= self._max_stake_wei]
        if not values:
            done = self._journal.count(self._job, EntryState.DONE)
            raise StakeAboveLimit(stakes[0], self._max_stake_wei, done, self._job.total)
        return values

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

    def _look(self) -> list[tuple[Parcel, Attempt]]:
        """Ask the chain about everything under way, write down what it says, and return what still waits."""
        findings = look(
            self._contract,
            self._sender.address,
            self._journal.under_way(self._job),
            claimed=self._journal.claimed(self._job),
            taken=self._journal.done_elsewhere(self._job),
            first_block=self._job.first_block,
        )
        if findings.done:
            self._journal.record_settled(self._job, findings.done)
            self._on_progress(self._journal.count(self._job, *SETTLED), self._job.total)
        for parcel in [*findings.lost, *(parcel for parcel, _, _ in findings.failed)]:
            self._journal.record_planned(self._job, parcel)
        for parcel, attempt, receipt in findings.failed:
            self._judge(parcel, attempt, receipt)
        return findings.waiting

    def _judge(self, parcel: Parcel, attempt: Attempt, receipt: Receipt) -> None:
        """A transaction failed in its block: go on if the next try can succeed, else raise why."""
        fields = json.loads(attempt.fields)
        call = Call(fields["to"], fields["data"], fields["value"])
        error = self._sender.why(call, receipt, fields["gas"])
        first = parcel.entries[0].position
        self._failures[first] = self._failures.get(first, 0) + 1
        if isinstance(error, BatchRefused):
            raise refused_one(error, parcel.positions)
        passing = isinstance(error, StakeTooLow | TransactionFailed)
        if not passing or self._failures[first] > _RETRIES:
            raise error

    def _verified(self) -> Contributions:
        """Receipts of what is settled; what a re-organisation took back is under way again."""
        groups: dict[str, list[Entry]] = {}
        for entry in self._journal.entries(self._job, *SETTLED):
            groups.setdefault(entry.tx_hash or "", []).append(entry)
        made, refused, gone = [], [], []
        for entries, receipt in zip(groups.values(), receipts_of(self._connection, list(groups)), strict=True):
            if receipt is None or _recorded(entries) != settled_by(receipt, self._contract.address, entries):
                gone += [entry.position for entry in entries]
                continue
            events = contributed_in(receipt, self._contract.address)
            made += [receipt_of(entry, receipt, events) for entry in entries if entry.state is EntryState.DONE]
            refused += [refusal_of(entry) for entry in entries if entry.state is EntryState.REFUSED]
        if gone:
            self._journal.record_sent(self._job, gone)
        self._on_progress(len(made) + len(refused), self._job.total)
        return Contributions(sorted(made, key=lambda r: r.position), sorted(refused, key=lambda r: r.position))


def _recorded(entries: Sequence[Entry]) -> list[Settled]:
    return [Settled(entry.position, entry.tx_hash or "", entry.place, entry.reason) for entry in entries]


def _attempt(positions: tuple[int, ...], prepared: Prepared) -> Attempt:
    signed = prepared.signed
    raw, tx_hash = (None, None) if signed is None else (signed.raw, signed.hash)
    return Attempt(positions, prepared.nonce, tx_hash, raw, json.dumps(prepared.fields))


def _prepared(attempt: Attempt) -> Prepared:
    fields: dict[str, Any] = json.loads(attempt.fields)
    if attempt.raw is None or attempt.tx_hash is None:
        return Prepared(fields, None)
    return Prepared(fields, SignedTransaction(attempt.raw, attempt.tx_hash))
