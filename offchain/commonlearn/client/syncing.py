"""Keeping a copy of a model equal to the chain: one snapshot, then the log.

Every contribution is learned by the twin, and what the twin says (did it teach?) is compared with what the contract
said. So a copy is either bit for bit the contract's, or it is thrown away and read anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from commonlearn.chain.connection import Block, Connection
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.events import Event, events_in
from commonlearn.client.cache import CachedState, ClassAddition, Identity, LoggedContribution, ModelCache
from commonlearn.client.errors import ChainMovedOn, ReplayMismatch
from commonlearn.contract_errors import NotYetOpen
from commonlearn.errors import SampleError, UnknownLabel
from commonlearn.models import PublicClassifier, model_from_snapshot
from commonlearn.records import Contribution

__all__ = ["LogPart", "SyncReport", "backfill_log", "log_of", "replay", "synchronise", "teach"]

_LOG = logging.getLogger("commonlearn")
_TRIES = 5
_LOGGED = ("Contributed", "Sponsored", "BatchRecorded", "WordsUploaded", "ClassAdded")
_LOGGED_IN_MARKETS = (*_LOGGED, "Trained")


@dataclass(frozen=True)
class SyncReport:
    """What a sync did.

    Attributes
    ----------
    mode : str
        "snapshot": read anew; "events": continued from the log; "unchanged".
    new_contributions : int
        How many were learned from the log.
    contributions : int
        In all.
    block : int
        As of which block.
    notice : str
        Why a copy was thrown away; empty if it was not.
    """

    mode: str
    new_contributions: int
    contributions: int
    block: int
    notice: str = ""


@dataclass(frozen=True)
class LogPart:
    """A part of a model's log, sorted.

    Attributes
    ----------
    contributions : list of LoggedContribution
    additions : list of ClassAddition
        Announced classes.
    first_words : list of (int, bytes)
        Parts of the upload, by the number of their first word.
    learned : list of int
        Contributions that a market taught to the model, in that order.
    """

    contributions: list[LoggedContribution]
    additions: list[ClassAddition]
    first_words: list[tuple[int, bytes]]
    learned: list[int]


def synchronise(
    contract: CollaborationContract,
    cache: ModelCache,
    held: tuple[PublicClassifier, CachedState] | None = None,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[PublicClassifier, SyncReport]:
    """Bring a copy up to the latest block.

    Parameters
    ----------
    contract : CollaborationContract
        The model on its chain.
    cache : ModelCache
        The copy; may be empty.
    held : (PublicClassifier, CachedState), optional
        The twin in memory and its state. It is trained further if the copy on disk is of the same block, else not used.
    on_progress : callable, optional
        Told the block reached and the last one.

    Returns
    -------
    model : PublicClassifier
        The twin as of the latest block.
    report : SyncReport

    Raises
    ------
    NotYetOpen
        Its creator is still uploading.
    """
    identity, state = cache.identity(), cache.state()
    notice = "The copy on disk was damaged." if cache.was_damaged else ""
    if identity is not None and state is not None:
        notice = _stale(contract.connection, identity, state)
        if not notice:
            try:
                twin = _twin(identity, state, held)
                return _continue(contract, cache, state, twin, on_progress)
            except ReplayMismatch as mismatch:
                notice = mismatch.user_message
        cache.clear()
    if notice:
        _LOG.warning("%s Reading the model %s anew.", notice, contract.address)
    return _snapshot(contract, cache, notice)


def _twin(
    identity: Identity, state: CachedState, held: tuple[PublicClassifier, CachedState] | None
) -> PublicClassifier:
    if held is not None and held[1] == state:  # else another process was here meanwhile
        return held[0]
    return model_from_snapshot(identity.kind, identity.configuration, state.words)


def _stale(connection: Connection, identity: Identity, state: CachedState) -> str:
    """Why a copy is of no use any more; empty if it is."""
    if connection.genesis_hash != identity.genesis_hash:
        return "The chain was reset since the last sync: it begins with another block."
    try:
        block = connection.block(state.block)
    except LookupError:
        return f"The chain is shorter than at the last sync (block {state.block}): reset, or blocks were taken back."
    if block.hash != state.block_hash:
        return f"Block {state.block} was replaced since the last sync (re-organisation)."
    return ""


def _snapshot(contract: CollaborationContract, cache: ModelCache, notice: str) -> tuple[PublicClassifier, SyncReport]:
    connection = contract.connection
    connection.require_code(contract.address)  # a re-organisation may have taken back its creation
    for _ in range(_TRIES):
        head = connection.block()
        snapshot = contract.snapshot(block=head.number)
        if connection.block(head.number).hash == head.hash:
            break
    else:
        raise ChainMovedOn
    if not contract.is_open():
        raise NotYetOpen
    identity = Identity(
        chain_id=connection.chain_id,
        genesis_hash=connection.genesis_hash,
        address=contract.address,
        model_address=contract.model.address,
        created_at_block=contract.created_at_block,
        kind=snapshot.kind,
        configuration=snapshot.configuration,
        terms=contract.terms,
        metadata=contract.metadata(),
    )
    model = model_from_snapshot(snapshot.kind, snapshot.configuration, snapshot.words)
    state = _state(model, snapshot.contributions, head)
    cache.replace(identity, state)
    return model, SyncReport("snapshot", 0, state.contributions, state.block, notice)


def _continue(
    contract: CollaborationContract,
    cache: ModelCache,
    state: CachedState,
    model: PublicClassifier,
    on_progress: Callable[[int, int], None] | None,
) -> tuple[PublicClassifier, SyncReport]:
    connection = contract.connection
    head = connection.block()
    before = state.contributions
    if head.number == state.block:
        return model, SyncReport("unchanged", 0, before, state.block)
    addresses = (contract.address, contract.model.address)
    names = _names(contract)
    for reached, events in events_in(connection.rpc, addresses, names, state.block + 1, head.number):
        part = log_of(events)
        if contract.incentive.learns_at_once:
            replay(model, part.contributions, part.additions, first_id=state.contributions)
        else:
            _require_numbers(part.contributions, state.contributions)
            _learn_chosen(contract, cache, model, part)
        block = head if reached == head.number else connection.block(reached)
        advanced = _state(model, state.contributions + len(part.contributions), block)
        cache.advance(state, advanced, part.contributions, part.additions, part.learned)
        state = advanced
        if on_progress is not None:
            on_progress(reached, head.number)
    if connection.block(head.number).hash != head.hash:
        raise ReplayMismatch(f"block {head.number} was replaced while it was read")
    if contract.contributions(block=head.number) != state.contributions:
        raise ReplayMismatch("the contract counts other contributions than its log")
    new = state.contributions - before
    return model, SyncReport("events" if new else "unchanged", new, state.contributions, state.block)


def backfill_log(
    contract: CollaborationContract, cache: ModelCache, *, on_progress: Callable[[int, int], None] | None = None
) -> None:
    """Read the log from before the snapshot, each part once. What was read stays, whatever happens afterwards.

    Raises
    ------
    ReplayMismatch
        The node's log is not complete.
    """
    _backfill(contract, cache, on_progress)
    state = cache.state()
    if state is None or cache.contribution_count() != state.contributions:
        cache.clear()
        raise ReplayMismatch("contributions are missing in the node's log")


def _backfill(
    contract: CollaborationContract, cache: ModelCache, on_progress: Callable[[int, int], None] | None = None
) -> None:
    unread = cache.unread()
    if unread is not None:
        addresses = (contract.address, contract.model.address)
        for reached, events in events_in(contract.connection.rpc, addresses, _names(contract), *unread):
            part = log_of(events)
            cache.backfill(reached, part.contributions, part.additions, part.first_words, part.learned)
            if on_progress is not None:
                on_progress(reached, unread[1])


def _names(contract: CollaborationContract) -> tuple[str, ...]:
    return _LOGGED if contract.incentive.learns_at_once else _LOGGED_IN_MARKETS


def log_of(events: Sequence[Event]) -> LogPart:
    """Sort events into contributions, announced classes (with their words), first words, and what markets taught.

    Raises
    ------
    ReplayMismatch
        A batch or a sponsor is of contributions that are not just before it.
    """
    contributions, additions, uploads, learned = [], [], [], []
    for event in events:
        values = event.values
        if event.name == "Contributed":
            contribution = Contribution(
                values["author"], values["label"], values["taught"], values["stakeWei"], values["contributedAt"]
            )
            where = (event.block_number, event.log_index, event.tx_hash)
            contributions.append(LoggedContribution(values["id"], contribution, bytes(values["sample"]), *where))
        elif event.name == "Sponsored":
            contributions[-1] = replace(_last(contributions, values["id"], 1)[0], payee=values["payee"])
        elif event.name == "BatchRecorded":
            first, count = values["first"], values["count"]
            members = _last(contributions, first, count)
            contributions[-count:] = [replace(one, batch=first, batch_count=count) for one in members]
        elif event.name == "WordsUploaded":
            uploads.append((int(values["from"]), bytes(values["words"])))
        elif event.name == "ClassAdded":
            # The contract emits a class's words just before it, in the same transaction.
            _, words = uploads.pop()
            additions.append(
                ClassAddition(values["class"], values["activeAt"], words, event.block_number, event.log_index)
            )
        elif event.name == "Trained":
            first = values["first"]
            learned += [first + i for i, was_taught in enumerate(bytes(values["learned"])) if was_taught]
    return LogPart(contributions, additions, uploads, learned)


def _last(contributions: Sequence[LoggedContribution], first: int, count: int) -> Sequence[LoggedContribution]:
    """The latest contributions, which must be these: the contract logs what it adds to them right behind them."""
    members = contributions[-count:]
    if [one.id for one in members] != list(range(first, first + count)):
        raise ReplayMismatch(f"contributions {first} to {first + count - 1} are not before what the log says of them")
    return members


def replay(
    model: PublicClassifier,
    contributions: Sequence[LoggedContribution],
    additions: Sequence[ClassAddition],
    *,
    first_id: int,
) -> None:
    """Learn a part of the log, in the chain's order.

    Parameters
    ----------
    model : PublicClassifier
        The twin as of just before; trained in place.
    contributions, additions : sequences
        The part, each in order.
    first_id : int
        Number that the first contribution must have.

    Raises
    ------
    ReplayMismatch
        A number is missing or repeated, or the twin disagrees with the contract on what taught. The twin is then of
        no more use.
    """
    _require_numbers(contributions, first_id)
    start = 0
    for addition in [*additions, None]:
        end = start
        if addition is None:
            end = len(contributions)
        else:
            before = (addition.block, addition.log_index)
            while end < len(contributions) and (contributions[end].block, contributions[end].log_index) < before:
                end += 1
        _learn(model, contributions[start:end])
        start = end
        if addition is not None:
            number = model.model_.add_class(addition.words, addition.active_at)  # type: ignore[attr-defined]
            if number != addition.number:
                raise ReplayMismatch(f"class {addition.number} was announced where {number} should be")


def _require_numbers(contributions: Sequence[LoggedContribution], first_id: int) -> None:
    expected = range(first_id, first_id + len(contributions))
    for wanted, logged in zip(expected, contributions, strict=True):
        if logged.id != wanted:
            raise ReplayMismatch(f"contribution {logged.id} comes where {wanted} should")


def _learn_chosen(contract: CollaborationContract, cache: ModelCache, model: PublicClassifier, part: LogPart) -> None:
    """Learn what a market taught: contributions of this part of the log, or earlier ones."""
    if not part.learned:
        return
    _backfill(contract, cache)
    known = {one.id: one for one in cache.chosen(part.learned)} | {one.id: one for one in part.contributions}
    if not known.keys() >= set(part.learned):
        raise ReplayMismatch("the log says that contributions were taught which are not in it")
    teach(model, [known[id_] for id_ in part.learned])


def teach(model: PublicClassifier, contributions: Sequence[LoggedContribution]) -> None:
    """Learn contributions that a market taught, in order; the log does not say which of them changed anything."""
    if contributions:
        model.train_many(
            [logged.sample for logged in contributions],
            [logged.contribution.label for logged in contributions],
            [logged.contribution.contributed_at for logged in contributions],
        )


def _learn(model: PublicClassifier, contributions: Sequence[LoggedContribution]) -> None:
    if not contributions:
        return
    try:
        taught = model.train_many(
            [logged.sample for logged in contributions],
            [logged.contribution.label for logged in contributions],
            [logged.contribution.contributed_at for logged in contributions],
        )
    except (SampleError, UnknownLabel) as error:
        raise ReplayMismatch(f"the copy cannot learn what the contract learned ({error.user_message})") from None
    for logged, by_twin in zip(contributions, taught.tolist(), strict=True):
        if logged.contribution.taught != by_twin:
            raise ReplayMismatch(f"contribution {logged.id} taught the contract but not the copy, or the reverse")


def _state(model: PublicClassifier, contributions: int, block: Block) -> CachedState:
    return CachedState(model.model_.words_bytes(), contributions, block.number, block.hash, block.timestamp)
