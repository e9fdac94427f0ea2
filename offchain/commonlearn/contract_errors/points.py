"""Refusals of points, votes and badges."""

from __future__ import annotations

from commonlearn.contract_errors.base import ContractError, moment
from commonlearn.money import format_ether
from commonlearn.records import Badge, PointsTerms

__all__ = [
    "AlreadyAwarded",
    "AlreadyVoted",
    "EtherRefused",
    "InvalidPointsTerms",
    "NoStanding",
    "NotEarned",
    "NotRight",
    "OnlyCollaboration",
    "Soulbound",
    "VoteOnOwn",
    "VotesClosed",
    "VotesStillOpen",
]


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:g}"


class EtherRefused(ContractError, ValueError):
    """Ether was sent where nothing is staked."""

    fields = ("sent_wei",)

    def __init__(self, sent_wei: int) -> None:
        super().__init__(
            f"{format_ether(sent_wei)} were sent, but nothing is staked in this model: it gives points, not money. "
            "Send no ether along."
        )
        self.sent_wei = sent_wei


class VoteOnOwn(ContractError, PermissionError):
    """An author votes on an own contribution."""

    fields = ("id",)

    def __init__(self, id_: int) -> None:
        super().__init__(f"Contribution {id_} is your own: only others can confirm or contest it. Leave it to them.")
        self.id = id_


class AlreadyVoted(ContractError):
    """An account votes twice on a contribution."""

    fields = ("id", "voter")

    def __init__(self, id_: int, voter: str) -> None:
        super().__init__(f"{voter} has voted on contribution {id_} already, and each account votes once. Leave it out.")
        self.id, self.voter = id_, voter


class VotesClosed(ContractError):
    """A vote comes after its time."""

    fields = ("id", "closed_at")

    def __init__(self, id_: int, closed_at: int) -> None:
        super().__init__(
            f"Contribution {id_} could be voted on until {moment(closed_at)}. Vote on younger ones instead."
        )
        self.id, self.closed_at = id_, closed_at


class VotesStillOpen(ContractError):
    """Votes are judged before all are in."""

    fields = ("id", "closes_at")

    def __init__(self, id_: int, closes_at: int) -> None:
        super().__init__(
            f"Contribution {id_} can still be voted on, so no vote on it can be counted yet. Try again after "
            f"{moment(closes_at)}."
        )
        self.id, self.closes_at = id_, closes_at


class NoStanding(ContractError, PermissionError):
    """An account cannot give even the least weight."""

    fields = ("account", "can_give", "least_vote")

    def __init__(self, account: str, can_give: int, least_vote: int) -> None:
        super().__init__(
            f"{account} can give {_points(can_give)} points now, but a vote weighs at least {_points(least_vote)}. "
            "Contribute, and let others confirm it: who has received points can give a part of them."
        )
        self.account, self.can_give, self.least_vote = account, can_give, least_vote


class NotRight(ContractError):
    """A vote cannot be counted as right."""

    fields = ("id", "voter")

    def __init__(self, id_: int, voter: str) -> None:
        super().__init__(
            f"No vote of {voter} on contribution {id_} can be counted: there is none, it was counted already, or the "
            "final tally does not agree with it. Leave it out."
        )
        self.id, self.voter = id_, voter


class NotEarned(ContractError, PermissionError):
    """An account has not (yet) done what a badge is for."""

    fields = ("account", "badge")

    def __init__(self, account: str, badge: int) -> None:
        self.account, self.badge = account, Badge(badge)
        super().__init__(
            f"{account} has not earned the badge {self.badge.title!r} (yet). See commonlearn badges for what each is "
            "for."
        )


class AlreadyAwarded(ContractError):
    """An account has the badge already."""

    fields = ("account", "badge")

    def __init__(self, account: str, badge: int) -> None:
        self.account, self.badge = account, Badge(badge)
        super().__init__(f"{account} has the badge {self.badge.title!r} already. There is nothing left to do.")


class OnlyCollaboration(ContractError, PermissionError):
    """Badges are minted by the collaborations of their factory alone."""

    fields = ("caller",)

    def __init__(self, caller: str) -> None:
        super().__init__(
            f"{caller} is no collaboration of the badges' factory. Claim badges at the model that they are for."
        )
        self.caller = caller


class Soulbound(ContractError, PermissionError):
    """Badges cannot be transferred."""

    def __init__(self) -> None:
        super().__init__("Badges are bound to the account that earned them: they cannot be transferred or approved.")


class InvalidPointsTerms(ContractError, ValueError):
    """Terms of points contradict one another."""

    fields = ("terms",)

    def __init__(self, terms: PointsTerms) -> None:
        problems = "; ".join(terms.problems()) or "a value is out of range"
        super().__init__(f"These terms cannot work: {problems}. Change them and deploy again.")
        self.terms = terms
