"""`commonlearn pod predict`: use a model that a job gave."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from commonlearn.cli import options as o
from commonlearn.cli.output import Output, command

__all__ = ["predict"]


@command
def predict(
    ctx: typer.Context,
    model: Annotated[Path, typer.Argument(help="What the buyer's pod wrote as its result.", show_default=False)],
    table: Annotated[Path, typer.Argument(help="Rows: a CSV or Parquet file.", show_default=False)],
    program: Annotated[Path, typer.Option("--program", help="The job's program: its sheet says how to read rows.")],
    schema: Annotated[Path, typer.Option("--schema", help="The job's schema.")],
    as_json: o.Json = False,
) -> None:
    """Predict rows by a trained model. Where they have the target too, its score is shown."""
    from commonlearn.pod.predicting import predicted

    output: Output = ctx.obj
    found = predicted(model, table, program, schema)

    def show() -> None:
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows([each] for each in found.values)
        output.say(lines.getvalue().rstrip("\n"))
        for name, score in found.scores.items():
            output.note(f"{name} {score:.4f} on {len(found.values)} rows")

    output.result({"target": found.target, "predictions": list(found.values), "scores": found.scores}, show)
