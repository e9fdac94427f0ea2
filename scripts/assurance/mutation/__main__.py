"""Run as ``python -m scripts.assurance.mutation``; options below. Results go to ``reports/assurance/mutation.json``.

Needs the record that ``make coverage`` leaves: a fault is tried on tests that reach its line only, cheapest first,
until one fails. What survives them is tried on the Solidity test about the file too.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
import shutil
import sys
import time
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

from scripts.compiler import ROOT, CompilationError

from ..coverage.__main__ import all_tests, records, with_probes
from .bench import Bench, Choice
from .chain import compile_changed, contracts_of, refresh_artifacts
from .groups import group_of
from .operators import Mutant, mutants
from .reach import Reached
from .results import Result, counts_of, estimate, key_of, load, reasons, save, score
from .sandbox import Sandbox
from .schemata import holder
from .syntax import Node, parse, span
from .targets import TESTS, closure, sources, tests_about

REPORT = ROOT / "reports" / "assurance" / "mutation.json"
FOLDER = ROOT / ".cache" / "mutation"
QUICK_RUNS = 32
LONGEST_TEST = 60.0
MONEY = (
    "contracts/incentives/*",
    "contracts/sponsorship/*",
    "contracts/core/*Collaboration*",
    "contracts/data/*",
    "contracts/libraries/ProvenPool.sol",
    "contracts/libraries/AwardRound.sol",
    "contracts/libraries/StakePrice.sol",
    "contracts/libraries/ReporterPart.sol",
    "contracts/libraries/RepaidGas.sol",
)
"""Of files in which money is, twice the share is drawn."""


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts.assurance.mutation", description=__doc__)
    parser.add_argument("files", nargs="*", help="parts of paths of the contracts to fault; all if none")
    parser.add_argument("--share", type=float, default=0.03, help="part of each file's faults to try (default 0.03)")
    parser.add_argument("--least", type=int, default=4, help="faults to try in each file at least (default 4)")
    parser.add_argument("--seed", type=int, default=1, help="which faults are drawn (default 1)")
    parser.add_argument("--minutes", type=float, default=60, help="start no fault after so long (default 60)")
    parser.add_argument("--seconds", type=float, default=90, help="for the tests of one fault (default 90)")
    parser.add_argument("--again", action="store_true", help="begin with survivors of earlier runs that have no reason")
    return parser.parse_args()


def draw(found: list[Mutant], share: float, least: int, seed: int) -> list[Mutant]:
    """A part of a file's faults by lot; a greater share holds every smaller one."""
    lots = sorted(found, key=lambda m: hashlib.sha256(f"{seed} {m}".encode()).digest())
    return lots[: max(least, math.ceil(share * len(lots)))]


def in_turn(waiting: dict[str, list[Mutant]], known: dict[str, int]) -> list[Mutant]:
    """Faults in turn, one of each file, so that a run that is cut short has tried some of all.

    Files of which fewer are known already come first.

    Examples
    --------
    >>> one, two, three = (Mutant(file, 0, 1, text, "") for file, text in (("a", "x"), ("a", "y"), ("b", "z")))
    >>> [m.text for m in in_turn({"a": [one, two], "b": [three]}, {})]
    ['x', 'z', 'y']
    >>> [m.text for m in in_turn({"a": [one, two], "b": [three]}, {"b": 2})]
    ['x', 'y', 'z']
    """
    ranked = [
        (rank, name, mutant) for name, some in waiting.items() for rank, mutant in enumerate(some, known.get(name, 0))
    ]
    return [mutant for _, _, mutant in sorted(ranked, key=lambda one: one[:2])]


class Judge:
    """Decides what becomes of a fault."""

    def __init__(self, bench: Bench, reached: Reached, choice: Choice, trees: dict[str, Node], seconds: float) -> None:
        self._bench, self._reached, self._choice, self._trees = bench, reached, choice, trees
        self._seconds = seconds
        self._contracts = contracts_of(FOLDER / "chain")

    def tests(self, mutant: Mutant, source: bytes) -> list[str]:
        """Tests that reach a fault."""
        function = holder(mutant, self._trees[mutant.file])
        if function is None:
            probes = self._reached.all_probes(mutant.file)
        else:
            first, last = (source[:at].count(b"\n") + 1 for at in span(function))
            probes = self._reached.probes(mutant.file, mutant.line(source), first, last)
        return self._reached.tests(probes, [Path(test).name for test in group_of(mutant.file).tests])

    def outcome(self, number: int, mutant: Mutant, source: bytes) -> tuple[str, str]:
        """Its status and by what it was noticed."""
        if number in self._choice.invalid:
            return "invalid", self._choice.invalid[number]
        codes = None
        if number in self._choice.alone:
            affected = {n: p for n, p in self._contracts.items() if mutant.file in closure(p, ROOT)}
            try:
                codes = compile_changed({mutant.file: mutant.apply(source).decode()}, affected)
            except CompilationError as error:
                return "invalid", str(error)[:200]
        tests = self.tests(mutant, source)
        if not tests:
            return "survived", "no test reaches it"
        end = time.monotonic() + self._seconds
        while tests and (left := end - time.monotonic()) > 1:
            tests = tests[:400]
            answer = self._bench.run(number, tests, left, codes)
            if answer["outcome"] == "failed":
                if self._bench.is_sound(answer["by"], LONGEST_TEST):
                    return "killed", answer["by"].removeprefix("tests/onchain/")
                tests = tests[tests.index(answer["by"]) + 1 :]
            elif answer["outcome"] == "unfinished" and answer["since"] > LONGEST_TEST:
                return "timeout", answer["running"].removeprefix("tests/onchain/")
            elif answer["outcome"] == "unfinished" and answer["passed"] == 0:
                raise RuntimeError(f"the tests {tests[:3]} … did not even begin in time")
            elif answer["outcome"] in {"passed", "unfinished"}:
                otherwise = f"{answer['passed']} of {len(tests)} tests that reach it passed"
                return self._by_solidity(mutant, source, otherwise)
            else:
                raise RuntimeError(f"the tests {tests[:3]} … {answer['outcome']}")
        return "survived", "no test that reaches it is sound in time"

    def _by_solidity(self, mutant: Mutant, source: bytes, otherwise: str) -> tuple[str, str]:
        by_group = [f"{TESTS}/{test}" for test in group_of(mutant.file).solidity]
        named = tests_about(mutant.file, ROOT) or by_group
        if named:
            sandbox = Sandbox(FOLDER / "quick", ROOT, named)
            if sandbox.run(QUICK_RUNS)[0] == "passed":
                sandbox.write(mutant.file, mutant.apply(source))
                outcome, detail = sandbox.run(QUICK_RUNS)
                if outcome in {"failed", "timeout"}:
                    return ("killed" if outcome == "failed" else outcome), detail
        return "survived", otherwise


def main() -> None:
    """Try the drawn faults, in turn."""
    chosen = options()
    started = time.monotonic()
    os.environ["SOLC_CACHE"] = str(FOLDER / "answers")
    refresh_artifacts()
    files = [p for p in sources(ROOT) if not chosen.files or any(part in p.as_posix() for part in chosen.files)]
    trees = parse(files, ROOT)
    texts = {name: (ROOT / name).read_bytes() for name in trees}
    _, probes = with_probes()
    known_reach = records(probes)
    record = known_reach.all()
    if not record:
        sys.exit("no record of which tests reach what in these sources: run `make coverage` first")
    if stale := {test for test in all_tests() if test.endswith(".py")} - set(known_reach.tests()):
        print(f"not tried, as what they reach is not known (run `make coverage`): {', '.join(sorted(stale))}")

    results = load(REPORT)
    found = {name: mutants(name, texts[name], tree) for name, tree in trees.items()}
    current = {key_of(m, texts[name]) for name, some in found.items() for m in some}
    for key in [k for k in results if k not in current]:
        if results[key].file in texts or not (ROOT / results[key].file).is_file():
            del results[key]  # of an older version of its file
    about = counts_of(REPORT, "faults") | {name: len(some) for name, some in found.items()}
    share = {name: chosen.share * (2 if any(fnmatch(name, part) for part in MONEY) else 1) for name in found}
    drawn = {name: draw(some, share[name], chosen.least, chosen.seed) for name, some in found.items()}
    numbers = counts_of(REPORT, "drawn") | {name: len(some) for name, some in drawn.items()}
    known = {m: results.get(key_of(m, texts[m.file])) for some in drawn.values() for m in some}
    waiting = {name: [m for m in some if known[m] is None] for name, some in drawn.items()}
    valid = Counter(result.file for result in results.values() if result.status != "invalid")
    open_ = {(r.file, r.line, r.before, r.after) for r in results.values() if r.status == "survived"}
    open_ -= {one for one in open_ if (one[0], *one[2:]) in reasons()}
    again = [
        m for name, some in found.items() for m in some
        if chosen.again and (name, m.line(texts[name]), *m.describe(texts[name])) in open_
    ]  # fmt: skip
    work = again + in_turn(waiting, valid)
    faults = dict(enumerate(work))
    print(f"{sum(map(len, found.values()))} faults, {len(known)} drawn, {len(work)} to be tried", flush=True)
    choice = Choice(texts, trees, faults)
    print(f"{len(choice.invalid)} do not compile, {len(choice.alone)} are compiled by themselves", flush=True)
    shutil.rmtree(FOLDER / "answers", ignore_errors=True)
    bench = Bench(FOLDER / "chain", choice.changed, {m.file for m in faults.values()})
    print(f"compiled after {time.monotonic() - started:.0f} s", flush=True)
    judge = Judge(bench, Reached(probes, record), choice, trees, chosen.seconds)
    for number in sorted(faults, key=lambda n: n in choice.alone):
        mutant = faults[number]
        if time.monotonic() - started > 60 * chosen.minutes:
            break
        start, source = time.monotonic(), texts[mutant.file]
        try:
            status, by = judge.outcome(number, mutant, source)
        except RuntimeError as error:  # says nothing about the fault
            print(f"{mutant.file}:{mutant.line(source)}: {error}", flush=True)
            continue
        before, after = mutant.describe(source)
        took = round(time.monotonic() - start, 1)
        result = Result(mutant.file, mutant.line(source), mutant.operator, before, after, status, by, took)
        results[key_of(mutant, source)] = result
        drawing = {"seed": chosen.seed, "share": chosen.share, "least": chosen.least, "drawn": numbers}
        save(REPORT, results, **drawing, faults=about)
        print(f"{status:9}{took:6.1f} s  {mutant.file}:{result.line}  {after[:100]}  [{by}]", flush=True)
    bench.close()
    tell([r for r in results.values() if r.file in texts], about)


def tell(results: list[Result], faults: dict[str, int]) -> None:
    """Print the score, and what survived."""
    known_reasons = reasons()
    noticed, valid = score(results)
    print(f"\n{noticed} of {valid} faults noticed ({100 * noticed / max(valid, 1):.1f} %)")
    print(f"weighted by each file's number of faults: {estimate(results, faults):.1f} %")
    for r in results:
        if r.status == "survived":
            reason = known_reasons.get((r.file, r.before, r.after), "NO REASON GIVEN")
            print(f"{r.file}:{r.line} {r.operator}\n  - {r.before}\n  + {r.after}\n    {reason}")


if __name__ == "__main__":
    main()
