"""Ready programs run as a buyer's source would. L-12."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from commonlearn.federated import ESTIMATORS, decode, encode, estimator
from commonlearn.federated.errors import DataRefused, FederatedError, SettingRefused, UnknownName
from commonlearn.federated.parameters import MAX_UNITS
from commonlearn.federated.programs import (
    PROGRAMS,
    environment,
    environment_hash,
    program_digest,
    program_source,
)
from commonlearn.federated.programs.shell import read_job, run
from tests.support.federations import SETTINGS, data_for, rows, train_alone


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("job", "data", "model", "out"):
        (tmp_path / folder).mkdir()
    return tmp_path


def lay_out(root: Path, name: str) -> None:
    X, y, _, _, classes = rows(data_for(name))
    settings = json.loads(SETTINGS[name].to_json()) | {"classes": classes}
    (root / "job" / "settings.json").write_text(json.dumps(settings))
    np.save(root / "data" / "X.npy", X)
    np.save(root / "data" / "y.npy", y)


def test_each_estimator_has_a_program():
    """L-12."""
    assert set(PROGRAMS) == ESTIMATORS.keys()
    assert len({program_digest(program_source(name)) for name in PROGRAMS}) == len(PROGRAMS)
    with pytest.raises(UnknownName):
        program_source("../shell")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_leaves_the_bytes_that_training_here_gives(root, name):
    """L-12: run from its source alone, isolated."""
    lay_out(root, name)
    source = root / "job" / "program.py"
    source.write_bytes(program_source(name))
    done = subprocess.run([sys.executable, "-I", source, root], capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 0, done.stderr
    assert (root / "out" / "parameters.bin").read_bytes() == encode(train_alone(name))
    assert [path.name for path in (root / "out").iterdir()] == ["parameters.bin"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_goes_on_from_the_model_of_the_round_before(root, name):
    """L-12."""
    lay_out(root, name)
    first = run(estimator(name), root)
    shutil.copy(root / "out" / "parameters.bin", root / "model" / "parameters.bin")
    second = run(estimator(name), root)
    X, y, _, _, _ = rows(data_for(name))
    assert second == estimator(name).train(first, X, y, SETTINGS[name])
    if name != "perceptron":  # which makes no mistake on these rows any more, and stays
        assert (second == first) == (estimator(name).rounds == "one")
    assert decode((root / "out" / "parameters.bin").read_bytes()) == second


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("job/settings.json", b"{"),
        ("job/settings.json", b"[]"),
        ("job/settings.json", b"\xff"),
        ("job/settings.json", b'{"classes": 3, "unknown": 1}'),
        ("job/settings.json", b'{"classes": -3}'),
        ("job/settings.json", b'{"classes": true}'),
        ("job/settings.json", b'{"classes": 2}'),
        ("data/X.npy", b""),
        ("data/X.npy", b"text"),
        ("data/y.npy", b"\x93NUMPY"),
        ("model/parameters.bin", b"CLP1"),
        ("model/parameters.bin", encode(train_alone("centroid"))),
    ],
)
def test_bad_files_are_errors_with_names_and_leave_nothing(root, file, content):
    """L-12."""
    lay_out(root, "logistic")
    (root / file).write_bytes(content)
    with pytest.raises(FederatedError):
        run(estimator("logistic"), root)
    assert not list((root / "out").iterdir())


def test_pickles_are_not_opened(root):
    """L-12: an array of objects would run code of whoever made it."""
    lay_out(root, "logistic")
    np.save(root / "data" / "X.npy", np.array([[object()]]), allow_pickle=True)
    with pytest.raises(DataRefused, match=r"X\.npy cannot be read"):
        run(estimator("logistic"), root)
    np.save(root / "data" / "X.npy", np.zeros(3))
    with pytest.raises(DataRefused, match="not rows and columns"):
        run(estimator("logistic"), root)


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_training_that_diverges_hands_the_model_back(root, goes_on):
    """L-13: one owner's update, or the buyer's settings, make all others diverge; silence would cost them their bonds."""
    lay_out(root, "linear")
    settings = root / "job" / "settings.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"step": 1e6}))
    learner = estimator("linear")
    before = learner.initial(rows("diabetes")[0].shape[1], 0, SETTINGS["linear"])
    if goes_on:
        before = before.with_flat(np.full(len(before.flat()), MAX_UNITS))
        (root / "model" / "parameters.bin").write_bytes(encode(before))
    source = root / "job" / "program.py"
    source.write_bytes(program_source("linear"))
    done = subprocess.run([sys.executable, "-I", source, root], capture_output=True, text=True, check=True, cwd=root)
    assert decode((root / "out" / "parameters.bin").read_bytes()) == before
    assert "diverged" in done.stderr


def test_a_model_beyond_the_jobs_limit_is_refused(root):
    lay_out(root, "logistic")
    settings = root / "job" / "settings.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"limit": 10}))
    assert read_job(settings)[2] == 10
    (root / "model" / "parameters.bin").write_bytes(encode(train_alone("logistic")))
    with pytest.raises(FederatedError, match="at most 10"):
        run(estimator("logistic"), root)
    settings.write_text('{"limit": "1"}')
    with pytest.raises(SettingRefused):
        read_job(settings)


def test_the_environment_pins_what_bytes_depend_on():
    """L-12."""
    found = environment()
    assert found["numpy"] == np.__version__
    assert found["python"] == ".".join(map(str, sys.version_info[:2]))
    assert environment_hash() == environment_hash(dict(reversed(found.items())))
    for name in found:
        assert environment_hash(found | {name: "0"}) != environment_hash()


def test_a_program_starts_without_what_it_does_not_need():
    """L-12: imports are most of a short training's time."""
    code = "import sys, commonlearn.federated; print([name for name in ('scipy', 'sklearn', 'web3') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
