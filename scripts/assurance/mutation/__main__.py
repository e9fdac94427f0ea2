"""Run as ``python -m scripts.assurance.mutation``; options below. Results go to ``reports/assurance/mutation.json``."""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import queue
import shutil
import threading
import time
from pathlib import Path

from scripts.compiler import ROOT
from scripts.run_brownie import digest_inputs

from .chain import ChainSandbox, refresh_artifacts
from .groups import Group, group_of
from .operators import Mutant, mutants
from .results import Result, estimate, key_of, load, reasons, save, score
from .sandbox import Sandbox
from .syntax import parse
from .targets import sources, tests_of

REPORT = ROOT / "reports" / "assurance" / "mutation.json"
QUICK_RUNS = 32
SNAPSHOT = ROOT / ".cache" / "mutation" / "project"
"""A copy of the project as it is at the start, so that work on it can go on meanwhile."""


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts.assurance.mutation", description=__doc__)
    parser.add_argument("files", nargs="*", help="parts of paths of the contracts to fault; all if none")
    parser.add_argument("--share", type=float, default=0.02, help="part of each file's faults to try (default 0.02)")
    parser.add_argument("--least", type=int, default=3, help="faults to try in each file at least (default 3)")
    parser.add_argument("--seed", type=int, default=1, help="which faults are drawn (default 1)")
    parser.add_argument("--minutes", type=float, default=60, help="start no fault after so long (default 60)")
    parser.add_argument("--workers", type=int, default=2, help="faults tried at a time (default 2)")
    parser.add_argument("--again", action="store_true", help="try survivors of earlier runs again")
    parser.add_argument("--quick", action="store_true", help="only the Solidity tests of a file's name")
    return parser.parse_args()


def draw(found: list[Mutant], share: float, least: int, seed: int) -> list[Mutant]:
    """A part of a file's faults by lot; a greater share holds every smaller one."""
    lots = sorted(found, key=lambda m: hashlib.sha256(f"{seed} {m}".encode()).digest())
    return lots[: max(least, math.ceil(share * len(lots)))]


class Bench:
    """Where one worker tries faults.

    First on the Solidity tests about the file, where the old code generator compiles them, then on brownie's.

    Parameters
    ----------
    folder : Path
        The worker's own.
    left_out : LeftOut or None
        None: brownie's tests are not run, and what they would notice survives.
    """

    def __init__(self, folder: Path, left_out: LeftOut | None) -> None:
        self.folder, self.left_out = folder, left_out
        self.chain = ChainSandbox(folder / "chain") if left_out else None
        self.quick: Sandbox | None = None
        self.file = ""

    def prepare(self, file: str) -> None:
        """Turn to a file's faults."""
        self.file, self.quick = file, None
        named = quick_tests(file)
        if named:
            sandbox = Sandbox(self.folder / "quick", SNAPSHOT, named)
            if sandbox.run(QUICK_RUNS)[0] == "passed":
                self.quick = sandbox

    def judge(self, mutant: Mutant, source: bytes) -> Result:
        """Try one fault of the file; raises RuntimeError when brownie's tests fail without any."""
        start = time.monotonic()
        outcome, detail = "passed", ""
        if self.quick:
            self.quick.write(mutant.file, mutant.apply(source))
            outcome, detail = self.quick.run(QUICK_RUNS)
            self.quick.write(mutant.file, source)
        if outcome == "passed" and self.chain and self.left_out:
            self.left_out.enter(self.chain, group_of(self.file))
            outcome, detail = self.chain.run(mutant.file, mutant.apply(source).decode())
        status = {"passed": "survived", "failed": "killed"}.get(outcome, outcome)
        before, after = mutant.describe(source)
        seconds = round(time.monotonic() - start, 1)
        return Result(mutant.file, mutant.line(source), mutant.operator, before, after, status, detail, seconds)


class LeftOut:
    """Which of brownie's tests fail without a fault, found once for each group."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()

    def enter(self, chain: ChainSandbox, group: Group) -> None:
        """Turn a sandbox to a group."""
        if chain.is_in(group):
            return
        with self.lock:
            digest = digest_inputs()
            known = json.loads(self.path.read_text()) if self.path.is_file() else {}
            key = f"{group.name} {hashlib.sha256(repr((group, digest)).encode()).hexdigest()[:16]}"
            if key not in known:
                known[key] = chain.enter(group, None)
                self.path.write_text(json.dumps(known, indent=1))
                print(f"{group.name}: left out, as they fail without a fault: {known[key]}", flush=True)
        chain.enter(group, known[key])


def quick_tests(file: str) -> list[str]:
    """The Solidity test of a file's name."""
    first, _ = tests_of(file, SNAPSHOT)
    return [test for test in first if Path(test).name == Path(file).with_suffix(".t.sol").name]


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
    os.environ["SOLC_CACHE"] = str(ROOT / ".cache" / "mutation" / "answers")
    if not chosen.quick:
        refresh_artifacts()
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
    faults: dict[str, int] = {}
    for name in sorted(trees, key=lambda name: (not quick_tests(name), group_of(name).name, name)):
        found = mutants(name, texts[name], trees[name])
        faults[name] = len(found)
        drawn = draw(found, chosen.share, chosen.least, chosen.seed)
        known = {m: results.get(key_of(m, texts[name])) for m in drawn}
        work[name] = [m for m in drawn if (r := known[m]) is None or (chosen.again and r.status == "survived")]
        if work[name] and (not chosen.quick or quick_tests(name)):
            waiting.put(name)
    left_out = LeftOut(ROOT / ".cache" / "mutation" / "left_out.json")

    def worker(number: int) -> None:
        bench = Bench(ROOT / ".cache" / "mutation" / str(number), None if chosen.quick else left_out)
        while time.monotonic() - started < 60 * chosen.minutes:
            try:
                name = waiting.get_nowait()
            except queue.Empty:
                return
            bench.prepare(name)
            if chosen.quick and not bench.quick:
                continue
            for mutant in work[name]:
                if time.monotonic() - started > 60 * chosen.minutes:
                    return
                try:
                    result = bench.judge(mutant, texts[name])
                except RuntimeError as error:
                    print(f"{name}: {error}", flush=True)
                    break
                with lock:
                    results[key_of(mutant, texts[name])] = result
                    save(REPORT, results, seed=chosen.seed, share=chosen.share, least=chosen.least, faults=faults)
                    print(
                        f"{result.status:9}{result.seconds:6.1f} s  {name}:{result.line}  {result.after[:100]}"
                        f"  [{result.by}]",
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
    print(f"weighted by each file's number of faults: {estimate(of_these, faults):.1f} %")
    for r in of_these:
        if r.status == "survived":
            reason = known_reasons.get((r.file, r.before, r.after), "NO REASON GIVEN")
            print(f"{r.file}:{r.line} {r.operator}\n  - {r.before}\n  + {r.after}\n    {reason}")


if __name__ == "__main__":
    main()
