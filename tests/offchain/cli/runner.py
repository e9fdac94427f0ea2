"""Runs commands as a shell would."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from commonlearn.cli.main import app
from tests.support.live import Network


@dataclass
class Shell:
    """A user with a node, and folders of its own."""

    network: Network
    folder: Path

    def __call__(self, *arguments: object, code: int = 0, stdin: str | None = None, **env: str) -> Any:
        """Run a command; give click's result. Fails on another exit code or on a traceback."""
        places = {
            "COMMONLEARN_RPC": self.network.node.url,
            "COMMONLEARN_CACHE": str(self.folder / "cache"),
            "COMMONLEARN_STATE": str(self.folder / "state"),
            "COMMONLEARN_DEBUG": "",
            "COLUMNS": "200",
        }
        result = CliRunner().invoke(app, [str(word) for word in arguments], input=stdin, env={**places, **env})
        shown = f"{result.stdout}\n{result.stderr}"
        assert "Traceback" not in shown
        assert result.exit_code == code, f"exit code {result.exit_code}: {shown}"
        return result

    def json(self, *arguments: object, code: int = 0, **options: Any) -> dict[str, Any]:
        """Run a command with ``--json``; standard output must be exactly one JSON object."""
        result = self(*arguments, "--json", code=code, **options)
        content = json.loads(result.stdout)
        assert content["schema"] == 1
        assert content["command"] == arguments[0]
        assert content["ok"] is (code == 0)
        return content

    def json_of(self, *arguments: object) -> dict[str, Any]:
        """Run a command of a group (``store show``) with ``--json``."""
        content = json.loads(self(*arguments, "--json").stdout)
        assert content["command"] == arguments[1]
        return content
