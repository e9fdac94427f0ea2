"""The contracts' errors as Python exceptions of the same name and fields.

Errors that the twins raise too (a malformed sample, an unknown label, missing words) live in
:mod:`commonlearn.errors`; the others are here. :mod:`commonlearn.chain.reverts` turns revert data into any of them.
"""

from __future__ import annotations

from datetime import UTC, datetime

from commonlearn.errors import CommonlearnError
from commonlearn.money import format_ether
from commonlearn.records import Badge, PointsTerms, PoolTerms, Status, Terms

__all__ = [
    "AlreadyAwarded",
    "AlreadyFinal",
    "AlreadyOpen",
    "AlreadySealed",
    "AlreadyVoted",
    "BadSignature",
    "BatchLength",
    "BatchRefused",
    "ChunkLength",
    "ClassesFixed",
    "ContractError",
    "EmptyBatch",
    "EtherRefused",
    "Expired",
    "FirstClassDelayed",
    "InvalidPointsTerms",
    "InvalidPoolTerms",
    "InvalidTerms",
    "LabelCount",
    "ModelAgrees",
    "ModelDisagrees",
    "ModelJustMoved",
    "NoCollaboration",
    "NoImplementation",
    "NoPayee",
    "NoPool",
    "NoStanding",
    "NonceUsed",
    "NotAuthor",
    "NotEarned",
    "NotOpen",
    "NotPaid",
    "NotProven",
    "NotProvenYet",
    "NotRight",
    "NotSealed",
    "NotYetOpen",
    "NothingLeft",
    "NothingNoted",
    "NothingOwed",
    "NothingSent",
    "NoticeTooShort",
    "OnlyCollaboration",
    "OnlyCreator",
    "OnlyCurator",
    "OnlyFactory",
    "OnlyItself",
    "OnlySponsorship",
    "OnlyTrainer",
    "OwnContribution",
    "PoolIsOpen",
    "PoolNotOver",
    "PoolOver",
    "RelayFailed",
    "RequestCount",
    "RoundComplete",
    "RoundIncomplete",
    "Soulbound",
    "StakeAboveMaximum",
    "StakeTooHigh",
    "StakeTooLow",
    "TestSetTooLarge",
    "TooEarly",
    "UnknownContribution",
    "UnknownRevert",
    "VoteOnOwn",
    "VotesClosed",
    "VotesStillOpen",
    "WithdrawalFailed",
    "WrongNorm",
    "WrongParticipant",
    "WrongPreparation",
    "WrongRelayer",
    "WrongScores",
]


class ContractError(CommonlearnError):
    """A contract refused a call; nothing changed on the chain but the fee, if it was sent at all."""


class UnknownRevert(ContractError):
    """A contract refused a call for a reason that is not in its interface.

    Parameters
    ----------
    data : bytes
        What the contract returned.
    reason : str
        The same in words, where it can be read.
    """

    fields = ("data",)

    def __init__(self, data: bytes, reason: str = "") -> None:
        said = reason or (f"0x{data.hex()}" if data else "no reason given, as when gas or ether runs out")
        super().__init__(
            f"The contract refused the call: {said}. Check that the address is the right one and that the account "
            "has enough ether."
        )
        self.data, self.reason = data, reason


# ------------------------------------------------------------------------------------------------------------- batches


class EmptyBatch(ContractError, ValueError):
    """There is nothing in a batch."""

    def __init__(self) -> None:
        super().__init__("There is nothing in this batch. Give at least one sample or claim.")


class BatchLength(ContractError, ValueError):
    """Samples and labels (or the answers of a model) do not go together."""

    fields = ("samples", "labels")

    def __init__(self, samples: int, labels: int) -> None:
        super().__init__(
            f"The batch has {samples:,} samples, but {labels:,} labels (or answers of the model). Give one label for "
            "each sample."
        )
        self.samples, self.labels = samples, labels


class BatchRefused(ContractError, ValueError):
    """One of a strict batch was refused, and all others with it.

    Parameters
    ----------
    position : int
        Which sample or claim, from 0.
    reason : bytes
        What the single call would have thrown; :func:`commonlearn.chain.reverts.error_from_revert` reads it.
    """

    fields = ("position", "reason")

    def __init__(self, position: int, reason: bytes) -> None:
        super().__init__(
            f"Number {position + 1:,} of the batch was refused (0x{reason[:4].hex()}), and the others with it, as you "
            "asked. Leave it out, or do without strict."
        )
        self.position, self.reason = position, reason


# -------------------------------------------------------------------------------------------------- the collaboration


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


# ----------------------------------------------------------------------------------------------------------- the data


class UnknownContribution(ContractError, LookupError):
    """A contribution and sample are not what is recorded under the number."""

    fields = ("id",)

    def __init__(self, id_: int) -> None:
        super().__init__(
            f"Contribution {id_} is not recorded with these data. Take author, label, stake, time and sample from "
            "its event "
            "(commonlearn sync, then try again)."
        )
        self.id = id_


class NotOpen(ContractError):
    """A contribution's stake has left already."""

    fields = ("id", "status")

    def __init__(self, id_: int, status: int) -> None:
        self.id, self.status = id_, Status(status)
        ended = {
            Status.REFUNDED: "its stake went back to its author",
            Status.FORFEITED: "it was reported and its stake shared",
            Status.SWEPT: "nobody claimed it in time and its stake went to the beneficiary",
        }.get(self.status, "it was never recorded")
        super().__init__(f"Contribution {id_} has ended: {ended}. There is nothing left to claim.")


# ---------------------------------------------------------------------------------------------------------- the model


class OnlyTrainer(ContractError, PermissionError):
    """Only a model's collaboration writes to it."""

    fields = ("caller", "trainer")

    def __init__(self, caller: str, trainer: str) -> None:
        super().__init__(
            f"Only the collaboration {trainer} writes to this model, not {caller}. Call the collaboration instead."
        )
        self.caller, self.trainer = caller, trainer


class AlreadyOpen(ContractError):
    """The collaboration takes contributions already."""

    def __init__(self) -> None:
        super().__init__("The model is open for contributions already; it is opened once.")


class WrongNorm(ContractError, ValueError):
    """A nearest-centroid class's header does not hold the squared norm of its sum."""

    fields = ("class_",)

    def __init__(self, class_: int) -> None:
        super().__init__(
            f"The norm in the header of class {class_} is not that of its sum. Take the words from a fitted "
            "NearestCentroid, which keeps it right."
        )
        self.class_ = class_


class FirstClassDelayed(ContractError, ValueError):
    """A first class would take part only later."""

    fields = ("class_",)

    def __init__(self, class_: int) -> None:
        super().__init__(
            f"Class {class_} of the first words would take part only later. Leave it out and let the curator add it."
        )
        self.class_ = class_


class AlreadySealed(ContractError):
    """The first words are complete and fixed."""

    def __init__(self) -> None:
        super().__init__(
            "The model's first weights are sealed already and cannot be uploaded again. It is ready to use."
        )


class NotSealed(ContractError):
    """Classes are added only after the first words are sealed."""

    def __init__(self) -> None:
        super().__init__(
            "The model's first weights are not sealed yet. Finish the upload and open it, then add classes."
        )


class ChunkLength(ContractError, ValueError):
    """A chunk is not a whole number of words."""

    fields = ("length",)

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} bytes are not a whole number of 32-byte words. Upload whole words.")
        self.length = length


class ClassesFixed(ContractError):
    """Classes are fixed, or 256 are reached."""

    def __init__(self) -> None:
        super().__init__(
            "No class can be added: this kind of model has fixed classes, or has 256 already. Deploy a "
            "nearest-centroid model "
            "where classes should grow."
        )


# ------------------------------------------------------------------------------------------------------ the incentive


class StakeTooLow(ContractError, ValueError):
    """The value sent does not cover the stake."""

    fields = ("sent_wei", "required_wei")

    def __init__(self, sent_wei: int, required_wei: int) -> None:
        super().__init__(
            f"{format_ether(sent_wei)} were sent, but the stake is {format_ether(required_wei)} now. "
            "Send more, or wait: it falls while nobody contributes."
        )
        self.sent_wei, self.required_wei = sent_wei, required_wei


class StakeTooHigh(ContractError):
    """The stake has risen beyond what a record can hold."""

    fields = ("required_wei",)

    def __init__(self, required_wei: int) -> None:
        super().__init__(
            f"The stake has risen to {format_ether(required_wei)}, more than a record holds. Wait: it falls while "
            "nobody contributes."
        )
        self.required_wei = required_wei


class TooEarly(ContractError):
    """A claim comes before its time."""

    fields = ("id", "opens_at")

    def __init__(self, id_: int, opens_at: int) -> None:
        when = datetime.fromtimestamp(opens_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        super().__init__(
            f"It is too early for this claim on contribution {id_}: it is possible from {when}. Try again then."
        )
        self.id, self.opens_at = id_, opens_at


class ModelJustMoved(ContractError):
    """A claim comes in the same second as a contribution."""

    fields = ("contributed_at",)

    def __init__(self, contributed_at: int) -> None:
        super().__init__(
            "Somebody taught the model in this very second, and claims must wait until it has settled. Nothing was "
            "changed; try again in the next block."
        )
        self.contributed_at = contributed_at


class NotAuthor(ContractError, PermissionError):
    """Somebody else claims an author's refund."""

    fields = ("id", "caller", "author")

    def __init__(self, id_: int, caller: str, author: str) -> None:
        super().__init__(
            f"Contribution {id_} is by {author}, so {caller} cannot take its stake back. Use the author's account."
        )
        self.id, self.caller, self.author = id_, caller, author


class ModelDisagrees(ContractError):
    """The model (still) predicts another label than the author gave."""

    fields = ("id", "predicted", "label")

    def __init__(self, id_: int, predicted: int, label: int) -> None:
        super().__init__(
            f"The model predicts class {predicted} for contribution {id_}, not {label}, so its stake is not given "
            "back now. "
            "Try again later: the model goes on learning."
        )
        self.id, self.predicted, self.label = id_, predicted, label


class ModelAgrees(ContractError):
    """Reported data is what the model predicts."""

    fields = ("id", "label")

    def __init__(self, id_: int, label: int) -> None:
        super().__init__(
            f"The model agrees with label {label} of contribution {id_}, so it cannot be reported. Leave it."
        )
        self.id, self.label = id_, label


class OwnContribution(ContractError, PermissionError):
    """An author reports own data."""

    fields = ("id",)

    def __init__(self, id_: int) -> None:
        super().__init__(
            f"Contribution {id_} is your own and cannot be reported by you. Take its stake back with a refund instead."
        )
        self.id = id_


class NotProven(ContractError, PermissionError):
    """An account reports that has not proven anything."""

    fields = ("account",)

    def __init__(self, account: str) -> None:
        super().__init__(
            f"{account} has not proven any data yet, so it cannot report others. First contribute data that teaches "
            "the model, "
            "and take its stake back."
        )
        self.account = account


class NothingOwed(ContractError):
    """There is nothing to withdraw."""

    fields = ("account",)

    def __init__(self, account: str) -> None:
        super().__init__(
            f"{account} is owed nothing, so there is nothing to withdraw. Refunds and reports are credited first."
        )
        self.account = account


class WithdrawalFailed(ContractError):
    """The recipient refused the ether."""

    fields = ("to", "amount_wei")

    def __init__(self, to: str, amount_wei: int) -> None:
        super().__init__(f"{to} refused {format_ether(amount_wei)}. Nothing is lost: withdraw to another address.")
        self.to, self.amount_wei = to, amount_wei


class InvalidTerms(ContractError, ValueError):
    """Terms contradict one another."""

    fields = ("terms",)

    def __init__(self, terms: Terms) -> None:
        problems = "; ".join(terms.problems()) or "a value is out of range"
        super().__init__(f"These terms cannot work: {problems}. Change them and deploy again.")
        self.terms = terms


# ---------------------------------------------------------------------------------------------------------- the points


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:g}"


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


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
            f"Contribution {id_} could be voted on until {_moment(closed_at)}. Vote on younger ones instead."
        )
        self.id, self.closed_at = id_, closed_at


class VotesStillOpen(ContractError):
    """Votes are judged before all are in."""

    fields = ("id", "closes_at")

    def __init__(self, id_: int, closes_at: int) -> None:
        super().__init__(
            f"Contribution {id_} can still be voted on, so no vote on it can be counted yet. Try again after "
            f"{_moment(closes_at)}."
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


# --------------------------------------------------------------------------------------------- the replay of a market


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


# --------------------------------------------------------------------------------------------- sponsors and their pools


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
        super().__init__(f"This was signed to be sent until {_when(deadline)}, which is over. Sign it again.")
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
        super().__init__(f"The pool of {collaboration} ended at {_when(ended_at)}. Its creator can open another one.")
        self.collaboration, self.ended_at = collaboration, ended_at


class PoolNotOver(ContractError):
    """A pool is closed before its claims have ended."""

    fields = ("collaboration", "ends_at")

    def __init__(self, collaboration: str, ends_at: int) -> None:
        super().__init__(f"The pool of {collaboration} pays claims until {_when(ends_at)}. Close it after that.")
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


def _when(seconds: int) -> str:
    if seconds >= 1 << 37:  # beyond the year 4000, where no calendar is needed any more
        return f"second {seconds}"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
