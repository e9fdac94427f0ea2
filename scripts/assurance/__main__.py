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

from .layers import LAYERS, PUBLIC, layers
from .mutation.results import Result, counts_of, estimate, load, reasons, score
from .report import FOLDER, read

KINDS = ("statements", "branches")
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
    """Statements and branches of each file, and the lines that were not reached, by layer."""
    measured = read("coverage")
    if measured is None:
        return None
    both = {f["file"]: f for f in measured["with_solidity"]["files"]}
    parts = []
    for layer, sums in measured["layers"].items():
        rows: list[list[object]] = []
        files = [f for f in measured["files"] if f["layer"] == layer]
        more = layer != PUBLIC  # of which most tests are Solidity's
        for f in files:
            found = both[f["file"]] if more else f
            cells = _parts(f) + (_parts(found) if more else [])
            rows.append([f["file"], *cells, _lines(found["missed"])])
        all_ = [sums, measured["with_solidity"]["layers"][layer]] if more else [sums]
        rows.append(["**all**", *(f"**{one[k]:.2f} %**" for one in all_ for k in KINDS), ""])
        head = ["file", *KINDS, *(f"{kind}, with Solidity's tests" for kind in KINDS if more), "lines missed"]
        parts.append(f"{layer.capitalize()}:\n\n" + table(head, rows))
    return "\n\n".join(parts)


def _parts(row: dict[str, Any]) -> list[object]:
    return ["{}/{}".format(*row[kind]) for kind in KINDS]


def _lines(missed: list[str]) -> str:
    """The lines of what was not reached, each once.

    Examples
    --------
    >>> _lines(["9 branch", "9 statement", "12 branch"])
    '9, 12'
    """
    return ", ".join(map(str, sorted({int(one.split()[0]) for one in missed})))


def mutation() -> str | None:
    """Faults noticed by file, and the survivors with their reasons."""
    path = FOLDER / "mutation.json"
    results = load(path)
    if not results:
        return None
    faults, drawn = counts_of(path, "faults"), counts_of(path, "drawn")
    layer_of = layers(ROOT)
    by_file = defaultdict(list)
    for result in results.values():
        by_file[result.file].append(result)
    parts = []
    for layer in LAYERS:
        rows: list[list[object]] = []
        files = [file for file in sorted(faults) if layer_of.get(file) == layer and faults[file]]
        for file in files:
            noticed, valid = score(by_file[file])
            rows.append([file, noticed, valid, faults[file]])
        here = [result for file in files for result in by_file[file]]
        noticed, valid = score(here)
        if not valid:
            parts.append(f"{layer.capitalize()}: no fault has been tried.")
            continue
        share = f"({100 * noticed / valid:.1f} %)"
        rows.append(["**all**", f"**{noticed}**", f"**{valid}** {share}", sum(faults[file] for file in files)])
        parts.append(f"{layer.capitalize()}:\n\n" + table(["file", "noticed", "tried", "faults there are"], rows))
        weighted = f"Weighted by the number of faults each file has: {estimate(here, faults):.1f} %."
        parts.append(f"{weighted} {_tried({file: by_file[file] for file in files}, faults, drawn)}")
    known = reasons()
    survivors: list[list[object]] = [
        [f"{r.file}:{r.line}", f"`{_cell(r.before)}`", f"`{_cell(r.after)}`",
         known.get((r.file, r.before, r.after), "no test notices it yet")]
        for r in sorted(results.values(), key=lambda r: (r.file, r.line)) if r.status == "survived"
    ]  # fmt: skip
    if survivors:
        parts.append(table(["survivor", "before", "after", "reason"], survivors))
    return "\n\n".join(parts)


def _tried(found: dict[str, list[Result]], faults: dict[str, int], drawn: dict[str, int]) -> str:
    """How much of what is there, and of what is drawn, has been tried."""
    invalid = sum(result.status == "invalid" for some in found.values() for result in some)
    left = sum(max(0, drawn.get(file, 0) - len(some)) for file, some in found.items())
    without = [f"`{Path(file).name}`" for file, some in found.items() if score(some)[1] == 0]
    text = f"Of {sum(faults[file] for file in found):,} faults {sum(drawn.get(file, 0) for file in found)} are drawn; "
    text += f"{sum(map(len, found.values()))} have been tried, of which {invalid} do not compile"
    text += f"; {left} of those drawn are left to be tried." if left else "."
    return text + (f" None yet that compiles in {', '.join(without)}." if without else "")


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
