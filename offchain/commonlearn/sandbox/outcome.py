"""How a run ended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Ending", "Outcome", "Progress", "plain_text"]

_UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\u2027\u2030-\u2065\u2070-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


class Ending(StrEnum):
    """How a run ended. Only the first gives outputs."""

    FINISHED = "finished"
    FAILED = "failed"
    CRASHED = "crashed"
    OUT_OF_TIME = "out of time"
    OUT_OF_CPU_TIME = "out of processor time"
    OUT_OF_MEMORY = "out of memory"
    OUT_OF_SPACE = "out of space"
    TOO_MANY_FILES = "too many files"
    PRINTED_TOO_MUCH = "printed too much"
    OUTPUT_MISSING = "output missing"
    OUTPUT_TOO_LARGE = "output too large"
    OUTPUT_UNEXPECTED = "unexpected output"
    OUTPUT_UNSAFE = "unsafe output"
    STOPPED = "stopped"


WORDS: Mapping[Ending, str] = {
    Ending.FINISHED: "The program finished",
    Ending.FAILED: "The program ended with an error",
    Ending.CRASHED: "The program was killed by a signal",
    Ending.OUT_OF_TIME: "The program was stopped, as its time was over",
    Ending.OUT_OF_CPU_TIME: "The program was stopped, as its processor time was over",
    Ending.OUT_OF_MEMORY: "The program asked for more memory than it was given",
    Ending.OUT_OF_SPACE: "The program filled its output folder",
    Ending.TOO_MANY_FILES: "The program was stopped, as it made too many files",
    Ending.PRINTED_TOO_MUCH: "The program was stopped, as it printed too much",
    Ending.OUTPUT_MISSING: "The program left no file that was asked for",
    Ending.OUTPUT_TOO_LARGE: "The program left a file above its size",
    Ending.OUTPUT_UNEXPECTED: "The program left a file that nobody asked for",
    Ending.OUTPUT_UNSAFE: "The program left something that is no plain file",
    Ending.STOPPED: "The program was stopped by whoever ran it",
}


@dataclass(frozen=True)
class Progress:
    """A sign of life from a run.

    Attributes
    ----------
    seconds, cpu_seconds : float
        Since the program was started.
    memory_bytes : int
        Resident now; 0 where the system does not say.
    output_bytes : int
        Used of the output folder.
    last_line : str
        What it printed last, without control characters; it comes from whoever wrote the program.
    """

    seconds: float
    cpu_seconds: float
    memory_bytes: int
    output_bytes: int
    last_line: str


@dataclass(frozen=True)
class Outcome:
    """How a run ended, what it left and what it took.

    Attributes
    ----------
    ending : Ending
        Which of the named endings.
    detail : str
        What exactly: the file, the signal, the last line of the error. Control characters are taken out.
    exit_code : int or None
        The program's; None when it was stopped.
    outputs : mapping of str to bytes
        Names in the output folder and contents; empty unless it finished.
    printed, errors : str
        Standard output and standard error, without control characters; the beginning of what was kept may be cut.
    seconds, cpu_seconds : float
        Time on the clock, and on the processor when it was last looked at (every 50 ms).
    peak_bytes : int
        Most memory resident at once, likewise.
    """

    ending: Ending
    detail: str = ""
    exit_code: int | None = None
    outputs: Mapping[str, bytes] = field(default_factory=dict)
    printed: str = ""
    errors: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0

    @property
    def ok(self) -> bool:
        """Whether it finished and left what was asked for."""
        return self.ending is Ending.FINISHED

    def __str__(self) -> str:
        return WORDS[self.ending] + (f": {self.detail}" if self.detail else "") + "."


def plain_text(data: bytes) -> str:
    r"""Decode what a program printed, without what could steer a terminal.

    Examples
    --------
    >>> plain_text(b"loss 0.5\x1b[2J\r\n\xff")
    'loss 0.5?[2J?\n?'
    """
    return _UNPRINTABLE.sub("?", data.decode("utf-8", errors="replace").replace("\ufffd", "?"))
