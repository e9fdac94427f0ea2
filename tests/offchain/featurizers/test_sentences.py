"""Sentence embeddings, with a small encoder in the place of a neural network.

Requirements F-01, F-02, F-03.
"""

import hashlib
import sys
import types
from typing import ClassVar

import numpy as np
import pytest

from commonlearn.errors import ExtraMissing, FolderMissing, InvalidMetadata, SampleError
from commonlearn.featurizers import SentenceText, featurizer_from_dict
from commonlearn.featurizers import sentences as module

TEXTS = ["a good film", "dull and far too long", "so so"]


class FakeTransformer:
    """Vectors out of the folder's weights and a hash of the words; notes how it was made."""

    made: ClassVar[list[tuple[str, dict]]] = []

    def __init__(self, folder, **options):
        self.made.append((folder, options))
        self.weights = np.frombuffer((__import__("pathlib").Path(folder) / "model.safetensors").read_bytes(), "u1")

    def encode(self, sentences, **options):
        rows = []
        for text in sentences:
            vector = np.zeros(6, dtype=np.float32)
            for word in text.split():
                vector += np.frombuffer(hashlib.sha256(word.encode()).digest()[:6], "u1").astype(np.float32) - 127
            rows.append(vector * self.weights[:6])
        return np.array(rows)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A model folder, named by the user, and a fake package that reads it."""
    path = tmp_path / "encoder"
    path.mkdir()
    (path / "config.json").write_text("{}")
    (path / "model.safetensors").write_bytes(bytes(range(1, 9)))
    monkeypatch.setattr(FakeTransformer, "made", [])
    monkeypatch.setitem(
        sys.modules, "sentence_transformers", types.SimpleNamespace(SentenceTransformer=FakeTransformer)
    )
    module.open_encoder.cache_clear()
    yield path
    module.open_encoder.cache_clear()


def test_vectors_of_length_one_become_integers(folder):
    text = SentenceText(folder, unit=1_000)
    real = FakeTransformer(str(folder)).encode(TEXTS).astype(float)
    real /= np.linalg.norm(real, axis=1)[:, None]
    made = text.transform_batch(TEXTS).to_dense()
    assert text.dimension == 6
    assert made.tolist() == np.rint(1_000 * real).astype(int).tolist()
    assert len(text.transform_batch([])) == 0


def test_a_reload_finds_the_folder_by_its_hash(folder, reloaded, monkeypatch, tmp_path):
    text = SentenceText(folder)
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv(module.FOLDER_VARIABLE, f"{other}:{folder}")
    again = reloaded(text)
    assert again == text
    assert again.transform_encoded(TEXTS) == text.transform_encoded(TEXTS)


def test_nothing_is_fetched_and_no_foreign_code_is_run(folder):
    SentenceText(folder)
    ((given, options),) = FakeTransformer.made
    assert given == str(folder)
    assert options["local_files_only"] is True
    assert options["trust_remote_code"] is False
    assert options["model_kwargs"] == {"use_safetensors": True}


@pytest.mark.parametrize("name", ["pytorch_model.bin", "modeling.py", "weights.PKL", "a/b.pt"])
def test_files_that_could_run_code_are_refused_before_anything_is_loaded(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"")
    with pytest.raises(InvalidMetadata, match="could run code"):
        SentenceText(folder)
    assert FakeTransformer.made == []


def test_changed_weights_are_not_the_model(folder, monkeypatch):
    record = SentenceText(folder).record()
    monkeypatch.setenv(module.FOLDER_VARIABLE, str(folder))
    assert featurizer_from_dict(record).dimension == 6
    (folder / "model.safetensors").write_bytes(bytes(range(2, 10)))
    with pytest.raises(FolderMissing, match=r"the hash sha256:.*is in none of.*COMMONLEARN_SENTENCES"):
        featurizer_from_dict(record)


def test_without_a_folder_it_says_which_to_name(folder, tmp_path, monkeypatch):
    record = SentenceText(folder).record()
    monkeypatch.delenv(module.FOLDER_VARIABLE, raising=False)
    with pytest.raises(FolderMissing, match=r"is not named.*Nothing is downloaded"):
        featurizer_from_dict(record)
    with pytest.raises(FolderMissing):
        SentenceText(tmp_path / "nowhere")


def test_without_the_package_it_says_what_to_install(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ExtraMissing, match=r'pip install "commonlearn\[sentences\]"'):
        SentenceText(folder)


def test_texts_without_a_direction_are_named(folder):
    with pytest.raises(SampleError) as refused:
        SentenceText(folder).transform_batch(["good", ""])
    assert refused.value.sample == 1


@pytest.mark.parametrize("raw", ["good", [5]])
def test_refuses_what_is_no_list_of_texts(folder, raw):
    with pytest.raises(SampleError):
        SentenceText(folder).transform_batch(raw)


def test_a_wrong_encoder_is_refused(folder, monkeypatch):
    monkeypatch.setattr(FakeTransformer, "encode", lambda self, sentences, **_: np.zeros(3))
    with pytest.raises(InvalidMetadata, match="no vector"):
        SentenceText(folder)


def test_another_dimension_than_recorded_is_refused(folder, monkeypatch):
    monkeypatch.setenv(module.FOLDER_VARIABLE, str(folder))
    with pytest.raises(InvalidMetadata, match="6 numbers, not 7"):
        featurizer_from_dict({**SentenceText(folder).to_dict(), "dimension": 7})
