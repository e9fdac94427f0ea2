"""The loop of a pod: follow the chain, see what became of what was sent, ask the roles, do what they plan.

Each turn begins with what is on the chain and in the memory, nowhere else; so it does not matter where the turn before
was cut off. An action is noted before it is begun, its secrets with it; a transaction is signed with its number and
noted before it is sent. If the process dies between two of these steps, the next turn takes the later one again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from commonlearn.chain.contracts import Call
from commonlearn.errors import CommonlearnError
from commonlearn.pod.actions import Context, Done, Role, Stage, View
from commonlearn.pod.errors import UnknownKind
from commonlearn.pod.following import follow
from commonlearn.pod.outside import Chain, Wallet
from commonlearn.pod.settling import Settling
from commonlearn.pod.state import Entry, State

__all__ = ["Pace", "Runner"]

_DAY = 86_400
_LONGEST_PAUSE = 64
"""Blocks."""
_LONGEST_SILENCE = 60.0
"""Seconds between two tries to reach a node that does not answer."""


@dataclass(frozen=True)
class Pace:
    """How a pod goes about its work.

    Attributes
    ----------
    confirmations : int
        Blocks on top, until a transaction counts as done.
    poll_seconds : float
        Between two looks at the chain.
    first_block : int
        Where following begins, if nothing was followed yet.
    tries : int
        How often an action is tried that is refused before it is sent, or whose work fails; with growing pauses.
    at_once : int
        Pieces of slow work at the same time.
    most_wei_per_day : int or None
        What transactions of a day may cost at most, ether sent along included; more waits.
    """

    confirmations: int = 3
    poll_seconds: float = 2.0
    first_block: int = 0
    tries: int = 12
    at_once: int = 1
    most_wei_per_day: int | None = None


def _silent(*_: Any, **__: Any) -> None:
    """Tell nobody."""


class Runner:
    """A pod at work.

    Parameters
    ----------
    state : State
    chain : Chain
    wallet : Wallet
    roles : sequence of Role
        Asked in this order.
    pace : Pace, optional
    tell : callable, optional
        Told what happened: a name, and values of it.
    on_step : callable, optional
        Told the name of each step, before the next is begun.
    clock : callable
        Unix time.
    """

    def __init__(
        self,
        state: State,
        chain: Chain,
        wallet: Wallet,
        roles: Sequence[Role],
        pace: Pace | None = None,
        *,
        tell: Callable[..., None] | None = None,
        on_step: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.state, self.chain, self.wallet = state, chain, wallet
        self.roles = {role.name: role for role in roles}
        self.pace = pace or Pace()
        self.stop = threading.Event()
        self.progress: dict[str, str] = {}
        self._told = _silent if tell is None else tell
        self._step = _silent if on_step is None else on_step
        self._clock = clock
        self._settling = Settling(state, wallet, self.pace.confirmations, self._rebuilt, self._tell)
        self._workers = ThreadPoolExecutor(self.pace.at_once, thread_name_prefix="pod-work")
        self._working: dict[str, Future[Call | Done]] = {}

    def now(self) -> float:
        """Unix time."""
        return self._clock()

    # ----------------------------------------------------------------------------------------------------- the loop

    def run(self) -> None:
        """Work until :attr:`stop` is set, whatever happens to the node meanwhile."""
        pause = self.pace.poll_seconds
        try:
            while not self.stop.is_set():
                try:
                    view = self.turn()
                    pause = self.pace.poll_seconds
                    self._tell("turn", block=view.head.number)
                except (CommonlearnError, OSError, LookupError) as error:
                    self._tell("no turn", error=str(error), again_in=pause)
                    pause = min(2 * pause, max(_LONGEST_SILENCE, self.pace.poll_seconds))
                self.stop.wait(pause)
        finally:
            self.close()

    def close(self) -> None:
        """End work that is under way; it is done again next time."""
        self.stop.set()
        self._workers.shutdown(wait=True, cancel_futures=True)

    def turn(self) -> View:
        """Do once what there is to be done.

        Returns
        -------
        View
            What the roles saw.
        """
        if follow(self.chain, self.state, self.pace.first_block):
            self._tell("blocks taken back")
        self._step("followed")
        head = self.state.head() or self.chain.head()
        self._settling.all(head)
        self._step("settled")
        self._collect()
        view = View(head, self.state.events(), self.wallet.address)
        self._plan(view)
        self._step("planned")
        for entry in self.state.open_entries():
            if entry.stage is Stage.PLANNED and entry.wait_until <= head.number and not self.stop.is_set():
                self._do(entry, view)
        return view

    # -------------------------------------------------------------------------------------------------------- parts

    def _plan(self, view: View) -> None:
        memory = self.state.memory()
        for role in self.roles.values():
            try:
                wanted = list(role.plan(view, memory))
                for action in wanted:
                    if action.kind not in role.handlers:
                        raise UnknownKind(role.name, action.kind)
            except Exception as error:  # a fault in one role does not cost another its deadlines
                self._tell("role failed", role=role.name, error=f"{type(error).__name__}: {error}")
                continue
            for key in self.state.plan(role.name, wanted):
                self._tell("planned", action=key, role=role.name)

    def _do(self, entry: Entry, view: View) -> None:
        action = entry.action
        role = self.roles.get(entry.role)
        if role is None or action.kind not in role.handlers:
            return  # of a role that this pod does not have at present
        if action.deadline is not None and max(view.head.timestamp, self._clock()) > action.deadline:
            self.state.ended(entry, Stage.LATE, "its deadline had passed before it could be done")
            self._tell("late", action=action.key)
            return
        if action.kind in role.slow:
            if action.key not in self._working:
                self._working[action.key] = self._workers.submit(self._handled, entry, view)
                self._tell("begun", action=action.key)
            return
        try:
            self._take(entry, self._handled(entry, view), view)
        except Exception as error:  # whatever a handler raises, the pod's other actions go on
            self._failed(entry, error, view.head.number)

    def _handled(self, entry: Entry, view: View) -> Call | Done:
        action = entry.action

        def progress(text: str) -> None:
            self.progress[action.key] = text

        secrets = self.state.secrets(action.secrets)
        context = Context(view, self.state.memory(), secrets, progress, self.stop)
        return self.roles[entry.role].handlers[action.kind](action, context)

    def _take(self, entry: Entry, given: Call | Done, view: View) -> None:
        self._step("handled")
        if isinstance(given, Done):
            self.state.done(entry, given.result)
            reason = given.result.get("reason")
            self._tell("done", action=entry.action.key, **({"reason": reason} if reason else {}))
            self._step("noted")
            return
        if entry.action.kind in self.roles[entry.role].slow:
            raise TypeError(f"{entry.action.kind!r} is slow work, and gave a transaction")
        nonce = self.state.next_nonce(self.wallet.used_nonces())
        signed = self.wallet.sign(given, nonce)
        self._step("signed")
        most = self.pace.most_wei_per_day
        if most is not None and self.state.committed_wei(self._clock() - _DAY) + signed.most_wei > most:
            self.state.later(replace(entry, tries=entry.tries - 1), view.head.number + 1, "the day's money is spent")
            self._tell("waits for money", action=entry.action.key, most_wei=signed.most_wei)
            return
        self.state.signed(entry, nonce, signed, view.head.number)
        self._step("noted")
        self._settling.send(signed.raw, signed.hash, entry.action.key, view.head.number)
        self._step("sent")

    def _collect(self) -> None:
        """Take what slow work gave."""
        for key, future in list(self._working.items()):
            if not future.done():
                continue
            del self._working[key]
            self.progress.pop(key, None)
            entry, head = self.state.entry(key), self.state.head()
            if entry is None or head is None or entry.stage is not Stage.PLANNED or future.cancelled():
                continue
            try:
                self._take(entry, future.result(), View(head, (), self.wallet.address))
            except Exception as error:
                self._failed(entry, error, head.number)

    def _failed(self, entry: Entry, error: Exception, block: int) -> None:
        words = error.user_message if isinstance(error, CommonlearnError) else f"{type(error).__name__}: {error}"
        if self.stop.is_set():
            return  # it was interrupted, which is not its fault
        if entry.tries + 1 >= self.pace.tries or getattr(error, "is_final", False):
            self.state.ended(entry, Stage.FAILED, words)
            self._tell("failed", action=entry.action.key, error=words)
        else:
            self.state.later(entry, block + min(1 << entry.tries, _LONGEST_PAUSE), words)
            self._tell("refused", action=entry.action.key, error=words, tries=entry.tries + 1)

    def _rebuilt(self, entry: Entry) -> Call | None:
        """The call of an action that was signed already, for a replacement."""
        role = self.roles.get(entry.role)
        head = self.state.head()
        if role is None or entry.action.kind not in role.handlers or head is None:
            return None
        given = self._handled(entry, View(head, self.state.events(), self.wallet.address))
        return given if isinstance(given, Call) else None

    def _tell(self, event: str, **values: Any) -> None:
        self._told(event, **values)
