"""What can go wrong with a pod."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from commonlearn.errors import CommonlearnError

__all__ = [
    "ConfigProblem",
    "NoMarket",
    "NoSchema",
    "PodBusy",
    "PodError",
    "SecretMissing",
    "StateProblem",
    "UnknownKind",
]


class PodError(CommonlearnError):
    """Anything that keeps a pod from working.

    Attributes
    ----------
    is_final : bool
        Whether it would be the same if it were tried again.
    """

    is_final: ClassVar[bool] = False


class ConfigProblem(PodError, ValueError):
    """A setting cannot be used.

    Parameters
    ----------
    key : str
        As it is written in the file: ``node.url``.
    reason : str
        What is wrong with it.
    remedy : str
        What to do.
    where : str, optional
        The file.
    """

    def __init__(self, key: str, reason: str, remedy: str, where: str | None = None) -> None:
        place = f" of {where}" if where else ""
        super().__init__(f"The setting {key}{place} cannot be used: {reason.rstrip('.')}. {remedy}")
        self.key, self.reason, self.remedy, self.where = key, reason, remedy, where


class StateProblem(PodError, OSError):
    """A pod's memory cannot be read or written, or is of another chain or account."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The pod's memory {path} cannot be used: {reason.rstrip('.')}. Nothing was sent. It holds secrets that "
            "nothing else has, so do not delete it while anything is under way; name another folder in folders.state."
        )
        self.path, self.reason = path, reason


class PodBusy(PodError, RuntimeError):
    """Another pod uses the same memory."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Another pod uses {path} now. Two pods with one memory would do things twice: stop the other, or give "
            "this one a folder of its own in folders.state."
        )
        self.path = path


class SecretMissing(PodError, LookupError):
    """A secret is wanted that was never stored."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The pod's memory has no secret {name!r}. It was made by another pod, or the memory is not the one that "
            "was used then: name the right folder in folders.state."
        )
        self.name = name


class UnknownKind(PodError, LookupError):
    """A role plans something that it cannot do."""

    def __init__(self, role: str, kind: str) -> None:
        super().__init__(
            f"The role {role!r} plans an action of the kind {kind!r}, for which it has no handler. This is a fault of "
            "the program: report it."
        )
        self.role, self.kind = role, kind


class NoMarket(PodError, LookupError):
    """At an address is something else than a market of private training."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"What is at {address} is no market of private training. Copy its address again, and see whether the node "
            "is of the right chain."
        )
        self.address = address


class NoSchema(PodError, ValueError):
    """A text is neither the hash of a schema nor a file with one."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(
            f"{text[:200]!r} names no schema: {reason.rstrip('.')}. Give its file, or its SHA-256: 0x and 64 "
            "hexadecimal digits."
        )
        self.text, self.reason = text, reason
