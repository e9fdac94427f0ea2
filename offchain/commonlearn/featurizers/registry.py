"""From descriptions to featurisers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commonlearn.errors import InvalidMetadata, UnknownFeaturizer
from commonlearn.featurizers.base import Featurizer
from commonlearn.featurizers.tabular import ScaledTable
from commonlearn.featurizers.text import PresenceText

__all__ = ["FEATURIZERS", "featurizer_from_dict", "register"]

FEATURIZERS: dict[str, type[Featurizer]] = {}
"""All that are known, by id. Extended by :func:`register`."""


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


def featurizer_from_dict(description: Mapping[str, Any]) -> Featurizer:
    """Rebuild a featuriser from its description.

    Parameters
    ----------
    description : mapping
        As :meth:`Featurizer.to_dict` gives, after any way through JSON.

    Returns
    -------
    Featurizer

    Raises
    ------
    UnknownFeaturizer
        It, or this version of it, is not installed; the message says what to install.
    InvalidMetadata
        The description is incomplete or contradicts itself.

    Examples
    --------
    >>> featurizer_from_dict({"id": "text-presence", "version": 1, "words": "good bad"}).dimension
    2
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
    return featurizer.from_parameters(
        {key: value for key, value in description.items() if key not in ("id", "version")}
    )


for _featurizer in (PresenceText, ScaledTable):
    register(_featurizer)
