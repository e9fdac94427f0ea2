"""Reading back what a program left, from a folder that an enemy has filled.

Requirement U-05.
"""

from __future__ import annotations

import os
import socket

import pytest

from commonlearn.sandbox import Ending
from commonlearn.sandbox.outputs import BadOutput, read_outputs


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "out").mkdir()
    descriptor = os.open(tmp_path / "out", os.O_RDONLY | os.O_DIRECTORY)
    yield tmp_path / "out", descriptor
    os.close(descriptor)


def read(folder, most=10, optional=None):
    return read_outputs(folder[1], {"m": most}, optional or {})


def test_files_come_back(folder):
    (folder[0] / "m").write_bytes(b"0123456789")
    assert read(folder) == {"m": b"0123456789"}
    assert read(folder, optional={"n": 1}) == {"m": b"0123456789"}
    (folder[0] / "n").write_bytes(b"")
    assert read(folder, optional={"n": 1}) == {"m": b"0123456789", "n": b""}


def test_nothing_is_followed(folder, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (folder[0] / "m").symlink_to("../secret")
    assert read(folder) == BadOutput(Ending.OUTPUT_UNSAFE, "m")


def test_a_folder_that_was_swapped_for_a_link_is_not_entered(folder, tmp_path):
    (folder[0] / "m").symlink_to(tmp_path, target_is_directory=True)
    assert read(folder).ending is Ending.OUTPUT_UNSAFE


def test_no_pipe_is_waited_for(folder):
    os.mkfifo(folder[0] / "m")
    assert read(folder).ending is Ending.OUTPUT_UNSAFE


def test_no_socket_folder_or_second_name_is_read(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder[0])
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("m")
        assert read(folder).ending is Ending.OUTPUT_UNSAFE
    (folder[0] / "m").unlink()
    (folder[0] / "m").mkdir()
    assert read(folder).ending is Ending.OUTPUT_UNSAFE
    (folder[0] / "m").rmdir()
    (tmp_path / "secret").write_bytes(b"secret")
    os.link(tmp_path / "secret", folder[0] / "m")
    assert read(folder).ending is Ending.OUTPUT_UNSAFE


def test_sizes_are_kept_to(folder):
    (folder[0] / "m").write_bytes(b"0123456789a")
    assert read(folder) == BadOutput(Ending.OUTPUT_TOO_LARGE, "m has 11 bytes, 10 were agreed on")
    with (folder[0] / "m").open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of holes
    assert read(folder).ending is Ending.OUTPUT_TOO_LARGE


def test_names_are_kept_to(folder):
    (folder[0] / "m").write_bytes(b"")
    name = "n\x1b" + "x" * 200
    (folder[0] / name).write_bytes(b"")
    found = read(folder)
    assert found.ending is Ending.OUTPUT_UNEXPECTED
    assert "\x1b" not in found.detail
    assert len(found.detail) < 120


def test_a_hundred_thousand_names_are_not_read(folder, monkeypatch):
    for number in range(300):
        (folder[0] / str(number)).touch()
    monkeypatch.setattr(os, "open", lambda *_, **__: pytest.fail("opened"))
    assert read(folder).ending is Ending.OUTPUT_UNEXPECTED


def test_what_is_missing_is_named(folder):
    assert read(folder) == BadOutput(Ending.OUTPUT_MISSING, "m")
