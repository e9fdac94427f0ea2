"""What the walls around a program cost: the same program, shut in and not."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from commonlearn.sandbox import Limits, Program, check, run

__all__ = ["measure_overhead"]

SOURCE = b"numbers = [each * each for each in range(100_000)]\nprint(sum(numbers))\n"
REPEATS = 41


def measure_overhead() -> float:
    """Milliseconds that a run takes more than ``python -I`` of the same program; median of 41 pairs.

    Raises
    ------
    SandboxUnavailable
        Programs cannot be shut in on this machine.
    """
    check()
    program = Program.of(SOURCE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.py"
        path.write_bytes(SOURCE)

        def plainly() -> None:
            subprocess.run([sys.executable, "-I", str(path)], check=True, stdout=subprocess.DEVNULL)

        def shut_in() -> None:
            outcome = run(program, {"data/rows": b"1"}, Limits(), outputs={})
            assert outcome.ok, str(outcome)

        pairs = [(_seconds(shut_in), _seconds(plainly)) for _ in range(REPEATS)]
    return 1000 * statistics.median(walled - plain for walled, plain in pairs)


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
