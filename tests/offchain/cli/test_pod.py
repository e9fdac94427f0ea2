"""`commonlearn pod`: settings are shown, and what is wrong with them is said before anything is done (Y-06)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commonlearn.cli.main import app
from commonlearn.pod.config import config_from
from commonlearn.pod.examples import SECTIONS

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "how-to-take-part-in-private-training.md"


def pod(*words):
    return CliRunner().invoke(app, ["pod", *map(str, words)])


def test_the_example_can_be_used_as_it_stands():
    shown = pod("example")
    assert shown.exit_code == 0
    assert config_from(tomllib.loads(shown.stdout)).roles == ("data-owner",)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (None, "No such file"),
        ('roles = ["data-owner"]', "missing"),
        ("[data_owner]\nsource = 5", "cannot be used"),
    ],
)
def test_wrong_settings_are_named(tmp_path, settings, said):
    path = tmp_path / "pod.toml"
    if settings is not None:
        path.write_text(settings)
    found = pod("run", "--config", path)
    assert found.exit_code == 6
    assert said in found.stderr.replace("\n", " ")


@pytest.mark.parametrize(("role", "said"), [("king", "there is no role 'king'"), ("buyer", "not among those")])
def test_a_role_that_is_not_to_be_played_is_named(tmp_path, role, said):
    path = tmp_path / "pod.toml"
    path.write_text(pod("example").stdout)
    found = pod("run", "--config", path, "--role", role)
    assert found.exit_code == 6
    assert said in found.stderr.replace("\n", " ")


def test_the_guides_sections_are_settings():
    """H-04: what is written there can be copied, and is what ``pod example`` shows."""
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks[:-1] == list(SECTIONS.values())
    assert blocks[-1].startswith("[money]")
    base = tomllib.loads(pod("example").stdout)
    for block in blocks:
        section = tomllib.loads(block.replace('"0x…"', f'"0x{"ab" * 32}"').replace('"0xADDRESS"', f'"0x{"ab" * 20}"'))
        found = config_from({**base, **section})
        assert all(getattr(found, name) is not None for name in section)
