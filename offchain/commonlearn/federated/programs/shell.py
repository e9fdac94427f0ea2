"""What every program does around its estimator: read the job's files, train, leave the model.

A program is one Python source, run as ``python -I /job/program.py``. It finds ``/job/settings.json``, ``/data/X.npy``
and ``/data/y.npy`` (float64 and int64 or float64, no pickles), from the second round on ``/model/parameters.bin``, and
leaves ``/out/parameters.bin``. Programs are free to do all that themselves; these here share it.

A training that diverges hands the model back as it was. It must leave something: a seat that stays silent loses its
bond, and one owner's update, or a buyer's settings, can make all others' training diverge.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from commonlearn.federated.errors import DataRefused, NotFinite, OutOfRange, SettingRefused
from commonlearn.federated.estimators import Estimator
from commonlearn.federated.parameters import MAX_BYTES, Parameters, decode, encode
from commonlearn.federated.settings import Settings

__all__ = ["read_job", "run"]


def run(learner: Estimator, root: str | Path = "/") -> Parameters:
    """Train once on the files under a root, and leave the model there.

    Parameters
    ----------
    learner : Estimator
    root : path, default "/"
        Where ``job``, ``data``, ``model`` and ``out`` are; another one to try a program without a sandbox.

    Returns
    -------
    model : Parameters
        What was left in ``out/parameters.bin``.

    Raises
    ------
    SettingRefused, DataRefused, ParametersError
        Something that was given cannot be used; nothing is left then.
    """
    folder = Path(root)
    settings, classes, limit = read_job(folder / "job" / "settings.json")
    X, y = _array(folder / "data" / "X.npy"), _array(folder / "data" / "y.npy")
    if X.ndim != 2:
        raise DataRefused(f"X.npy has the shape {X.shape}, not rows and columns")
    before = folder / "model" / "parameters.bin"
    model = decode(before.read_bytes(), limit) if before.exists() else learner.initial(X.shape[1], classes, settings)
    try:
        trained = learner.train(model, X, y, settings)
    except (NotFinite, OutOfRange) as error:
        print(f"Training diverged, so the model is handed back as it was: {error}", file=sys.stderr)
        trained = model
    (folder / "out" / "parameters.bin").write_bytes(encode(trained))
    return trained


def read_job(path: Path) -> tuple[Settings, int, int]:
    """Settings, number of classes (0 in regression) and largest size of a model, of a job's ``settings.json``.

    The file is one object: ``classes`` and, if wanted, ``limit``; all else are :class:`Settings`.

    Raises
    ------
    SettingRefused
        A name or value is not allowed.
    """
    try:
        values = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SettingRefused("settings", f"they are no JSON ({error})") from error
    if not isinstance(values, dict):
        raise SettingRefused("settings", "they are no JSON object")
    numbers = {name: values.pop(name, default) for name, default in (("classes", 0), ("limit", MAX_BYTES))}
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise SettingRefused(name, f"{value!r} is not a whole number from 0")
    return Settings.from_dict(values), numbers["classes"], numbers["limit"]


def _array(path: Path) -> Any:
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataRefused(f"{path.name} cannot be read ({error})", "Write it with numpy.save") from error
