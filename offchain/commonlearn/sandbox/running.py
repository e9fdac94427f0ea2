"""Running a submitted program: the one entry of this room."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from commonlearn.sandbox.availability import find_tools
from commonlearn.sandbox.errors import InvalidLimit, SandboxUnavailable
from commonlearn.sandbox.inputs import lay_out, staging
from commonlearn.sandbox.limits import Limits
from commonlearn.sandbox.outcome import Ending, Outcome, Progress, plain_text
from commonlearn.sandbox.outputs import BadOutput, read_outputs
from commonlearn.sandbox.program import Program
from commonlearn.sandbox.view import View, default_view
from commonlearn.sandbox.walls import Tools, Walls
from commonlearn.sandbox.watching import Watch, last_line

__all__ = ["OUTPUTS", "available", "check", "run"]

OUTPUTS = {"parameters.bin": 16 << 20}
"""What a training program leaves if nothing else is said: a model of at most 16 MiB."""

_NO_MEMORY = ("MemoryError", "bad_alloc", "Cannot allocate memory", "Unable to allocate", "can't start new thread")
_PROBE = Program.of(b"import numpy\nopen('/out/probe', 'wb').write(bytes(numpy.arange(3, dtype='u1')))\n")


@dataclass(frozen=True)
class _Asked:
    """What the caller wants to have and to hear."""

    outputs: Mapping[str, int]
    optional: Mapping[str, int] = field(default_factory=dict)
    on_progress: Callable[[Progress], object] | None = None
    every: float = 1.0
    stop: threading.Event | None = None


def run(
    program: Program,
    inputs: Mapping[str, bytes | Path],
    limits: Limits | None = None,
    *,
    outputs: Mapping[str, int] = OUTPUTS,
    optional: Mapping[str, int] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
    every: float = 1.0,
    stop: threading.Event | None = None,
    view: View | None = None,
) -> Outcome:
    r"""Run a program on data, shut in, and take what it leaves.

    It sees ``/job/program.py``, the inputs, an interpreter with NumPy, SciPy, scikit-learn and the pure part of
    commonlearn, and one folder that it can write, ``/out``, which is also where it starts. No network, no other file,
    no other process, no variable of the environment. What each wall is made of: ``docs/explanation-sandbox.md``.
    Several may run at once, each from a thread of its own, which must last as long as the run.

    Parameters
    ----------
    program : Program
        Checked against its hash.
    inputs : mapping of str to bytes or Path
        Places below ``/``, as in ``data/X.npy``, and contents.
    limits : Limits, optional
        Of time, memory and so on.
    outputs : mapping of str to int
        Names that it must leave in ``/out``, and the most bytes each may have.
    optional : mapping of str to int
        Names that it may leave, likewise. Any other is a reason to take nothing.
    on_progress : callable, optional
        Given a :class:`~.outcome.Progress` every now and then, from this thread.
    every : float
        Seconds between two of them.
    stop : Event, optional
        Set by another thread to stop the program.
    view : View, optional
        What else than :func:`~.view.default_view` is seen of this machine.

    Returns
    -------
    Outcome
        Whatever the program did. A program that is wrong or hostile raises nothing here.

    Raises
    ------
    SandboxUnavailable
        This machine cannot shut it in, so it was not run.
    InvalidInput, InvalidLimit
        It cannot be run in this way.

    Examples
    --------
    >>> from commonlearn.sandbox import Program, available, run
    >>> adds = Program.of("open('sum', 'w').write(str(sum(map(int, open('/data/numbers')))))")
    >>> outcome = run(adds, {"data/numbers": b"1\n2\n3\n"}, outputs={"sum": 10}) if available() is None else None
    >>> outcome is None or outcome.outputs["sum"] == b"6"
    True
    """
    limits, optional = limits or Limits(), optional or {}
    for name, most in {**outputs, **optional}.items():
        if not 0 <= most <= limits.output_bytes:
            raise InvalidLimit(f"outputs[{name!r}]", most, f"a number up to output_bytes, {limits.output_bytes}")
    asked = _Asked(outputs, optional, on_progress, every, stop)
    return _run(check(), program, inputs, limits, view or default_view(), asked)


def check() -> Tools:
    """Make sure that programs can be shut in on this machine, by doing it once.

    Returns
    -------
    Tools
        What walls are made with. Found once a process.

    Raises
    ------
    SandboxUnavailable
        Why not, and what to install or change.
    """
    return _checked(os.geteuid())


def available() -> SandboxUnavailable | None:
    """Say why programs cannot be shut in here; None if they can."""
    try:
        check()
    except SandboxUnavailable as error:
        return error
    return None


@lru_cache
def _checked(user: int) -> Tools:
    tools, view = find_tools(), default_view()
    found = _run(tools, _PROBE, {}, Limits(wall_seconds=60), view, _Asked({"probe": 3}))
    if dict(found.outputs) != {"probe": b"\0\1\2"}:
        words = last_line(found.errors.encode()) or str(found)
        raise SandboxUnavailable(
            f"a first program of three bytes did not run ({words})",
            "Check that Python and its packages are this system's, and that everybody may read their files.",
        )
    return tools


def _run(
    tools: Tools, program: Program, inputs: Mapping[str, bytes | Path], limits: Limits, view: View, asked: _Asked
) -> Outcome:
    with staging() as folder:
        files = lay_out(folder, program, inputs, others=tools.root)
        with Walls(tools, view, limits, files) as walls:
            watch = Watch(walls, limits, asked.on_progress, asked.every, asked.stop)
            seconds = watch.until_the_end()
            code = walls.wait()
            ending, detail = watch.ending, watch.detail
            if ending is None:
                ending, detail = _judged(code, limits, watch, walls)
            taken: Mapping[str, bytes] = {}
            if ending is Ending.FINISHED:
                found = read_outputs(walls.folder, asked.outputs, asked.optional)
                if isinstance(found, BadOutput):
                    ending, detail = found.ending, found.detail
                else:
                    taken = found
    return Outcome(
        ending,
        detail,
        code if watch.ending is None and code >= 0 else None,
        taken,
        plain_text(watch.printed),
        plain_text(watch.errors),
        seconds,
        watch.use.cpu_seconds,
        watch.use.peak_bytes,
    )


def _judged(code: int, limits: Limits, watch: Watch, walls: Walls) -> tuple[Ending, str]:
    """Name the ending of a program that was not stopped by the watch."""
    if code == 0:
        return Ending.FINISHED, ""
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and watch.use.cpu_seconds >= limits.cpu_seconds):
        return Ending.OUT_OF_CPU_TIME, f"{limits.cpu_seconds} s"
    last = last_line(watch.errors)
    if any(word in last for word in _NO_MEMORY):
        return Ending.OUT_OF_MEMORY, f"more than {limits.memory_bytes:,} bytes"
    if code == -signal.SIGXFSZ or os.fstatvfs(walls.folder).f_bavail == 0:
        return Ending.OUT_OF_SPACE, f"{limits.output_bytes:,} bytes"
    if code < 0:
        return Ending.CRASHED, _signal_name(-code)
    return Ending.FAILED, last or f"exit code {code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
