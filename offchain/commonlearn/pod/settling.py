"""What becomes of transactions that were signed: sent, in a block, settled, taken back, displaced."""

from __future__ import annotations

from collections.abc import Callable

from commonlearn.chain.contracts import Call
from commonlearn.errors import CommonlearnError
from commonlearn.pod.actions import Head, Stage
from commonlearn.pod.outside import Mined, Wallet
from commonlearn.pod.state import Entry, State

__all__ = ["Settling"]

_REPLACED_AFTER = 12
"""Blocks that a transaction waits, until the same is offered with higher fees."""
_OFFERED_EVERY = 3
"""Blocks after which a transaction that is in none of them is handed in again: nodes forget, and it does no harm."""
_SEEN_AS_DISPLACED = 6
"""Blocks on top of which a number stays used by something unknown, until the action gets another."""


class Settling:
    """Brings signed transactions to their end.

    Parameters
    ----------
    state : State
    wallet : Wallet
    confirmations : int
        Blocks on top, until a transaction counts as done.
    rebuild : callable
        Gives the call of an action anew, to be sent with higher fees; None if that is not possible now.
    tell : callable
        Told the name of each thing that happened, and values of it.
    """

    def __init__(
        self,
        state: State,
        wallet: Wallet,
        confirmations: int,
        rebuild: Callable[[Entry], Call | None],
        tell: Callable[..., None],
    ) -> None:
        self.state, self.wallet, self.confirmations = state, wallet, confirmations
        self._rebuild, self._tell = rebuild, tell
        self._sent: dict[str, int] = {}

    def send(self, raw: str, hash_: str, key: str, block: int) -> None:
        """Hand a transaction to the chain; a refusal is told, and tried again with the next block."""
        try:
            self.wallet.send(raw)
        except CommonlearnError as error:
            self._tell("not taken", action=key, hash=hash_, error=error.user_message)
        else:
            if self._sent.get(hash_) is None:
                self._tell("sent", action=key, hash=hash_)
            self._sent[hash_] = block

    def all(self, head: Head) -> None:
        """Look after every signed transaction, as of a block."""
        waiting = [entry for entry in self.state.open_entries() if entry.stage in (Stage.SIGNED, Stage.MINED)]
        if not waiting:
            return
        # In this order: what is mined between the two questions is found, and does not count as displaced.
        used = self.wallet.used_nonces()
        hashes = [attempt.hash for entry in waiting for attempt in entry.attempts]
        mined = {each.hash: each for each in self.wallet.mined(hashes) if each is not None}
        # They go to the chain in the order of their numbers.
        for entry in sorted(waiting, key=lambda each: each.attempts[-1].nonce if each.attempts else 0):
            found = next((mined[attempt.hash] for attempt in entry.attempts if attempt.hash in mined), None)
            if found is not None:
                self._is_mined(entry, found, head)
            else:
                self._is_not(entry, head, used)

    def _is_mined(self, entry: Entry, found: Mined, head: Head) -> None:
        key = entry.action.key
        if (entry.stage, entry.block, entry.block_hash) != (Stage.MINED, found.block, found.block_hash):
            self.state.mined(entry, found.block, found.block_hash)
            self._tell("mined", action=key, hash=found.hash, block=found.block)
        if head.number - found.block < self.confirmations:
            return
        if found.error is None:
            self.state.done(entry)
            self._tell("done", action=key, hash=found.hash, block=found.block)
        else:
            self.state.ended(entry, Stage.FAILED, found.error)
            self._tell("failed", action=key, hash=found.hash, error=found.error)

    def _is_not(self, entry: Entry, head: Head, used: int) -> None:
        key = entry.action.key
        if entry.stage is Stage.MINED:
            self.state.unmined(entry)
            for attempt in entry.attempts:
                self._sent.pop(attempt.hash, None)
            self._tell("taken back", action=key)
        if not entry.attempts:
            return
        last = entry.attempts[-1]
        if used > last.nonce:
            self._is_displaced(entry, head)
            return
        if entry.wait_until:
            self.state.later(entry, 0)  # the number is free again: what had used it was taken back
        if head.number - last.sent_in >= _REPLACED_AFTER:
            self._replace(entry, head)
        elif head.number - self._sent.get(last.hash, -_OFFERED_EVERY) >= _OFFERED_EVERY:
            self.send(last.raw, last.hash, key, head.number)

    def _is_displaced(self, entry: Entry, head: Head) -> None:
        # Perhaps it is mined and the node does not know where yet; to do it twice would be worse than to wait.
        if not entry.wait_until:
            self.state.later(entry, head.number + max(_SEEN_AS_DISPLACED, self.confirmations))
        elif head.number >= entry.wait_until:
            self.state.displaced(entry)
            self._tell("displaced", action=entry.action.key, nonce=entry.attempts[-1].nonce)

    def _replace(self, entry: Entry, head: Head) -> None:
        last, key = entry.attempts[-1], entry.action.key
        try:
            call = self._rebuild(entry)
            signed = None if call is None else self.wallet.sign(call, last.nonce, (last.fee_wei, last.tip_wei))
        except CommonlearnError as error:
            self._tell("not replaced", action=key, error=error.user_message)
            signed = None
        if signed is None:
            self.send(last.raw, last.hash, key, head.number)  # the node may have dropped it
            return
        self.state.signed(entry, last.nonce, signed, head.number)
        self._tell("replaced", action=key, hash=signed.hash, fee_wei=signed.fee_wei)
        self.send(signed.raw, signed.hash, key, head.number)
