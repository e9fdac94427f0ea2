"""brownie as a user starts it: a process of its own, by ``./brownie``."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


@dataclass(frozen=True)
class Ended:
    """A process that has ended: its exit code, and what it printed on both outputs, without colours."""

    code: int
    text: str


def run_script(script: str, *arguments: str, network: str, environment: Mapping[str, str], answer: str = "") -> Ended:
    """Run ``./brownie run script …`` and wait for its end.

    Parameters
    ----------
    script : str
        Its name.
    *arguments : str
        Function and its arguments.
    network : str
        brownie's name of it.
    environment : mapping of str to str
        More variables.
    answer : str, optional
        What the user types.
    """
    return _run(["./brownie", "run", script, *arguments, "--network", network], environment, answer)


def run_console(lines: list[str], *, network: str, environment: Mapping[str, str]) -> Ended:
    """Type lines into ``./brownie console`` and wait for its end.

    The console reads from a terminal only, so ``script`` plays one; and it ends with 0 whatever happened, so what it
    printed has to be looked at.
    """
    typed = "\n".join([*lines, "quit()"]) + "\n"
    return _run(["script", "-qec", f"./brownie console --network {network}", "/dev/null"], environment, typed)


def _run(command: list[str], environment: Mapping[str, str], typed: str) -> Ended:
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", "TERM": "dumb", **environment},
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    return Ended(ended.returncode, _COLOURS.sub("", ended.stdout))
