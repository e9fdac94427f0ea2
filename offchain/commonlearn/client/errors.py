"""What can go wrong in using a public model, besides contracts and chains."""

from __future__ import annotations

from pathlib import Path

from commonlearn.archive.errors import CacheProblem, ChainMovedOn, ReplayMismatch
from commonlearn.errors import CommonlearnError
from commonlearn.money import format_ether

__all__ = [
    "AmbiguousCache",
    "CacheProblem",
    "ChainMovedOn",
    "ClientError",
    "ContributionRefused",
    "ContributionsInterrupted",
    "Declined",
    "FeatureProblem",
    "JournalBusy",
    "JournalProblem",
    "LengthMismatch",
    "NoFeaturizer",
    "NotCached",
    "NotConnected",
    "NotDeployed",
    "NothingToContribute",
    "ReplayMismatch",
    "RulesProblem",
    "StakeAboveLimit",
    "StakeFixed",
    "StateProblem",
    "TableProblem",
    "UnloggedContributions",
    "UnusableDescription",
    "WrongIncentive",
    "unreadable",
]


class ClientError(CommonlearnError):
    """Anything in using a public model."""


class NotCached(ClientError, LookupError):
    """A model is wanted offline but was never synced here."""

    def __init__(self, address: str, folder: Path) -> None:
        super().__init__(
            f"There is no copy of {address} in {folder}. Sync it once with a node: commonlearn sync {address}"
        )
        self.address, self.folder = address, folder


class AmbiguousCache(ClientError, LookupError):
    """The same address was synced from several chains."""

    def __init__(self, address: str, chain_ids: list[int]) -> None:
        chains = ", ".join(map(str, chain_ids))
        super().__init__(f"There are copies of {address} from several chains ({chains}). Say which with --chain-id.")
        self.address, self.chain_ids = address, chain_ids


class NotConnected(ClientError):
    """Something needs the chain, but the model was loaded offline."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} needs a node, but this model was loaded offline. Load it with rpc=… and without offline."
        )
        self.what = what


class NoFeaturizer(ClientError):
    """A model's description names no featuriser."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"The model at {address} does not say how its samples are made, so it takes encoded samples only. "
            "Use predict_encoded and contribute_encoded, or ask its creator."
        )
        self.address = address


class UnusableDescription(ClientError, ValueError):
    """What a model says about itself cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The model's description cannot be read: {reason}. Ask its creator; its encoded samples still work."
        )
        self.reason = reason


class LengthMismatch(ClientError, ValueError):
    """There are not as many labels as samples."""

    def __init__(self, samples: int, labels: int) -> None:
        super().__init__(f"There are {samples} samples but {labels} labels. Give one label for each sample.")
        self.samples, self.labels = samples, labels


class NothingToContribute(ClientError, ValueError):
    """No sample was given."""

    def __init__(self) -> None:
        super().__init__("There is nothing to contribute. Give at least one sample with its label.")


class StakeAboveLimit(ClientError):
    """The stake is higher than the user allows."""

    def __init__(self, stake_wei: int, limit_wei: int, done: int, total: int) -> None:
        super().__init__(
            f"The stake is {format_ether(stake_wei)}, above the limit of {format_ether(limit_wei)}; {done} of "
            f"{total} contributions are made. "
            "Wait, as it falls while nobody contributes, or raise the limit; then run the same again: nothing is "
            "staked twice."
        )
        self.stake_wei, self.limit_wei, self.done, self.total = stake_wei, limit_wei, done, total


class ContributionsInterrupted(ClientError, ConnectionError):
    """The node went away in the middle."""

    def __init__(self, done: int, total: int, journal: Path, reason: str) -> None:
        super().__init__(
            f"Interrupted after {done} of {total} contributions: {reason} Run the same again when the node is back: "
            "it goes on where it "
            f"stopped, and nothing is staked twice (journal: {journal})."
        )
        self.done, self.total, self.journal, self.reason = done, total, journal, reason


class StakeFixed(ClientError, ValueError):
    """A higher stake is offered where the contract says what a contribution costs."""

    def __init__(self, incentive: str) -> None:
        super().__init__(
            f"This model's incentive ({incentive}) says what a contribution costs; what is sent beyond it is credited. "
            "Leave the stake out: only markets take a higher one."
        )
        self.incentive = incentive


class ContributionRefused(ClientError, ValueError):
    """The contract refuses one of many, and all others with it, as was asked for.

    Parameters
    ----------
    position : int
        Which of the data, from 0.
    error : CommonlearnError
        Why.
    """

    def __init__(self, position: int, error: CommonlearnError) -> None:
        super().__init__(
            f"Item {position + 1}: {error.user_message} The others of its batch were not contributed either; correct "
            "it, or do without strict."
        )
        self.position, self.error = position, error


class UnloggedContributions(ClientError):
    """A transaction succeeded, but the contract's log does not show what it carried."""

    def __init__(self, tx_hash: str) -> None:
        super().__init__(
            f"Transaction {tx_hash} succeeded, but the contract did not log the contributions in it. Send nothing "
            "more to this contract: it does not do what its interface says."
        )
        self.tx_hash = tx_hash


class JournalBusy(ClientError):
    """Another process contributes with the same account."""

    def __init__(self, journal: Path) -> None:
        super().__init__(
            "Another process is contributing to this model with this account. Wait until it has ended (journal: "
            f"{journal})."
        )
        self.journal = journal


class JournalProblem(ClientError):
    """The journal cannot be read or written."""

    def __init__(self, journal: Path, reason: str) -> None:
        super().__init__(
            f"The journal {journal} cannot be used ({reason}), so nothing was sent. Make room or correct its "
            "permissions. If it is damaged, "
            "look with commonlearn status which contributions are made, move it away, and contribute only the others."
        )
        self.journal, self.reason = journal, reason


class Declined(ClientError):
    """The user said no."""

    def __init__(self) -> None:
        super().__init__("Nothing was sent.")


class NotDeployed(ClientError, LookupError):
    """A network has no recorded factory or model."""

    def __init__(self, what: str, network: str) -> None:
        super().__init__(f"No {what} is recorded for the network {network}. Deploy one with commonlearn deploy.")
        self.what, self.network = what, network


class TableProblem(ClientError, ValueError):
    """A CSV file cannot be used as asked."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}.")
        self.path, self.reason = path, reason


def unreadable(error: OSError) -> str:
    """Say why a file cannot be read, and what to do, as the end of a sentence.

    Examples
    --------
    >>> unreadable(FileNotFoundError())
    'there is no such file; check its path'
    """
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check its path"
    if isinstance(error, IsADirectoryError):
        return "it is a folder; name a file in it"
    return f"{error.strerror or error}; check the file and who may read it"


class StateProblem(ClientError, ValueError):
    """A file is no fitted state of a featuriser."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is no file of fitted state: it does not begin as those that commonlearn deploy writes, or is "
            "damaged. Ask the model's publisher for the file again; commonlearn store show MODEL names its hash."
        )
        self.path = path


class FeatureProblem(ClientError, ValueError):
    """A featuriser cannot be used as asked."""

    def __init__(self, featurizer: str, reason: str) -> None:
        super().__init__(f"The featuriser {featurizer!r} cannot be used: {reason}.")
        self.featurizer, self.reason = featurizer, reason


class RulesProblem(ClientError, ValueError):
    """A rule of an incentive cannot be used."""

    def __init__(self, incentive: str, rule: str, reason: str) -> None:
        super().__init__(f"The rule {rule} of the incentive {incentive} cannot be used: {reason}.")
        self.incentive, self.rule, self.reason = incentive, rule, reason


class WrongIncentive(ClientError):
    """Something belongs to another incentive than the model's."""

    def __init__(self, what: str, found: str, wanted: str) -> None:
        super().__init__(
            f"There is no {what} here: that is for models under the incentive {wanted}, and this one's is {found}. "
            "commonlearn status MODEL shows what goes on under it."
        )
        self.what, self.found, self.wanted = what, found, wanted
