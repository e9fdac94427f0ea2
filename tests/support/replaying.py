"""A job of private training once more, without chain, sandbox, stores or pods: what honest work must have given."""

from __future__ import annotations

import hashlib
import runpy
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from commonlearn.custody import Schema, Table, skewed_split
from commonlearn.federated import Update, decode, encode, estimator
from commonlearn.pod.roles.sheet import read_sheet
from commonlearn.pod.roles.training import npy

__all__ = ["replayed", "subsets_of"]


def replayed(
    program: Path, schema: Schema, tables: Mapping[tuple[str, int], Table], rounds: Sequence[Any], folder: Path
) -> bytes:
    """Run a job's program on the same parts in the same rounds, and average as its sheet says.

    Parameters
    ----------
    program : Path
        As the buyer submitted it; it is run as it is.
    schema : Schema
    tables : mapping
        Rows by owner's name and subset.
    rounds : sequence
        As :class:`scripts.demos.private.result.JobResult` has them: which parts were drawn, not what came of them.
    folder : Path
        For the program's files.

    Returns
    -------
    bytes
        The last average.
    """
    source = program.read_bytes()
    sheet = read_sheet(source)
    prepared = sheet.prepared(schema)
    first = estimator(sheet.estimator).initial(prepared.features, schema.classes, sheet.training_settings())
    model = encode(first)
    for number, found in enumerate(rounds):
        updates = []
        for part in found["parts"]:
            X, y = prepared.apply(tables[part["owner"], part["subset"]])
            files = {
                "job/settings.json": sheet.job_settings(schema),
                "data/X.npy": npy(X),
                "data/y.npy": npy(y),
                "model/parameters.bin": model,
            }
            left = _run(program, files, folder / f"{number} {part['owner']} {part['subset']}")
            updates.append(Update(f"dataset {part['dataset']} subset {part['subset']}", part["rows"], decode(left)))
        model = encode(sheet.averaging().aggregate(decode(model), updates, None).parameters)
    return model


def subsets_of(table: Table, count: int, state: Path) -> list[Table]:
    """Cut a table as its owner's pod did: the cut follows from a secret that only its memory has."""
    database = sqlite3.connect(state / "pod.sqlite")
    try:
        (salt,) = database.execute("SELECT value FROM secrets WHERE name = 'row salts'").fetchone()
    finally:
        database.close()
    seed = int.from_bytes(hashlib.sha256(b"split" + salt).digest()[:8], "big")
    return [table.rows(rows) for rows in skewed_split(table, count, seed).subsets]


def _run(program: Path, files: Mapping[str, bytes], root: Path) -> bytes:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (root / "out").mkdir()
    with mock.patch.object(sys, "argv", [str(program), str(root)]):
        runpy.run_path(str(program), run_name="__main__")
    return (root / "out" / "parameters.bin").read_bytes()
