"""Trying again what failed in its block.

A call that would succeed when it is signed can fail where it is mined: another came first, or it became the last of a
round and had to count all of it. The pod never repeats an action by itself; a role that still wants it names it anew.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace

from commonlearn.pod.actions import Action, Memory, Role, Stage, View

__all__ = ["MOST_TRIES", "PersistentRole", "again"]

MOST_TRIES = 4
"""So often a transaction is planned at most."""


def again(action: Action, memory: Memory) -> Action:
    """The action, under another key where it has failed before; its secrets stay the same.

    Examples
    --------
    >>> reveal = Action("reveal", "reveal", secrets=("salt",))
    >>> again(reveal, Memory()).key, again(reveal, Memory({"reveal": Stage.FAILED})).key
    ('reveal', 'reveal again 2')
    """
    found = action
    for number in range(2, MOST_TRIES + 1):
        if memory.stages.get(found.key) is not Stage.FAILED:
            break
        found = replace(action, key=f"{action.key} again {number}")
    return found


class PersistentRole(Role):
    """A role whose transactions are planned again when they failed, as long as it wants them."""

    @abstractmethod
    def wanted(self, view: View, memory: Memory) -> Iterable[Action]:
        """As :meth:`plan`."""

    def is_over(self, view: View, memory: Memory) -> bool:
        """Whether the role will do nothing any more, so that its bonds can be asked back."""
        return False

    def plan(self, view: View, memory: Memory) -> Iterable[Action]:
        for action in self.wanted(view, memory):
            is_work = action.kind in self.slow or action.repeat is not None
            yield action if is_work else again(action, memory)
