"""Actors of the demo: each with a key, settings and a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account

from scripts.local_node import ROOT, LocalNode

__all__ = ["Actor", "Cast"]

_PASSWORD = "demo"
_ETHER = 10**18
_POLL_SECONDS = 0.3
_STOP_SECONDS = 20.0


@dataclass
class Actor:
    """One of the cast.

    Attributes
    ----------
    name, address : str
    folder : Path
        With its key, settings, log and memory; nobody else looks into it.
    command : tuple of str
        What its process runs, once it has been started.
    """

    name: str
    address: str
    folder: Path
    command: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it tells, one JSON object a line."""
        return self.folder / "log.jsonl"

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    def launch(self) -> None:
        """Start its process, again too: log and memory are gone on with."""
        with (self.folder / "errors").open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            )

    def kill(self) -> None:
        """End its process at once, without a word: SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The end of what its process said beside the log."""
        return (self.folder / "errors").read_text(errors="replace").strip()[-600:]


class Cast:
    """All actors; a context manager that ends their processes.

    Parameters
    ----------
    node : LocalNode
    market : str
    folder : Path
        For everything; kept or deleted by the caller.
    confirmations : int
        Blocks on top, until what was done counts as done.
    """

    def __init__(self, node: LocalNode, market: str, folder: Path, *, confirmations: int = 0) -> None:
        self._node, self._market, self._folder, self._confirmations = node, market, folder, confirmations
        self.actors: dict[str, Actor] = {}
        self.cheats: set[str] = set()

    def add(self, name: str) -> Actor:
        """Make a key, and give it ether of the local chain."""
        folder = self._folder / name.replace(" ", "-")
        folder.mkdir(mode=0o700)
        key = secrets.token_bytes(32)
        address = str(Account.from_key(key).address)
        (folder / "key.json").write_text(json.dumps(Account.encrypt(key, _PASSWORD, kdf="pbkdf2", iterations=1)))
        (folder / "password").write_text(_PASSWORD)
        (folder / "password").chmod(0o600)
        self._node.request("anvil_setBalance", address, hex(100 * _ETHER))
        self.actors[name] = Actor(name, address, folder)
        return self.actors[name]

    def start(self, name: str, role: str, section: Mapping[str, Any], *, behave: str = "") -> None:
        """Write an actor's settings, and start its pod; ``behave`` names a way to cheat."""
        actor = self.actors[name]
        settings: dict[str, Any] = {
            "roles": [role],
            "node": {"url": self._node.url, "confirmations": self._confirmations, "poll_seconds": _POLL_SECONDS},
            "account": {"keystore": str(actor.folder / "key.json"), "password_file": str(actor.folder / "password")},
            "contracts": {"market": self._market},
            "folders": {"state": str(actor.folder / "state")},
            "storage": {"stores": [str(self._folder / "objects")], "letters": str(self._folder / "letters")},
            "status": {"port": 0},
            "log": {"file": str(actor.log)},
            role.replace("-", "_"): section,
        }
        path = actor.folder / "pod.toml"
        path.write_text(_toml(settings))
        # As `commonlearn pod run`, without first loading what the other commands need.
        honest = ("-m", "commonlearn.cli.pod", "run", "--config", str(path))
        actor.command = ("-m", "scripts.demos.private.hostile", behave, str(path)) if behave else honest
        if behave:
            self.cheats.add(name)
        actor.launch()

    def name_of(self, address: str) -> str:
        """Whose an address is."""
        return next((each.name for each in self.actors.values() if each.address.lower() == address.lower()), address)

    def ended(self) -> list[str]:
        """Actors whose process has ended unasked, with what it said."""
        gone = (each for each in self.actors.values() if each.process is not None and not each.is_running)
        return [f"{each.name}: {each.last_words()}" for each in gone]

    def dismiss(self, *names: str) -> None:
        """End processes in good order; all of them if none is named."""
        leaving = [
            each for each in self.actors.values() if each.process is not None and (each.name in names or not names)
        ]
        for each in leaving:
            if each.is_running and each.process is not None:
                each.process.terminate()
        for each in leaving:
            assert each.process is not None
            try:
                each.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                each.kill()
            each.process = None

    def __enter__(self) -> Cast:
        return self

    def __exit__(self, *_: object) -> None:
        self.dismiss()


def _toml(settings: Mapping[str, Any], prefix: str = "") -> str:
    """Settings as TOML: texts, numbers, lists and tables of them."""
    plain = [f"{name} = {json.dumps(value)}" for name, value in settings.items() if not isinstance(value, Mapping)]
    tables = [
        f"\n[{prefix}{name}]\n{_toml(value, f'{prefix}{name}.')}"
        for name, value in settings.items()
        if isinstance(value, Mapping)
    ]
    return "\n".join(plain + tables) + "\n"
