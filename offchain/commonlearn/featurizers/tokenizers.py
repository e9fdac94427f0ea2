"""Ways to cut a text into words, by name. A name never changes its meaning.

All of them first put the text into lower case and take ``<br />`` for a space. Those of NLTK come with a *probe*: a
short hash of what they make of a fixed text, which goes into the description, so that a version of NLTK that cuts
otherwise is found out before it encodes anything. Only ``nltk-punkt`` needs data, in the folder that ``NLTK_DATA``
names; nothing is ever downloaded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from commonlearn.errors import ExtraMissing, FolderMissing, InvalidMetadata
from commonlearn.featurizers.base import check_probe
from commonlearn.featurizers.state import canonical_json
from commonlearn.featurizers.store import folder_hash
from commonlearn.numerics import keccak256

__all__ = ["PLAIN_WORD", "TOKENIZERS", "Tokenizer", "plain_words"]

PLAIN_WORD = re.compile(r"[a-z0-9']+")
_PUNKT = Path("tokenizers") / "punkt_tab" / "english"
_PROBE = (
    "Mr. O'Neil didn't pay $3.88 in New York... \"Wow!!! soooo good,\" she said :-) <3 #nlp @home (10/10). "
    "gonna cannot they'll e-mail me@x.org, see https://x.org/a?b=c\nNaïve café — 100% d'accord; it's 5 o'clock. End"
)
Cut = Callable[[str], list[str]]


def plain_words(text: str) -> list[str]:
    """Cut a text into runs of ``a-z``, ``0-9`` and ``'``, in lower case.

    Letters outside a-z part words, so this suits English. The rule needs no data and never changes.

    Examples
    --------
    >>> plain_words("Don't miss it!<br /><br />A 10/10.")
    ["don't", 'miss', 'it', 'a', '10', '10']
    """
    return PLAIN_WORD.findall(_lowered(text))


def _lowered(text: str) -> str:
    return text.lower().replace("<br />", " ")


def _nltk() -> Any:
    try:
        import nltk.tokenize
    except ImportError:
        raise ExtraMissing("text-*", 1, "nltk", "text") from None
    return nltk.tokenize


def _word() -> Cut:
    tokenizer: Any = _nltk().NLTKWordTokenizer()
    return lambda text: [str(token) for token in tokenizer.tokenize(text)]


def _wordpunct() -> Cut:
    tokenizer: Any = _nltk().WordPunctTokenizer()
    return lambda text: [str(token) for token in tokenizer.tokenize(text)]


def _tweet() -> Cut:
    # Telephone numbers may hold spaces, which part words here.
    tokenizer: Any = _nltk().TweetTokenizer(preserve_case=False, reduce_len=True, match_phone_numbers=False)
    return lambda text: [str(token) for token in tokenizer.tokenize(text)]


def _punkt() -> Cut:
    """NLTK's ``word_tokenize``: sentences by Punkt, each then cut into words."""
    tokenize = _nltk()
    sentences: Any = tokenize.punkt.PunktSentenceTokenizer()
    import nltk.data

    folder = punkt_folder()
    found = nltk.data.find(_PUNKT.as_posix(), paths=[str(folder.parents[len(_PUNKT.parts) - 1])])
    sentences._params = tokenize.punkt.load_punkt_params(found)
    words: Any = tokenize.NLTKWordTokenizer()
    return lambda text: [str(token) for one in sentences.tokenize(text) for token in words.tokenize(one)]


def punkt_folder() -> Path:
    """Find Punkt's English data in the folders that ``NLTK_DATA`` names.

    Raises
    ------
    FolderMissing
        They are in none.
    """
    named = [Path(one) for one in os.environ.get("NLTK_DATA", "").split(os.pathsep) if one]
    for folder in named:
        if (folder / _PUNKT).is_dir():
            return folder / _PUNKT
    raise FolderMissing(f"NLTK's {_PUNKT.as_posix()}", "NLTK_DATA", [str(folder) for folder in named])


_MAKERS: dict[str, Callable[[], Cut]] = {
    "nltk-word": _word,
    "nltk-wordpunct": _wordpunct,
    "nltk-tweet": _tweet,
    "nltk-punkt": _punkt,
}
TOKENIZERS = ("plain", *_MAKERS)
"""Names of all tokenizers."""


@dataclass(frozen=True)
class Tokenizer:
    """One of :data:`TOKENIZERS`, made by :meth:`named`.

    Attributes
    ----------
    name : str
    cut : callable
        From a text to its words, none of which holds a space.

    Examples
    --------
    >>> Tokenizer.named("plain").cut("It isn't.")
    ['it', "isn't"]
    >>> Tokenizer.named("nltk-word").cut("It isn't.")
    ['it', 'is', "n't", '.']
    """

    name: str
    cut: Cut

    @classmethod
    def named(cls, name: Any) -> Tokenizer:
        """Make the tokenizer of a name.

        Raises
        ------
        InvalidMetadata
            There is none.
        ExtraMissing
            It is NLTK's, which is not installed.
        FolderMissing
            Its data are not there.
        """
        if name not in TOKENIZERS:
            raise InvalidMetadata(f"Its tokenizer is {name!r}, but must be one of {', '.join(TOKENIZERS)}.")
        # Keyed by the folders, so that naming others later is seen.
        return _made(name, os.environ.get("NLTK_DATA", "") if name == "nltk-punkt" else "")

    @property
    def library(self) -> tuple[str, ...]:
        """The package that it stands on."""
        return () if self.name == "plain" else ("nltk",)

    def parameters(self) -> dict[str, Any]:
        """Describe it, ready for JSON."""
        if self.name == "plain":
            return {"tokenizer": self.name}
        return {"tokenizer": self.name, "probe": self._probe()}

    @classmethod
    def from_parameters(cls, featurizer: str, parameters: Any) -> Tokenizer:
        """Rebuild from :meth:`parameters`, for a featuriser of this id.

        Raises
        ------
        OtherLibrary
            NLTK cuts otherwise here.
        InvalidMetadata, ExtraMissing, FolderMissing
            As :meth:`named`.
        """
        made = cls.named(parameters.get("tokenizer"))
        if made.name != "plain":
            check_probe(featurizer, parameters.get("probe"), made._probe(), "nltk")
        return made

    def _probe(self) -> str:
        return _probed(self)


@cache
def _made(name: str, data: str) -> Tokenizer:
    if name == "plain":
        return Tokenizer(name, plain_words)
    cut = _MAKERS[name]()
    return Tokenizer(name, lambda text: [token for token in cut(_lowered(text)) if not any(map(str.isspace, token))])


@cache
def _probed(tokenizer: Tokenizer) -> str:
    # Punkt's data decide as well: their hash is probed with the tokens.
    data = folder_hash(punkt_folder()) if tokenizer.name == "nltk-punkt" else ""
    return keccak256(canonical_json([tokenizer.cut(_PROBE), data]).encode())[:8].hex()
