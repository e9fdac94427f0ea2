"""What can go wrong around a market, besides its contract's refusals."""

from __future__ import annotations

from pathlib import Path

from commonlearn.client.errors import ClientError
from commonlearn.records import Phase

__all__ = ["EngineUnknown", "NothingDue", "SecretLost", "SecretProblem", "TestSetUnusable"]


class SecretLost(ClientError, LookupError):
    """The secret behind a commitment is not here."""

    def __init__(self, root: bytes, folder: Path) -> None:
        super().__init__(
            f"The test set behind the commitment 0x{root.hex()} is not in {folder}. Without its secret salts nobody "
            "can reveal it, and the provider loses the bond: look for a copy of this folder, or name where it lies "
            "with --state."
        )
        self.root, self.folder = root, folder


class SecretProblem(ClientError):
    """A provider's folder cannot be read or written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The test set's folder {path} cannot be used ({reason}), so nothing was sent. Make room, or correct its "
            "permissions."
        )
        self.path, self.reason = path, reason


class TestSetUnusable(ClientError, ValueError):
    """A test set cannot be committed to."""

    __test__ = False  # pytest takes the name for a class of tests

    def __init__(self, reason: str) -> None:
        super().__init__(f"This test set cannot be committed to: {reason}. Nothing was sent.")
        self.reason = reason


class EngineUnknown(ClientError):
    """A market's engine computes otherwise than the twins here."""

    def __init__(self, engine: str) -> None:
        super().__init__(
            f"The market's replay engine {engine} makes another beginning of this test set than the engines that are "
            "known here. Do not stake in this market: nobody can foresee what it computes."
        )
        self.engine = engine


class NothingDue(ClientError):
    """A market is not where something can be done."""

    def __init__(self, what: str, phase: Phase, why: str = "") -> None:
        super().__init__(
            f"There is nothing to {what}: the market is {phase.name.lower()}{f', and {why}' if why else ''}. "
            "See commonlearn market status for what can be done now."
        )
        self.what, self.phase = what, phase
