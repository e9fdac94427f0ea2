"""Run as ``python -m scripts.assurance``: writes the tables of ``docs/assurance.md`` anew from ``reports/``.

What has not been run leaves its table as it is.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from scripts.compiler import ROOT

from .mutation.results import estimate, load, reasons, score
from .report import FOLDER, read

PAGE = ROOT / "docs" / "assurance.md"
BLOCK = "<!-- {0} -->\n.*?<!-- /{0} -->"


def table(head: list[str], rows: list[list[object]]) -> str:
    """A table in Markdown.

    Examples
    --------
    >>> print(table(["a", "b"], [[1, "x"]]))
    | a | b |
    | --- | --- |
    | 1 | x |
    """
    lines: list[list[object]] = [[*head], ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def attacks() -> str | None:
    """Every scenario with its numbers."""
    path = ROOT / "reports" / "attacks.json"
    if not path.is_file():
        return None
    found: list[dict[str, Any]] = json.loads(path.read_text())["scenarios"]
    rows: list[list[object]] = [
        [
            a["name"],
            _number(a["profit"]) + ("" if a["unit"] == "wei" else " ¹⁄₁₀₀ point"),
            _number(a["attack_gas"]),
            _number(a["honest_loss"]),
            a["limit"] or "–",
        ]
        for a in found
    ]
    head = ["attack", "attacker's profit", "attacker's gas", "honest loss", "limit"]
    return table(head, rows) if rows else None


def coverage() -> str | None:
    """Statements and branches of each file."""
    measured = read("coverage")
    if measured is None:
        return None
    rows: list[list[object]] = [
        [f["file"], "{}/{}".format(*f["statements"]), "{}/{}".format(*f["branches"])] for f in measured["files"]
    ]
    rows.append(["**all**", f"**{measured['statements']} %**", f"**{measured['branches']} %**"])
    return table(["file", "statements", "branches"], rows)


def mutation() -> str | None:
    """Faults noticed by file, and the survivors with their reasons."""
    path = FOLDER / "mutation.json"
    results = load(path)
    if not results:
        return None
    about = json.loads(path.read_text())
    faults: dict[str, int] = about.get("faults", {})
    by_file = defaultdict(list)
    for result in results.values():
        by_file[result.file].append(result)
    rows: list[list[object]] = []
    for file in sorted(by_file):
        noticed, valid = score(by_file[file])
        rows.append([file, noticed, valid, faults.get(file, "–")])
    noticed, valid = score(list(results.values()))
    rows.append(["**all**", f"**{noticed}**", f"**{valid}** ({100 * noticed / max(valid, 1):.1f} %)", "–"])
    known = reasons()
    survivors: list[list[object]] = [
        [f"{r.file}:{r.line}", f"`{_cell(r.before)}`", f"`{_cell(r.after)}`",
         known.get((r.file, r.before, r.after), "no test notices it yet")]
        for r in sorted(results.values(), key=lambda r: (r.file, r.line)) if r.status == "survived"
    ]  # fmt: skip
    parts = [table(["file", "noticed", "tried", "faults there are"], rows)]
    parts.append(f"Weighted by the number of faults each file has: {estimate(list(results.values()), faults):.1f} %.")
    if survivors:
        parts.append(table(["survivor", "before", "after", "reason"], survivors))
    return "\n\n".join(parts)


def _number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def proofs() -> str | None:
    """Every proof and how it came out."""
    proven = read("proofs")
    if proven is None:
        return None
    rows: list[list[object]] = [
        *([r["name"], "every case run", r["outcome"]] for r in proven["exhaustive"]),
        *([r["name"], f"symbolic, {r['paths']} paths", r["outcome"]] for r in proven["symbolic"]),
    ]
    return table(["proof", "how", "outcome"], rows) + f"\n\n{proven['seconds']} seconds in all."


def slither() -> str | None:
    """Findings by weight, and the answers by detector."""
    found = read("slither")
    if found is None:
        return None
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for answer in found["answered"]:
        counts[answer["detector"], answer["reason"]] += 1
    rows: list[list[object]] = [[d, n, reason] for (d, reason), n in sorted(counts.items())]
    left = ", ".join(f"{n} {weight.lower()}" for weight, n in found["findings"].items())
    return f"Open above low: **{found['open']}**. Left: {left}.\n\n" + table(["detector", "places", "answer"], rows)


def rewrite(page: Path = PAGE) -> None:
    """Replace each table between its marks."""
    text = page.read_text()
    for make in (attacks, coverage, mutation, proofs, slither):
        made = make()
        if made is not None:
            name = make.__name__
            block = f"<!-- {name} -->\n{made}\n<!-- /{name} -->"
            text = re.sub(BLOCK.format(name), block.replace("\\", r"\\"), text, flags=re.DOTALL)
    page.write_text(text)


if __name__ == "__main__":
    rewrite()
