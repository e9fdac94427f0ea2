"""What a program left, read as from an enemy: by one open folder, following nothing, never more than was agreed."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass

from commonlearn.sandbox.outcome import Ending

__all__ = ["BadOutput", "read_outputs"]

_CHUNK = 1 << 20
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@dataclass(frozen=True)
class BadOutput:
    """Why nothing is taken from the folder."""

    ending: Ending
    detail: str


def read_outputs(folder: int, wanted: Mapping[str, int], optional: Mapping[str, int]) -> dict[str, bytes] | BadOutput:
    """Read the files that were agreed on.

    Parameters
    ----------
    folder : int
        Descriptor of the folder. Nobody writes in it any more.
    wanted, optional : mapping of str to int
        Names of files that must and may be there, and the most bytes each may have.

    Returns
    -------
    dict of str to bytes, or BadOutput
        Contents; or what is wrong, if anything is: then nothing of it should be used.
    """
    most = {**optional, **wanted}
    found: dict[str, bytes] = {}
    with os.scandir(folder) as entries:
        # At most one more than agreed is looked at, however many there are.
        names = [entry.name for entry, _ in zip(entries, range(len(most) + 1), strict=False)]
    for name in sorted(names):
        if name not in most:
            return BadOutput(Ending.OUTPUT_UNEXPECTED, ascii(name[:100]))
        content = _read(folder, name, most[name])
        if isinstance(content, BadOutput):
            return content
        found[name] = content
    missing = sorted(wanted.keys() - found.keys())
    return BadOutput(Ending.OUTPUT_MISSING, ", ".join(missing)) if missing else found


def _read(folder: int, name: str, most: int) -> bytes | BadOutput:
    try:
        # What is no plain file is not even opened, where opening could wait or do something.
        if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            return BadOutput(Ending.OUTPUT_UNSAFE, name)
        descriptor = os.open(name, _FLAGS, dir_fd=folder)
    except OSError:
        return BadOutput(Ending.OUTPUT_UNSAFE, f"{name} cannot be opened")
    with open(descriptor, "rb", buffering=0) as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_nlink != 1:
            return BadOutput(Ending.OUTPUT_UNSAFE, name)
        if about.st_size > most:
            return BadOutput(Ending.OUTPUT_TOO_LARGE, f"{name} has {about.st_size:,} bytes, {most:,} were agreed on")
        parts, size = [], 0
        while size <= most and (part := file.read(min(_CHUNK, most + 1 - size))):
            parts.append(part)
            size += len(part)
    return b"".join(parts) if size <= most else BadOutput(Ending.OUTPUT_TOO_LARGE, name)
