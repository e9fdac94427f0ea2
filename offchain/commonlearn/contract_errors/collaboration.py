"""Refusals of a collaboration and its factory."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError

__all__ = [
    "NoImplementation",
    "NotYetOpen",
    "NoticeTooShort",
    "OnlyCreator",
    "OnlyCurator",
    "OnlyFactory",
]


class NotYetOpen(ContractError):
    """Nobody can contribute before the first words are complete and sealed."""

    def __init__(self) -> None:
        super().__init__(
            "This model is not open yet: its creator is still uploading the first weights. Try again later."
        )


class OnlyCreator(ContractError, PermissionError):
    """Only who created a model uploads its first words and opens it."""

    fields = ("caller", "creator")

    def __init__(self, caller: str, creator: str) -> None:
        super().__init__(
            f"Only the creator {creator} may upload and open this model, or open a pool for it, not {caller}. "
            "Use the creator's account."
        )
        self.caller, self.creator = caller, creator


class OnlyCurator(ContractError, PermissionError):
    """Only the curator adds classes."""

    fields = ("caller", "curator")

    def __init__(self, caller: str, curator: str) -> None:
        if int(curator, 16) == 0:
            message = (
                "No classes can be added to this model: no curator was named when it was created. Deploy a new model."
            )
        else:
            message = (
                f"Only the curator {curator} may add classes to this model, not {caller}. Use the curator's account."
            )
        super().__init__(message)
        self.caller, self.curator = caller, curator


class OnlyFactory(ContractError, PermissionError):
    """A collaboration is set up once, by its factory."""

    fields = ("caller",)

    def __init__(self, caller: str) -> None:
        super().__init__(f"Only the factory may set up a collaboration, not {caller}. Call the factory's create.")
        self.caller = caller


class NoImplementation(ContractError, ValueError):
    """The named model implementation is no contract."""

    fields = ("implementation",)

    def __init__(self, implementation: str) -> None:
        super().__init__(
            f"There is no contract at {implementation}, which should be the model's implementation. Deploy that first."
        )
        self.implementation = implementation


class NoticeTooShort(ContractError, ValueError):
    """A class could be added sooner than earlier contributors can be refunded."""

    fields = ("notice_seconds", "needed_seconds")

    def __init__(self, notice_seconds: int, needed_seconds: int) -> None:
        super().__init__(
            f"Added classes would take part after {notice_seconds} seconds, but must wait at least "
            f"{needed_seconds}, the time until "
            "reports begin, so that nobody who staked before loses by them. Raise the notice, or name no curator."
        )
        self.notice_seconds, self.needed_seconds = notice_seconds, needed_seconds
