"""Featurisers chosen by one word, for first weights from a table.

Requirement F-10.
"""

import csv
import types

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from commonlearn.client.errors import FeatureProblem, StateProblem, TableProblem
from commonlearn.client.featurizing import DEFAULTS, FEATURIZER_CHOICES, choose
from commonlearn.client.first_weights import learn
from commonlearn.client.fitted import add_to_store, keep_state, stored_files
from commonlearn.client.table import image_paths, raw_for, read_table
from commonlearn.featurizers import FEATURIZERS, PipelineTable, PixelImage, PresenceText, ScaledTable, Takes


@pytest.fixture(autouse=True)
def _store(tmp_path, monkeypatch):
    monkeypatch.setenv("COMMONLEARN_STORE", str(tmp_path / "store"))


@pytest.fixture
def reviews(tmp_path, rng):
    path = tmp_path / "reviews.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["review", "stars", "kind", "label"])
        for _ in range(120):
            good = bool(rng.random() < 0.5)
            tone = rng.choice(["great", "funny"] if good else ["dull", "isn't"], 2)
            words = [*tone, *rng.choice(["film", "actor", "plot", "the"], 3)]
            stars = int(rng.integers(3, 6) if good else rng.integers(1, 4))
            writer.writerow([" ".join(words), stars, "series" if rng.random() < 0.5 else "film", ["bad", "good"][good]])
    return read_table(path)


@pytest.fixture
def pictures(tmp_path):
    digits = load_digits()
    chosen = np.flatnonzero(digits.target < 3)[:200]
    (tmp_path / "pictures").mkdir()
    path = tmp_path / "digits.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "digit"])
        for i in chosen.tolist():
            array = np.rint(digits.images[i] * 255 / 16).astype(np.uint8)
            Image.fromarray(array).save(tmp_path / "pictures" / f"{i}.png")
            writer.writerow([f"pictures/{i}.png", int(digits.target[i])])
    return read_table(path)


def test_every_featuriser_can_be_chosen_and_every_default_is_one():
    assert FEATURIZER_CHOICES.keys() == FEATURIZERS.keys()
    for word, choice in FEATURIZER_CHOICES.items():
        assert choice.takes is FEATURIZERS[word].takes
    assert {takes: FEATURIZER_CHOICES[word].takes for takes, word in DEFAULTS.items()} == {one: one for one in Takes}


TEXTS = {
    "text-presence": {},
    "text-vocabulary": {"tokenizer": "nltk-word", "encoding": "sparse"},
    "text-hashed": {"sign": "yes", "encoding": "dense"},
    "text-svd": {"components": "4", "tokenizer": "plain"},
}


@pytest.mark.parametrize("model", ["perceptron", "centroid"])
@pytest.mark.parametrize("word", TEXTS)
def test_texts(reviews, word, model):
    learned = learn(
        reviews, label="label", text="review", model=model, dimension=64, featurizer=word, features=TEXTS[word]
    )
    assert learned.featurizer.id == word
    assert learned.accuracy >= 0.9
    assert learned.model.predict_encoded(
        learned.featurizer.transform_batch(["a great, funny film", "dull"])
    ).tolist() == [
        1,
        0,
    ]


@pytest.mark.parametrize(("word", "features"), [("text-vocabulary", {}), ("text-hashed", {"encoding": "sparse"})])
def test_naive_bayes_counts(reviews, word, features):
    learned = learn(
        reviews, label="label", text="review", model="bayes", dimension=64, featurizer=word, features=features
    )
    assert learned.accuracy >= 0.9


@pytest.mark.parametrize(
    ("options", "word", "features"),
    [
        ({"text": "review"}, "text-svd", {"components": "4", "tokenizer": "plain"}),
        ({"text": "review"}, "text-hashed", {"encoding": "sparse", "sign": "yes"}),
        ({"columns": ["stars"]}, "table-pipeline", {}),
    ],
)
def test_naive_bayes_refuses_negative_features_by_name(reviews, options, word, features):
    with pytest.raises(TableProblem, match=f"counts, but the featuriser '{word}' makes negative"):
        learn(reviews, label="label", model="bayes", featurizer=word, features=features, dimension=32, **options)


def test_tables_of_numbers_and_words(reviews):
    learned = learn(reviews, label="label", columns=["stars", "kind"], featurizer="table-pipeline")
    assert isinstance(learned.featurizer, PipelineTable)
    assert learned.featurizer.names == ("stars", "kind")
    assert learned.accuracy > 0.75
    with pytest.raises(TableProblem, match="no number"):
        learn(reviews, label="label", columns=["stars", "kind"], featurizer="table-scaled")
    assert isinstance(learn(reviews, label="label", columns=["stars"]).featurizer, ScaledTable)


@pytest.mark.parametrize(
    ("word", "features"),
    [
        (None, {"height": "8", "width": "8", "levels": "17"}),
        ("image-hog", {"height": "16", "width": "16", "cell": "4"}),
    ],
)
def test_images(pictures, word, features):
    learned = learn(pictures, label="digit", image="image", featurizer=word, features=features)
    assert learned.featurizer.id == (word or "image-pixels")
    assert learned.accuracy >= 0.9


def test_a_bad_picture_is_named_by_its_row(pictures, tmp_path):
    (tmp_path / "pictures" / "1.png").write_bytes(b"broken")
    with pytest.raises(TableProblem, match=r"pictures/1\.png"):
        learn(pictures, label="digit", image="image")


@pytest.mark.parametrize(
    ("word", "takes", "said"),
    [
        ("text-embedding", Takes.TEXT, "none of this name; there are text-presence"),
        ("image-hog", Takes.TEXT, "a column of image files.*text-presence, text-vocabulary"),
        ("text-svd", Takes.ROW, "a column of texts.*table-scaled, table-pipeline"),
    ],
)
def test_wrong_words_say_which_are_right(word, takes, said):
    with pytest.raises(FeatureProblem, match=said):
        choose(word, takes)


@pytest.mark.parametrize(
    ("word", "given", "said"),
    [
        ("text-presence", {"tokenizer": "plain"}, "no setting 'tokenizer'; what can be set is nothing"),
        ("image-hog", {"size": "8"}, "no setting 'size'.*height, width"),
        ("image-hog", {"cell": "x"}, "cell is 'x', but must be a whole number"),
        ("text-hashed", {"sign": "maybe"}, "yes or no"),
        ("text-sentences", {}, "--feature folder="),
    ],
)
def test_wrong_settings_say_what_can_be_set(word, given, said):
    with pytest.raises(FeatureProblem, match=said):
        FEATURIZER_CHOICES[word].parsed(word, given)


def test_impossible_settings_name_the_featuriser(pictures, reviews):
    with pytest.raises(FeatureProblem, match=r"'image-hog' cannot be used: .*odd"):
        learn(pictures, label="digit", image="image", featurizer="image-hog", features={"orientations": "8"})
    with pytest.raises(FeatureProblem, match="'text-hashed' cannot be used"):
        learn(reviews, label="label", text="review", featurizer="text-hashed", features={"sign": "yes"})


def test_features_are_of_one_kind(reviews):
    with pytest.raises(TableProblem, match="not both"):
        learn(reviews, label="label", text="review", image="kind")


class TestItemsFromTables:
    def test_paths_of_images_count_from_the_tables_folder(self, pictures, tmp_path):
        image = PixelImage(8, 8)
        paths = raw_for(image, pictures, text=None, leave_out=["digit"])
        assert paths == image_paths(pictures, "image")
        assert paths[0] == str(tmp_path / "pictures" / "0.png")
        assert len(image.transform_batch(paths[:3])) == 3

    def test_columns_of_images_may_be_named(self, pictures):
        unclear = types.SimpleNamespace(takes=Takes.IMAGE)
        with pytest.raises(TableProblem, match="--image which column"):
            raw_for(unclear, read_table_of("a,b\nx,y\n"), text=None)
        assert raw_for(unclear, read_table_of("a,b\nx,y\n"), text="b") == ["y"]
        assert raw_for(unclear, read_table_of("file,b\nx,y\n"), text=None) == ["x"]

    def test_pipelines_find_their_columns_by_name(self):
        made = PipelineTable.learn([[1, "a"], [2, "b"]], names=["n", "w"])
        assert raw_for(made, read_table_of("w,other,n\nb,0,1\n"), text=None) == [["1", "b"]]


def read_table_of(text):
    import io

    return read_table(io.StringIO(text), name="t.csv")


class TestTheStore:
    def test_state_is_kept_and_handed_over(self, tmp_path, monkeypatch):
        made = PipelineTable.learn([[1, "a"], [2, "b"]])
        kept = keep_state(made)
        assert kept.address == made.to_dict()["state"]
        assert kept.problem == ""
        monkeypatch.setenv("COMMONLEARN_STORE", str(tmp_path / "friend"))
        assert stored_files() == []
        assert add_to_store(tmp_path / "store" / kept.address[7:]).address == kept.address
        assert [one.address for one in stored_files()] == [kept.address]
        assert keep_state(PresenceText(["a"])) is None

    def test_damaged_files_are_shown(self, tmp_path):
        kept = keep_state(PipelineTable.learn([[1, "a"], [2, "b"]]))
        (tmp_path / "store" / kept.address[7:]).write_bytes(b"x")
        assert "has been changed" in stored_files()[0].problem

    def test_only_state_is_put_in(self, tmp_path):
        (tmp_path / "any").write_bytes(b"anything")
        with pytest.raises(StateProblem, match="no file of fitted state"):
            add_to_store(tmp_path / "any")
        with pytest.raises(TableProblem):
            add_to_store(tmp_path / "nowhere")
