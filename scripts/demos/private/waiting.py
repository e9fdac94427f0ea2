"""Waiting for what other processes do: files, lines of their logs, conditions; never longer than said."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["LOOK_SECONDS", "DemoFailed", "Lines", "until", "waited_for"]

LOOK_SECONDS = 0.1
Found = TypeVar("Found")


class DemoFailed(RuntimeError):
    """Something did not come to its end."""


def until(look: Callable[[], Found | None], what: str, seconds: float = 300.0) -> Found:
    """Look again and again until something is there.

    Parameters
    ----------
    look : callable
        Gives what is waited for; None, False or something empty as long as it is not there.
    what : str
        For the error: what did not happen.
    seconds : float
        How long at most.

    Raises
    ------
    DemoFailed
        It was not there in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise DemoFailed(f"{what} within {seconds:.0f} s")
        time.sleep(LOOK_SECONDS)


def waited_for(path: Path, seconds: float = 300.0) -> bytes:
    """Content of a file that an actor writes; it is there whole or not at all."""
    until(path.exists, f"{path.name} was not written", seconds)
    return path.read_bytes()


class Lines:
    """What a process adds to its log.

    Parameters
    ----------
    path : Path
        One JSON object a line; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._at = path, 0

    def new(self) -> list[dict[str, Any]]:
        """Whole lines since the last time; what a killed process left unfinished is passed over."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._at)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._at += len(whole)
        found = []
        for line in whole.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found
