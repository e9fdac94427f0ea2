"""``make demo-private``: private training on one machine, with a real process for each actor."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from rich.console import Console

from commonlearn.sandbox import available
from scripts.demos.private.data import load_material
from scripts.demos.private.play import PrivateDemo
from scripts.demos.private.watching import DemoFailed
from scripts.local_node import LocalNode


def main() -> int:
    """Play both jobs."""
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    if (problem := available()) is not None:
        console.print(f"The demo cannot run here: {problem}")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no actor's process is left behind
    started = perf_counter()
    with console.status("Reading data …"):
        material = load_material()
    console.print(f"[bold]commonlearn demo[/bold], private training: {material.title}")
    if material.note:
        console.print(material.note, style="yellow")
    node = LocalNode(base_fee=0, arguments=("--block-time", "1"))
    with tempfile.TemporaryDirectory(prefix="commonlearn-private-") as folder, node:
        try:
            code = PrivateDemo(console, node, material, Path(folder)).run()
        except DemoFailed as error:
            console.print(f"[red]{error}")
            code = 1
    console.print(f"\nDone in {perf_counter() - started:.0f} s. Next: docs/explanation-private-training.md.")
    return code


if __name__ == "__main__":
    sys.exit(main())
