"""What a run may use."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from commonlearn.sandbox.errors import InvalidLimit

__all__ = ["Limits"]

_MIB = 1 << 20
_MOST = {"wall_seconds": 30 * 86_400.0, "threads": 1024}
_LEAST = {"memory_bytes": 64 * _MIB, "wall_seconds": 0.01, "printed_bytes": 0, "threads": 0, "output_bytes": 4096}


@dataclass(frozen=True)
class Limits:
    """What a run may use; beyond any of these it is stopped, and the :class:`~.outcome.Ending` says by which.

    Parameters
    ----------
    wall_seconds : float
        Time on the clock, up to 30 days.
    cpu_seconds : int
        Time on the processor, whole seconds.
    memory_bytes : int
        Address space, from 64 MiB. Libraries that are only mapped count too: scikit-learn needs about 600 MiB.
    output_bytes : int
        Size of the one writable folder, which lies in memory: at most ``memory_bytes + output_bytes`` are used.
    output_files : int
        Files and folders in it at any moment.
    printed_bytes : int
        What may be written to standard output and standard error together.
    threads : int
        Threads besides the first. A program is one process: it cannot make others.

    Raises
    ------
    InvalidLimit
        A number is out of range.

    Examples
    --------
    >>> Limits(wall_seconds=60).cpu_seconds
    600
    >>> Limits(cpu_seconds=0)
    Traceback (most recent call last):
    ...
    commonlearn.sandbox.errors.InvalidLimit: The limit cpu_seconds = 0 cannot be kept; ...
    """

    wall_seconds: float = 600.0
    cpu_seconds: int = 600
    memory_bytes: int = 2048 * _MIB
    output_bytes: int = 64 * _MIB
    output_files: int = 64
    printed_bytes: int = _MIB
    threads: int = 8

    def __post_init__(self) -> None:
        for field in fields(self):
            value, whole = getattr(self, field.name), field.name != "wall_seconds"
            least, most = _LEAST.get(field.name, 1), _MOST.get(field.name, 1 << 50)
            number = isinstance(value, int | (int if whole else float)) and not isinstance(value, bool)
            if not number or not math.isfinite(value) or not least <= value <= most:
                raise InvalidLimit(field.name, value, f"a {'whole ' * whole}number from {least} to {most}")
