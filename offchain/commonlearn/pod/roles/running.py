"""A job's program on rows, shut in: by whoever holds a seat, and by a buyer that tries it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from commonlearn.custody import Schema, Table
from commonlearn.pod.actions import Context
from commonlearn.pod.roles.sheet import Sheet
from commonlearn.sandbox import Limits, Outcome, Program, run

__all__ = ["MODEL", "npy", "run_on"]

MODEL = "parameters.bin"
"""What a program leaves."""
_METRICS = 1 << 16


def run_on(
    source: bytes,
    digest: bytes,
    sheet: Sheet,
    schema: Schema,
    table: Table,
    start: bytes | None,
    limits: Limits,
    context: Context,
) -> Outcome:
    """Run a program as a round does.

    Parameters
    ----------
    source, digest : bytes
        The program, and the SHA-256 that was agreed on.
    sheet : Sheet
        Of the program.
    schema : Schema
        Of the job, and of the table.
    table : Table
    start : bytes or None
        The model to begin with.
    limits : Limits
    context : Context
        Told how it goes on, and asked whether to stop.

    Raises
    ------
    ProgramChanged, SandboxUnavailable
        It is not run.
    """
    X, y = sheet.prepared(schema).apply(table)
    inputs = {"data/X.npy": npy(X), "data/y.npy": npy(y), "job/settings.json": sheet.job_settings(schema)}
    if start is not None:
        inputs[f"model/{MODEL}"] = start
    return run(
        Program(source, digest.hex()),
        inputs,
        limits,
        outputs={MODEL: sheet.limit},
        optional={"metrics.json": _METRICS},
        on_progress=lambda sign: context.progress(f"{sign.seconds:.0f} s {sign.last_line}"),
        stop=context.stop,
    )


def npy(array: Any) -> bytes:
    r"""An array as a file of NumPy's, without pickles.

    Examples
    --------
    >>> npy(np.zeros(2))[:6]
    b'\x93NUMPY'
    """
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()
