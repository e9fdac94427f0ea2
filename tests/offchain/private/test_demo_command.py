"""What ``make demo-private`` says and leaves behind, however its jobs end (the jobs themselves: test_demo_jobs.py).

Requirement N-07.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts import private_demo
from scripts.demos.private.result import JobResult
from scripts.demos.private.waiting import DemoFailed


@pytest.fixture
def command(monkeypatch, tmp_path, capsys):
    """Run the command on jobs that end as told; its code, both outputs, and the folders that it made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(private_demo, "available", lambda: None)
    monkeypatch.setattr(private_demo, "LocalNode", lambda **_: nullcontext())
    monkeypatch.setattr(private_demo, "load_material", lambda: SimpleNamespace(title="some rows", note=""))

    def run(ending, *arguments):
        class Played:
            def __init__(self, console, node, material, folder, rounds):
                (folder / "log.jsonl").touch()
                self.rounds = rounds

            def run(self):
                return ending()

        monkeypatch.setattr(private_demo, "PrivateDemo", Played)
        code = private_demo.main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err, list(tmp_path.glob("commonlearn-private-*"))

    return run


def result(*problems):
    return JobResult("local", 1, "CLOSED", 742_800, "00", [], {}, {}, {}, 1.0, problems=list(problems))


def test_that_ends_well_leaves_nothing_and_says_what_is_next(command):
    code, out, _, kept = command(lambda: [result()])
    assert (code, kept) == (0, [])
    assert "Both jobs ended as they should" in out
    assert "docs/how-to-take-part-in-private-training.md" in out


def test_that_ends_otherwise_says_why_and_keeps_the_logs(command):
    code, out, _, (kept,) = command(lambda: [result("nothing was paid to va")])
    assert code == 1
    assert "job 1: nothing was paid to va" in out
    assert str(kept) in out.replace("\n", "")


def test_that_does_not_end_says_why_and_keeps_the_logs(command):
    def stuck():
        raise DemoFailed("Nothing has happened for 900 s; the logs of the actors say why.")

    code, out, _, (kept,) = command(stuck)
    assert code == 1
    assert "Nothing has happened" in out
    assert (kept / "log.jsonl").exists()


def test_that_is_interrupted_leaves_nothing(command):
    def interrupted():
        raise KeyboardInterrupt

    code, out, _, kept = command(interrupted)
    assert (code, kept) == (1, [])
    assert "stopped before its end" in out


def test_gives_one_object_to_programs(command, tmp_path):
    folder = tmp_path / "kept"
    code, out, err, _ = command(lambda: [result()], "--json", "--folder", str(folder))
    told = json.loads(out)
    assert (code, told["ok"], told["jobs"][0]["score"]) == (0, True, 742_800)
    assert "Both jobs ended" in err
    assert (Path(folder) / "log.jsonl").exists()


def test_refuses_a_folder_with_something_in_it(command, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(SystemExit):
        command(lambda: [], "--folder", str(tmp_path / "full"))
    assert "name a folder that is new or empty" in capsys.readouterr().err
