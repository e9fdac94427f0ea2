"""Refusals of a market's replay engines."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError

__all__ = [
    "AlreadyFinal",
    "LabelCount",
    "RoundComplete",
    "RoundIncomplete",
    "TestSetTooLarge",
    "WrongParticipant",
    "WrongPreparation",
    "WrongScores",
]


class WrongParticipant(ContractError, ValueError):
    """A replayed contribution names a participant that is not the next nor the one of its account."""

    fields = ("participant", "account")

    def __init__(self, participant: int, account: str) -> None:
        super().__init__(
            f"{account} is not participant {participant}. Number accounts by the order in which they first took part, "
            "from 0."
        )
        self.participant, self.account = participant, account


class RoundComplete(ContractError, ValueError):
    """More contributions are replayed than a round has."""

    fields = ("position",)

    def __init__(self, position: int) -> None:
        super().__init__(
            f"The round has {position} contributions and no more to replay. Close it, then go on with the next round."
        )
        self.position = position


class RoundIncomplete(ContractError, ValueError):
    """A round is closed too early."""

    fields = ("position", "contributions")

    def __init__(self, position: int, contributions: int) -> None:
        super().__init__(
            f"Only {position} of the round's {contributions} contributions were replayed. Replay the rest, then close "
            "it."
        )
        self.position, self.contributions = position, contributions


class AlreadyFinal(ContractError):
    """A final state is advanced."""

    def __init__(self) -> None:
        super().__init__("The replay has come to its end; nothing is left to compute. Take its outcome.")


class WrongPreparation(ContractError, ValueError):
    """The prepared test set or the initial state is another than the one in the terms."""

    fields = ("given", "wanted")

    def __init__(self, given: bytes, wanted: bytes) -> None:
        super().__init__(
            f"The test set or the initial state that was given has the hash 0x{given.hex()}, but the replay began with "
            f"0x{wanted.hex()}. Prepare it again from what was revealed."
        )
        self.given, self.wanted = given, wanted


class LabelCount(ContractError, ValueError):
    """There are not as many labels as test samples."""

    fields = ("samples", "labels")

    def __init__(self, samples: int, labels: int) -> None:
        super().__init__(f"There are {samples} test samples, but {labels} labels. Give one label a sample.")
        self.samples, self.labels = samples, labels


class TestSetTooLarge(ContractError, ValueError):
    """A test set cannot be replayed within a transaction."""

    __test__ = False  # pytest takes the name for a class of tests
    fields = ("size", "most")

    def __init__(self, size: int, most: int) -> None:
        super().__init__(
            f"The test set is too large for the replay: it needs {size:,}, but at most {most:,} fit into a "
            "transaction. Use fewer or shorter test samples."
        )
        self.size, self.most = size, most


class WrongScores(ContractError, ValueError):
    """A state does not hold as many words of scores as its test set needs."""

    fields = ("given", "wanted")

    def __init__(self, given: int, wanted: int) -> None:
        super().__init__(
            f"The state has {given} words of scores, but the test set needs {wanted}. Take the state from the replay "
            "itself."
        )
        self.given, self.wanted = given, wanted
