"""Letters lie in places where others may write."""

from __future__ import annotations

from commonlearn.pod.roles.letters import Letters


def test_a_link_that_others_left_is_not_followed(tmp_path):
    """Y-20: or whoever shares the folder could have the pod overwrite its own memory."""
    memory = tmp_path / "pod.sqlite"
    memory.write_bytes(b"salts")
    folder = tmp_path / "letters"
    folder.mkdir()
    for name in ("1-0-2.part", "1-0-2"):
        (folder / name).symlink_to(memory)
    letters = Letters(str(folder))
    letters.put("1-0-2", b"sealed")
    assert memory.read_bytes() == b"salts"
    assert letters.get("1-0-2") == b"sealed"
    assert sorted(path.name for path in folder.iterdir()) == ["1-0-2", "1-0-2.part"]
