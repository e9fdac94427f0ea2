"""What a contract records of a featuriser, and what a client makes of it.

Requirements F-01, F-02.
"""

import json

import pytest

from commonlearn.errors import FeaturizerMismatch, StateMissing, UnknownFeaturizer
from commonlearn.featurizers import (
    FEATURIZERS,
    HashedText,
    HogImage,
    PipelineTable,
    PixelImage,
    PresenceText,
    ProjectedText,
    ScaledTable,
    VocabularyText,
    featurizer_from_dict,
)

MAKERS = {
    "text-presence": lambda: PresenceText(["good", "bad"]),
    "text-vocabulary": lambda: VocabularyText(["good", "bad"]),
    "text-hashed": lambda: HashedText(64, "nltk-tweet"),
    "text-svd": lambda: ProjectedText.learn(["a b", "b c", "c a", "a"], components=2, min_documents=1),
    "table-scaled": lambda: ScaledTable.learn([[1.0], [3.0]]),
    "table-pipeline": lambda: PipelineTable.learn([[1.0, "a"], [3.0, "b"]]),
    "image-pixels": lambda: PixelImage(8, 8),
    "image-hog": lambda: HogImage(8, 8, cell=4),
}


def test_all_are_known_by_their_id_and_here():
    assert FEATURIZERS.keys() == MAKERS.keys() | {"text-sentences"}  # has a module of its own
    assert all(one.id == id_ and one.version >= 1 for id_, one in FEATURIZERS.items())


@pytest.mark.parametrize("id_", MAKERS)
class TestEach:
    def test_records_id_version_and_hash(self, id_):
        made = MAKERS[id_]()
        record = json.loads(json.dumps(made.record()))
        assert (record["id"], record["version"]) == (id_, 1)
        assert record["hash"] == "0x" + made.hash().hex()

    def test_comes_back_as_it_was(self, id_, reloaded):
        made = MAKERS[id_]()
        assert reloaded(made) == made
        assert reloaded(made).takes is made.takes
        assert reloaded(made).encoding is made.encoding

    def test_another_hash_is_refused_by_name(self, id_, store):
        made = MAKERS[id_]()
        made.save(store)
        with pytest.raises(FeaturizerMismatch, match=f"'{id_}'.*with the hash 0x00.*not used"):
            featurizer_from_dict({**made.record(), "hash": "0x" + "0" * 64})

    def test_descriptions_without_a_hash_are_of_older_models(self, id_, store):
        made = MAKERS[id_]()
        made.save(store)
        assert featurizer_from_dict(made.to_dict()) == made

    def test_missing_state_says_what_to_do(self, id_):
        made = MAKERS[id_]()
        if made.state() is None:
            assert featurizer_from_dict(made.record()) == made
            return
        with pytest.raises(StateMissing, match="commonlearn store add"):
            featurizer_from_dict(made.record())

    def test_a_later_version_says_upgrade(self, id_):
        with pytest.raises(UnknownFeaturizer, match="pip install --upgrade commonlearn"):
            featurizer_from_dict({**MAKERS[id_]().to_dict(), "version": 2})
