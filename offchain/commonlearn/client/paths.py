"""Where copies of models and journals of contributions lie."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_state_path

__all__ = ["cache_folder", "journal_folder"]


def cache_folder(given: str | Path | None = None) -> Path:
    """Folder of copies, which can be deleted: given, or in ``COMMONLEARN_CACHE``, or in the user's cache."""
    if given is not None:
        return Path(given)
    named = os.environ.get("COMMONLEARN_CACHE")
    return (Path(named) if named else user_cache_path("commonlearn")) / "models"


def journal_folder(given: str | Path | None = None) -> Path:
    """Folder of journals, which prevent double stakes: given, or in ``COMMONLEARN_STATE``, or in the user's state."""
    if given is not None:
        return Path(given)
    named = os.environ.get("COMMONLEARN_STATE")
    return (Path(named) if named else user_state_path("commonlearn")) / "journals"
