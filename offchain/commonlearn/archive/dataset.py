"""A model's whole data set as of a block, rebuilt from its log alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.archive.errors import BlockOutOfRange
from commonlearn.archive.outcomes import Fate, fates
from commonlearn.archive.records import LogPart
from commonlearn.archive.replaying import replay_log
from commonlearn.chain.connection import Block
from commonlearn.chain.incentives import INCENTIVES
from commonlearn.errors import MissingWords, SampleError
from commonlearn.featurizers import Featurizer
from commonlearn.models import PublicClassifier, model_from_snapshot
from commonlearn.numerics import EncodedBatch

__all__ = ["About", "DataSet", "rebuild"]


@dataclass(frozen=True)
class About:
    """What does not change about a model.

    Attributes
    ----------
    address, genesis_hash : str
    chain_id, created_at_block : int
    kind : str
        Which algorithm, such as ``perceptron/1``.
    configuration : int
        The contract's configuration word.
    incentive : str
        Its id, such as ``self-assessment/1``.
    terms : Any
        The incentive's rules.
    name, description : str
        What its creator says.
    class_names : callable
        Names of so many classes.
    featurizer : Featurizer or None
        None where its creator does not say how samples are made.
    """

    address: str
    genesis_hash: str
    chain_id: int
    created_at_block: int
    kind: str
    configuration: int
    incentive: str
    terms: Any
    name: str
    description: str
    class_names: Callable[[int], Sequence[str]]
    featurizer: Featurizer | None


@dataclass(frozen=True)
class DataSet:
    """All contributions of a model up to a block, and the model as of then.

    Attributes
    ----------
    about : About
    block : Block
    log : LogPart
        From the creation to the block.
    fates : list of Fate, length n
        What became of each contribution.
    model : PublicClassifier
        The twin after the log.
    classes : tuple of str
        Names of the classes as of then; position is class number.
    samples : EncodedBatch, length n
        Decoded features.
    words : list of str, length n, or None
        What the samples say in the featuriser's words (texts: the known words; tables: columns with numbers); None
        where the vocabulary is not known.
    """

    about: About
    block: Block
    log: LogPart
    fates: list[Fate]
    model: PublicClassifier
    classes: tuple[str, ...]
    samples: EncodedBatch
    words: list[str] | None

    def __len__(self) -> int:
        return len(self.log.contributions)


def rebuild(about: About, log: LogPart, block: Block) -> DataSet:
    """Make a model's data set out of its log.

    Parameters
    ----------
    about : About
    log : LogPart
        From the creation to the block.
    block : Block
        As of which.

    Returns
    -------
    DataSet

    Raises
    ------
    BlockOutOfRange
        The first words were not complete yet.
    ReplayMismatch
        The log contradicts itself.
    """
    words = b"".join(part for _, part, _ in log.first_words)
    try:
        model = model_from_snapshot(about.kind, about.configuration, words)
    except MissingWords:
        raise BlockOutOfRange(block.number, about.created_at_block, block.number) from None
    replay_log(model, log, learns_at_once=INCENTIVES[about.incentive].learns_at_once)
    samples = [one.sample for one in log.contributions]
    return DataSet(
        about=about,
        block=block,
        log=log,
        fates=fates(log, about.incentive, about.terms, now=block.timestamp),
        model=model,
        classes=tuple(map(str, about.class_names(model.model_.classes))),
        samples=model.model_.decode(samples),
        words=_words(about.featurizer, model, samples),
    )


def vocabulary(featurizer: Featurizer | None, model: PublicClassifier) -> Featurizer | None:
    """The featuriser, if it is one of such samples: a creator may describe another model than this."""
    configuration = model.to_configuration()
    if featurizer is None or featurizer.encoding is not configuration.encoding:
        return None
    return featurizer if featurizer.dimension == configuration.dimension else None


def _words(featurizer: Featurizer | None, model: PublicClassifier, samples: Sequence[bytes]) -> list[str] | None:
    known = vocabulary(featurizer, model)
    if known is None or type(known).describe is Featurizer.describe:
        return None
    try:
        return [known.describe(sample) for sample in samples]
    except (SampleError, LookupError):
        return None
