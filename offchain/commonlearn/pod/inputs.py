"""What settings name: schemas, programs, held-back rows; each read with an error that says which setting is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from commonlearn.custody import Schema, Shard
from commonlearn.errors import CommonlearnError
from commonlearn.pod.errors import ConfigProblem
from commonlearn.pod.roles.sheet import Sheet, read_sheet

__all__ = ["read_program", "read_schema", "read_test_set"]

Read = TypeVar("Read")


def read_schema(path: Path, key: str) -> Schema:
    """Read a schema.

    Parameters
    ----------
    path : Path
    key : str
        The setting that names it.

    Raises
    ------
    ConfigProblem
        It is not there, or no schema.
    """
    return _read(path, key, Schema.from_json, "`commonlearn pod schema` makes one out of a table.")


def read_program(path: Path, key: str) -> tuple[bytes, Sheet]:
    """Read a program and its sheet; parameters and errors as for :func:`read_schema`."""
    return _read(path, key, lambda source: (source, read_sheet(source)), "`commonlearn pod program` makes one.")


def read_test_set(path: Path, schema: Schema, key: str) -> Shard:
    """Read held-back rows; parameters and errors as for :func:`read_schema`."""

    def rows(data: bytes) -> Shard:
        return Shard.from_bytes(data, schema)

    return _read(path, key, rows, "Take the file that all validators have, and the schema that it was made with.")


def _read(path: Path, key: str, of: Callable[[bytes], Read], remedy: str) -> Read:
    try:
        return of(path.read_bytes())
    except OSError as error:
        raise ConfigProblem(key, f"{path}: {error.strerror or error}", f"Name a file that is there. {remedy}") from None
    except CommonlearnError as error:
        raise ConfigProblem(key, f"{path}: {error.user_message}", remedy) from None
