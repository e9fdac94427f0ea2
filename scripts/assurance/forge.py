"""Runs forge with the settings of what ships."""

from __future__ import annotations

import os
import subprocess

from scripts.compiler import ROOT, CompilerSettings


def forge(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run forge and return what it printed; the exit code is the caller's to look at.

    Parameters
    ----------
    *arguments : str
        Of forge.
    **settings : str
        Environment variables besides those of the compiler, such as ``FOUNDRY_FUZZ_RUNS``.
    """
    environment = os.environ | CompilerSettings.load().forge_environment()
    environment |= {"HOME": str(ROOT / ".home"), "PATH": f"{ROOT / 'node_modules/.bin'}:{os.environ['PATH']}"}
    environment |= {"FOUNDRY_LINT_ON_BUILD": "false"} | settings
    (ROOT / ".home").mkdir(exist_ok=True)
    return subprocess.run(["forge", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
