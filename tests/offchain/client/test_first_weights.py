"""From a labelled CSV file to first weights: what is read, what is refused, and how good the result is."""

import io
import random

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits

from commonlearn.client.errors import TableProblem
from commonlearn.client.first_weights import learn
from commonlearn.client.table import Table, raw_for, read_table
from commonlearn.featurizers import PresenceText, ScaledTable


def table_of(text: str) -> Table:
    return read_table(io.StringIO(text), name="data.csv")


def reviews(count: int = 200, seed: int = 5) -> Table:
    rng = random.Random(seed)
    good, bad, any_ = (
        ["good", "great", "funny", "moving"],
        ["bad", "dull", "boring", "long"],
        ["film", "actor", "plot", "scene", "it", "the"],
    )
    rows = []
    for i in range(count):
        label = i % 2
        words = rng.sample(good if label else bad, 2) + rng.sample(any_, 3)
        rng.shuffle(words)
        rows.append([" ".join(words), ("neg", "pos")[label]])
    return Table("reviews.csv", ("review", "sentiment"), rows)


def numbers(data) -> Table:
    columns = (*(f"x{i}" for i in range(data.data.shape[1])), "y")
    return Table(
        "numbers.csv",
        columns,
        [[*map(repr, map(float, row)), str(y)] for row, y in zip(data.data, data.target, strict=True)],
    )


@pytest.mark.parametrize("model", ["perceptron", "centroid", "bayes"])
def test_texts_are_learned_by_every_model(model):
    learned = learn(reviews(), label="sentiment", text="review", model=model)
    assert learned.classes == ("neg", "pos")
    assert learned.accuracy == 1.0
    assert learned.baseline == 0.5
    assert (learned.rows, learned.held_out) == (200, 40)
    assert isinstance(learned.featurizer, PresenceText)
    probes = learned.featurizer.transform_encoded(["a great, funny film", "dull and long"])
    assert learned.model.predict_encoded(probes).tolist() == [1, 0]


@pytest.mark.parametrize(("model", "least"), [("perceptron", 0.93), ("centroid", 0.88), ("bayes", 0.85)])
def test_columns_of_numbers_are_learned(model, least):
    learned = learn(numbers(load_breast_cancer()), label="y", model=model)
    assert learned.accuracy >= least > learned.baseline
    assert isinstance(learned.featurizer, ScaledTable)
    assert learned.featurizer.names == tuple(f"x{i}" for i in range(30))


def test_ten_classes_are_learned():
    learned = learn(numbers(load_digits()), label="y", model="perceptron")
    assert learned.classes == tuple("0123456789")
    assert learned.accuracy > 0.9


def test_chosen_columns_only():
    learned = learn(numbers(load_breast_cancer()), label="y", columns=["x3", "x0"], model="centroid")
    assert learned.featurizer.names == ("x3", "x0")


def test_the_same_file_gives_the_same_weights():
    first, second = (learn(reviews(), label="sentiment", text="review") for _ in range(2))
    assert first.model.words() == second.model.words()
    assert first.featurizer == second.featurizer
    assert first.accuracy == second.accuracy


def test_the_accuracy_is_of_rows_that_were_not_learned():
    """Labels by lot: what is known by heart does not help on rows held out."""
    table = reviews(400)
    lot = random.Random(11)
    shuffled = Table(table.source, table.columns, [[row[0], lot.choice(("neg", "pos"))] for row in table.rows])
    assert learn(shuffled, label="sentiment", text="review").accuracy < 0.65


def test_texts_without_a_known_word_count_as_wrong():
    table = reviews(100)
    rows = [[f"qqq{i} zzz{i}", row[1]] if i % 4 == 0 else row for i, row in enumerate(table.rows)]
    learned = learn(Table(table.source, table.columns, rows), label="sentiment", text="review", dimension=8)
    assert 0.6 < learned.accuracy < 0.9


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("a,b\n1,x\n", {"label": "c"}, "no column 'c'; its columns are 'a', 'b'"),
        ("a,b\n" + "1,x\n" * 20, {"label": "b"}, "1 different label"),
        ("a,b\n" + "1,x\n1,y\n" * 4, {"label": "b"}, "at least 10 rows"),
        ("a,b\n" + "1,x\n" * 20 + "1,y\n", {"label": "b"}, "2 of each label"),
        ("a,b\n" + "1,x\n2,\n" * 20, {"label": "b"}, "row 2 has no label"),
        ("a,b\n" + "1,x\n2,y\n" * 20 + "one,x\n", {"label": "b"}, "row 41: the cell 'one'"),
        ("a,b\n" + "1,x\n2,y\n" * 20, {"label": "b", "text": "t"}, "no column 't'"),
        ("a,b\n" + "1,x\n2,y\n" * 20, {"label": "b", "text": "a", "columns": ["a"]}, "not both"),
        ("a,b\n" + "-1,x\n2,y\n" * 20, {"label": "b", "model": "bayes"}, "negative numbers"),
        ("a,b\n" + "?!,x\n--,y\n" * 20, {"label": "b", "text": "a"}, "word"),
    ],
    ids=[
        "column",
        "one class",
        "few rows",
        "rare class",
        "no label",
        "words",
        "text column",
        "both",
        "negative",
        "no words",
    ],
)
def test_unusable_tables_say_why(text, options, reason):
    with pytest.raises(TableProblem, match=reason) as raised:
        learn(table_of(text), **options)
    assert "data.csv" in raised.value.user_message


def test_csv_dialects_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes('\ufefftext;y\r\n"a; ""b""\nc";1\r\n\r\nd;2\r\n'.encode())
    table = read_table(path)
    assert table.columns == ("text", "y")
    assert table.rows == [['a; "b"\nc', "1"], ["d", "2"]]
    assert read_table(io.StringIO("a\tb\n1\t2\n"), name="x").rows == [["1", "2"]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no header"),
        (b"\n\n", "no header"),
        (b"a,b\n", "no rows"),
        (b"a,a\n1,2\n", "there twice"),
        (b"a,b\n1,2\n1\n", "line 3 has 1 cells"),
        (b"a,b\n\xff\xfe,2\n", "no UTF-8"),
    ],
    ids=["empty", "blank", "no rows", "twice", "short row", "latin"],
)
def test_unreadable_files_say_why(tmp_path, content, reason):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(TableProblem, match=reason):
        read_table(path)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(TableProblem, match="no such file"):
        read_table(tmp_path / "nowhere.csv")


def test_items_for_a_model_are_found_in_a_table():
    words, table = PresenceText(["good"]), table_of("text,label,id\ngood,1,7\n")
    assert raw_for(words, table, text=None) == ["good"]
    assert raw_for(words, table, text="id") == ["7"]
    assert raw_for(words, table_of("review,label\ngood,1\n"), text=None, leave_out=["label"]) == ["good"]
    with pytest.raises(TableProblem, match="--text which column"):
        raw_for(words, table_of("a,b\n1,2\n"), text=None)
    scaled = ScaledTable.learn([[1.0, 2.0], [3.0, 5.0]], names=("b", "a"))
    assert raw_for(scaled, table_of("a,x,b\n1,2,3\n"), text=None) == [["3", "1"]]
    with pytest.raises(TableProblem, match="no column 'b'"):
        raw_for(scaled, table_of("a,x\n1,2\n"), text=None)
    with pytest.raises(TableProblem, match="leave --text out"):
        raw_for(scaled, table_of("a,b\n1,2\n"), text="a")
    unnamed = ScaledTable.learn(np.array([[1.0], [2.0]]))
    assert raw_for(unnamed, table_of("a,label\n1,2\n"), text=None, leave_out=["label"]) == [["1"]]
