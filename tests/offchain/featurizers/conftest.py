"""A store of its own for each test, and ways back from descriptions."""

import json

import pytest

from commonlearn.featurizers import FolderStore, featurizer_from_dict


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("COMMONLEARN_STORE", str(tmp_path / "store"))
    return FolderStore(tmp_path / "store")


@pytest.fixture
def reloaded(store):
    """A featuriser as another client has it: from what the contract records, through JSON."""

    def again(featurizer):
        featurizer.save(store)
        return featurizer_from_dict(json.loads(json.dumps(featurizer.record())))

    return again
