"""Asking again, after what may pass."""

from __future__ import annotations

import errno
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["Retries", "is_transient"]

_T = TypeVar("_T")
_PASSING_STATUS = {408, 425, 429, 500, 502, 503, 504}
_PASSING_ERRNO = {errno.EAGAIN, errno.EINTR, errno.ETIMEDOUT, errno.EBUSY, errno.ESTALE, errno.ECONNRESET, errno.EPIPE}


def is_transient(error: BaseException) -> bool:
    """Say whether the same question may have another answer soon.

    Examples
    --------
    >>> is_transient(ConnectionResetError()), is_transient(FileNotFoundError())
    (True, False)
    """
    # Errors of libraries that nobody has loaded cannot be met, so these are not loaded for that.
    response = getattr(error, "response", None)
    status = getattr(error if response is None else response, "status_code", None) or getattr(error, "status", None)
    if isinstance(status, int):
        return status in _PASSING_STATUS
    if isinstance(error, (ConnectionError, TimeoutError, *_loaded("aiohttp", "ClientError"))):
        return True
    if isinstance(error, _loaded("requests.exceptions", "ConnectionError", "Timeout", "ChunkedEncodingError")):
        return True
    return isinstance(error, OSError) and error.errno in _PASSING_ERRNO


def _loaded(module: str, *names: str) -> tuple[type[BaseException], ...]:
    found = sys.modules.get(module)
    return tuple(getattr(found, name) for name in names) if found else ()


@dataclass(frozen=True)
class Retries:
    """How often a store is asked, and how long is waited in between: twice as long each time, and a little by chance.

    Parameters
    ----------
    tries : int
        In all, 1 or more.
    first_wait, longest_wait : float
        Seconds.
    sleep : callable
        Waits so many seconds.
    """

    tries: int = 4
    first_wait: float = 0.25
    longest_wait: float = 8.0
    sleep: Callable[[float], object] = time.sleep

    def __call__(self, act: Callable[[], _T]) -> _T:
        """Do something, again while it fails for a reason that may pass; the last failure is raised."""
        wait = self.first_wait
        for left in range(self.tries - 1, -1, -1):
            try:
                return act()
            except Exception as error:
                if not left or not is_transient(error):
                    raise
            self.sleep(wait * (0.5 + random.random()))
            wait = min(2 * wait, self.longest_wait)
        raise AssertionError("tries is 1 or more")
