"""Events of a model's contracts, sorted into records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from commonlearn.archive.errors import ReplayMismatch
from commonlearn.archive.records import (
    ClassAddition,
    LoggedContribution,
    LoggedCredit,
    LoggedEnding,
    LoggedMarket,
    LoggedTraining,
    LoggedVote,
    LogPart,
)
from commonlearn.chain.events import Event
from commonlearn.records import Contribution, Ending, Status

__all__ = ["LOGGED", "log_of"]

_ENDINGS = {
    "Refunded": (Status.REFUNDED, "author"),
    "Forfeited": (Status.FORFEITED, "reporter"),
    "Swept": (Status.SWEPT, "beneficiary"),
}
LOGGED = (
    "Contributed",
    "Sponsored",
    "BatchRecorded",
    "WordsUploaded",
    "ClassAdded",
    *_ENDINGS,
    "Voted",
    "Judged",
    "Committed",
    "Trained",
    "ParticipantCredited",
    "Ended",
)
"""Events that a model's data set, weights and life follow from, under any incentive."""


def log_of(events: Sequence[Event], first_block: int = 0, last_block: int = -1) -> LogPart:
    """Sort events into records.

    Parameters
    ----------
    events : sequence of Event
        In the chain's order, all of some blocks.
    first_block, last_block : int, optional
        These blocks, both included.

    Raises
    ------
    ReplayMismatch
        A batch or a sponsor is of contributions that are not just before it.
    """
    part = LogPart(first_block=first_block, last_block=last_block)
    contributions, uploads = part.contributions, part.first_words
    for event in events:
        values, name = event.values, event.name
        place = (event.block_number, event.log_index)
        part.blocks[event.block_number] = event.block_hash
        if name == "Contributed":
            contribution = Contribution(
                values["author"], values["label"], values["taught"], values["stakeWei"], values["contributedAt"]
            )
            where = (*place, event.tx_hash)
            contributions.append(LoggedContribution(values["id"], contribution, bytes(values["sample"]), *where))
        elif name == "Sponsored":
            contributions[-1] = replace(_last(contributions, values["id"], 1)[0], payee=values["payee"])
        elif name == "BatchRecorded":
            first, count = values["first"], values["count"]
            members = _last(contributions, first, count)
            contributions[-count:] = [replace(one, batch=first, batch_count=count) for one in members]
        elif name == "WordsUploaded":
            uploads.append((int(values["from"]), bytes(values["words"]), event.block_number))
        elif name == "ClassAdded":
            # The contract emits a class's words just before it, in the same transaction.
            _, words, _ = uploads.pop()
            part.additions.append(ClassAddition(values["class"], values["activeAt"], words, *place))
        elif name in _ENDINGS:
            status, who = _ENDINGS[name]
            amounts = (values.get("provenGwei", 0), values.get("bountyWei", 0))
            part.endings.append(LoggedEnding(values["id"], status, values[who], *amounts, *place))
        elif name == "Trained":
            first = values["first"]
            part.trainings.extend(
                LoggedTraining(first + i, bool(was_taught), *place)
                for i, was_taught in enumerate(bytes(values["learned"]))
            )
        else:
            _sort_rest(event, part)
    return part


def _sort_rest(event: Event, part: LogPart) -> None:
    values, name = event.values, event.name
    place = (event.block_number, event.log_index)
    if name == "Voted":
        kind = "confirm" if values["confirms"] else "contest"
        amounts = (values["weight"], values["fee"], values["fromGrant"])
        part.votes.append(LoggedVote(*place, values["id"], values["voter"], kind, *amounts))
    elif name == "Judged":
        part.votes.append(LoggedVote(*place, values["id"], values["voter"], "judged", 0, 0, False))
    elif name == "Committed":
        part.markets.append(LoggedMarket(values["market"], None, values["provider"], values["bountyWei"], *place))
    elif name == "Ended":
        ending = Ending(values["ending"])
        part.markets.append(LoggedMarket(values["market"], ending, "", values["perContributionWei"], *place))
    elif name == "ParticipantCredited":
        sums = (values["depositWei"], values["balanceWei"])
        part.credits.append(LoggedCredit(values["market"], values["account"], *sums, *place))


def _last(contributions: Sequence[LoggedContribution], first: int, count: int) -> Sequence[LoggedContribution]:
    """The latest contributions, which must be these: the contract logs what it adds to them right behind them."""
    members = contributions[-count:]
    if [one.id for one in members] != list(range(first, first + count)):
        raise ReplayMismatch(f"contributions {first} to {first + count - 1} are not before what the log says of them")
    return members
