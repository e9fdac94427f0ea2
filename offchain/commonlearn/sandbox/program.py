"""A submitted program: one Python source, known by its hash."""

from __future__ import annotations

import hashlib
import io
import re
import tokenize
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
        It is too long, or is read by Python in another way than by people.

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
        if not _is_utf8(self.source):
            raise InvalidInput("job/program.py", "it is not UTF-8, or says that it is something else")
        found = hashlib.sha256(self.source).hexdigest()
        if not re.fullmatch(r"[0-9a-f]{64}", self.digest) or found != self.digest:
            raise ProgramChanged(found, self.digest)

    @classmethod
    def of(cls, source: bytes | str) -> Program:
        """Name one's own source by its hash."""
        data = source.encode() if isinstance(source, str) else source
        return cls(data, hashlib.sha256(data).hexdigest())


def _is_utf8(source: bytes) -> bool:
    """Whether Python reads what people read: by another encoding, which a comment can name, comments become code."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        source.decode("utf-8")
    except (SyntaxError, UnicodeDecodeError):
        return False
    return encoding in ("utf-8", "utf-8-sig")
