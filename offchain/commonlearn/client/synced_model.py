"""The half of a public model that is free: a copy, kept equal to the contract's, that predicts offline."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from commonlearn.archive.errors import BlocksReplaced, ChainMovedOn
from commonlearn.archive.replaying import replay_log
from commonlearn.chain.connection import Connection
from commonlearn.chain.contracts import CollaborationContract
from commonlearn.chain.incentives import incentive_of
from commonlearn.client.cache import CachedState, Identity, ModelCache
from commonlearn.client.description import Description
from commonlearn.client.errors import LengthMismatch, NoFeaturizer, NotConnected, ReplayMismatch, UnusableDescription
from commonlearn.client.fitted import rebuilt_featurizer
from commonlearn.client.incentives import choice_of
from commonlearn.client.labels import label_numbers
from commonlearn.client.paths import cache_folder, journal_folder
from commonlearn.client.syncing import SyncReport, backfill_log, synchronise
from commonlearn.errors import InvalidConfiguration
from commonlearn.featurizers import Takes
from commonlearn.models import AveragedPerceptron, PublicClassifier, model_from_snapshot

__all__ = ["INFERENCES", "SyncedModel"]

INFERENCES = ("contract", "averaged")
_TRIES = 5

Progress = Callable[[int, int], None]


class SyncedModel:
    """A model that lives in a contract, with a copy here that is equal to it bit for bit. Made by :meth:`load`.

    Attributes
    ----------
    address : str
        The collaboration's address.
    classes_ : ndarray of str, shape (classes,)
        Names of the classes; position is class number.
    description : Description
        What the model says about itself.
    featurizer : Featurizer or None
        Makes samples out of raw data, as the model's contract records it by id, version and hash; None when the model
        takes encoded samples only, or when it cannot be had here.
    featurizer_problem : CommonlearnError or None
        Why it cannot be had here and what to install or get. Raised when something is to be encoded, and not before:
        refunds and withdrawals must work without it.
    twin : PublicClassifier
        The copy. Do not train it.
    last_sync : SyncReport or None
        What the latest sync did; None when loaded offline.
    inference : str
        "contract": predict exactly as the contract does; "averaged": with the mean of a perceptron's weights over its
        log.
    """

    def __init__(
        self,
        identity: Identity,
        state: CachedState,
        twin: PublicClassifier,
        cache: ModelCache,
        *,
        contract: CollaborationContract | None,
        journals: Path,
        last_sync: SyncReport | None = None,
    ) -> None:
        self._identity = identity
        self._cache = cache
        self._contract = contract
        self._journals = journals
        self.last_sync = last_sync
        self.inference = "contract"
        self._averaged: tuple[str, AveragedPerceptron] | None = None
        try:
            self.description = Description.from_bytes(identity.metadata)
        except UnusableDescription:
            self.description = Description(identity.address, "", ())  # it can still be used by its encoded samples
        self.featurizer, self.featurizer_problem = rebuilt_featurizer(self.description)
        self._adopt(twin, state)

    @classmethod
    def load(
        cls,
        address: str,
        *,
        rpc: str | None = None,
        chain_id: int | None = None,
        cache: str | Path | None = None,
        journal: str | Path | None = None,
        offline: bool = False,
        inference: str = "contract",
        on_progress: Progress | None = None,
    ) -> Self:
        """Load a model: from its copy on disk, brought up to date, or by one read of the contract.

        Parameters
        ----------
        address : str
            The collaboration's address.
        rpc : str, optional
            The node; else ``COMMONLEARN_RPC``, else one on this computer.
        chain_id : int, optional
            The chain that the node must serve.
        cache, journal : path, optional
            Folders for copies (may be deleted at any time) and for journals of contributions (should not).
        offline : bool, default False
            Use the copy as it is, without any node.
        inference : {"contract", "averaged"}, default "contract"
            How to predict. "averaged" needs the log, which is read once.
        on_progress : callable, optional
            Told the block reached and the last one.

        Returns
        -------
        PublicModel

        Raises
        ------
        NodeUnreachable, WrongNetwork, NoContract, NotACollaboration, NotYetOpen
            The model cannot be read.
        NotCached
            Offline, but never synced.
        """
        folder, journals = cache_folder(cache), journal_folder(journal)
        if offline:
            stored = ModelCache.find(folder, address, chain_id)
            identity, state = stored.identity(), stored.state()
            if identity is None or state is None:
                raise NotConnected("The first sync")
            twin = model_from_snapshot(identity.kind, identity.configuration, state.words)
            loaded = cls(identity, state, twin, stored, contract=None, journals=journals)
        else:
            contract = CollaborationContract(Connection.open(rpc, chain_id=chain_id), address)
            path = ModelCache.path_of(folder, contract.connection.chain_id, contract.address)
            stored = ModelCache(path)
            twin, report = synchronise(contract, stored, on_progress=on_progress)
            identity, state = stored.identity(), stored.state()
            assert identity is not None
            assert state is not None
            loaded = cls(identity, state, twin, stored, contract=contract, journals=journals, last_sync=report)
        loaded._choose(inference, on_progress)
        return loaded

    def __repr__(self) -> str:
        where = "offline" if self._contract is None else f"chain {self.chain_id}"
        known = f"{self.kind}, {self.contributions} contributions, {where}"
        return f"<{type(self).__name__} {self.description.name!r} at {self.address}: {known}>"

    # ----------------------------------------------------------------------------------------------------- what it is

    @property
    def address(self) -> str:
        """The collaboration's address."""
        return self._identity.address

    @property
    def chain_id(self) -> int:
        """Number of the chain."""
        return self._identity.chain_id

    @property
    def kind(self) -> str:
        """Which algorithm, such as ``perceptron/1``."""
        return self._identity.kind

    @property
    def terms(self) -> Any:
        """The incentive's rules: `Terms` under self-assessment, `PointsTerms` where there are points."""
        return self._identity.terms

    @property
    def incentive(self) -> str:
        """The incentive, by the word that chooses it, such as "self-assessment"."""
        return choice_of(incentive_of(self._identity.terms)).word

    @property
    def contributions(self) -> int:
        """How many contributions the copy has learned."""
        return self._state.contributions

    @property
    def block(self) -> int:
        """As of which block the copy is."""
        return self._state.block

    @property
    def contract(self) -> CollaborationContract:
        """The contract. Raises `NotConnected` offline."""
        if self._contract is None:
            raise NotConnected("This")
        return self._contract

    # -------------------------------------------------------------------------------------------------------- syncing

    def sync(self, *, on_progress: Progress | None = None) -> SyncReport:
        """Bring the copy up to the latest block. Raises as :meth:`load`."""
        twin, report = synchronise(self.contract, self._cache, (self.twin, self._state), on_progress=on_progress)
        identity, state = self._cache.identity(), self._cache.state()
        assert identity is not None
        assert state is not None
        self._identity = identity
        self._adopt(twin, state)
        self.last_sync = report
        if self.inference == "averaged":
            self._average(on_progress)
        return report

    def sync_log(self, *, on_progress: Progress | None = None) -> None:
        """Read the whole log too, once: what averaged weights and claims are made from."""
        mismatches = 0
        for _ in range(_TRIES):
            try:
                return backfill_log(self.contract, self._cache, on_progress=on_progress)
            except ReplayMismatch:
                mismatches += 1
                if mismatches > 1:
                    raise  # the copy was thrown away and read anew: this is the node's fault
            except BlocksReplaced:
                pass
            self.sync()
        raise ChainMovedOn

    def verify(self) -> None:
        """Compare every word of the copy with the contract's as of the same block.

        Raises
        ------
        ReplayMismatch
            They differ: the node answers from another state, or there is an error in this package.
        """
        snapshot = self.contract.snapshot(block=self._state.block)
        same = snapshot.words == self.twin.words() and snapshot.contributions == self.contributions
        if not same:
            raise ReplayMismatch("the contract holds other words than the copy")

    def _adopt(self, twin: PublicClassifier, state: CachedState) -> None:
        self.twin, self._state = twin, state
        twin.classes_ = np.asarray(self.description.class_names(twin.model_.classes))
        self.classes_ = twin.classes_

    # ----------------------------------------------------------------------------------------------------- predicting

    def predict(self, raw: Sequence[Any]) -> npt.NDArray[Any]:
        """Class name of each raw item (texts, rows of numbers: whatever the model's featuriser takes).

        Parameters
        ----------
        raw : sequence, length n

        Returns
        -------
        ndarray of str, shape (n,)

        Raises
        ------
        SampleError
            An item cannot be encoded; `EmptySample` when a text has no known word.
        NoFeaturizer
            The model takes encoded samples only.
        """
        return np.asarray(self.classes_[self.predict_encoded(self.encode(raw))])

    def decision_function(self, raw: Sequence[Any]) -> npt.NDArray[np.float64]:
        """Confidence in each class: shape (n,) with two classes, positive for ``classes_[1]``; else (n, classes)."""
        return self.decide_encoded(self.encode(raw))

    def score(self, raw: Sequence[Any], labels: Sequence[Any]) -> float:
        """Part of the items that get their labels, 0 to 1."""
        if len(raw) != len(labels):
            raise LengthMismatch(len(raw), len(labels))
        numbers = np.asarray(label_numbers(labels, self.classes_.tolist()))
        return float(np.mean(self.predict_encoded(self.encode(raw)) == numbers))

    def predict_encoded(self, samples: Sequence[bytes]) -> npt.NDArray[np.int64]:
        """Class number of each encoded sample, shape (n,): the contract's own unless `inference` is "averaged"."""
        return self._predictor().predict_encoded(samples, self._now())

    def decide_encoded(self, samples: Sequence[bytes]) -> npt.NDArray[np.float64]:
        """:meth:`decision_function` of encoded samples."""
        return self._predictor().decision_encoded(samples, self._now())

    @property
    def takes(self) -> str:
        """What raw data the featuriser takes: "text", "row" or "image"; "text" where there is none."""
        return str(Takes.TEXT if self.featurizer is None else self.featurizer.takes)

    def encode(self, raw: Sequence[Any]) -> list[bytes]:
        """Raw items as the contract takes them.

        Raises
        ------
        SampleError
            An item cannot be encoded.
        NoFeaturizer
            The model takes encoded samples only.
        UnknownFeaturizer, ExtraMissing, OtherLibrary, FolderMissing
            The featuriser is not installed here; the message says what to install.
        StateMissing, StateChanged
            Its fitted state is not here, or not the one that was published.
        FeaturizerMismatch, InvalidMetadata
            It is not the one that the model's contract records.
        """
        if self.featurizer is None:
            raise self.featurizer_problem or NoFeaturizer(self.address)
        return self.featurizer.transform_encoded(raw)

    def averaged(self, *, on_progress: Progress | None = None) -> Self:
        """The same model, predicting with the mean of its weights over all contributions, which is usually better.

        Raises
        ------
        InvalidConfiguration
            The model is no perceptron.
        NotConnected
            The log was not read before, and the model was loaded offline.
        """
        other = copy.copy(self)
        other._choose("averaged", on_progress)
        return other

    def _choose(self, inference: str, on_progress: Progress | None) -> None:
        if inference not in INFERENCES:
            raise InvalidConfiguration(None, f"inference is {inference!r}, but must be one of {', '.join(INFERENCES)}.")
        if inference == "averaged":
            self._average(on_progress)
        self.inference = inference

    def _average(self, on_progress: Progress | None) -> None:
        if not self.kind.startswith("perceptron/"):
            raise InvalidConfiguration(
                None, f"averaged weights exist for perceptrons only, and this model is {self.kind}."
            )
        if self._cache.unread() is not None:
            if self._contract is None:
                raise NotConnected("Reading the log for averaged weights")
            self.sync_log(on_progress=on_progress)
        twin = AveragedPerceptron.from_words(self._identity.configuration, self._cache.first_words())
        log = self._cache.upto(self._identity.created_at_block, self._state.block)
        replay_log(twin, log, learns_at_once=incentive_of(self._identity.terms).learns_at_once)
        if twin.model_.words_bytes() != self._state.words:
            raise ReplayMismatch("learning the whole log again gives other weights")
        self._averaged = (self._state.block_hash, twin)

    def _predictor(self) -> PublicClassifier:
        if self.inference == "contract" or self._averaged is None:
            return self.twin
        return self._averaged[1]

    def _now(self) -> int:
        # Development chains may be ahead of this computer's clock.
        return max(int(time.time()), self._state.timestamp)
