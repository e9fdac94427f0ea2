"""``make demo [INCENTIVE=…]``: a public model's life on a local chain, from deployment to free predictions offline."""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from time import perf_counter

from rich.console import Console

from scripts.demo_data import load_demo_data
from scripts.demos import DEMOS
from scripts.demos.stage import Stage
from scripts.local_node import LocalNode


def main(arguments: list[str]) -> int:
    """Run all acts of the demo of an incentive; self-assessment unless another is named."""
    word = arguments[0] if arguments and arguments[0] else "self-assessment"
    if len(arguments) > 1 or word not in DEMOS:
        print(f"No demo {' '.join(arguments)!r}: choose one of {', '.join(DEMOS)}.", file=sys.stderr)
        return 2
    started = perf_counter()
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    with console.status("Reading data and learning first weights …"):
        data = load_demo_data()
    console.print(f"[bold]commonlearn demo[/bold], {word}: {data.title}")
    if data.note:
        console.print(data.note, style="yellow")
    with tempfile.TemporaryDirectory(prefix="commonlearn-demo-") as folder, LocalNode(base_fee=0) as node:
        code: int = import_module(DEMOS[word]).run(Stage(console, node, data, Path(folder)))
    console.print(f"\nDone in {perf_counter() - started:.0f} s. Next: `commonlearn --help`, README.md, `make bench`.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
