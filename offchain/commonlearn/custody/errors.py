"""What can be wrong with an owner's tables, templates and shards."""

from __future__ import annotations

from collections.abc import Sequence

from commonlearn.errors import CommonlearnError

__all__ = [
    "CustodyError",
    "KeyRefused",
    "NotSplittable",
    "NothingToShow",
    "SchemaMismatch",
    "SchemaRefused",
    "SealedForAnother",
    "ShardChanged",
    "ShardError",
    "ShardMalformed",
    "SpotCheckFailed",
    "SumsRefused",
    "TableNotRead",
    "TargetMissing",
    "TooFewRows",
    "ValueRefused",
    "WrongRoot",
    "WrongShard",
]


class CustodyError(CommonlearnError, ValueError):
    """Base of what this room raises."""


class TableNotRead(CustodyError):
    """A file or database cannot be read."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"The table cannot be read from {source}: {reason}. Nothing was changed.")
        self.source, self.reason = source, reason


class SchemaRefused(CustodyError):
    """A schema contradicts itself or cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The schema cannot be used: {reason}.")
        self.reason = reason


class SchemaMismatch(CustodyError):
    """A table has other columns than its schema."""

    def __init__(self, missing: Sequence[str], unknown: Sequence[str]) -> None:
        parts = [f"columns are missing: {', '.join(missing)}"] if missing else []
        parts += [f"columns are not in the schema: {', '.join(unknown)}"] if unknown else []
        super().__init__(
            f"The table does not fit its schema: {'; '.join(parts)}. Name the columns as the schema does, or leave out "
            "what it does not have."
        )
        self.missing, self.unknown = tuple(missing), tuple(unknown)


class ValueRefused(CustodyError):
    """A cell does not fit its column."""

    def __init__(self, column: str, row: int, reason: str) -> None:
        super().__init__(f"Row {row}, column {column!r}: {reason}. Correct the row, leave it out, or widen the schema.")
        self.column, self.row, self.reason = column, row, reason


class TargetMissing(ValueRefused):
    """A row has no target."""

    def __init__(self, column: str, row: int) -> None:
        super().__init__(column, row, "the target is missing, so the row teaches nothing")


class TooFewRows(CustodyError):
    """There are too few rows for something to be safe or possible."""

    def __init__(self, rows: int, needed: int, what: str) -> None:
        super().__init__(f"{what} needs at least {needed} rows, but there are {rows}.")
        self.rows, self.needed, self.what = rows, needed, what


class NothingToShow(CustodyError):
    """Every value that a template could show of a column is rare."""

    def __init__(self, column: str, k: int) -> None:
        super().__init__(
            f"Every whole number that column {column!r} may have is that of fewer than {k} rows, so that none can be "
            "shown. Agree on a wider range, or merge values."
        )
        self.column, self.k = column, k


class NotSplittable(CustodyError):
    """A table cannot be cut as asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The table cannot be split like this: {reason}. Take another number of subsets.")
        self.reason = reason


class SumsRefused(CustodyError):
    """Sums of owners cannot be added up."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The owners' sums cannot be used: {reason}.")
        self.reason = reason


class ShardError(CustodyError):
    """A shard cannot be taken over."""


class KeyRefused(ShardError):
    """A public key is none that keeps a secret."""

    def __init__(self) -> None:
        super().__init__(
            "The receiver's public key is none: what is encrypted to it, everybody could read. Nothing was encrypted. "
            "Offer the seat to somebody else."
        )


class SealedForAnother(ShardError):
    """A package was encrypted to another key."""

    def __init__(self) -> None:
        super().__init__(
            "The package is encrypted to another key than this one. Ask the data owner to encrypt it to the public key "
            "that you registered."
        )


class ShardChanged(ShardError):
    """A package was changed on its way."""

    def __init__(self) -> None:
        super().__init__("The package was changed or cut on its way: it does not decrypt. Fetch it again.")


class ShardMalformed(ShardError):
    """What was decrypted is no shard."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"What was decrypted is no shard: {reason}. Refuse the data owner's offer.")
        self.reason = reason


class WrongShard(ShardError):
    """A shard is another one than was agreed on."""

    def __init__(self, what: str, found: object, wanted: object) -> None:
        super().__init__(
            f"The shard's {what} is {found}, but {wanted} was agreed on. Refuse it; your stake is safe as long as you "
            "have not joined."
        )
        self.what, self.found, self.wanted = what, found, wanted


class WrongRoot(ShardError):
    """Rows are not those that were committed."""

    def __init__(self, found: bytes, wanted: bytes) -> None:
        super().__init__(
            f"The rows are not those that the data owner committed: their root is 0x{found.hex()}, not "
            f"0x{wanted.hex()}. Refuse the shard."
        )
        self.found, self.wanted = found, wanted


class SpotCheckFailed(ShardError):
    """An answer to a spot check, or the row shown for it, is wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The spot check failed: {reason}.")
        self.reason = reason
