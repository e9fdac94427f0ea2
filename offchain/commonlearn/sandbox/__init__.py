"""Other people's programs, run as they are and shut in: no network, no host files, limits on everything.

See :func:`~commonlearn.sandbox.running.run`. What each wall is made of, and what walls do not keep in, is written in
``docs/explanation-sandbox.md``.
"""

from __future__ import annotations

from commonlearn.sandbox.errors import InvalidInput, InvalidLimit, ProgramChanged, SandboxError, SandboxUnavailable
from commonlearn.sandbox.limits import Limits
from commonlearn.sandbox.outcome import Ending, Outcome, Progress
from commonlearn.sandbox.program import Program
from commonlearn.sandbox.running import available, check, run
from commonlearn.sandbox.view import View, default_view

__all__ = [
    "Ending",
    "InvalidInput",
    "InvalidLimit",
    "Limits",
    "Outcome",
    "Program",
    "ProgramChanged",
    "Progress",
    "SandboxError",
    "SandboxUnavailable",
    "View",
    "available",
    "check",
    "default_view",
    "run",
]
