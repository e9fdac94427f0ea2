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
_STOP_SECONDS = 20.0


@dataclass
class Actor:
    """One of the cast."""

    name: str
    address: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it tells, one JSON object a line."""
        return self.folder / "log.jsonl"


class Cast:
    """All actors; a context manager that ends their processes.

    Parameters
    ----------
    node : LocalNode
    market : str
    folder : Path
        For everything, deleted by the caller.
    """

    def __init__(self, node: LocalNode, market: str, folder: Path) -> None:
        self._node, self._market, self._folder = node, market, folder
        self.actors: dict[str, Actor] = {}

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
            "node": {"url": self._node.url, "confirmations": 0, "poll_seconds": 0.4},
            "account": {"keystore": str(actor.folder / "key.json"), "password_file": str(actor.folder / "password")},
            "contracts": {"market": self._market},
            "folders": {"state": str(actor.folder / "state")},
            "storage": {"stores": [str(self._folder / "objects")], "letters": str(self._folder / "letters")},
            "limits": {"wall_seconds": 60.0},
            "status": {"port": 0},
            "log": {"file": str(actor.log)},
            role.replace("-", "_"): section,
        }
        path = actor.folder / "pod.toml"
        path.write_text(_toml(settings))
        honest = ["-m", "commonlearn.cli", "pod", "run", "--config", str(path), "--role", role]
        command = ["-m", "scripts.demos.private.hostile", behave, str(path)] if behave else honest
        with (actor.folder / "errors").open("wb") as errors:
            actor.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            )

    def name_of(self, address: str) -> str:
        """Whose an address is."""
        return next((each.name for each in self.actors.values() if each.address.lower() == address.lower()), address)

    def ended(self) -> list[str]:
        """Actors whose process has ended, with what it said."""
        return [
            f"{each.name}: {(each.folder / 'errors').read_text(errors='replace').strip()[-600:]}"
            for each in self.actors.values()
            if each.process is not None and each.process.poll() is not None
        ]

    def stop(self) -> None:
        """End all processes."""
        running = [each.process for each in self.actors.values() if each.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> Cast:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _toml(settings: Mapping[str, Any], prefix: str = "") -> str:
    """Settings as TOML: texts, numbers, lists and tables of them."""
    plain = [f"{name} = {json.dumps(value)}" for name, value in settings.items() if not isinstance(value, Mapping)]
    tables = [
        f"\n[{prefix}{name}]\n{_toml(value, f'{prefix}{name}.')}"
        for name, value in settings.items()
        if isinstance(value, Mapping)
    ]
    return "\n".join(plain + tables) + "\n"
