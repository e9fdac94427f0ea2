"""Keeping a copy of a model equal to the chain: one snapshot, then the log.

Every contribution is learned by the twin, and what the twin says (did it teach?) is compared with what the contract
said. So a copy is either bit for bit the contract's, or it is thrown away and read anew. When blocks are taken back,
the log up to the last one that is still there stays, and the twin begins with another snapshot.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from commonlearn.archive.errors import BlocksReplaced, ChainMovedOn, ReplayMismatch
from commonlearn.archive.following import common_block, follow, hash_at
from commonlearn.archive.records import LogPart
from commonlearn.archive.replaying import replay, require_numbers, teach
from commonlearn.chain.connection import Block, Connection
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.client.cache import CachedState, Identity, ModelCache
from commonlearn.contract_errors import NotYetOpen
from commonlearn.models import PublicClassifier, model_from_snapshot

__all__ = ["SyncReport", "backfill_log", "synchronise"]

_LOG = logging.getLogger("commonlearn")
_TRIES = 5

Progress = Callable[[int, int], None]


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


def synchronise(
    contract: CollaborationContract,
    cache: ModelCache,
    held: tuple[PublicClassifier, CachedState] | None = None,
    *,
    on_progress: Progress | None = None,
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
    if identity is not None and contract.connection.genesis_hash != identity.genesis_hash:
        notice = "The chain was reset since the last sync: it begins with another block."
        cache.clear()
    elif identity is not None and state is not None:
        notice = _replaced(contract.connection, state)
        if not notice:
            try:
                return _continue(contract, cache, state, _twin(identity, state, held), on_progress)
            except ReplayMismatch as mismatch:
                notice = mismatch.user_message
                cache.clear()
            except BlocksReplaced as replaced:
                notice = replaced.user_message
        _take_back(contract.connection, cache)
    if notice:
        _LOG.warning("%s Reading the model %s anew.", notice, contract.address)
    return _snapshot(contract, cache, notice)


def _twin(
    identity: Identity, state: CachedState, held: tuple[PublicClassifier, CachedState] | None
) -> PublicClassifier:
    if held is not None and held[1] == state:  # else another process was here meanwhile
        return held[0].copy()  # trained on: if that is interrupted, what is held must not have moved
    return model_from_snapshot(identity.kind, identity.configuration, state.words)


def _replaced(connection: Connection, state: CachedState) -> str:
    """Why a copy's state is of no use any more; empty if it is."""
    found = hash_at(connection, state.block)
    if found is None:
        return f"The chain is shorter than at the last sync (block {state.block}): reset, or blocks were taken back."
    if found != state.block_hash:
        return f"Block {state.block} was replaced since the last sync (re-organisation)."
    return ""


def _take_back(connection: Connection, cache: ModelCache) -> None:
    """Forget what is of blocks that are no longer part of the chain."""
    known = cache.blocks()
    last = common_block(connection, known)
    if known and last != known[-1][0]:
        cache.truncate(-1 if last is None else last)


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
    on_progress: Progress | None,
) -> tuple[PublicClassifier, SyncReport]:
    connection = contract.connection
    head = connection.block()
    before, start = state.contributions, state.block
    for part, block in follow(contract, start + 1, head.number, anchor=(head.number, head.hash)):
        if contract.incentive.learns_at_once:
            replay(model, part.contributions, part.additions, first_id=state.contributions)
        else:
            require_numbers(part.contributions, state.contributions)
            _learn_chosen(contract, cache, model, part)
        advanced = _state(model, state.contributions + len(part.contributions), block)
        cache.advance(state, advanced, part)
        state = advanced
        if on_progress is not None:
            on_progress(block.number, head.number)
    if state.block > start:
        counted = contract.contributions(block=head.number)
        if hash_at(connection, head.number) != head.hash:
            raise BlocksReplaced(head.number)
        if counted != state.contributions:
            raise ReplayMismatch("the contract counts other contributions than its log")
    new = state.contributions - before
    return model, SyncReport("events" if new else "unchanged", new, state.contributions, state.block)


def backfill_log(contract: CollaborationContract, cache: ModelCache, *, on_progress: Progress | None = None) -> None:
    """Read the log from before the snapshot, each part once. What was read stays, whatever happens afterwards.

    Raises
    ------
    ReplayMismatch
        The node's log is not complete.
    BlocksReplaced
        The copy's own block was taken back: bring the copy up to date first.
    """
    _backfill(contract, cache, on_progress)
    state = cache.state()
    if state is None or cache.contribution_count() != state.contributions:
        cache.clear()
        raise ReplayMismatch("contributions are missing in the node's log")


def _backfill(contract: CollaborationContract, cache: ModelCache, on_progress: Progress | None = None) -> None:
    epoch, state = cache.epoch, cache.state()
    if state is None:
        return
    for first, last in cache.missing(contract.created_at_block, state.block):
        for part, block in follow(contract, first, last, anchor=(state.block, state.block_hash)):
            if not cache.put(part, epoch=epoch):
                raise BlocksReplaced(state.block)
            if on_progress is not None:
                on_progress(block.number, state.block)


def _learn_chosen(contract: CollaborationContract, cache: ModelCache, model: PublicClassifier, part: LogPart) -> None:
    """Learn what a market taught: contributions of this part of the log, or earlier ones."""
    if not part.learned:
        return
    _backfill(contract, cache)
    known = {one.id: one for one in cache.chosen(part.learned)} | {one.id: one for one in part.contributions}
    if not known.keys() >= set(part.learned):
        raise ReplayMismatch("the log says that contributions were taught which are not in it")
    teach(model, [known[id_] for id_ in part.learned])


def _state(model: PublicClassifier, contributions: int, block: Block) -> CachedState:
    return CachedState(model.model_.words_bytes(), contributions, block.number, block.hash, block.timestamp)
