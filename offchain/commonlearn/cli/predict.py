"""`commonlearn predict`: free, and offline once synced."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import typer

from commonlearn.cli import options as o
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command


@command
def predict(
    ctx: typer.Context,
    model: o.Model,
    texts: o.Texts = None,
    csv: o.Csv = None,
    text: o.TextColumn = None,
    offline: Annotated[bool, typer.Option("--offline", help="Use the copy here, without any node.")] = False,
    averaged: Annotated[
        bool, typer.Option("--averaged", help="By the mean of a perceptron's weights over its log; usually better.")
    ] = False,
    label: Annotated[
        str | None,
        typer.Option("--label", help="Column of true labels in the CSV file: shows the accuracy.", show_default=False),
    ] = None,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Say what class each text (or row of numbers) is. Free: nothing is sent.

    Examples: commonlearn predict 0x… "a moving, funny film" · commonlearn predict 0x… --csv new.csv --text review ·
    cat lines.txt | commonlearn predict 0x… - --offline
    """
    output: Output = ctx.obj
    loaded = o.load(
        output,
        model,
        rpc=rpc,
        chain_id=chain_id,
        cache=cache,
        deployments=deployments,
        offline=offline,
        inference="averaged" if averaged else "contract",
    )
    items, table = o.read_items(loaded, texts, csv, text, label or "label")
    samples = loaded.encode(items)
    numbers = loaded.predict_encoded(samples)
    names = loaded.classes_[numbers].tolist()
    decisions = loaded.decide_encoded(samples)
    accuracy: float | None = None
    if label is not None:
        if table is None:
            raise UsageProblem("--label names a column of the file given with --csv.")
        accuracy = loaded.score(items, table.column(label))
    content = {
        "model": loaded.address,
        "chain_id": loaded.chain_id,
        "block": loaded.block,
        "contributions": loaded.contributions,
        "inference": loaded.inference,
        "predictions": [
            {"class": name, "number": int(number), "decision": _finite(decision)}
            for name, number, decision in zip(names, numbers, decisions, strict=True)
        ],
        "accuracy": accuracy,
    }

    def show() -> None:
        for name, item in zip(names, items, strict=True):
            output.say(f"{name}\t{_short(item)}")
        if accuracy is not None:
            output.say(f"accuracy {accuracy:.4f} on {len(items):,} rows")

    output.result(content, show)


def _finite(decision: Any) -> Any:
    values = np.atleast_1d(np.asarray(decision, dtype=float))
    plain = [float(value) if np.isfinite(value) else None for value in values]
    return plain[0] if np.ndim(decision) == 0 else plain


def _short(item: Any) -> str:
    text = item if isinstance(item, str) else ", ".join(map(str, item))
    text = " ".join(text.split())
    return text if len(text) <= 70 else text[:67] + "..."
