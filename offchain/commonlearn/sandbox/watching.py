"""Looking after a running program: what it prints, how long it takes, how much it leaves, whether it should stop."""

from __future__ import annotations

import os
import selectors
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from commonlearn.sandbox.limits import Limits
from commonlearn.sandbox.outcome import Ending, Progress, plain_text
from commonlearn.sandbox.walls import Use, Walls, use_of

__all__ = ["Watch"]

_LOOK_SECONDS = 0.05
_LAST_SECONDS = 2.0
_CHUNK = 65_536
_LINE = 200


class Watch:
    """Of one run.

    Parameters
    ----------
    walls : Walls
        With the program in it, which has not begun.
    limits : Limits
        Of the run.
    on_progress : callable
        Given a :class:`~.outcome.Progress` every now and then.
    every : float
        Seconds between two of them.
    stop : Event or None
        Set by another thread to stop the program.

    Attributes
    ----------
    ending : Ending or None
        Why the program was stopped; None while it was not.
    use : Use
        What it took when it was last looked at, 50 ms before its end at the latest.
    """

    def __init__(
        self,
        walls: Walls,
        limits: Limits,
        on_progress: Callable[[Progress], object] | None,
        every: float,
        stop: threading.Event | None,
    ) -> None:
        self.walls, self.limits, self.stop = walls, limits, stop
        self.on_progress, self.every = on_progress, every
        self.ending: Ending | None = None
        self.detail = ""
        self._texts = {"out": bytearray(), "err": bytearray()}
        self.use = Use()

    @property
    def printed(self) -> bytes:
        """Standard output so far."""
        return bytes(self._texts["out"])

    @property
    def errors(self) -> bytes:
        """Standard error so far."""
        return bytes(self._texts["err"])

    def until_the_end(self) -> float:
        """Let the program begin, and look after it until nothing of it is left.

        Returns
        -------
        float
            Seconds that it ran.
        """
        walls, limits = self.walls, self.limits
        with selectors.DefaultSelector() as selector:
            for name, stream in (("out", walls.process.stdout), ("err", walls.process.stderr)):
                assert stream is not None
                os.set_blocking(stream.fileno(), False)
                selector.register(stream, selectors.EVENT_READ, name)
            selector.register(walls.handle, selectors.EVENT_READ, "end")
            walls.start()
            begun = time.monotonic()
            deadline, next_word = begun + limits.wall_seconds, begun + self.every
            while True:
                now = time.monotonic()
                wait = max(0.0, min(_LOOK_SECONDS, deadline - now))
                ready = {key.data: key.fileobj for key, _ in selector.select(wait)}
                for name in ("out", "err"):
                    if name in ready and not self._read(name, ready[name]):
                        selector.unregister(ready[name])
                if "end" in ready:
                    break
                self._judge(time.monotonic() >= deadline)
                if self.ending is not None:
                    walls.kill()
                    break
                if self.on_progress is not None and time.monotonic() >= next_word:
                    next_word = time.monotonic() + self.every
                    self.on_progress(self._progress(begun))
            ended = time.monotonic()
            self._drain(selector)
        return ended - begun

    def _judge(self, late: bool) -> None:
        if self.ending is not None:
            return
        if late:
            self._end(Ending.OUT_OF_TIME, f"{self.limits.wall_seconds:g} s")
            return
        if (now := use_of(self.walls.inner)) is not None:
            # What has ended, but is still there, says no sizes any more.
            self.use = replace(now, peak_bytes=max(now.peak_bytes, self.use.peak_bytes))
        if self.stop is not None and self.stop.is_set():
            self._end(Ending.STOPPED, "")
        else:
            about = os.fstatvfs(self.walls.folder)
            if about.f_files - about.f_ffree > self.limits.output_files + 1:  # the folder itself is one
                self._end(Ending.TOO_MANY_FILES, f"more than {self.limits.output_files}")

    def _end(self, ending: Ending, detail: str) -> None:
        self.ending, self.detail = ending, detail

    def _read(self, name: str, stream: object) -> bool:
        """Take what there is; whether there may be more."""
        try:
            part = os.read(stream.fileno(), _CHUNK)  # type: ignore[attr-defined]
        except BlockingIOError:
            return True
        room = self.limits.printed_bytes - sum(map(len, self._texts.values()))
        if len(part) > room:
            part = part[:room]
            if self.ending is None:
                self._end(Ending.PRINTED_TOO_MUCH, f"more than {self.limits.printed_bytes:,} bytes")
            self._texts[name] += part
            return False
        self._texts[name] += part
        return bool(part)

    def _drain(self, selector: selectors.BaseSelector) -> None:
        """What was printed last; everyone who could print more is dead or dying."""
        selector.unregister(self.walls.handle)
        deadline = time.monotonic() + _LAST_SECONDS
        while selector.get_map() and time.monotonic() < deadline:
            for key, _ in selector.select(0.05):
                if not self._read(key.data, key.fileobj):
                    selector.unregister(key.fileobj)

    def _progress(self, begun: float) -> Progress:
        about = os.fstatvfs(self.walls.folder)
        used = (about.f_blocks - about.f_bfree) * about.f_frsize
        return Progress(
            time.monotonic() - begun, self.use.cpu_seconds, self.use.memory_bytes, used, last_line(self._texts["out"])
        )


def last_line(text: bytes | bytearray) -> str:
    r"""Give the last line that says something, at most 200 signs of it.

    Examples
    --------
    >>> last_line(b"epoch 1\nepoch 2\n\n")
    'epoch 2'
    """
    lines = plain_text(bytes(text[-4096:])).strip().splitlines()
    return lines[-1].strip()[-_LINE:] if lines else ""
