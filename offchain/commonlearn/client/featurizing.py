"""Which featurisers users can choose, by one word, and what they can set: for first weights from a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commonlearn.client.errors import FeatureProblem
from commonlearn.featurizers import (
    Featurizer,
    HashedText,
    HogImage,
    PipelineTable,
    PixelImage,
    PresenceText,
    ProjectedText,
    ScaledTable,
    SentenceText,
    Takes,
    VocabularyText,
)

__all__ = ["DEFAULTS", "FEATURIZER_CHOICES", "FeaturizerChoice", "Material", "Setting", "choose", "least_documents"]


@dataclass(frozen=True)
class Material:
    """What a featuriser is learned from.

    Attributes
    ----------
    raw : sequence, length n
        Texts, rows or images.
    labels : sequence of int, length n
    names : tuple of str or None
        Of a row's columns.
    dimension : int
        How many words to know.
    least : int
        Words in fewer texts are left out.
    counts : bool
        Whether features must count something: the model is naive Bayes.
    """

    raw: Sequence[Any]
    labels: Sequence[int]
    names: tuple[str, ...] | None = None
    dimension: int = 1_000
    least: int = 1
    counts: bool = False


@dataclass(frozen=True)
class Setting:
    """Something that users can set about a featuriser.

    Attributes
    ----------
    help : str
    default : bool, int or str
        Its type is the setting's; an empty text must be replaced.
    """

    help: str
    default: bool | int | str

    def parse(self, value: str) -> bool | int | str:
        """Read what a user typed. Raises `ValueError`."""
        if isinstance(self.default, bool):
            return {"yes": True, "true": True, "no": False, "false": False}[value.lower()]
        return int(value) if isinstance(self.default, int) else value


Learn = Callable[..., Featurizer]


@dataclass(frozen=True)
class FeaturizerChoice:
    """One word that users can choose.

    Attributes
    ----------
    takes : Takes
    summary : str
    settings : mapping of str to Setting
    learn : callable
        From :class:`Material` and settings by name to a featuriser.
    """

    takes: Takes
    summary: str
    settings: Mapping[str, Setting]
    learn: Learn

    def parsed(self, word: str, given: Mapping[str, str]) -> dict[str, bool | int | str]:
        """Give all settings: those given, and defaults for the others.

        Raises
        ------
        FeatureProblem
            There is no such setting, or its value cannot be read.

        Examples
        --------
        >>> FEATURIZER_CHOICES["image-pixels"].parsed("image-pixels", {"height": "8"})["height"]
        8
        """
        made: dict[str, bool | int | str] = {name: setting.default for name, setting in self.settings.items()}
        for name, value in given.items():
            if name not in self.settings:
                known = ", ".join(self.settings) or "nothing"
                elsewhere = ", and the number of words is said with --dimension" if name == "dimension" else ""
                raise FeatureProblem(word, f"it has no setting {name!r}; what can be set is {known}{elsewhere}")
            try:
                made[name] = self.settings[name].parse(value)
            except (KeyError, ValueError):
                kind = {bool: "yes or no", int: "a whole number"}[type(self.settings[name].default)]
                raise FeatureProblem(word, f"{name} is {value!r}, but must be {kind}") from None
        for name, chosen in made.items():
            if chosen == "":
                raise FeatureProblem(word, f"say its {name} with --feature {name}=…")
        return made


def choose(word: str | None, takes: Takes) -> tuple[str, FeaturizerChoice]:
    """Find the choice of a word; the usual one for the raw data where there is no word.

    Raises
    ------
    FeatureProblem
        There is no such featuriser, or it takes other data.
    """
    word = word or DEFAULTS[takes]
    choice = FEATURIZER_CHOICES.get(word)
    if choice is None:
        raise FeatureProblem(word, f"there is none of this name; there are {', '.join(FEATURIZER_CHOICES)}")
    if choice.takes is not takes:
        fitting = ", ".join(name for name, one in FEATURIZER_CHOICES.items() if one.takes is takes)
        raise FeatureProblem(word, f"it takes {_NOUNS[choice.takes]}; for {_NOUNS[takes]} there are {fitting}")
    return word, choice


_NOUNS = {
    Takes.TEXT: "a column of texts (--text)",
    Takes.ROW: "columns of a table (--columns)",
    Takes.IMAGE: "a column of image files (--image)",
}


def _presence(given: Material) -> Featurizer:
    return PresenceText.learn(given.raw, given.labels, dimension=given.dimension, min_documents=given.least)


def _vocabulary(given: Material, **settings: Any) -> Featurizer:
    return VocabularyText.learn(
        given.raw, given.labels, dimension=given.dimension, min_documents=given.least, **settings
    )


def _hashed(given: Material, **settings: Any) -> Featurizer:
    return HashedText(given.dimension, **settings)


def _projected(given: Material, *, words: int, **settings: Any) -> Featurizer:
    return ProjectedText.learn(given.raw, given.labels, dimension=words, min_documents=given.least, **settings)


def _sentences(given: Material, **settings: Any) -> Featurizer:
    return SentenceText(**settings)


def _scaled(given: Material) -> Featurizer:
    table = ScaledTable.learn(given.raw, names=given.names)
    if not given.counts:
        return table
    # Naive Bayes counts: nothing may be moved below zero, and whole numbers stay what they are.
    columns = len(table.fill)
    return ScaledTable(table.fill, [0.0] * columns, [1.0] * columns, given.names)


def _pipeline(given: Material, **settings: Any) -> Featurizer:
    return PipelineTable.learn(given.raw, names=given.names, **settings)


def _pixels(given: Material, **settings: Any) -> Featurizer:
    return PixelImage(**settings)


def _hog(given: Material, **settings: Any) -> Featurizer:
    return HogImage(**settings)


_TOKENIZER = Setting("how texts are cut: plain, nltk-word, nltk-wordpunct, nltk-tweet, nltk-punkt", "nltk-word")
_COUNTS = Setting("presence, or counts written sparse or dense", "sparse")
_SIZE = {"height": Setting("pixels", 28), "width": Setting("pixels", 28)}

FEATURIZER_CHOICES: dict[str, FeaturizerChoice] = {
    PresenceText.id: FeaturizerChoice(Takes.TEXT, "which known words are there", {}, _presence),
    VocabularyText.id: FeaturizerChoice(
        Takes.TEXT,
        "how often known words are there, cut by NLTK",
        {"tokenizer": _TOKENIZER, "encoding": _COUNTS},
        _vocabulary,
    ),
    HashedText.id: FeaturizerChoice(
        Takes.TEXT,
        "hashed words, without a vocabulary",
        {
            "tokenizer": Setting(_TOKENIZER.help, "plain"),
            "encoding": Setting(_COUNTS.help, "presence"),
            "sign": Setting("whether half of the words count negatively", False),
        },
        _hashed,
    ),
    ProjectedText.id: FeaturizerChoice(
        Takes.TEXT,
        "TF-IDF, projected to few numbers",
        {
            "components": Setting("how many numbers", 100),
            "words": Setting("how many words are looked at", 5_000),
            "tokenizer": _TOKENIZER,
        },
        _projected,
    ),
    SentenceText.id: FeaturizerChoice(
        Takes.TEXT,
        "sentence embeddings by a model folder of yours",
        {"folder": Setting("the model's folder", ""), "unit": Setting("units per 1.0", 1_024)},
        _sentences,
    ),
    ScaledTable.id: FeaturizerChoice(Takes.ROW, "numbers, standardised", {}, _scaled),
    PipelineTable.id: FeaturizerChoice(
        Takes.ROW,
        "numbers standardised, words one-hot, by a pipeline",
        {"unit": Setting("units per standard deviation", 256)},
        _pipeline,
    ),
    PixelImage.id: FeaturizerChoice(
        Takes.IMAGE,
        "grey levels of pixels",
        {
            **_SIZE,
            "levels": Setting("number of greys", 256),
            "invert": Setting("whether ink is dark on light paper", False),
            "encoding": Setting("dense, sparse, or presence for 2 levels", "dense"),
        },
        _pixels,
    ),
    HogImage.id: FeaturizerChoice(
        Takes.IMAGE,
        "histograms of oriented gradients",
        {
            **_SIZE,
            "orientations": Setting("bins, an odd number", 9),
            "cell": Setting("pixels along a cell", 7),
            "block": Setting("cells along a block", 2),
            "unit": Setting("units per 1.0, a power of two", 256),
        },
        _hog,
    ),
}
"""By the featuriser's id."""

DEFAULTS = {Takes.TEXT: PresenceText.id, Takes.ROW: ScaledTable.id, Takes.IMAGE: PixelImage.id}
"""What is chosen where users say nothing."""


def least_documents(texts: int) -> int:
    """In how many texts a word must be: small tables would have none left with the usual five.

    Examples
    --------
    >>> least_documents(72), least_documents(5_000)
    (1, 5)
    """
    return max(1, min(5, texts // 100))
