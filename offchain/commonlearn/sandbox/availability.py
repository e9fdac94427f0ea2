"""Whether this machine can shut a program in, and with what."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys

from commonlearn.sandbox.errors import SandboxUnavailable
from commonlearn.sandbox.filter import filter_program
from commonlearn.sandbox.walls import Tools

__all__ = ["find_tools"]

_PLACES = "/usr/local/bin:/usr/bin:/bin"
_APART_SINCE = (5, 14)


def find_tools() -> Tools:
    """Find bubblewrap and libseccomp.

    Returns
    -------
    Tools
        Where they are. That they work is another question, which a first run answers.

    Raises
    ------
    SandboxUnavailable
        Something is missing; the message says what to install.
    """
    if sys.platform != "linux":
        raise SandboxUnavailable(
            f"this system is {platform.system()}, and walls are made of what Linux has",
            "Run the pod on Linux, or in a virtual machine with it.",
        )
    bubblewrap = shutil.which("bwrap", path=_PLACES)
    if bubblewrap is None:
        raise SandboxUnavailable("bubblewrap (bwrap) is not installed")
    try:
        filter_program(dropping=False, threads=True)
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise SandboxUnavailable(f"libseccomp or its Python part is not installed ({error})") from None
    root = os.geteuid() == 0
    setpriv = shutil.which("setpriv", path=_PLACES) if root else None
    if root and setpriv is None:
        raise SandboxUnavailable(
            "the pod runs as root, and setpriv, by which programs get another user, is not installed",
            "Run the pod as an ordinary user, or install util-linux (apt-get install util-linux).",
        )
    release = re.match(r"(\d+)\.(\d+)", platform.release())
    apart = release is not None and (int(release[1]), int(release[2])) >= _APART_SINCE
    return Tools(bubblewrap, setpriv, root, apart)
