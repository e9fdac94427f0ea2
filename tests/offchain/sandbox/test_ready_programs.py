"""The programs that ship with the package run shut in, and leave what training outside gives (L-12, U-01)."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

from commonlearn.federated import Settings, decode, estimator
from commonlearn.federated.programs import PROGRAMS, program_source
from commonlearn.sandbox import Program, run

LIMIT = 10_000


def npy(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


@pytest.mark.parametrize("name", PROGRAMS)
def test_runs_shut_in(walled, name):
    learner = estimator(name)
    X = np.array([[-2.0, 1.0], [-1.0, 0.0], [1.0, 0.5], [2.0, 1.0]])
    y = np.array([-1.0, 0.0, 1.0, 2.0]) if learner.kind == "regression" else np.array([0, 0, 1, 1])
    classes = 0 if learner.kind == "regression" else 2
    inputs = {"data/X.npy": npy(X), "data/y.npy": npy(y)}
    inputs["job/settings.json"] = json.dumps({"classes": classes, "limit": LIMIT}).encode()
    outcome = run(Program.of(program_source(name)), inputs, outputs={"parameters.bin": LIMIT})
    assert outcome.ok, outcome.errors
    settings = Settings()
    alone = learner.train(learner.initial(2, classes, settings), X, y, settings)
    assert decode(outcome.outputs["parameters.bin"]) == alone
