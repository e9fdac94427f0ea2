"""`commonlearn encode`: samples as bytes, for whoever has no Python where the model is used."""

from __future__ import annotations

import typer

from commonlearn.cli import options as o
from commonlearn.cli.output import Output, command


@command
def encode(
    ctx: typer.Context,
    model: o.Model,
    texts: o.Texts = None,
    csv: o.Csv = None,
    text: o.TextColumn = None,
    rpc: o.Rpc = None,
    chain_id: o.ChainId = None,
    cache: o.Cache = None,
    deployments: o.Deployments = o.DEPLOYMENTS,
    as_json: o.Json = False,
) -> None:
    """Print samples as the model's contract takes them, one a line. Free: nothing is sent.

    The web page takes them where it cannot make samples itself: paste a line into "Encoded sample".

    Examples: commonlearn encode 0x… "a moving, funny film" · commonlearn encode 0x… photo.png
    """
    output: Output = ctx.obj
    loaded = o.load(output, model, rpc=rpc, chain_id=chain_id, cache=cache, deployments=deployments)
    items, _ = o.read_items(loaded, texts, csv, text)
    samples = [f"0x{sample.hex()}" for sample in loaded.encode(items)]

    def show() -> None:
        for sample in samples:
            output.say(sample)

    output.result({"model": loaded.address, "chain_id": loaded.chain_id, "samples": samples}, show)
