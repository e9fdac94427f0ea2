"""What stops a run before the program starts. What a program does wrong is an :class:`~.outcome.Ending`, no error."""

from __future__ import annotations

from commonlearn.errors import CommonlearnError

__all__ = ["InvalidInput", "InvalidLimit", "ProgramChanged", "SandboxError", "SandboxUnavailable"]

INSTALL = (
    "Install bubblewrap and libseccomp: apt-get install bubblewrap libseccomp2 (Debian, Ubuntu), dnf install "
    "bubblewrap libseccomp (Fedora), pacman -S bubblewrap libseccomp (Arch), apk add bubblewrap libseccomp (Alpine); "
    'and the Python part of it: pip install "commonlearn[sandbox]".'
)


class SandboxError(CommonlearnError):
    """Anything that keeps a program from being started."""


class SandboxUnavailable(SandboxError, OSError):
    """Other people's code cannot be shut in on this machine, so it is not run."""

    def __init__(self, reason: str, remedy: str = INSTALL) -> None:
        super().__init__(
            f"Other people's code is not run here, as it cannot be shut in: {reason.rstrip('.')}. {remedy}"
        )
        self.reason, self.remedy = reason, remedy


class ProgramChanged(SandboxError, ValueError):
    """The source is not the one that was agreed on."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            f"The program has the SHA-256 {found}, but {wanted} was agreed on, so it is not run. Fetch it again from "
            "the address that the job names; if it is still another, refuse the job."
        )
        self.found, self.wanted = found, wanted


class InvalidInput(SandboxError, ValueError):
    """A file cannot be given to a program, or not under that name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The input {name!r} cannot be given to the program: {reason.rstrip('.')}. Inputs are files under job/, "
            "data/ or model/."
        )
        self.name, self.reason = name, reason


class InvalidLimit(SandboxError, ValueError):
    """A limit is not a number that a run can be held to."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"The limit {name} = {value!r} cannot be kept; allowed is {allowed}. Correct the settings.")
        self.name, self.value, self.allowed = name, value, allowed
