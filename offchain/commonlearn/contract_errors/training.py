"""Refusals of private training: participants, datasets, replicas, spot checks."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError, moment
from commonlearn.contract_errors.training_words import roles as _roles
from commonlearn.contract_errors.training_words import short as _short
from commonlearn.contract_errors.training_words import words as _words
from commonlearn.money import format_ether
from commonlearn.records import DatasetPhase, ReplicaPhase

__all__ = [
    "BondNotYetFree",
    "BondTooLow",
    "CapacityReached",
    "CreditTooLow",
    "DatasetInUse",
    "EmptySeal",
    "HolderTwice",
    "NoSpotCheck",
    "NoSuchRow",
    "NotDatasetOwner",
    "NotHolder",
    "NotParty",
    "NotWithinMulticall",
    "NothingAsked",
    "NothingToPay",
    "OnlyDelegated",
    "PartMissing",
    "PaymentRefused",
    "RoleMissing",
    "SealMismatch",
    "TooLate",
    "TooSoon",
    "UnknownDataset",
    "UnknownRoles",
    "WrongDatasetPhase",
    "WrongDescription",
    "WrongHolders",
    "WrongReplicaPhase",
    "WrongRow",
    "WrongSignature",
]


class RoleMissing(ContractError, PermissionError):
    """An account acts in a role for which it is not registered."""

    fields = ("account", "role")

    def __init__(self, account: str, role: int) -> None:
        super().__init__(f"{account} is not registered as {_roles(role)}. Register it in that role first.")
        self.account, self.role = account, role


class UnknownRoles(ContractError, ValueError):
    """Roles are none, or unknown."""

    fields = ("roles",)

    def __init__(self, roles: int) -> None:
        super().__init__(
            f"The roles {roles} are none, or unknown ones. Name at least one of data owner, compute "
            "owner, buyer, validator, aggregator."
        )
        self.roles = roles


class CreditTooLow(ContractError, ValueError):
    """Credit does not cover what a call costs."""

    fields = ("account", "credit_wei", "needed_wei")

    def __init__(self, account: str, credit_wei: int, needed_wei: int) -> None:
        super().__init__(
            f"{account} has {format_ether(credit_wei)} of credit, but {format_ether(needed_wei)} are "
            "needed. Deposit more, or send it along."
        )
        self.account, self.credit_wei, self.needed_wei = account, credit_wei, needed_wei


class BondTooLow(ContractError, ValueError):
    """More bond is asked back than is free, or less is offered than a pool of validators wants."""

    fields = ("account", "free_wei", "needed_wei")

    def __init__(self, account: str, free_wei: int, needed_wei: int) -> None:
        super().__init__(
            f"{format_ether(needed_wei)} of bond are wanted, but {account} has, or offers, {format_ether(free_wei)}. "
            "To get bond back, ask for less or end what it answers for; to enter a pool, offer as much as its first."
        )
        self.account, self.free_wei, self.needed_wei = account, free_wei, needed_wei


class BondNotYetFree(ContractError):
    """A bond is released before its time."""

    fields = ("leaves_at",)

    def __init__(self, leaves_at: int) -> None:
        super().__init__(f"The bond comes back from {moment(leaves_at)} on. Try again then.")
        self.leaves_at = leaves_at


class NothingToPay(ContractError):
    """There is no credit to withdraw, or no bond to release."""

    fields = ("account",)

    def __init__(self, account: str) -> None:
        super().__init__(f"{account} has nothing that could be paid out now. Look at its credit and bond.")
        self.account = account


class PaymentRefused(ContractError):
    """The recipient refused the ether."""

    fields = ("to", "amount_wei")

    def __init__(self, to: str, amount_wei: int) -> None:
        super().__init__(f"{to} refused {format_ether(amount_wei)}; nothing was lost. Withdraw to another account.")
        self.to, self.amount_wei = to, amount_wei


class NotWithinMulticall(ContractError):
    """Credit is withdrawn within a batch."""

    def __init__(self) -> None:
        super().__init__("Credit cannot be withdrawn within a batch of calls. Send the withdrawal by itself.")


class OnlyDelegated(ContractError):
    """A part of the code is called by its own address."""

    def __init__(self) -> None:
        super().__init__("This is only a part of the training market's code. Call the market's own address.")


class PartMissing(ContractError, ValueError):
    """A part has no code at creation."""

    fields = ("part",)

    def __init__(self, part: str) -> None:
        super().__init__(
            f"There is no code at {part}, which should be a part of the training market. Deploy the parts first."
        )
        self.part = part


class UnknownDataset(ContractError, LookupError):
    """A dataset does not exist."""

    fields = ("dataset",)

    def __init__(self, dataset: int) -> None:
        super().__init__(f"There is no dataset {dataset}. Look at the catalogue for those that there are.")
        self.dataset = dataset


class WrongDatasetPhase(ContractError):
    """What does not belong to a dataset's phase."""

    fields = ("dataset", "phase")

    def __init__(self, dataset: int, phase: int) -> None:
        super().__init__(
            f"Dataset {dataset} is {_words(DatasetPhase, phase)} now, and this does not belong there. "
            "Its entry in the catalogue says what comes next."
        )
        self.dataset, self.phase = dataset, phase


class NotDatasetOwner(ContractError, PermissionError):
    """Somebody else than its owner acts on a dataset."""

    fields = ("dataset", "caller")

    def __init__(self, dataset: int, caller: str) -> None:
        super().__init__(f"{caller} is not the owner of dataset {dataset}. Use the owner's account.")
        self.dataset, self.caller = dataset, caller


class WrongDescription(ContractError, ValueError):
    """A dataset's description cannot work."""

    fields = ("subsets", "replicas", "quality")

    def __init__(self, subsets: int, replicas: int, quality: int) -> None:
        super().__init__(
            f"A dataset with {subsets} subsets, {replicas} replicas of each and a quality of {quality} "
            "millionths cannot be listed: 1 to 256 subsets, 1 to 16 replicas (1 if local), at most 512 seats, a "
            "quality of at most a million and some time to join are needed."
        )
        self.subsets, self.replicas, self.quality = subsets, replicas, quality


class WrongHolders(ContractError, ValueError):
    """There is not one holder for each seat."""

    fields = ("given", "wanted")

    def __init__(self, given: int, wanted: int) -> None:
        super().__init__(
            f"{given} holders were given or are verified, but {wanted} are needed. Name one for each "
            "seat, subset by subset."
        )
        self.given, self.wanted = given, wanted


class HolderTwice(ContractError, ValueError):
    """One address would hold two seats of a subset."""

    fields = ("holder", "subset")

    def __init__(self, holder: str, subset: int) -> None:
        super().__init__(
            f"{holder} would hold two seats of subset {subset}, so that it could agree with itself. "
            "Name another holder."
        )
        self.holder, self.subset = holder, subset


class WrongSignature(ContractError, ValueError):
    """A description is not signed by its owner."""

    fields = ("owner",)

    def __init__(self, owner: str) -> None:
        super().__init__(
            f"This description is not signed by {owner}, or the signature was used already. Sign it "
            "again with the owner's key."
        )
        self.owner = owner


class DatasetInUse(ContractError):
    """A dataset or seat is given up while it is used."""

    fields = ("dataset", "jobs")

    def __init__(self, dataset: int, jobs: int) -> None:
        super().__init__(
            f"Dataset {dataset} is in use by {jobs} running jobs or a spot check. Wait until they have ended."
        )
        self.dataset, self.jobs = dataset, jobs


class NotHolder(ContractError, PermissionError):
    """Somebody else than its holder acts for a seat."""

    fields = ("dataset", "subset", "index", "caller")

    def __init__(self, dataset: int, subset: int, index: int, caller: str) -> None:
        super().__init__(
            f"{caller} does not hold seat {index} of subset {subset} of dataset {dataset}. Use the holder's account."
        )
        self.dataset, self.subset, self.index, self.caller = dataset, subset, index, caller


class WrongReplicaPhase(ContractError):
    """What does not belong to a seat's phase."""

    fields = ("dataset", "subset", "index", "phase")

    def __init__(self, dataset: int, subset: int, index: int, phase: int) -> None:
        super().__init__(
            f"Seat {index} of subset {subset} of dataset {dataset} is {_words(ReplicaPhase, phase)} "
            "now, and this does not belong there. Its entry says what comes next."
        )
        self.dataset, self.subset, self.index, self.phase = dataset, subset, index, phase


class CapacityReached(ContractError):
    """A compute owner has no room for another seat."""

    fields = ("holder", "capacity")

    def __init__(self, holder: str, capacity: int) -> None:
        super().__init__(
            f"{holder} offers room for {capacity} seats, and holds as many. Raise the offer, or give a seat up."
        )
        self.holder, self.capacity = holder, capacity


class TooSoon(ContractError):
    """Others have not sealed yet, or a deadline is not over."""

    fields = ("until",)

    def __init__(self, until: int) -> None:
        super().__init__(
            f"This is possible from {moment(until)} on, or when all others have done their part. Try again then."
        )
        self.until = until


class TooLate(ContractError):
    """The time for it is over."""

    fields = ("deadline",)

    def __init__(self, deadline: int) -> None:
        super().__init__(
            f"The time for this was over at {moment(deadline)}. Advance what waits; whoever was late may lose a bond."
        )
        self.deadline = deadline


class EmptySeal(ContractError, ValueError):
    """A seal is empty."""

    def __init__(self) -> None:
        super().__init__("An empty seal was sent. Make it of digest and salt by commonlearn.protocol.seals.")


class SealMismatch(ContractError, ValueError):
    """What is revealed is not what the caller sealed."""

    fields = ("seal", "found")

    def __init__(self, seal: bytes, found: bytes) -> None:
        super().__init__(
            f"What was revealed gives the seal {_short(found)}, but {_short(seal)} was sealed. Reveal "
            "digest and salt of the caller's own seal."
        )
        self.seal, self.found = seal, found


class NoSpotCheck(ContractError):
    """A dataset takes no spot check, or no other."""

    fields = ("dataset",)

    def __init__(self, dataset: int) -> None:
        super().__init__(
            f"Dataset {dataset} takes no spot check: its owner excluded them, its one row was asked "
            "for, or it is not live. Check privately instead."
        )
        self.dataset = dataset


class NotParty(ContractError, PermissionError):
    """A spot check is asked for by somebody without a part in the dataset."""

    fields = ("dataset", "caller")

    def __init__(self, dataset: int, caller: str) -> None:
        super().__init__(
            f"{caller} has no part in dataset {dataset}: only its replicas, and buyers of jobs that run "
            "on it, can ask for a row."
        )
        self.dataset, self.caller = dataset, caller


class NoSuchRow(ContractError, LookupError):
    """A subset or row does not exist."""

    fields = ("subset", "row")

    def __init__(self, subset: int, row: int) -> None:
        super().__init__(f"There is no row {row} in subset {subset}. Count subsets and rows from 0.")
        self.subset, self.row = subset, row


class WrongRow(ContractError, ValueError):
    """A row does not stand under the commitment."""

    fields = ("dataset", "subset", "row")

    def __init__(self, dataset: int, subset: int, row: int) -> None:
        super().__init__(
            f"This is not row {row} of subset {subset} as dataset {dataset} committed to it. Give its "
            "bytes, its salt, all roots, and its path."
        )
        self.dataset, self.subset, self.row = dataset, subset, row


class NothingAsked(ContractError):
    """No spot check waits for an answer."""

    fields = ("dataset",)

    def __init__(self, dataset: int) -> None:
        super().__init__(f"No row of dataset {dataset} is asked for now, so there is nothing to answer or to fail.")
        self.dataset = dataset
