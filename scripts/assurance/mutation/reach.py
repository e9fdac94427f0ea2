"""Which tests reach a fault, cheapest first, as the last run of ``make coverage`` has recorded."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from pathlib import Path

from ..coverage.probes import Probe
from ..coverage.record import Reach

COPIES = 2
"""Tests that differ in their parameters only: so many of each come first."""


class Reached:
    """What the record says of lines.

    Parameters
    ----------
    probes : list of Probe
        By their numbers.
    record : dict of str to Reach
        By test, or by file for what its tests share.
    """

    def __init__(self, probes: list[Probe], record: dict[str, Reach]) -> None:
        self._record = record
        self._of_line: dict[tuple[str, int], set[int]] = defaultdict(set)
        self._lines: dict[str, list[int]] = {}
        for number, probe in enumerate(probes):
            self._of_line[probe.file, probe.line].add(number)
        for file, line in sorted(self._of_line):
            self._lines.setdefault(file, []).append(line)
        self._tests: dict[str, list[str]] = defaultdict(list)
        for name in record:
            if "::" in name:
                self._tests[name.split("::")[0]].append(name)

    def probes(self, file: str, line: int, first: int, last: int) -> set[int]:
        """Probes of the statement in which a line lies, within a function from line `first` to `last`."""
        lines = [one for one in self._lines.get(file, []) if first <= one <= last]
        at = bisect_right(lines, line)
        if not lines:
            return set()
        return self._of_line[file, lines[max(at - 1, 0)]]

    def all_probes(self, file: str) -> set[int]:
        """All probes of a file."""
        return {number for line in self._lines.get(file, []) for number in self._of_line[file, line]}

    def tests(self, probes: set[int], first_files: list[str]) -> list[str]:
        """Tests that pass any of the probes: those of `first_files` first, then cheap ones.

        A test passes what it does itself and what the fixtures of its file do.
        """
        found = []
        for file, names in self._tests.items():
            shared = self._record.get(file, Reach(0.0, frozenset()))
            by_all = bool(shared.probes & probes)
            copies: dict[str, int] = defaultdict(int)
            own = [name for name in names if by_all or self._record[name].probes & probes]
            own.sort(key=lambda name: self._record[name].seconds)
            cost = shared.seconds + sum(self._record[name].seconds for name in own[:3])
            for name in own:
                function = name.split("[")[0]
                copies[function] += 1
                late = copies[function] > COPIES
                found.append((late, Path(file).name not in first_files, cost, file, self._record[name].seconds, name))
        return [name for *_, name in sorted(found)]
