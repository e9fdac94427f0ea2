"""Judging a test set by the partition that was drawn, before anything is staked on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from commonlearn.client.market.records import Shown
from commonlearn.models import PublicClassifier, model_from_snapshot

__all__ = ["Audit", "AuditedSample", "audit"]


@dataclass(frozen=True, slots=True)
class AuditedSample:
    """One revealed sample.

    Attributes
    ----------
    label : int
        The provider's.
    predicted : int
        What the model says now.
    learned : int or None
        What the model would say after one's own data; None without own data.
    features : tuple of int
        What is in it, as numbers of features.
    """

    label: int
    predicted: int
    learned: int | None
    features: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True)
class Audit:
    """What the revealed partition says.

    Attributes
    ----------
    samples : tuple of AuditedSample
    classes : dict of int to int
        How many samples of each class.
    model_agrees : float
        Part of them that the model as it is predicts as the provider labels them, 0 to 1.
    own_agrees : float or None
        The same after learning one's own data; None without own data.
    chance : float
        What always naming the commonest class would reach.
    same : int
        How many are among one's own data.
    same_agrees : int
        How many of these have one's own label.
    """

    samples: tuple[AuditedSample, ...]
    classes: dict[int, int]
    model_agrees: float
    own_agrees: float | None
    chance: float
    same: int
    same_agrees: int

    @property
    def verdict(self) -> str:
        """In words. A tenth of a test set is a small sample: it shows gross lies, not fine ones."""
        seen = self.model_agrees if self.own_agrees is None else max(self.model_agrees, self.own_agrees)
        margin = 1.0 / max(1.0, len(self.samples) ** 0.5)
        if seen < self.chance - margin:
            return "the labels contradict the model" + ("" if self.own_agrees is None else " and your data")
        if self.same and self.same_agrees < self.same:
            return "the provider labels some of your own samples otherwise than you"
        if seen > self.chance + margin:
            return "the labels fit"
        return "too few samples to tell the labels from chance"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "samples": [sample.as_dict() for sample in self.samples],
            "classes": {str(label): count for label, count in self.classes.items()},
            "model_agrees": self.model_agrees,
            "own_agrees": self.own_agrees,
            "chance": self.chance,
            "same": self.same,
            "same_agrees": self.same_agrees,
            "verdict": self.verdict,
        }


def audit(
    twin: PublicClassifier,
    configuration: int,
    shown: Sequence[Shown],
    own: tuple[Sequence[bytes], Sequence[int]] | None = None,
    *,
    now: int,
) -> Audit:
    """Compare revealed samples with a model, and with one's own labelled data.

    Parameters
    ----------
    twin : PublicClassifier
        The model as it is; not changed.
    configuration : int
        Its configuration word.
    shown : sequence of Shown
        At least one.
    own : (samples, labels), optional
        What one would contribute: the model learns it, in a copy.
    now : int
        Unix time in seconds.
    """
    samples, labels = [one.sample for one in shown], np.asarray([one.label for one in shown])
    predicted = np.asarray(twin.predict_encoded(samples, now))
    learned = None
    same = same_agrees = 0
    if own is not None:
        copy = model_from_snapshot(str(twin.model_.kind), configuration, twin.words())
        copy.train_many(list(own[0]), list(own[1]), [now] * len(own[0]))
        learned = np.asarray(copy.predict_encoded(samples, now))
        mine = dict(zip(own[0], own[1], strict=True))
        common = [(mine[one.sample], one.label) for one in shown if one.sample in mine]
        same, same_agrees = len(common), sum(ours == theirs for ours, theirs in common)
    counts = Counter(labels.tolist())
    rows = twin.model_.decode(samples).rows()
    audited = tuple(
        AuditedSample(
            label=int(label),
            predicted=int(said),
            learned=None if learned is None else int(learned[i]),
            features=_features(row[0]),
        )
        for i, (label, said, row) in enumerate(zip(labels, predicted, rows, strict=True))
    )
    return Audit(
        samples=audited,
        classes={int(label): count for label, count in sorted(counts.items())},
        model_agrees=float(np.mean(predicted == labels)),
        own_agrees=None if learned is None else float(np.mean(learned == labels)),
        chance=max(counts.values()) / len(labels),
        same=same,
        same_agrees=same_agrees,
    )


def _features(row: Any) -> tuple[int, ...]:
    return () if isinstance(row, slice) else tuple(int(feature) for feature in row)
