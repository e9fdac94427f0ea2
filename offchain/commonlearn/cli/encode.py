"""`commonlearn encode`: samples as bytes, for whoever has no Python where the model is used."""

from __future__ import annotations

from commonlearn.cli import options as o
from commonlearn.cli.acting import Look, looking_at_model


@looking_at_model
def encode(
    look: Look,
    texts: o.Texts = None,
    csv: o.Csv = None,
    text: o.TextColumn = None,
) -> None:
    """Print samples as the model's contract takes them, one a line. Free: nothing is sent.

    The web page takes them where it cannot make samples itself: paste a line into "Encoded sample".

    Examples: commonlearn encode 0x… "a moving, funny film" · commonlearn encode 0x… photo.png
    """
    output, loaded = look.output, look.model
    items, _ = o.read_items(loaded, texts, csv, text)
    samples = [f"0x{sample.hex()}" for sample in loaded.encode(items)]

    def show() -> None:
        for sample in samples:
            output.say(sample)

    output.result({"model": loaded.address, "chain_id": loaded.chain_id, "samples": samples}, show)
