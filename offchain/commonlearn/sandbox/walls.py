"""One sandbox around one program: set up, let go, and taken down with everything in it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import secrets
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commonlearn.sandbox.command import Plan, command
from commonlearn.sandbox.errors import SandboxUnavailable
from commonlearn.sandbox.filter import filter_program
from commonlearn.sandbox.limits import Limits
from commonlearn.sandbox.view import View

__all__ = ["Tools", "Use", "Walls", "use_of"]

_SETUP_SECONDS = 30.0
_SIZE = re.compile(r"^(VmRSS|VmHWM):\s+(\d+) kB$", re.MULTILINE)
_FIRST_USER, _USERS = 1 << 30, 1 << 30


@dataclass(frozen=True)
class Tools:
    """Programs of this machine that walls are made with, and how it runs.

    Attributes
    ----------
    bubblewrap, setpriv : str
        Where they are; the second only where the pod runs as root.
    root : bool
        Whether the pod does.
    counts_apart : bool
        Whether this kernel counts the processes of a sandbox apart from the user's others (Linux 5.14).
    """

    bubblewrap: str
    setpriv: str | None
    root: bool
    counts_apart: bool


class Walls:
    """A sandbox with a program in it that has not begun.

    Parameters
    ----------
    tools : Tools
        Of this machine.
    view : View
        What is seen of it.
    limits : Limits
        Of the run.
    files : sequence of (str, str)
        Places of inputs here and in the sandbox.

    Raises
    ------
    SandboxUnavailable
        It could not be set up.
    """

    def __init__(self, tools: Tools, view: View, limits: Limits, files: Sequence[tuple[str, str]]) -> None:
        self._open = contextlib.ExitStack()
        self.handle = -1
        try:
            self._set_up(tools, view, limits, files)
        except BaseException:
            self.close()
            raise

    def _set_up(self, tools: Tools, view: View, limits: Limits, files: Sequence[tuple[str, str]]) -> None:
        # Each run has a user of its own, known to nobody, where this is ours to choose.
        user = _FIRST_USER + secrets.randbelow(_USERS) if tools.root else None
        threads = limits.threads > 0 and (tools.root or tools.counts_apart)
        rules = self._memory(filter_program(dropping=tools.root, threads=threads))
        said, info = os.pipe2(os.O_CLOEXEC)
        gate, self._gate = os.pipe2(os.O_CLOEXEC)
        self._open.callback(os.close, said)
        self._open.callback(os.close, self._gate)
        self._marker = f"/.{secrets.token_hex(8)}"
        plan = Plan(tools.bubblewrap, tools.setpriv, files, self._marker, user, info, gate, rules)
        try:
            self.process = subprocess.Popen(
                command(plan, view, limits),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd="/",
                env={},
                pass_fds=(info, gate, rules),
                start_new_session=True,
            )
        finally:
            os.close(info)
            os.close(gate)
        self._open.callback(self._end)
        self.inner = self._told(said)
        # Numbers of processes are used again; a descriptor stays with the one that it was opened for.
        self.handle = os.pidfd_open(self.inner)
        self.folder = self._out()
        self._limit(limits, threads, tools.root)

    def start(self) -> None:
        """Let the program begin."""
        os.write(self._gate, b"1")

    def kill(self) -> None:
        """End all that is in the sandbox, at once: the kernel does so when its first process dies."""
        with contextlib.suppress(OSError, ValueError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    def wait(self) -> int:
        """Wait until nothing runs any more.

        Returns
        -------
        int
            The program's exit code, negative for a signal as subprocess has it.
        """
        code = self.process.wait()
        select.select([self.handle], [], [])
        return 128 - code if code > 128 else code

    def close(self) -> None:
        """End all, and let go of everything."""
        self._open.close()

    def __enter__(self) -> Walls:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---------------------------------------------------------------------------------------------------- parts

    def _end(self) -> None:
        if self.process.returncode is None:
            self.kill()
            self.process.kill()
            self.process.wait()
        if self.handle >= 0:
            # Nothing is left of it when this returns: neither a process nor what it may still have written.
            select.select([self.handle], [], [], _SETUP_SECONDS)
            os.close(self.handle)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def _memory(self, content: bytes) -> int:
        descriptor = os.memfd_create("filter")
        self._open.callback(os.close, descriptor)
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return descriptor

    def _told(self, said: int) -> int:
        """The sandbox's first process, as bubblewrap says."""
        text = b""
        deadline = time.monotonic() + _SETUP_SECONDS
        while select.select([said], [], [], max(0.0, deadline - time.monotonic()))[0]:
            part = os.read(said, 4096)
            text += part
            if not part or b"}" in text:
                break
        try:
            return int(json.loads(text)["child-pid"])
        except (ValueError, KeyError, TypeError):
            raise self._refused() from None

    def _out(self) -> int:
        """The output folder, opened from outside once all is mounted and before the program begins."""
        top = f"/proc/{self.inner}/root"
        deadline = time.monotonic() + _SETUP_SECONDS
        while not os.path.lexists(top + self._marker):
            if time.monotonic() > deadline or self._gone():
                raise self._refused()
            time.sleep(0.0005)
        try:
            folder = os.open(f"{top}/out", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise SandboxUnavailable(f"its output folder cannot be opened ({error.strerror})") from None
        self._open.callback(os.close, folder)
        return folder

    def _gone(self) -> bool:
        return bool(select.select([self.handle], [], [], 0)[0])

    def _refused(self) -> SandboxUnavailable:
        self.process.kill()
        _, words = self.process.communicate(timeout=_SETUP_SECONDS)
        return SandboxUnavailable(_reason(words.decode(errors="replace").strip()), _REMEDY)

    def _limit(self, limits: Limits, threads: bool, root: bool) -> None:
        resource.prlimit(self.inner, resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
        kinds = [
            (resource.RLIMIT_AS, limits.memory_bytes),
            (resource.RLIMIT_FSIZE, limits.output_bytes),
            (resource.RLIMIT_NOFILE, 256),
            (resource.RLIMIT_CORE, 1),  # with 0 the host's own handler of crashes would still be run
            (resource.RLIMIT_MEMLOCK, 0),
            (resource.RLIMIT_MSGQUEUE, 0),
            (resource.RLIMIT_SIGPENDING, 256),
        ]
        if threads:
            # The program's first thread counts too, and bubblewrap's process where it is the same user's.
            kinds.append((resource.RLIMIT_NPROC, limits.threads + (1 if root else 2)))
        for kind, most in kinds:
            resource.prlimit(self.inner, kind, (most, most))


_REMEDY = (
    "If this is a container, run the pod on the machine itself, or let the container make user namespaces. On Ubuntu "
    "24.04 and later give bwrap an AppArmor profile that allows them (apt-get install apparmor-profiles); elsewhere "
    "set user.max_user_namespaces (sysctl) above 0."
)


def _reason(words: str) -> str:
    return f"bubblewrap says {words!r}" if words else "bubblewrap could not set it up"


@dataclass(frozen=True)
class Use:
    """What the processes in a sandbox take: bytes resident now and at most, and seconds of the processor."""

    memory_bytes: int = 0
    peak_bytes: int = 0
    cpu_seconds: float = 0.0


def use_of(first: int) -> Use | None:
    """Ask the system what the processes below a sandbox's first one take; None when they are gone."""
    memory, peak, seconds, tick = 0, 0, 0.0, os.sysconf("SC_CLK_TCK")
    try:
        numbers = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for number in numbers:
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / tick
            sizes = dict(_SIZE.findall(Path(f"/proc/{number}/status").read_text()))
            memory += int(sizes.get("VmRSS", 0)) << 10
            peak += int(sizes.get("VmHWM", 0)) << 10
    except (OSError, ValueError, IndexError):
        return None
    return Use(memory, peak, seconds) if numbers else None
