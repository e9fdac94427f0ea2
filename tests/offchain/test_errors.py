"""The family of errors.

Requirement P-04.
"""

import inspect
import pickle

import pytest

from commonlearn import errors
from commonlearn.errors import CommonlearnError

EXAMPLES = [
    errors.EmptySample(),
    errors.EmptySample(3, text="Ça va?"),
    errors.SampleLength(3, 2),
    errors.SampleDimension(18, 20),
    errors.IndexOutOfRange(10, 10, 4),
    errors.IndexNotIncreasing(5, 5),
    errors.ValueOutOfRange(-32_768),
    errors.UnknownLabel("ugly", 2, known=["bad", "good"]),
    errors.InvalidConfiguration(5, "step is 0."),
    errors.TooManyWords(3, 2),
    errors.MissingWords(1, 2),
    errors.EmptyClass(1),
    errors.InvalidWord(7, "is no word"),
    errors.NotFitted("Perceptron"),
    errors.DataNotFound("imdb", ["there"], "somewhere"),
    errors.ChecksumMismatch("file", "aa", "bb"),
    errors.InvalidMetadata("Its words are missing."),
    errors.UnknownFeaturizer("text-embedding", 1),
    errors.UnknownFeaturizer("text-presence", 2, 1),
    errors.ExtraMissing("image-hog", 1, "scikit-image", "images"),
    errors.OtherLibrary("text-hashed", "nltk", "3.0", "3.9"),
    errors.FeaturizerMismatch("text-svd", 1, "0xaa", "0xbb"),
    errors.FolderMissing("a sentence model", "COMMONLEARN_SENTENCES", ["there"]),
    errors.StateMissing("00ff", "there"),
    errors.StateChanged("there", "sha256:00ff"),
    errors.UnsupportedStep("'scale' (RobustScaler)", "this class is not known"),
    errors.UnknownModelKind("svm/1", ["perceptron/1"]),
]
by_example = pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)


def test_each_error_has_an_example():
    family = {cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, CommonlearnError)}
    assert family - {CommonlearnError, errors.SampleError, errors.WordsError} == {type(error) for error in EXAMPLES}


@by_example
def test_says_what_happened_and_what_to_do(error):
    assert isinstance(error, CommonlearnError)
    assert str(error) == error.user_message
    assert len(error.user_message) > 40


@by_example
def test_mixes_in_a_built_in(error):
    assert isinstance(error, ValueError | LookupError | OSError)


@by_example
def test_crosses_processes(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.__dict__ == error.__dict__


@by_example
def test_fields_are_attributes(error):
    assert error.values == tuple(getattr(error, name) for name in error.fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("EmptySample", ()),
        ("SampleLength", ("length", "unit")),
        ("SampleDimension", ("length", "wanted")),
        ("IndexOutOfRange", ("index", "dimension")),
        ("IndexNotIncreasing", ("previous", "index")),
        ("ValueOutOfRange", ("value",)),
        ("UnknownLabel", ("label", "classes")),
        ("InvalidConfiguration", ("configuration",)),
        ("TooManyWords", ("uploaded", "required")),
        ("MissingWords", ("uploaded", "required")),
        ("EmptyClass", ("class_",)),
    ],
)
def test_fields_are_those_of_the_contracts_errors(name, fields):
    cls = getattr(errors, name)
    assert cls.fields == fields
    assert cls(*range(len(fields))).values == tuple(range(len(fields)))


def test_names_the_three_ways_to_data():
    message = str(errors.DataNotFound("imdb", [], "https://example.org/a.zip"))
    for way in ("COMMONLEARN_DATA", "COMMONLEARN_CACHE", "https://example.org/a.zip"):
        assert way in message


def test_shortens_long_texts():
    assert len(str(errors.EmptySample(text="x" * 10_000))) < 200
