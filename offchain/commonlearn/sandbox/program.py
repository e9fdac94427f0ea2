"""A submitted program: one Python source, known by its hash."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from commonlearn.sandbox.errors import InvalidInput, ProgramChanged

__all__ = ["MAX_SOURCE_BYTES", "Program"]

MAX_SOURCE_BYTES = 1 << 20


@dataclass(frozen=True)
class Program:
    """A source as it was fetched, and the hash that was agreed on.

    Parameters
    ----------
    source : bytes
        UTF-8 Python, up to 1 MiB; run as is.
    digest : str
        Lower-case hexadecimal SHA-256 that the job names.

    Raises
    ------
    ProgramChanged
        The source has another hash.
    InvalidInput
        It is too long.

    Examples
    --------
    >>> Program.of(b"print(1)").digest[:8]
    'd287bb7f'
    >>> Program(b"print(2)", Program.of(b"print(1)").digest)
    Traceback (most recent call last):
    ...
    commonlearn.sandbox.errors.ProgramChanged: The program has the SHA-256 ...
    """

    source: bytes
    digest: str

    def __post_init__(self) -> None:
        if len(self.source) > MAX_SOURCE_BYTES:
            raise InvalidInput("job/program.py", f"it has {len(self.source):,} bytes, more than {MAX_SOURCE_BYTES:,}")
        found = hashlib.sha256(self.source).hexdigest()
        if not re.fullmatch(r"[0-9a-f]{64}", self.digest) or found != self.digest:
            raise ProgramChanged(found, self.digest)

    @classmethod
    def of(cls, source: bytes | str) -> Program:
        """Name one's own source by its hash."""
        data = source.encode() if isinstance(source, str) else source
        return cls(data, hashlib.sha256(data).hexdigest())
