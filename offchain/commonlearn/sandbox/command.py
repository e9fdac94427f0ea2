"""How bubblewrap is called: pure, and the one place where the walls are written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from commonlearn.sandbox.limits import Limits
from commonlearn.sandbox.view import INTERPRETER, VARIABLES, View

__all__ = ["DEVICES", "INSIDE_ID", "Plan", "command"]

DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
INSIDE_ID = 65534
"""User and group inside, where the pod is an ordinary user: nobody."""


_CHANGER = "/python/bin/setpriv"


@dataclass(frozen=True)
class Plan:
    """What differs from run to run.

    Attributes
    ----------
    bubblewrap : str
        Where it is.
    setpriv : str or None
        Where that is; needed only where the pod runs as root.
    files : sequence of (str, str)
        Places of inputs here and in the sandbox.
    marker : str
        A folder at the sandbox's top that says, seen from outside, that all is mounted.
    user : int or None
        Whom root becomes; None for an ordinary user, who is mapped to nobody instead.
    info, gate, filter : int
        Descriptors: where bubblewrap says its process, what it waits for, and the filter of system calls.
    """

    bubblewrap: str
    setpriv: str | None
    files: Sequence[tuple[str, str]]
    marker: str
    user: int | None
    info: int
    gate: int
    filter: int


def command(plan: Plan, view: View, limits: Limits) -> list[str]:
    """Write down the call.

    Parameters
    ----------
    plan : Plan
        Of this run.
    view : View
        What is seen of this machine.
    limits : Limits
        Of these, the size of the output folder.

    Returns
    -------
    list of str
        Arguments, the program's interpreter at their end.
    """
    call = [plan.bubblewrap, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    call += ["--hostname", "sandbox", "--new-session", "--die-with-parent", "--cap-drop", "ALL", "--clearenv"]
    if plan.user is None:
        call += ["--unshare-user", "--uid", str(INSIDE_ID), "--gid", str(INSIDE_ID)]
    else:
        call += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    for name, value in (VARIABLES | dict(view.variables)).items():
        call += ["--setenv", name, value]
    for target, place in view.links:
        call += ["--symlink", target, place]
    binds = [*view.binds, *plan.files]
    if plan.user is not None and plan.setpriv is not None:
        binds.append((plan.setpriv, _CHANGER))
    # Made by itself, bubblewrap would close them to everybody but the user who runs it.
    for folder in _above([*(place for _, place in binds), *DEVICES]):
        call += ["--perms", "0755", "--dir", folder]
    for source, place in binds:
        call += ["--ro-bind", source, place]
    for place in view.masks:
        call += ["--size", "4096", "--perms", "0555", "--tmpfs", place, "--remount-ro", place]
    for device in DEVICES:
        call += ["--dev-bind", device, device]
    call += ["--perms", "0777", "--size", str(limits.output_bytes), "--tmpfs", "/out", "--chdir", "/out"]
    call += ["--dir", plan.marker, "--remount-ro", "/"]
    call += ["--info-fd", str(plan.info), "--block-fd", str(plan.gate), "--seccomp", str(plan.filter), "--"]
    if plan.user is not None:
        number = str(plan.user)
        call += [_CHANGER, "--reuid", number, "--regid", number, "--clear-groups", "--"]
    return [*call, INTERPRETER, "-s", "-P", "-B", "/job/program.py"]


def _above(places: Sequence[str]) -> list[str]:
    """Folders that these places lie in, outer ones first.

    Examples
    --------
    >>> _above(["/data/x", "/python/bin/python", "/data/y"])
    ['/data', '/python', '/python/bin']
    """
    folders = {parent.as_posix() for place in places for parent in PurePosixPath(place).parents}
    return sorted(folders - {"/"})
