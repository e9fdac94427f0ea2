"""What Python's featurisers say of texts and pictures that are hard to get alike: a part of `scripts.web_vectors`."""

from __future__ import annotations

import base64
import io
import random
import sys
import unicodedata
from itertools import groupby
from typing import Any

import numpy as np
import regex
from PIL import Image

from commonlearn.errors import SampleError
from commonlearn.featurizers import Featurizer, HashedText, PixelImage, VocabularyText
from commonlearn.featurizers.tokenizers import Tokenizer
from commonlearn.numerics import keccak256

__all__ = ["bags", "pictures", "tokens", "unicode"]

_TOKENIZERS = ("plain", "nltk-wordpunct", "nltk-word")
_PIECES = [
    "cannot", "can", "not", "d'ye", "gimme", "gonna", "gotta", "lemme", "more'n", "wanna", "'tis", "'twas",
    "TWAS", "t'is", "isn't", "ISN'T", "they'll", "we've", "I'm", "he's", "she'd", "you're", "rock'n'roll",
    "o'clock", "'em", "'re", "''", "'", '"', "``", "`", "“", "”", "‘", "’", "„", "«", "»", "(", ")", "[", "]",
    "{", "}", "<", ">", "<br />", "<BR />", "--", "---", ".", "..", "...", "....", ",", ":", ";", "!", "?",
    "?!", "@", "#", "$", "%", "&", "*", "3.14", "3,141", "10:30", "x.", "U.S.", "Mr.", "end.", "–", "—", "‒",
    "―", "café", "naïve", "STRASSE", "straße", "ΣΑΣ", "İstanbul", "ısı", "g\u0131mme", "'t\u0131s", "'ti\u017f",
    "中文", "१२३", "Ⅷ", "½", "a_b", "😀", "e\u0301", "\u200b", "\u00ad", "😀’s", "-", "e-mail", "/",
    "https://x.org/a?b=c", "\\", "|", "^", "~", "+", "=", "good", "Film", "k\u212a",
]  # fmt: skip
_SPACES = [" ", " ", " ", " ", "", "", "  ", "\n", "\t", "\u00a0", "\u3000", "\r\n", "\x1f", "\u2028"]


def _text(chance: random.Random) -> str:
    pieces = [chance.choice(_PIECES) + chance.choice(_SPACES) for _ in range(chance.randrange(0, 14))]
    return "".join(pieces) + chance.choice(["", "", ".", '."', ".')", "'", ":", ":\n", ",\n\n", ' "', ".  "])


def tokens(chance: random.Random) -> list[dict[str, Any]]:
    """Texts, and how each tokeniser that the page has cuts them."""
    texts = [_text(chance) for _ in range(150)]
    return [
        {
            "tokenizer": made.parameters(),
            "cases": [[text, made.cut(text)] for text in texts[: 60 if name == "plain" else len(texts)]],
        }
        for name, made in ((name, Tokenizer.named(name)) for name in _TOKENIZERS)
    ]


def unicode(chance: random.Random) -> dict[str, Any]:
    """What Python takes for letters, digits and spaces, and what NLTK does by the package `regex`; and lower case.

    Of the characters that this Python knows.
    """
    points = [p for p in range(sys.maxunicode + 1) if unicodedata.category(chr(p)) not in ("Cn", "Cs")]
    lower = "".join(chr(p).lower() for p in points) + "".join(f"a{chr(p)} ".lower() for p in points)
    return {
        "assigned": _ranges(points),
        "word": _ranges([p for p in points if chr(p).isalnum() or chr(p) == "_"]),
        "digit": _ranges([p for p in points if chr(p).isdecimal()]),
        "space": _ranges([p for p in points if chr(p).isspace()]),
        "nltk_word": _ranges([p for p in points if regex.match(r"\w", chr(p))]),
        "nltk_space": _ranges([p for p in points if regex.match(r"\s", chr(p))]),
        "lower": keccak256(lower.encode()).hex(),
    }


def _ranges(points: list[int]) -> list[list[int]]:
    """Ascending numbers as first ones and lengths."""
    runs = groupby(enumerate(points), lambda numbered: numbered[1] - numbered[0])
    return [[run[0][1], len(run)] for run in (list(found) for _, found in runs)]


def bags(chance: random.Random) -> list[dict[str, Any]]:
    """Counts, presence and hashes of words."""
    vocabulary = [
        "good",
        "film",
        "n't",
        "'s",
        ".",
        "can",
        "not",
        "café",
        "a_b",
        "!",
        "is",
        "``",
        "straße",
        "isn",
        "t",
        "'",
    ]
    made: list[Featurizer] = [
        VocabularyText(vocabulary, tokenizer, encoding)
        for tokenizer, encoding in zip(_TOKENIZERS, ("dense", "presence", "sparse"), strict=True)
    ]
    for tokenizer in _TOKENIZERS:
        made += [
            HashedText(chance.choice([1, 3, 64]), tokenizer, "presence"),
            HashedText(chance.choice([7, 4_096, 65_536]), tokenizer, "sparse", sign=True),
            HashedText(5, tokenizer, "dense", sign=chance.random() < 0.5),
        ]
    texts = [_text(chance) for _ in range(22)] + ["good " * 40_000]
    return [{"featurizer": one.record(), "cases": [_told(one, text) for text in _short(one, texts)]} for one in made]


def _short(one: Featurizer, texts: list[str]) -> list[str]:
    """The very long text, for sums that are stopped, only where sums are."""
    return texts if one.to_dict()["tokenizer"] == "plain" and one.to_dict()["encoding"] == "dense" else texts[:-1]


def _told(featurizer: Featurizer, text: str) -> dict[str, Any]:
    # A repeated word is written once, with how often it is there.
    given = {"text": text} if len(text) < 1_000 else {"word": text.split()[0] + " ", "times": len(text.split())}
    try:
        sample = featurizer.transform_encoded([text])[0]
    except SampleError as error:
        return {**given, "error": type(error).__name__}
    return {**given, "sample": sample.hex(), "described": featurizer.describe(sample)}


def pictures(chance: random.Random) -> dict[str, Any]:
    """Pictures as PNG files of several kinds, and the features that Python makes of them."""
    noise = np.random.default_rng(chance.randrange(1 << 32))
    files = {
        mode: _png(mode, noise, chance) for mode in ("L", "1", "P", "RGB", "RGBA", "LA", "P-alpha", "RGB-key", "all")
    }
    made = [
        PixelImage(3, 4, 17),
        PixelImage(9, 5, 256, invert=True, encoding="sparse"),
        PixelImage(4, 4, 2, encoding="presence"),
        PixelImage(1, 1, 3),
        PixelImage(8, 8),
    ]
    cases = []
    for name, file in files.items():
        rgba = np.asarray(Image.open(io.BytesIO(file)).convert("RGBA"))
        samples: list[str | None] = []
        for one in made:
            try:
                samples.append(one.transform_encoded([Image.open(io.BytesIO(file))])[0].hex())
            except SampleError:
                samples.append(None)
        told = {"name": name, "png": base64.b64encode(file).decode(), "width": rgba.shape[1], "height": rgba.shape[0]}
        cases.append({**told, "rgba": keccak256(rgba.tobytes()).hex(), "samples": samples})
    drawn = [one.describe(one.transform_encoded([Image.open(io.BytesIO(files["L"]))])[0]) for one in made]
    return {"featurizers": [one.record() for one in made], "cases": cases, "drawn": drawn}


def _png(mode: str, noise: np.random.Generator, chance: random.Random) -> bytes:
    """A small picture of noise; ``all`` has every grey under every transparency."""
    height, width = (256, 256) if mode == "all" else (chance.randint(3, 11), chance.randint(3, 11))
    grey = Image.fromarray(noise.integers(0, 256, (height, width), dtype=np.uint8))
    colour = Image.fromarray(noise.integers(0, 256, (height, width, 3), dtype=np.uint8))
    options: dict[str, Any] = {}
    if mode == "all":
        alpha, value = np.mgrid[0:256, 0:256].astype(np.uint8)
        picture = Image.merge("LA", [Image.fromarray(value), Image.fromarray(alpha)])
    elif mode in ("L", "1"):
        picture = grey.convert(mode)
    elif mode == "LA":
        picture = Image.merge("LA", [grey, grey.rotate(180)])
    elif mode == "RGBA":
        picture = Image.merge("RGBA", [*colour.split(), grey])
    elif mode.startswith("P"):
        picture = colour.quantize(6)
        options = {"transparency": bytes([0, 90, 255])} if mode == "P-alpha" else {}
    else:
        picture = colour
        options = {"transparency": colour.getpixel((1, 1))} if mode == "RGB-key" else {}
    file = io.BytesIO()
    picture.save(file, "PNG", **options)
    return file.getvalue()
