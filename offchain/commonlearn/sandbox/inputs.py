"""A run's inputs, laid out in a folder that only this user can enter."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from commonlearn.sandbox.errors import InvalidInput
from commonlearn.sandbox.program import Program

__all__ = ["PROGRAM", "lay_out", "staging"]

PROGRAM = "job/program.py"
_PREFIX = "commonlearn-sandbox-"
_LEFT_SECONDS = 60.0
"""So old a folder must be that it is not just being made, and not locked yet."""
_NAME = re.compile(r"(job|data|model)(/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}){1,4}")


@contextmanager
def staging() -> Iterator[Path]:
    """Give an empty folder that only this user can enter, and remove it afterwards.

    What runs left that were killed is removed first: a folder is locked while it is in use.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        _remove_if_left(left)
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield Path(name)
        finally:
            os.close(descriptor)


def _remove_if_left(folder: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            about = os.fstat(descriptor)
            if about.st_uid != os.geteuid() or time.time() - about.st_mtime < _LEFT_SECONDS:
                return
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        finally:
            os.close(descriptor)


def lay_out(
    folder: Path, program: Program, inputs: Mapping[str, bytes | Path], *, others: bool
) -> list[tuple[str, str]]:
    """Write what is given as bytes, and say where everything lies.

    Parameters
    ----------
    folder : Path
        Empty, and closed to other users.
    program : Program
        What will be ``/job/program.py``.
    inputs : mapping of str to bytes or Path
        Places in the sandbox, without the first slash, and contents. Files are not copied.
    others : bool
        Whether another user will read them, as the pod runs as root: then files that others may not read are copied
        into the folder.

    Returns
    -------
    list of (str, str)
        Places here and in the sandbox.

    Raises
    ------
    InvalidInput
        A name leads elsewhere, or a file is missing or none.
    OSError
        The folder cannot be written.
    """
    files = []
    for number, (name, content) in enumerate({PROGRAM: program.source, **_checked(inputs)}.items()):
        place = folder / str(number)
        if isinstance(content, Path):
            content = _plain(name, content)
            if others and not _open_to_all(content):
                shutil.copyfile(content, place)
            else:
                place = content
        else:
            place.write_bytes(content)
        if place.parent == folder:
            place.chmod(0o444)
        files.append((str(place), f"/{name}"))
    return files


def _checked(inputs: Mapping[str, bytes | Path]) -> Mapping[str, bytes | Path]:
    for name in inputs:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise InvalidInput(str(name), "the name is not one of letters, digits, dots and dashes")
        if name == PROGRAM:
            raise InvalidInput(name, "the program is given by itself")
        if any(other.startswith(f"{name}/") for other in inputs):
            raise InvalidInput(name, "another input lies below it")
    return inputs


def _plain(name: str, path: Path) -> Path:
    with suppress(OSError):
        real = path.resolve(strict=True)
        if stat.S_ISREG(real.stat().st_mode) and os.access(real, os.R_OK):
            return real
    raise InvalidInput(name, f"{path} is no file that can be read")


def _open_to_all(path: Path) -> bool:
    # The folders above do not matter: only the file itself is mounted.
    return bool(path.stat().st_mode & stat.S_IROTH)
