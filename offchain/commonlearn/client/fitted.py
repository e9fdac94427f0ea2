"""Featurisers of published models, and the files of what was fitted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commonlearn.client.description import Description
from commonlearn.client.errors import StateProblem, TableProblem, unreadable
from commonlearn.errors import CommonlearnError, InvalidMetadata
from commonlearn.featurizers import Featurizer, default_store, featurizer_from_dict
from commonlearn.featurizers.state import State

__all__ = ["StoredFile", "add_to_store", "keep_state", "rebuilt_featurizer", "stored_files"]


@dataclass(frozen=True)
class StoredFile:
    """A file of fitted state in the store.

    Attributes
    ----------
    address : str
        ``sha256:`` and 64 digits.
    path : str
    size : int
        In bytes.
    problem : str
        What is wrong with it; empty if nothing is.
    """

    address: str
    path: str
    size: int
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"address": self.address, "path": self.path, "size": self.size, "problem": self.problem}


def rebuilt_featurizer(description: Description) -> tuple[Featurizer | None, CommonlearnError | None]:
    """A model's featuriser, checked against the recorded hash, or why it cannot be had here; neither if it has none."""
    if description.featurizer is None:
        return None, None
    try:
        return featurizer_from_dict(description.featurizer), None
    except CommonlearnError as error:
        return None, error


def keep_state(featurizer: Featurizer) -> StoredFile | None:
    """Put a featuriser's fitted state into the store, if it has some."""
    address = featurizer.save(default_store())
    return None if address is None else _stored(address)


def add_to_store(file: Path) -> StoredFile:
    """Put a file of fitted state into the store, under its own hash.

    Raises
    ------
    TableProblem
        It cannot be read.
    StateProblem
        It is no fitted state.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise TableProblem(str(file), unreadable(error)) from None
    try:
        State.from_bytes(content)
    except InvalidMetadata:
        raise StateProblem(str(file)) from None
    return _stored(default_store().put(content))


def stored_files() -> list[StoredFile]:
    """List the store, each file checked against its name."""
    return [_stored(address) for address in default_store().addresses()]


def _stored(address: str) -> StoredFile:
    store = default_store()
    path, problem = store.path(address), ""
    try:
        State.from_bytes(store.get(address))
    except InvalidMetadata as error:
        problem = error.reason
    except CommonlearnError as error:
        problem = error.user_message
    return StoredFile(address, str(path), path.stat().st_size if path.exists() else 0, problem)
