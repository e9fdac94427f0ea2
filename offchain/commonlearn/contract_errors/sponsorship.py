"""Refusals of sponsors, relays and pools."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError, moment
from commonlearn.money import format_ether
from commonlearn.records import PoolTerms

__all__ = [
    "BadSignature",
    "Expired",
    "InvalidPoolTerms",
    "NoCollaboration",
    "NoPayee",
    "NoPool",
    "NonceUsed",
    "NotPaid",
    "NotProvenYet",
    "NothingLeft",
    "NothingNoted",
    "NothingSent",
    "OnlyItself",
    "OnlySponsorship",
    "PoolIsOpen",
    "PoolNotOver",
    "PoolOver",
    "RelayFailed",
    "RequestCount",
    "StakeAboveMaximum",
    "WrongRelayer",
]


class OnlySponsorship(ContractError, PermissionError):
    """Only the sponsorship contract contributes in an author's name."""

    fields = ("caller",)

    def __init__(self, caller: str) -> None:
        super().__init__(
            f"{caller} may not contribute in others' names: only the sponsorship contract that this model was made "
            "with may. Deploy the model with a sponsorship contract, or contribute directly."
        )
        self.caller = caller


class Expired(ContractError):
    """A signed contribution comes after its deadline."""

    fields = ("deadline",)

    def __init__(self, deadline: int) -> None:
        super().__init__(f"This was signed to be sent until {moment(deadline)}, which is over. Sign it again.")
        self.deadline = deadline


class WrongRelayer(ContractError, PermissionError):
    """A contribution was signed for another relayer."""

    fields = ("caller", "relayer")

    def __init__(self, caller: str, relayer: str) -> None:
        super().__init__(
            f"This was signed to be sent by {relayer}, not by {caller}. Sign it for {caller}, or for anyone."
        )
        self.caller, self.relayer = caller, relayer


class BadSignature(ContractError, ValueError):
    """A signature is not the author's, or was made for something else."""

    fields = ("author",)

    def __init__(self, author: str) -> None:
        super().__init__(
            f"This is not signed by {author}, or was changed since, or signed for another chain or contract. Sign it "
            "again, on the network where the model lives."
        )
        self.author = author


class NonceUsed(ContractError):
    """A signed contribution was sent or cancelled before."""

    fields = ("author", "nonce")

    def __init__(self, author: str, nonce: int) -> None:
        super().__init__(
            f"Number {nonce} of {author} was used or cancelled: this contribution was most likely made already. Look "
            "with commonlearn history; sign again to contribute once more."
        )
        self.author, self.nonce = author, nonce


class NoPayee(ContractError, ValueError):
    """Nobody is named who gets the stake back."""

    def __init__(self) -> None:
        super().__init__("Nobody is named who gets the stake back, so it would be lost. Name a payee and sign again.")


class StakeAboveMaximum(ContractError):
    """The stake has risen above what was signed."""

    fields = ("stake_wei", "max_stake_wei")

    def __init__(self, stake_wei: int, max_stake_wei: int) -> None:
        super().__init__(
            f"The stake is {format_ether(stake_wei)} now, but at most {format_ether(max_stake_wei)} was signed for. "
            "Wait, as it falls while nobody contributes, or sign for more."
        )
        self.stake_wei, self.max_stake_wei = stake_wei, max_stake_wei


class NotPaid(ContractError):
    """Who stakes has not put up enough."""

    fields = ("payer", "available_wei", "stake_wei")

    def __init__(self, payer: str, available_wei: int, stake_wei: int) -> None:
        super().__init__(
            f"The stake is {format_ether(stake_wei)}, but {payer} put up {format_ether(available_wei)}. Send more, or "
            "deposit it first."
        )
        self.payer, self.available_wei, self.stake_wei = payer, available_wei, stake_wei


class NoCollaboration(ContractError, LookupError):
    """There is no contract where the model should be."""

    fields = ("collaboration",)

    def __init__(self, collaboration: str) -> None:
        super().__init__(f"There is no contract at {collaboration}. Check the model's address and the network.")
        self.collaboration = collaboration


class RelayFailed(ContractError):
    """One of several signed contributions was refused, and all were to be sent or none."""

    fields = ("position", "reason")

    def __init__(self, position: int, reason: bytes) -> None:
        super().__init__(
            f"Request {position} was refused (0x{bytes(reason).hex()}), so none was sent. Leave it out, or send not "
            "strictly."
        )
        self.position, self.reason = position, bytes(reason)


class RequestCount(ContractError, ValueError):
    """There are not as many signatures as requests, or none."""

    fields = ("requests", "signatures")

    def __init__(self, requests: int, signatures: int) -> None:
        super().__init__(f"{requests} requests came with {signatures} signatures. Give one for each, at least one.")
        self.requests, self.signatures = requests, signatures


class OnlyItself(ContractError, PermissionError):
    """A part of the sponsorship contract is called that only itself calls."""

    fields = ("caller",)

    def __init__(self, caller: str) -> None:
        super().__init__(f"Only the sponsorship contract calls this part of itself, not {caller}. Use relayMany.")
        self.caller = caller


class NothingSent(ContractError, ValueError):
    """Ether should have been sent along."""

    def __init__(self) -> None:
        super().__init__("No ether was sent along, so nothing was added. Say how much.")


class PoolIsOpen(ContractError):
    """A model has a pool already."""

    fields = ("collaboration",)

    def __init__(self, collaboration: str) -> None:
        super().__init__(f"{collaboration} has a pool already. Fund that one, or close it when its claims have ended.")
        self.collaboration = collaboration


class InvalidPoolTerms(ContractError, ValueError):
    """A pool's rules contradict one another, or come too late."""

    fields = ("terms",)

    def __init__(self, terms: PoolTerms) -> None:
        problems = "; ".join(terms.problems(now=0)) or "the end of earning has passed"
        super().__init__(f"This pool cannot work: {problems}. Change its rules and open it again.")
        self.terms = terms


class NoPool(ContractError, LookupError):
    """A model has no pool."""

    fields = ("collaboration",)

    def __init__(self, collaboration: str) -> None:
        super().__init__(f"{collaboration} has no pool that repays gas. Its creator can open one.")
        self.collaboration = collaboration


class PoolOver(ContractError):
    """A pool takes no more ether, or pays no more claims."""

    fields = ("collaboration", "ended_at")

    def __init__(self, collaboration: str, ended_at: int) -> None:
        super().__init__(f"The pool of {collaboration} ended at {moment(ended_at)}. Its creator can open another one.")
        self.collaboration, self.ended_at = collaboration, ended_at


class PoolNotOver(ContractError):
    """A pool is closed before its claims have ended."""

    fields = ("collaboration", "ends_at")

    def __init__(self, collaboration: str, ends_at: int) -> None:
        super().__init__(f"The pool of {collaboration} pays claims until {moment(ends_at)}. Close it after that.")
        self.collaboration, self.ends_at = collaboration, ends_at


class NothingNoted(ContractError, LookupError):
    """Nothing is to be repaid for a contribution."""

    fields = ("collaboration", "id")

    def __init__(self, collaboration: str, id_: int) -> None:
        super().__init__(
            f"Nothing is to be repaid for contribution {id_}: it was repaid already, or did not come through the "
            "sponsorship contract while there was a pool. Leave it out."
        )
        self.collaboration, self.id = collaboration, id_


class NotProvenYet(ContractError):
    """A contribution whose gas is claimed is not proven."""

    fields = ("collaboration", "id")

    def __init__(self, collaboration: str, id_: int) -> None:
        super().__init__(
            f"Contribution {id_} is not proven: its stake has not come back, or it taught the model nothing. Take the "
            "stake back first."
        )
        self.collaboration, self.id = collaboration, id_


class NothingLeft(ContractError):
    """A pool is empty, or an author's contributions were repaid as much as one author's are."""

    fields = ("collaboration", "pool_wei", "author_wei")

    def __init__(self, collaboration: str, pool_wei: int, author_wei: int) -> None:
        super().__init__(
            f"The pool holds {format_ether(pool_wei)}, and this author's contributions may be repaid "
            f"{format_ether(author_wei)} more. Wait until somebody adds to the pool."
        )
        self.collaboration, self.pool_wei, self.author_wei = collaboration, pool_wei, author_wei
