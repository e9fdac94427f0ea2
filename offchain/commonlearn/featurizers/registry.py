"""From descriptions to featurisers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commonlearn.errors import InvalidMetadata, OtherLibrary, UnknownFeaturizer
from commonlearn.featurizers.base import Featurizer
from commonlearn.featurizers.hashed import HashedText
from commonlearn.featurizers.hog import HogImage
from commonlearn.featurizers.images import PixelImage
from commonlearn.featurizers.pipeline import PipelineTable
from commonlearn.featurizers.projected import ProjectedText
from commonlearn.featurizers.sentences import SentenceText
from commonlearn.featurizers.state import State
from commonlearn.featurizers.store import Store, default_store
from commonlearn.featurizers.tabular import ScaledTable
from commonlearn.featurizers.text import PresenceText
from commonlearn.featurizers.words import VocabularyText

__all__ = ["FEATURIZERS", "featurizer_from_dict", "register"]

FEATURIZERS: dict[str, type[Featurizer]] = {}
"""All that are known, by id. Extended by :func:`register`."""

_NOT_PARAMETERS = ("id", "version", "hash", "made_with")


def register(featurizer: type[Featurizer]) -> type[Featurizer]:
    """Make a featuriser known to :func:`featurizer_from_dict`; usable as a decorator.

    Parameters
    ----------
    featurizer : type of Featurizer

    Returns
    -------
    type of Featurizer
        The same.

    Raises
    ------
    InvalidMetadata
        Another one has this id.
    """
    known = FEATURIZERS.setdefault(featurizer.id, featurizer)
    if known is not featurizer:
        raise InvalidMetadata(f"The id {featurizer.id!r} is taken by {known.__qualname__}.")
    return featurizer


def featurizer_from_dict(description: Mapping[str, Any], *, store: Store | None = None) -> Featurizer:
    """Rebuild a featuriser from its description, and check it against the recorded hash.

    Parameters
    ----------
    description : mapping
        As :meth:`Featurizer.record` or :meth:`Featurizer.to_dict` gives, after any way through JSON.
    store : Store, optional
        Where fitted state lies, for those that have some; :func:`~commonlearn.featurizers.store.default_store` if not
        given.

    Returns
    -------
    Featurizer

    Raises
    ------
    UnknownFeaturizer, ExtraMissing, OtherLibrary
        It, or this version of it, or what it stands on, is not installed; the message says what to install.
    InvalidMetadata
        The description is incomplete or contradicts itself.
    StateMissing, StateChanged
        Its fitted state is not in the store, or is another one.
    FeaturizerMismatch
        It has another hash than the description says.

    Examples
    --------
    >>> featurizer_from_dict({"id": "text-presence", "version": 1, "words": "good bad"}).dimension
    2
    >>> record = PresenceText(["good", "bad"]).record()
    >>> featurizer_from_dict({**record, "words": "good evil"})
    Traceback (most recent call last):
    ...
    commonlearn.errors.FeaturizerMismatch: The model's contract names the featuriser 'text-presence' ...
    """
    if not isinstance(description, Mapping):
        raise InvalidMetadata("It is not a mapping.")
    id_, version = description.get("id"), description.get("version")
    if not isinstance(id_, str) or not isinstance(version, int) or isinstance(version, bool):
        raise InvalidMetadata("Its id or version is missing.")
    featurizer = FEATURIZERS.get(id_)
    if featurizer is None:
        raise UnknownFeaturizer(id_, version)
    if version != featurizer.version:
        raise UnknownFeaturizer(id_, version, featurizer.version)
    parameters = {key: value for key, value in description.items() if key not in _NOT_PARAMETERS}
    if "state" in parameters:
        parameters["state"] = State.from_bytes((store or default_store()).get(parameters["state"]))
    try:
        rebuilt = featurizer.from_parameters(parameters)
    except OtherLibrary as error:
        made_with = description.get("made_with")
        wanted = made_with.get(error.library) if isinstance(made_with, Mapping) else None
        raise OtherLibrary(error.id, error.library, error.installed, wanted) from None
    if "hash" in description:
        rebuilt.check(description["hash"])
    return rebuilt


for _featurizer in (
    PresenceText,
    VocabularyText,
    HashedText,
    ProjectedText,
    SentenceText,
    ScaledTable,
    PipelineTable,
    PixelImage,
    HogImage,
):
    register(_featurizer)
