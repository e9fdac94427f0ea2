"""What roles plan, and what is done about it: plain data between pure plans and an outside world."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from commonlearn.chain.contracts import Call

__all__ = ["Action", "Context", "Done", "Event", "Handler", "Head", "Memory", "Role", "Stage", "View"]


class Stage(StrEnum):
    """How far an action has come.

    ``PLANNED``, then for a transaction ``SIGNED`` (with its number, before it is sent), ``MINED`` and ``DONE`` (so many
    blocks on top), or for work ``DONE`` at once. ``FAILED``: the chain refused it for good, or it was tried too often.
    ``LATE``: its deadline had passed before anything was sent.
    """

    PLANNED = "planned"
    SIGNED = "signed"
    MINED = "mined"
    DONE = "done"
    FAILED = "failed"
    LATE = "late"


ENDED = frozenset({Stage.DONE, Stage.FAILED, Stage.LATE})


@dataclass(frozen=True)
class Action:
    """Something to be done exactly once.

    Attributes
    ----------
    key : str
        What it is, and for what: ``job 5 round 2 seal``. Whatever has a key that is in the memory already is the same
        action, and is not begun again.
    kind : str
        Which of the role's handlers does it.
    values : mapping
        What it needs to know, as JSON has it.
    secrets : tuple of str
        Names of secrets (32 random bytes each) that it uses. Those that are not in the memory yet are made and stored
        together with the intent, before anything is done.
    deadline : int or None
        Unix time after which it is pointless. Urgent actions go first.
    repeat : int or None
        Seconds after which work that ended, however, is done anew under the same key while it is planned: looking for
        a letter, say. What it gave before stays known meanwhile. A transaction is never repeated.
    """

    key: str
    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    deadline: int | None = None
    repeat: int | None = None


@dataclass(frozen=True)
class Head:
    """A block: number, hash, and Unix time in seconds."""

    number: int
    hash: str
    timestamp: int


@dataclass(frozen=True)
class Event:
    """Something that a contract told.

    Attributes
    ----------
    block, log_index : int
        Where.
    name : str
        What.
    values : mapping
        As JSON has it; integers above 2^53 as they are, bytes as ``0x…``.
    contract : str
        Who.
    """

    block: int
    log_index: int
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    contract: str = ""


@dataclass(frozen=True)
class View:
    """What is known of the chain: a block, and all events up to it in order."""

    head: Head
    events: Sequence[Event]
    account: str


@dataclass(frozen=True)
class Memory:
    """What is known of one's own actions; secrets are for handlers only.

    Attributes
    ----------
    stages : mapping of str to Stage
        By key.
    results : mapping of str to mapping
        What work that is done gave, by key.
    errors : mapping of str to str
        What went wrong last, by key.
    """

    stages: Mapping[str, Stage] = field(default_factory=dict)
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What work gave, as JSON has it; a ``reason`` in it (why no more is done) is shown to whoever runs the pod."""

    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What a handler is given.

    Attributes
    ----------
    view, memory : View, Memory
        As they are now.
    secrets : mapping of str to bytes
        Those that the action names.
    progress : callable
        Shows a text as a sign of life, on the status page and in the log.
    stop : Event
        Set when the pod ends: long work should end too, with an error.
    """

    view: View
    memory: Memory
    secrets: Mapping[str, bytes]
    progress: Callable[[str], None] = lambda _: None
    stop: threading.Event = field(default_factory=threading.Event)


Handler = Callable[[Action, Context], "Call | Done"]
"""Does an action. A :class:`~commonlearn.chain.contracts.Call` is a transaction, which the pod sends exactly once.

:class:`Done` is the result of work on this machine. Work that was interrupted is done again, so it must not matter how
often: put objects by their hash, write files aside and move them.
"""


class Role(ABC):
    """What an actor does.

    Attributes
    ----------
    name : str
        One of :data:`commonlearn.pod.config.ROLES`.
    slow : frozenset of str
        Kinds of work that take longer than a block: done beside the loop, so that no deadline is missed meanwhile.
        Never transactions.
    """

    name: ClassVar[str]
    slow: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def plan(self, view: View, memory: Memory) -> Iterable[Action]:
        """Say what should be done now. Pure: the same view and memory give the same actions, with the same keys.

        It is asked after every block and after every action that ended, and may name again what is under way.
        """

    @property
    @abstractmethod
    def handlers(self) -> Mapping[str, Handler]:
        """What does its actions, by kind."""
