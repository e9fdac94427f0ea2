"""`commonlearn export` and `plot`: a model's whole history, from the log to files. Free: nothing is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from commonlearn.cli import options as o
from commonlearn.cli.errors import UsageProblem
from commonlearn.cli.output import Output, command
from commonlearn.client.archive import Archive

__all__ = ["export", "plot"]

Block = Annotated[int | None, typer.Option("--block", min=0, help="As of which block.", show_default="the latest")]


@command
def export(
    ctx: typer.Context,
    model: o.Model,
    out: Annotated[Path, typer.Option("--out", help="Folder to write into; made when missing.", show_default=False)],
    format_: Annotated[str, typer.Option("--format", help="csv, parquet or svmlight.")] = "csv",
    block: Block = None,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Write a model's whole data set as of a block: who gave what, at which stake, what became of it, and the weights.

    Two people who export the same block get the same bytes; the data card README.md (card.json for programs) holds
    their hashes. After an interruption the same command goes on where it stopped.

    Examples: commonlearn export 0x… --out films · commonlearn export films --format parquet --block 7000000 --out old
    """
    output: Output = ctx.obj
    loaded = o.load(output, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    with output.progress("reading the log", of_blocks=True) as bar:
        done = loaded.archive().export(out, file_format=format_, block=block, on_progress=bar)
    card = done.card
    content = {
        "model": loaded.address,
        "chain_id": loaded.chain_id,
        "block": card["block"]["number"],
        "folder": str(done.folder),
        "files": list(done.files),
        "checked": done.is_checked,
        "card": card,
    }

    def show() -> None:
        counts, block_ = card["counts"], card["block"]["number"]
        output.say(
            f"{counts['contributions']:,} contributions of {counts['contributors']:,} accounts up to block {block_:,}"
        )
        ends = ", ".join(f"{one['contributions']:,} {name}" for name, one in counts["outcomes"].items())
        output.say(f"outcomes   {ends}")
        output.say(f"files      {', '.join(done.files)} in {done.folder}")
        output.say(f"data hash  {card['hashes']['data']}")
        if done.is_checked:
            output.say(f"weights    are the contract's as of block {block_:,}, word for word")
        else:
            output.say(f"weights    learned from the log; this node does not keep the contract's of block {block_:,}")

    output.result(content, show)


@command
def plot(
    ctx: typer.Context,
    model: o.Model,
    out: Annotated[
        Path, typer.Option("--out", help="File to write: .png, .svg or .pdf.", show_default=False, dir_okay=False)
    ],
    csv: Annotated[
        Path | None,
        typer.Option("--csv", help="A labelled CSV file: also shows the accuracy on it.", show_default=False),
    ] = None,
    text: o.TextColumn = None,
    label: Annotated[str, typer.Option("--label", help="Column of true labels in the CSV file.")] = "label",
    block: Block = None,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Draw a model's life over blocks: contributions, participants, stakes, how they ended, and accuracy on a file.

    Examples: commonlearn plot 0x… --out life.png · commonlearn plot films --csv test.csv --label opinion --out life.svg
    """
    output: Output = ctx.obj
    Archive.picture_kind(out)  # before anything is read
    loaded = o.load(output, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    test = None
    if csv is not None:
        items, table = o.read_items(loaded, None, csv, text, label)
        assert table is not None
        test = (items, table.column(label))
    elif text is not None:
        raise UsageProblem("--text names a column of the file given with --csv.")
    with output.progress("reading the log", of_blocks=True) as bar:
        life = loaded.archive().life(block, test=test, on_progress=bar)
    loaded.archive().plot(out, life)
    accuracy = None if life.accuracy is None else [float(value) for value in life.accuracy.values]
    content: dict[str, Any] = {
        "model": loaded.address,
        "chain_id": loaded.chain_id,
        "first_block": life.first_block,
        "block": life.last_block,
        "file": str(out),
        "contributions": {name: int(curve.last) for name, curve in life.contributions.items()},
        "participants": int(life.participants.last),
        "stakes_wei": str(int(life.stakes_wei.last)),
        "endings": {name: int(curve.last) for name, curve in life.endings.items()},
        "accuracy": None if accuracy is None else {"first": accuracy[0], "last": accuracy[-1]},
    }

    def show() -> None:
        output.say(f"{out}: blocks {life.first_block:,} to {life.last_block:,}")
        if accuracy is not None:
            output.say(f"accuracy {accuracy[0]:.4f} at first, {accuracy[-1]:.4f} in block {life.last_block:,}")

    output.result(content, show)
