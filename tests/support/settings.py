"""Settings files of the brownie scripts for tests, with small tables of film reviews."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

GOOD = ("great", "funny", "moving", "clever")
BAD = ("dull", "boring", "long", "clumsy")

WAITS = {"refund_wait": 100, "report_wait": 200, "sweep_wait": 300}
"""Seconds."""

_TEMPLATE = """
deployments = "deployments"
eth_usd = 2500

[account]
{account}

[deploy]
name = "films"
description = "For tests"
csv = "reviews.csv"
label = "opinion"
text = "review"
model = "{model}"
{curator}

[deploy.rules]
beneficiary = "{beneficiary}"
floor = "0.001 ether"
growth_percent = 2.5
half_life = "1h"
refund_wait = {refund_wait}
report_wait = {report_wait}
sweep_wait = {sweep_wait}
reporter_percent = 10

[contribute]
model = "films"
csv = "more.csv"
label = "opinion"
text = "review"

[refund]
model = "films"

[report]
model = "films"
"""

BENEFICIARY = "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc"
TRUE_ROWS = [("a great clever story", "good"), ("boring and clumsy", "bad")]


def reviews() -> list[tuple[str, str]]:
    """Make forty labelled reviews, each of two telling words and one that tells nothing."""
    rows = [(f"{one} and {two} film", "good") for one, two in itertools.permutations(GOOD, 2)]
    rows += [(f"{one} and {two} film", "bad") for one, two in itertools.permutations(BAD, 2)]
    return rows * 2


def settings_file(
    folder: Path,
    *,
    account: str = "development = 0",
    model: str = "perceptron",
    curator: str | None = None,
    beneficiary: str = BENEFICIARY,
    more: list[tuple[str, str]] = TRUE_ROWS,
    name: str = "settings.toml",
) -> Path:
    """Write a settings file and its tables into a folder.

    Parameters
    ----------
    folder : Path
    account : str, optional
        Line of the section ``[account]``.
    model, curator, beneficiary : str, optional
        Of ``[deploy]``.
    more : list of (str, str), optional
        Rows to contribute.
    name : str, optional
        Of the file.
    """
    _write(folder / "reviews.csv", reviews())
    _write(folder / f"{Path(name).stem}-more.csv", more)
    said = "" if curator is None else f'curator = "{curator}"'
    text = _TEMPLATE.format(account=account, model=model, curator=said, beneficiary=beneficiary, **WAITS)
    path = folder / name
    path.write_text(text.replace('"more.csv"', f'"{path.stem}-more.csv"'))
    return path


def _write(path: Path, rows: list[tuple[str, str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("review", "opinion"), *rows])
