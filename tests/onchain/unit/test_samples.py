"""Malformed samples: each has its own error, the first fault counts, and nothing is lost.

Requirements M-06, M-07.
"""

import pytest

from commonlearn.errors import SampleError
from commonlearn.models.configuration import ModelConfiguration
from commonlearn.numerics import Encoding, decode
from tests.support import collaborations
from tests.support.collaborations import contribute, model_of
from tests.support.reverts import reverts

DIMENSION = 300

PRESENCE = {
    "empty": (b"", "EmptySample"),
    "one trailing byte": (b"\x00\x01\x00", "SampleLength", 3, 2),
    "one missing byte": (b"\x00", "SampleLength", 1, 2),
    "first index out of range": (b"\x01\x2c", "IndexOutOfRange", 300, 300),
    "highest index": (b"\xff\xff", "IndexOutOfRange", 65_535, 300),
    "last index out of range": (b"\x00\x01\x01\x2c", "IndexOutOfRange", 300, 300),
    "unsorted": (b"\x00\x05\x00\x04", "IndexNotIncreasing", 5, 4),
    "duplicate": (b"\x00\x05\x00\x05", "IndexNotIncreasing", 5, 5),
    "duplicate of zero": (b"\x00\x00\x00\x00", "IndexNotIncreasing", 0, 0),
    "duplicate later on": (b"\x00\x01\x00\x05\x00\x07\x00\x07", "IndexNotIncreasing", 7, 7),
    "out of range before unsorted": (b"\x00\x05\x01\x2c\x00\x04", "IndexOutOfRange", 300, 300),
    "unsorted before out of range": (b"\x00\x05\x00\x04\x01\x2c", "IndexNotIncreasing", 5, 4),
}
SPARSE = {
    "empty": (b"", "EmptySample"),
    "half a feature": (b"\x00\x01\x00\x01\x00\x02", "SampleLength", 6, 4),
    "trailing byte": (b"\x00\x01\x00\x01\x00", "SampleLength", 5, 4),
    "index out of range": (b"\x01\x2c\x00\x01", "IndexOutOfRange", 300, 300),
    "unsorted": (b"\x00\x05\x00\x01\x00\x04\x00\x01", "IndexNotIncreasing", 5, 4),
    "duplicate": (b"\x00\x05\x00\x01\x00\x05\x00\x02", "IndexNotIncreasing", 5, 5),
    "zero": (b"\x00\x05\x00\x00", "ValueOutOfRange", 0),
    "below the range": (b"\x00\x05\x80\x00", "ValueOutOfRange", -32_768),
    "zero later on": (b"\x00\x05\x00\x01\x00\x06\x00\x00", "ValueOutOfRange", 0),
    "order before value": (b"\x00\x05\x00\x01\x00\x05\x00\x00", "IndexNotIncreasing", 5, 5),
}
DENSE = {
    "empty": (b"", "SampleDimension", 0, 600),
    "a feature missing": (b"\x00" * 598, "SampleDimension", 598, 600),
    "a feature too many": (b"\x00" * 602, "SampleDimension", 602, 600),
    "a byte missing": (b"\x00" * 599, "SampleDimension", 599, 600),
    "below the range": (b"\x00\x01" * 299 + b"\x80\x00", "ValueOutOfRange", -32_768),
}
CASES = [
    pytest.param(encoding, *case, id=f"{encoding.name.lower()}: {name}")
    for encoding, cases in ((Encoding.PRESENCE, PRESENCE), (Encoding.SPARSE, SPARSE), (Encoding.DENSE, DENSE))
    for name, (*case,) in ((name, (case[0], case[1], case[2:])) for name, case in cases.items())
]


@pytest.fixture(scope="module")
def models(factory, implementations):
    """A model of each kind and encoding, of the same dimension, with first words that keep every class alive."""
    made = {}
    for encoding in Encoding:
        shape = {"encoding": encoding, "weight_bits": 16, "classes": 2, "dimension": DIMENSION}
        plans = {
            "Perceptron": (ModelConfiguration(**shape, step=1, intercept_value=1), {}),
            "NearestCentroid": (ModelConfiguration(**shape), {0: 1 << 184, 20: 1 << 184}),
            "NaiveBayes": (ModelConfiguration(**shape, smoothing=256), {0: 1 << 192 | 1 << 64}),
        }
        kinds = {"Perceptron": "perceptron/1", "NearestCentroid": "nearest-centroid/1", "NaiveBayes": "naive-bayes/1"}
        for name, (configuration, special) in plans.items():
            words = [special.get(i, 0) for i in range(configuration.required_words(kinds[name]))]
            made[name, encoding] = collaborations.create(factory, implementations[name], configuration, words)
    return made


@pytest.mark.parametrize("name", ["Perceptron", "NearestCentroid", "NaiveBayes"])
@pytest.mark.parametrize(("encoding", "sample", "error", "arguments"), CASES)
def test_a_malformed_sample_is_refused_with_its_own_error(models, alice, name, encoding, sample, error, arguments):
    collaboration = models[name, encoding]
    before = alice.balance()
    with reverts(error, *arguments):
        contribute(collaboration, sample, 1, alice)
    with reverts(error, *arguments):
        collaboration.predict(sample)
    assert alice.balance() == before
    assert collaboration.contributions() == 0
    with pytest.raises(SampleError) as twin:  # the client says the same before anything is sent
        decode(sample, encoding, DIMENSION)
    assert (type(twin.value).__name__, twin.value.values) == (error, arguments)


@pytest.mark.parametrize("encoding", [Encoding.SPARSE, Encoding.DENSE])
def test_naive_bayes_refuses_negative_counts(models, alice, encoding):
    value = (-7).to_bytes(2, "big", signed=True)
    sample = b"\x00\x05" + value if encoding is Encoding.SPARSE else b"\x00\x01" * 299 + value
    with reverts("ValueOutOfRange", -7):
        contribute(models["NaiveBayes", encoding], sample, 1, alice)
    assert contribute(models["Perceptron", encoding], sample, 1, alice).status == 1


@pytest.mark.parametrize("encoding", list(Encoding))
@pytest.mark.parametrize("name", ["Perceptron", "NearestCentroid", "NaiveBayes"])
def test_samples_at_the_ends_of_the_range_are_taken(models, alice, name, encoding):
    low = b"\x7f\xff" if name == "NaiveBayes" else b"\x80\x01"
    sample = {
        Encoding.PRESENCE: b"\x00\x00\x01\x2b",
        Encoding.SPARSE: b"\x00\x00" + low + b"\x01\x2b\x7f\xff",
        Encoding.DENSE: low * 150 + b"\x7f\xff" * 150,
    }[encoding]
    tx = contribute(models[name, encoding], sample, 1, alice)
    assert bytes(tx.events["Contributed"]["sample"]) == sample


@pytest.mark.parametrize("name", ["Perceptron", "NearestCentroid", "NaiveBayes"])
def test_zeros_are_a_dense_sample(models, alice, name):
    collaboration = models[name, Encoding.DENSE]
    assert contribute(collaboration, b"\x00" * 2 * DIMENSION, 1, alice).status == 1
    assert model_of(collaboration).predict(b"\x00" * 2 * DIMENSION) in (0, 1)


@pytest.mark.parametrize("name", ["Perceptron", "NearestCentroid", "NaiveBayes"])
@pytest.mark.parametrize("label", [2, 65_536, 2**256 - 1])
def test_a_label_is_checked_in_every_model(models, alice, name, label):
    with reverts("UnknownLabel", label, 2):
        contribute(models[name, Encoding.PRESENCE], b"\x00\x01", label, alice)
