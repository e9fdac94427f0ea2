"""Run as ``python -m scripts.assurance.mutation``; options below. Results go to ``reports/assurance/mutation.json``."""

from __future__ import annotations

import argparse
import hashlib
import math
import queue
import shutil
import threading
import time
from pathlib import Path

from scripts.compiler import ROOT

from .operators import Mutant, mutants
from .results import Result, key_of, load, reasons, save, score
from .sandbox import Sandbox
from .syntax import parse
from .targets import sources, tests_of

REPORT = ROOT / "reports" / "assurance" / "mutation.json"
QUICK_RUNS = 32
FULL_RUNS = 256
SNAPSHOT = ROOT / ".cache" / "mutation" / "project"
"""A copy of the project as it is at the start, so that work on it can go on meanwhile."""


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts.assurance.mutation", description=__doc__)
    parser.add_argument("files", nargs="*", help="parts of paths of the contracts to fault; all if none")
    parser.add_argument("--share", type=float, default=0.25, help="part of each file's faults to try (default 0.25)")
    parser.add_argument("--least", type=int, default=8, help="faults to try in each file at least (default 8)")
    parser.add_argument("--seed", type=int, default=1, help="which faults are drawn (default 1)")
    parser.add_argument("--minutes", type=float, default=60, help="start no fault after so long (default 60)")
    parser.add_argument("--workers", type=int, default=2, help="faults tried at a time (default 2)")
    parser.add_argument("--again", action="store_true", help="try survivors of earlier runs again")
    return parser.parse_args()


def draw(found: list[Mutant], share: float, least: int, seed: int) -> list[Mutant]:
    """A part of a file's faults by lot; a greater share holds every smaller one."""
    lots = sorted(found, key=lambda m: hashlib.sha256(f"{seed} {m}".encode()).digest())
    return lots[: max(least, math.ceil(share * len(lots)))]


def judge(mutant: Mutant, source: bytes, sandboxes: list[Sandbox]) -> Result:
    """Try one fault on the tests that are about its file, then on the others."""
    start = time.monotonic()
    outcome, detail = "passed", ""
    for number, sandbox in enumerate(sandboxes):
        sandbox.write(mutant.file, mutant.apply(source))
        outcome, detail = sandbox.run(QUICK_RUNS if number == 0 else FULL_RUNS)
        sandbox.write(mutant.file, source)
        if outcome != "passed":
            break
    status = {"passed": "survived", "failed": "killed"}.get(outcome, outcome)
    before, after = mutant.describe(source)
    seconds = round(time.monotonic() - start, 1)
    return Result(mutant.file, mutant.line(source), mutant.operator, before, after, status, detail, seconds)


def sandboxes_for(file: str, folder: Path) -> list[Sandbox]:
    """Sandboxes in which everything passes as long as there is no fault.

    Raises
    ------
    RuntimeError
        When a test fails without a fault.
    """
    first, rest = tests_of(file, SNAPSHOT)
    if not first:
        return []
    made = []
    for name, tests in (("first", first), ("all", first + rest)):
        for via_ir in (False, True):
            sandbox = Sandbox(folder / name, SNAPSHOT, tests, via_ir)
            outcome, detail = sandbox.run(QUICK_RUNS)
            if outcome != "invalid":
                break
        if outcome != "passed":
            raise RuntimeError(f"{file}: without a fault, its tests end with {outcome}: {detail}")
        made.append(sandbox)
    return made


def take_snapshot() -> None:
    """Copy what the tests need."""
    shutil.rmtree(SNAPSHOT, ignore_errors=True)
    for name in ("contracts", "interfaces", "tests/forge"):
        shutil.copytree(ROOT / name, SNAPSHOT / name)
    shutil.copy(ROOT / "foundry.toml", SNAPSHOT)
    for name in ("node_modules", "toolchain"):
        (SNAPSHOT / name).symlink_to(ROOT / name)


def main() -> None:
    """Try the drawn faults file by file."""
    chosen = options()
    take_snapshot()
    started = time.monotonic()
    files = [p for p in sources(SNAPSHOT) if not chosen.files or any(part in p.as_posix() for part in chosen.files)]
    trees = parse(files, SNAPSHOT)
    texts = {name: (SNAPSHOT / name).read_bytes() for name in trees}
    results = load(REPORT)
    current = {key_of(m, texts[name]) for name, tree in trees.items() for m in mutants(name, texts[name], tree)}
    for key in [k for k, r in results.items() if r.file in texts and k not in current]:
        del results[key]  # of an older version of its file
    lock = threading.Lock()
    waiting: queue.Queue[str] = queue.Queue()
    work: dict[str, list[Mutant]] = {}
    for name, tree in trees.items():
        drawn = draw(mutants(name, texts[name], tree), chosen.share, chosen.least, chosen.seed)
        known = {m: results.get(key_of(m, texts[name])) for m in drawn}
        work[name] = [m for m in drawn if (r := known[m]) is None or (chosen.again and r.status == "survived")]
        if work[name]:
            waiting.put(name)

    def worker(number: int) -> None:
        while time.monotonic() - started < 60 * chosen.minutes:
            try:
                name = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                sandboxes = sandboxes_for(name, ROOT / ".cache" / "mutation" / str(number))
            except RuntimeError as error:
                print(error, flush=True)
                continue
            if not sandboxes:
                print(f"{name}: no Solidity test imports it, so its faults are not tried", flush=True)
                continue
            for mutant in work[name]:
                if time.monotonic() - started > 60 * chosen.minutes:
                    return
                result = judge(mutant, texts[name], sandboxes)
                with lock:
                    results[key_of(mutant, texts[name])] = result
                    save(REPORT, results, seed=chosen.seed, share=chosen.share)
                    print(
                        f"{result.status:9}{result.seconds:6.1f} s  {name}:{result.line}  {result.after[:100]}",
                        flush=True,
                    )

    threads = [threading.Thread(target=worker, args=(number,)) for number in range(chosen.workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    known_reasons = reasons()
    of_these = [r for r in results.values() if r.file in texts]
    noticed, valid = score(of_these)
    print(f"\n{noticed} of {valid} faults noticed ({100 * noticed / max(valid, 1):.1f} %)")
    for r in of_these:
        if r.status == "survived":
            reason = known_reasons.get((r.file, r.before, r.after), "NO REASON GIVEN")
            print(f"{r.file}:{r.line} {r.operator}\n  - {r.before}\n  + {r.after}\n    {reason}")


if __name__ == "__main__":
    main()
