"""A public model's data set and life, from the chain to files: the shell around :mod:`commonlearn.archive`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from commonlearn.archive.card import with_card
from commonlearn.archive.dataset import About, DataSet, rebuild
from commonlearn.archive.drawing import SUFFIXES, drawn
from commonlearn.archive.errors import (
    BlockOutOfRange,
    BlocksReplaced,
    ChainMovedOn,
    ExportProblem,
    ReplayMismatch,
    UnknownFormat,
)
from commonlearn.archive.life import Life, accuracy_curve, life_of
from commonlearn.archive.outcomes import Outcome
from commonlearn.archive.records import LogPart
from commonlearn.archive.writers import FORMATS, files_of, write_files
from commonlearn.chain.connection import Block
from commonlearn.chain.errors import RpcError
from commonlearn.chain.incentives import incentive_of
from commonlearn.client.cache import Identity, ModelCache
from commonlearn.client.errors import LengthMismatch
from commonlearn.client.labels import label_numbers
from commonlearn.client.synced_model import SyncedModel

__all__ = ["Archive", "Exported"]

Progress = Callable[[int, int], None]
_TRIES = 5
_LOG = logging.getLogger("commonlearn")


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes
    ----------
    folder : Path
    files : tuple of str
        Names, the card's last.
    card : dict
        As in ``card.json``.
    is_checked : bool
        Whether the weights were compared with the contract's as of the block; else the node does not keep that state.
    """

    folder: Path
    files: tuple[str, ...]
    card: dict[str, Any]
    is_checked: bool


class Archive:
    """The whole history of one model. Made by :meth:`PublicModel.archive`.

    Parameters
    ----------
    model : SyncedModel
        Loaded with a node.
    cache : ModelCache
        Its copy. What is read of the log stays there, also when it is interrupted.

    Examples
    --------
    Against a node::

        archive = PublicModel.load("0x…", rpc="http://…").archive()
        archive.export("films", file_format="parquet", block=7_000_000)
        archive.data_set().model.predict_encoded(…)  # the weights as of now, or of any block
        archive.plot("life.png", archive.life(test=(texts, labels)))
    """

    def __init__(self, model: SyncedModel, cache: ModelCache) -> None:
        self._model = model
        self._cache = cache
        self._connection = model.contract.connection

    def data_set(self, block: int | None = None, *, on_progress: Progress | None = None) -> DataSet:
        """All contributions up to a block, what became of them, and the twin as of then.

        Parameters
        ----------
        block : int, optional
            The latest by default.
        on_progress : callable, optional
            Told the block reached and the last one, while the log is read.

        Raises
        ------
        BlockOutOfRange
            The model's first words were not there yet, or there is no such block yet.
        ReplayMismatch, ChainMovedOn, NodeUnreachable
            The log cannot be read, or contradicts itself.
        """
        about, log, at = self._read(block, on_progress)
        return rebuild(about, log, at)

    def export(
        self,
        folder: str | Path,
        *,
        file_format: str = "csv",
        block: int | None = None,
        on_progress: Progress | None = None,
    ) -> Exported:
        """Write a data set with the weights and a data card. Two people who export the same block get the same bytes.

        Parameters
        ----------
        folder : path
            Where to; made when missing.
        file_format : {"csv", "parquet", "svmlight"}, default "csv"
        block, on_progress
            As for :meth:`data_set`.

        Returns
        -------
        Exported
            Files and card, and whether the node could be asked for the contract's weights as of the block.

        Raises
        ------
        UnknownFormat
            There is no such format.
        ExportProblem
            The folder cannot be written to.
        BlockOutOfRange, ReplayMismatch, ChainMovedOn, NodeUnreachable
            As :meth:`data_set`; `ReplayMismatch` also where the contract had other weights.
        """
        folder = Path(folder)
        if file_format not in FORMATS:
            raise UnknownFormat(file_format, tuple(FORMATS))
        if folder.exists() and not folder.is_dir():
            raise ExportProblem(folder, "it is a file, not a folder")
        data, is_checked = self._checked(block, on_progress)
        files, card = with_card(data, *files_of(data, file_format))
        write_files(folder, files)
        return Exported(folder, tuple(files), card, is_checked)

    def check(self, data: DataSet) -> bool:
        """Compare a data set with the contract as of its block.

        Returns
        -------
        bool
            Whether the node still has that state.

        Raises
        ------
        ReplayMismatch
            The contract held other words or other stakes, or counted other contributions.
        """
        contract = self._model.contract
        try:
            snapshot = contract.snapshot(block=data.block.number)
            staked = contract.staked(block=data.block.number)
        except (RpcError, ValueError):  # ValueError: an answer of nothing
            return False
        if snapshot.words != data.model.words():
            raise ReplayMismatch(f"learning it again gives other weights than the contract had in {data.block.number}")
        if snapshot.contributions != len(data):
            raise ReplayMismatch(f"the contract counted other contributions than its log in block {data.block.number}")
        pairs = zip(data.log.contributions, data.fates, strict=True)
        if staked != sum(one.contribution.stake_wei for one, fate in pairs if fate.outcome is Outcome.OPEN):
            raise ReplayMismatch(f"the contract held other stakes than its log says in block {data.block.number}")
        return True

    def life(
        self,
        block: int | None = None,
        *,
        test: tuple[Sequence[Any], Sequence[Any]] | None = None,
        on_progress: Progress | None = None,
    ) -> Life:
        """The model's life as curves over blocks: contributions, participants, stakes, how they ended, accuracy.

        Parameters
        ----------
        block, on_progress
            As for :meth:`data_set`.
        test : (sequence, sequence), optional
            Raw items and their true labels: how well the model named them after each change.

        Raises
        ------
        LengthMismatch, SampleError, UnknownLabel, NoFeaturizer
            The test set cannot be used.
        BlockOutOfRange, ReplayMismatch, ChainMovedOn, NodeUnreachable
            As :meth:`data_set`.
        """
        if test is not None and len(test[0]) != len(test[1]):
            raise LengthMismatch(len(test[0]), len(test[1]))
        samples = None if test is None else self._model.encode(test[0])  # bad ones are found before the log is read
        data = self.data_set(block, on_progress=on_progress)
        life = life_of(data.log, data.about.incentive, data.classes)
        if test is None or samples is None:
            return life
        batch = data.model.model_.decode(samples)
        numbers = np.asarray(label_numbers(test[1], list(data.classes)), dtype=np.int64)
        return replace(life, accuracy=accuracy_curve(data.about, data.log, batch, numbers))

    def plot(self, path: str | Path, life: Life) -> None:
        """Draw a life into a file that ends in ``.png``, ``.svg`` or ``.pdf``.

        Raises
        ------
        ExportProblem
            It ends in something else, or cannot be written.
        """
        path = Path(path)
        kind = self.picture_kind(path)
        title = f"{self._model.description.name or 'Model'} at {self._model.address}"
        write_files(path.parent, {path.name: drawn(life, title=title, kind=kind)})

    @staticmethod
    def picture_kind(path: Path) -> str:
        """Which kind of picture a file is to be. Raises `ExportProblem`."""
        kind = path.suffix.lstrip(".").lower()
        if kind not in SUFFIXES:
            raise ExportProblem(path, f"its name must end in one of .{', .'.join(SUFFIXES)}")
        return kind

    # -------------------------------------------------------------------------------------------------------- private

    def _checked(self, block: int | None, on_progress: Progress | None) -> tuple[DataSet, bool]:
        """A data set, and whether it was compared with the contract; a copy that does not fit is read anew, once."""
        try:
            data = self.data_set(block, on_progress=on_progress)
            return data, self.check(data)
        except ReplayMismatch as mismatch:
            _LOG.warning("%s", mismatch.user_message)
            self._cache.clear()
            self._model.sync(on_progress=on_progress)
        data = self.data_set(block, on_progress=on_progress)
        return data, self.check(data)

    def _read(self, block: int | None, on_progress: Progress | None) -> tuple[About, LogPart, Block]:
        model = self._model
        for _ in range(_TRIES):
            if block is not None and block > model.block:
                model.sync(on_progress=on_progress)
            model.sync_log(on_progress=on_progress)
            identity, state = self._cache.identity(), self._cache.state()
            assert identity is not None
            assert state is not None
            wanted = state.block if block is None else block
            first = self._cache.complete_at() or identity.created_at_block
            if not first <= wanted <= state.block:
                raise BlockOutOfRange(wanted, first, state.block)
            try:
                at = self._connection.block(wanted)
                log = self._cache.upto(identity.created_at_block, wanted)
                if self._connection.block(state.block).hash != state.block_hash:
                    raise BlocksReplaced(state.block)
            except (LookupError, BlocksReplaced):
                model.sync(on_progress=on_progress)
                continue
            return self._about(identity), log, at
        raise ChainMovedOn

    def _about(self, identity: Identity) -> About:
        description = self._model.description
        return About(
            address=identity.address,
            genesis_hash=identity.genesis_hash,
            chain_id=identity.chain_id,
            created_at_block=identity.created_at_block,
            kind=identity.kind,
            configuration=identity.configuration,
            incentive=incentive_of(identity.terms).id,
            terms=identity.terms,
            name=description.name,
            description=description.description,
            class_names=description.class_names,
            featurizer=self._model.featurizer,
        )
