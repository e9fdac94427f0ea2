"""Which arithmetic libraries use: they choose their code by the processor, and sums of floats depend on it.

On processors of x86-64 with AVX2 and fused multiplication (level 3; all since 2015 or so) libraries are held to these,
whatever else there is. So replicas on such machines add up alike. On others they do as they like, and the name says so.
"""

from __future__ import annotations

import platform
import re
from contextlib import suppress
from pathlib import Path

__all__ = ["LEVEL_3", "arithmetic"]

LEVEL_3 = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Haswell",
}
_NEEDED = {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"}


def arithmetic(processor: Path = Path("/proc/cpuinfo")) -> tuple[str, dict[str, str]]:
    """Name the arithmetic that programs get here, and the variables that hold libraries to it.

    Parameters
    ----------
    processor : Path
        What Linux says of the processor.

    Returns
    -------
    str, dict of str to str
        ``x86-64-v3``, or the kind of machine and what its processor is called; and variables.
    """
    text = ""
    with suppress(OSError):
        text = processor.read_text(encoding="utf-8", errors="replace")
    machine = platform.machine()
    flags = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    if machine == "x86_64" and flags and set(flags[1].split()) >= _NEEDED:
        return "x86-64-v3", dict(LEVEL_3)
    name = re.search(r"^(?:model name|CPU part)\s*:(.*)$", text, re.MULTILINE)
    return f"{machine} {name[1].strip() if name else ''}".strip(), {}
