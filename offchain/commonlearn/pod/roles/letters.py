"""Letters: encrypted shards on their way, by dataset and seat.

A package is not on the chain, and its receiver cannot know its hash beforehand; so it lies under a name. The place is
not trusted: a package opens with the receiver's key alone, and its rows must stand under the root on the chain.
"""

from __future__ import annotations

import secrets

import fsspec

from commonlearn.pod.errors import PodError

__all__ = ["LetterMissing", "Letters"]

_MOST = 1 << 30


class LetterMissing(PodError, LookupError):
    """Nothing lies there yet."""

    def __init__(self, name: str, where: str) -> None:
        super().__init__(f"There is no package {name} at {where} yet. It is asked for again.")
        self.name, self.where = name, where


class Letters:
    """A place for letters.

    Parameters
    ----------
    where : str
        A folder, or any URL that fsspec knows.

    Examples
    --------
    >>> letters = Letters("memory://letters")
    >>> letters.put("1-0-2", b"sealed")
    >>> letters.get("1-0-2")
    b'sealed'
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self._files, self._folder = fsspec.url_to_fs(where, auto_mkdir=True)

    def put(self, name: str, content: bytes) -> None:
        """Leave a letter; again replaces it."""
        path = f"{self._folder}/{name}"
        # Others may write to this folder: a link that they left under a name known beforehand would be followed.
        aside = f"{path}.{secrets.token_hex(8)}.part"
        self._files.makedirs(self._folder, exist_ok=True)
        self._files.pipe_file(aside, content)
        self._files.mv(aside, path)

    def get(self, name: str, most: int = _MOST) -> bytes:
        """Take a letter, or its first bytes; it stays there.

        Raises
        ------
        LetterMissing
            There is none.
        """
        try:
            content: bytes = self._files.cat_file(f"{self._folder}/{name}", end=most)
        except FileNotFoundError:
            raise LetterMissing(name, self.where) from None
        return content
