"""``make demo-private``: private training on one machine, with a real process for each actor."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from rich.console import Console

from commonlearn.sandbox import available
from scripts.demos.private.data import load_material
from scripts.demos.private.play import PrivateDemo
from scripts.demos.private.result import JobResult
from scripts.demos.private.waiting import DemoFailed
from scripts.local_node import LocalNode

BLOCK_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Play both jobs; 0 if each ended as it should."""
    options = _options(arguments)
    wide = None if sys.stdout.isatty() else 150
    console = Console(width=wide, highlight=False, stderr=options.json)
    if (missing := available()) is not None:
        console.print(f"The demo cannot run here: {missing}")
        return 1
    started = perf_counter()
    with console.status("Reading data …"):
        material = load_material()
    console.print(f"[bold]commonlearn demo, private training[/bold]: {material.title}")
    if material.note:
        console.print(material.note, style="yellow")
    console.print(_ABOUT)
    folder = (options.folder or Path(tempfile.mkdtemp(prefix="commonlearn-private-"))).resolve()
    results: list[JobResult] = []
    problems, is_kept = ["stopped before its end"], options.folder is not None
    try:
        with LocalNode(base_fee=0, arguments=("--block-time", str(BLOCK_SECONDS))) as node:
            rounds = (options.rounds[0], options.rounds[1])
            results = PrivateDemo(console, node, material, folder, rounds).run()
        problems = [f"job {each.job}: {problem}" for each in results for problem in each.problems]
        is_kept |= bool(problems)
    except DemoFailed as error:
        problems, is_kept = [str(error)], True
    except KeyboardInterrupt:
        pass
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)
    seconds = perf_counter() - started
    for problem in problems:
        console.print(f"[red]{problem}")
    if not problems:
        console.print(f"\nBoth jobs ended as they should, after {seconds:.0f} s.")
    if is_kept:
        console.print(f"Settings (pod.toml), log (log.jsonl) and memory of each are in {folder}.")
    console.print(_NEXT)
    if options.json:
        told = {"ok": not problems, "problems": problems, "seconds": round(seconds, 1)}
        print(json.dumps({**told, "data": material.title, "jobs": [each.as_json() for each in results]}))
    return 1 if problems else 0


_ABOUT = """\
Everyone has a process, a key, a memory and settings of their own, as on a machine of their own: commonlearn pod run.
They meet on a local chain, and in a folder that stands for the store in which programs, models and letters lie.
Deadlines are an hour; once everybody honest has acted, the chain's clock is put forward, so that nobody has to wait."""

_NEXT = """\
Next:
  docs/how-to-take-part-in-private-training.md   start a pod of your own: hospital, compute owner, validator, buyer
  docs/explanation-private-training.md           who is paid what, who can lose what, and what is not promised
  make demo-private FOLDER=demo                  the same, and keep each one's settings, log and memory to look into"""


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.private_demo", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output, all else on the other")
    parser.add_argument("--folder", type=_new_folder, help="keep everybody's files there; it must be new or empty")
    parser.add_argument("--rounds", type=int, nargs=2, default=(4, 2), metavar="N", help="of both jobs (4 2)")
    return parser.parse_args(arguments)


def _new_folder(name: str) -> Path:
    path = Path(name)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise argparse.ArgumentTypeError(f"{name} is there already; name a folder that is new or empty")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no actor's process is left behind
    sys.exit(main())
