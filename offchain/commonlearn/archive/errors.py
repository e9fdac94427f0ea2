"""What can go wrong in keeping and rebuilding a model's log."""

from __future__ import annotations

from pathlib import Path

from commonlearn.errors import CommonlearnError

__all__ = [
    "ArchiveError",
    "BlockOutOfRange",
    "BlocksReplaced",
    "CacheProblem",
    "ChainMovedOn",
    "ExportProblem",
    "ReplayMismatch",
    "UnknownFormat",
]


class ArchiveError(CommonlearnError):
    """Anything in keeping a model's log."""


class CacheProblem(ArchiveError):
    """A copy cannot be read or written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The copy {path} cannot be used ({reason}). Make room, correct its permissions, or name another folder "
            "with --cache."
        )
        self.path, self.reason = path, reason


class ReplayMismatch(ArchiveError):
    """The log does not continue the copy: a number is missing, or learning it gives another result."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The model's log does not continue the copy here: {reason}. It is read anew from the chain.")
        self.reason = reason


class BlocksReplaced(ArchiveError):
    """Blocks were taken back while their log was read: what was read before them stays, the rest is read again."""

    def __init__(self, block: int) -> None:
        super().__init__(f"Block {block} was replaced while the log was read (re-organisation). Read it again.")
        self.block = block


class ChainMovedOn(ArchiveError):
    """The chain changed again and again while it was read."""

    def __init__(self) -> None:
        super().__init__("The chain changed while it was read, several times in a row. Try again, or use another node.")


class BlockOutOfRange(ArchiveError, ValueError):
    """A model is wanted as of a block before it was there, or one that is not there yet."""

    def __init__(self, block: int, first: int, last: int) -> None:
        super().__init__(
            f"There is no data set as of block {block:,}: name a block from {first:,}, when the model was opened, "
            f"to {last:,}, the latest."
        )
        self.block, self.first, self.last = block, first, last


class UnknownFormat(ArchiveError, ValueError):
    """Data sets are not written in a format."""

    def __init__(self, file_format: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no format {file_format!r} of data sets. Use one of {', '.join(known)}.")
        self.file_format, self.known = file_format, known


class ExportProblem(ArchiveError, ValueError):
    """Files cannot be written as asked."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path} cannot be written: {reason}. Name another place with --out.")
        self.path, self.reason = str(path), reason
