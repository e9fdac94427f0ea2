"""Cutting texts into words.

Requirement F-07.
"""

import builtins
import os
from pathlib import Path

import pytest

from commonlearn.errors import ExtraMissing, FolderMissing, InvalidMetadata, OtherLibrary
from commonlearn.featurizers import VocabularyText, featurizer_from_dict
from commonlearn.featurizers.tokenizers import TOKENIZERS, Tokenizer

WITHOUT_DATA = [name for name in TOKENIZERS if name != "nltk-punkt"]


def need_punkt(monkeypatch):
    folder = Path(os.environ.get("COMMONLEARN_DATA", "")) / "nltk_data"
    if not (os.environ.get("COMMONLEARN_DATA") and folder.is_dir()):
        pytest.skip("NLTK's data are not here: set COMMONLEARN_DATA")
    monkeypatch.setenv("NLTK_DATA", str(folder))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plain", ["don't", "miss", "it", "10", "10", "mr"]),
        ("nltk-word", ["do", "n't", "miss", "it", ":", "10/10", ",", "mr", "."]),
        ("nltk-wordpunct", ["don", "'", "t", "miss", "it", ":", "10", "/", "10", ",", "mr", "."]),
        ("nltk-tweet", ["don't", "miss", "it", ":", "10/10", ",", "mr", "."]),
    ],
)
def test_cuts_as_its_name_says(name, words):
    assert Tokenizer.named(name).cut("Don't MISS it:<br />10/10, Mr.") == words


def test_nltks_word_tokenize_is_punkt_and_words(monkeypatch):
    need_punkt(monkeypatch)
    nltk = pytest.importorskip("nltk")
    monkeypatch.setattr(nltk.data, "path", [os.environ["NLTK_DATA"]])
    text = "mr. smith can't come. he said: no way... really? yes (10/10)!"
    assert Tokenizer.named("nltk-punkt").cut(text.upper()) == nltk.word_tokenize(text)


@pytest.mark.parametrize("name", WITHOUT_DATA)
def test_needs_no_data_and_no_network(name, monkeypatch):
    import socket

    monkeypatch.delenv("NLTK_DATA", raising=False)
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("reached for the network"))
    assert Tokenizer.named(name).cut("a b") == ["a", "b"]


def test_punkt_says_which_folder_it_needs(monkeypatch, tmp_path):
    monkeypatch.delenv("NLTK_DATA", raising=False)
    with pytest.raises(FolderMissing, match=r"punkt_tab.*not named.*NLTK_DATA"):
        Tokenizer.named("nltk-punkt")
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    with pytest.raises(FolderMissing, match="in none of"):
        Tokenizer.named("nltk-punkt")


@pytest.mark.parametrize("name", TOKENIZERS)
def test_no_word_holds_a_space(name, monkeypatch):
    if name == "nltk-punkt":
        need_punkt(monkeypatch)
    words = Tokenizer.named(name).cut('Call +1 (800) 555 0100 now!  New\tYork\u00a0City "quoted" :-) <b class="x">')
    assert words
    assert not any(char.isspace() for word in words for char in word)


def test_unknown_names_are_refused():
    with pytest.raises(InvalidMetadata, match="must be one of plain, nltk-word"):
        Tokenizer.named("spacy")


def test_another_nltk_is_found_by_its_probe():
    record = VocabularyText(["good"], "nltk-word").record()
    assert set(record["made_with"]) == {"nltk"}
    with pytest.raises(OtherLibrary, match=r'pip install "nltk==2\.0"'):
        featurizer_from_dict({**record, "probe": "0" * 16, "made_with": {"nltk": "2.0"}})
    with pytest.raises(OtherLibrary, match="what it was made with"):
        featurizer_from_dict({**record, "probe": "0" * 16, "made_with": None})


def test_the_version_that_it_was_made_with_is_not_hashed():
    words = VocabularyText(["good"], "nltk-word")
    assert featurizer_from_dict({**words.record(), "made_with": {"nltk": "2.0"}}) == words


def test_without_nltk_it_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] == "nltk":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    from commonlearn.featurizers import tokenizers

    tokenizers._made.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ExtraMissing, match=r'pip install "commonlearn\[text\]"'):
        Tokenizer.named("nltk-word")
    assert Tokenizer.named("plain").cut("a b") == ["a", "b"]
