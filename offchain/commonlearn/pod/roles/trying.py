"""Trials of a program before a job is asked for, and before it is approved.

A buyer tries it on the made-up rows of a dataset's template, which has the columns of the data, and nothing of them
(:mod:`commonlearn.custody.template`); an owner tries it on its own rows. What runs there runs in the job. So a program
that fails, or leaves what nobody could average, costs nothing.
"""

from __future__ import annotations

import numpy as np

from commonlearn.custody import CustodyError, Schema, Table, Template
from commonlearn.federated import FederatedError, Parameters, decode, estimator
from commonlearn.pod.actions import Context
from commonlearn.pod.errors import PodError
from commonlearn.pod.roles.running import MODEL, run_on
from commonlearn.pod.roles.sheet import Sheet
from commonlearn.sandbox import Ending, Limits

__all__ = ["TrialFailed", "failure_on", "made_up_rows", "try_program"]


class TrialFailed(PodError, RuntimeError):
    """A program does not do on a template what a job asks of it."""

    is_final = True

    def __init__(self, dataset: int, reason: str) -> None:
        super().__init__(
            f"The program was tried on the template of dataset {dataset} and failed: {reason.rstrip('.')}. Nothing was "
            "asked for, and nothing paid. Correct the program, its sheet or the schema, and start again."
        )
        self.dataset, self.reason = dataset, reason


def made_up_rows(template: Template, schema: Schema) -> Table:
    """The template's rows under a job's schema.

    Categories of the template that the schema does not have (``(other)``) become those that it has, in turns; numbers
    stop at the ends of its ranges.

    Raises
    ------
    CustodyError
        Their columns differ.
    """
    if [(each.name, each.kind, each.unit) for each in template.schema.columns] != [
        (each.name, each.kind, each.unit) for each in schema.columns
    ]:
        raise CustodyError("its columns are others than those of the job's schema")
    values = template.sample.values.copy()
    for place, (own, wanted) in enumerate(zip(template.schema.columns, schema.columns, strict=True)):
        cells = values[:, place]
        if wanted.kind == "category":
            codes = {name: float(code) for code, name in enumerate(wanted.categories)}
            for row in np.flatnonzero(~np.isnan(cells)):
                cells[row] = codes.get(own.categories[int(cells[row])], float(row % len(codes)))
        elif wanted.low is not None:
            np.clip(cells, wanted.low, wanted.high, out=cells)
        if not wanted.missing:
            cells[np.isnan(cells)] = 0.0 if wanted.low is None else wanted.low
    return Table(schema, values)


def failure_on(
    table: Table,
    source: bytes,
    digest: bytes,
    sheet: Sheet,
    schema: Schema,
    first: bytes,
    most_seconds: float,
    limits: Limits,
    context: Context,
) -> str:
    """Run a program on rows as its first round would; say why it would leave its seat silent, or nothing.

    Silence costs the seat's bond, whosever fault it is; so an owner that trains on its own rows tries before it agrees.

    Parameters
    ----------
    table : Table
        Of one subset.
    first : bytes
        The job's first model.
    most_seconds : float
        What a round has for training.

    Raises
    ------
    SandboxUnavailable
        Programs cannot be shut in here.
    """
    try:
        outcome = run_on(source, digest, sheet, schema, table, first, limits, context)
        if outcome.ending is Ending.STOPPED:
            raise InterruptedError("the pod was stopped")
        if not outcome.ok:
            return f"its program failed on these rows: {outcome}"
        decode(outcome.outputs[MODEL], sheet.limit)
    except (CustodyError, FederatedError) as error:
        return f"its program failed on these rows: {error.user_message}"
    if outcome.seconds > most_seconds:
        return f"its program took {outcome.seconds:.0f} s on these rows, but a round has {most_seconds:.0f}"
    return ""


def try_program(
    dataset: int,
    source: bytes,
    digest: bytes,
    sheet: Sheet,
    schema: Schema,
    template: Template,
    first: bytes,
    limits: Limits,
    context: Context,
) -> Parameters:
    """Run a program as its first round would; give the model that it left.

    Parameters
    ----------
    dataset : int
        For messages.
    first : bytes
        The job's first model.

    Raises
    ------
    TrialFailed
        The program ended otherwise than it should, or left no model of the job's estimator and shape.
    SandboxUnavailable
        Programs cannot be shut in here.
    """
    try:
        table = made_up_rows(template, schema)
        outcome = run_on(source, digest, sheet, schema, table, first, limits, context)
        if outcome.ending is Ending.STOPPED:
            raise InterruptedError("the pod was stopped")
        if not outcome.ok:
            raise TrialFailed(dataset, str(outcome))
        left = decode(outcome.outputs[MODEL], sheet.limit)
        estimator(sheet.estimator).check(left)
        if left.kind != decode(first, sheet.limit).kind:
            raise TrialFailed(dataset, "what it left is a model of another kind or shape than the job's first one")
    except (CustodyError, FederatedError) as error:
        raise TrialFailed(dataset, error.user_message) from error
    return left
