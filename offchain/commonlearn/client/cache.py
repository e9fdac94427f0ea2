"""A model's copy on disk: its log, as far as it was read (:mod:`commonlearn.archive`), and the twin as of one block."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commonlearn.archive.records import LogPart
from commonlearn.archive.store import LogStore
from commonlearn.chain.incentives import INCENTIVES, SELF_ASSESSMENT, incentive_of
from commonlearn.client.errors import AmbiguousCache, NotCached

__all__ = ["CachedState", "Identity", "ModelCache"]


@dataclass(frozen=True)
class Identity:
    """What never changes about a model.

    Attributes
    ----------
    chain_id : int
    genesis_hash : str
        Tells chains of the same number apart.
    address, model_address : str
        The collaboration and its model.
    created_at_block : int
    kind : str
        Selects the twin.
    configuration : int
    terms : Any
        Its incentive's rules.
    metadata : bytes
        Deflated description.
    """

    chain_id: int
    genesis_hash: str
    address: str
    model_address: str
    created_at_block: int
    kind: str
    configuration: int
    terms: Any
    metadata: bytes


@dataclass(frozen=True)
class CachedState:
    """The model as of one block."""

    words: bytes
    contributions: int
    block: int
    block_hash: str
    timestamp: int


class ModelCache(LogStore):
    """The copy of one model.

    Parameters
    ----------
    path : path
        The file; made with its folder when missing, and replaced when it is damaged or of another layout.

    Raises
    ------
    CacheProblem
        It cannot be read or written.
    """

    @classmethod
    def path_of(cls, folder: Path, chain_id: int, address: str) -> Path:
        """Where the copy of a model lies."""
        return folder / f"{chain_id}-{address.lower()}.sqlite"

    @classmethod
    def find(cls, folder: Path, address: str, chain_id: int | None = None) -> ModelCache:
        """The copy of a model by its address alone.

        Raises
        ------
        NotCached
            There is none.
        AmbiguousCache
            There are several, of different chains.
        """
        found = sorted(folder.glob(f"{'*' if chain_id is None else chain_id}-{address.lower()}.sqlite"))
        if not found:
            raise NotCached(address, folder)
        if len(found) > 1:
            raise AmbiguousCache(address, [int(path.name.split("-")[0]) for path in found])
        return cls(found[0])

    def identity(self) -> Identity | None:
        """What never changes; None in an empty copy."""
        row = self._db.execute("SELECT content, metadata FROM identity").fetchone()
        if row is None:
            return None
        content = json.loads(row[0])
        content["configuration"] = int(content["configuration"], 16)
        incentive = INCENTIVES[content.pop("incentive", SELF_ASSESSMENT.id)]
        content["terms"] = incentive.load(content["terms"])
        return Identity(metadata=bytes(row[1]), **content)

    def state(self) -> CachedState | None:
        """The model; None in an empty copy, and after blocks were taken back."""
        row = self._db.execute("SELECT words, contributions, block, block_hash, timestamp FROM state").fetchone()
        return None if row is None else CachedState(bytes(row[0]), *row[1:])

    def unread(self) -> tuple[int, int] | None:
        """The first blocks up to the state's, both included, of which the log was not read yet; None if all were."""
        row = self._db.execute("SELECT block FROM state").fetchone()
        identity = self.identity()
        if row is None or identity is None:
            return None
        return next(iter(self.missing(identity.created_at_block, int(row[0]))), None)

    def replace(self, identity: Identity, state: CachedState) -> None:
        """Go on with a snapshot. What was read of the same model's log stays."""
        content = {
            "chain_id": identity.chain_id,
            "genesis_hash": identity.genesis_hash,
            "address": identity.address,
            "model_address": identity.model_address,
            "created_at_block": identity.created_at_block,
            "kind": identity.kind,
            "configuration": hex(identity.configuration),
            "incentive": incentive_of(identity.terms).id,
            "terms": identity.terms.as_dict(),
        }
        with self._change():
            if self.identity() != identity:
                self._clear()
            self._db.execute(
                "INSERT OR REPLACE INTO identity VALUES (1, ?, ?)", (json.dumps(content), identity.metadata)
            )
            self._put_state(state)

    def advance(self, expected: CachedState, state: CachedState, part: LogPart) -> bool:
        """Go on to a later block, unless another process was faster.

        Parameters
        ----------
        expected : CachedState
            What the new state was computed from.
        state : CachedState
            The new one.
        part : LogPart
            The log in between.

        Returns
        -------
        bool
            Whether it was written.
        """
        with self._change():
            row = self._db.execute("SELECT block, block_hash FROM state").fetchone()
            if row != (expected.block, expected.block_hash):
                return False
            self._put_state(state)
            self._put(part)
        return True

    def _put_state(self, state: CachedState) -> None:
        values = (state.words, state.contributions, state.block, state.block_hash, state.timestamp)
        self._db.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?)", values)
        self._db.execute("INSERT OR REPLACE INTO blocks VALUES (?, ?)", (state.block, state.block_hash))
