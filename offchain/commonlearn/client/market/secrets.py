"""A provider's test set with its secret: written down, for the owner's eyes only, before the commitment is sent.

One file a commitment, in one folder a model. Whoever has it can reveal the test set; whoever loses it cannot, and loses
the bond. It also tells the test set, so it must stay secret until the market's reveal.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commonlearn.client.market.errors import SecretLost, SecretProblem
from commonlearn.market.commitment import commitment_tree, partitioned, salted
from commonlearn.market.testset import TestSample

__all__ = ["SecretFolder", "SecretTestSet"]

_LAYOUT = 1


@dataclass(frozen=True)
class SecretTestSet:
    """A test set as it is committed to.

    Parameters
    ----------
    provider : str
        Whose commitment it is.
    secret : bytes
        32 random bytes behind all salts and the deal to partitions.
    partitions : int
    samples : tuple of bytes
    labels : tuple of int
    """

    provider: str
    secret: bytes
    partitions: int
    samples: tuple[bytes, ...]
    labels: tuple[int, ...]

    def parts(self) -> list[list[TestSample]]:
        """The partitions with their salted samples."""
        all_ = salted(self.secret, self.samples, self.labels)
        return [[all_[i] for i in part] for part in partitioned(self.secret, len(all_), self.partitions)]

    def leaves(self) -> list[bytes]:
        """The leaves of all partitions, in order."""
        return commitment_tree(self.provider, self.parts()).leaves

    def root(self) -> bytes:
        """The commitment."""
        return commitment_tree(self.provider, self.parts()).root


class SecretFolder:
    """The secrets of providers in one model's markets.

    Parameters
    ----------
    folder : Path
        Folder of all markets.
    chain_id : int
    genesis_hash : str
        Tells chains of the same number apart.
    address : str
        The model.
    """

    def __init__(self, folder: Path, chain_id: int, genesis_hash: str, address: str) -> None:
        self.path = folder / f"{chain_id}-{genesis_hash[2:10]}-{address.lower()}"

    def find(self, root: bytes) -> SecretTestSet:
        """The test set behind a commitment.

        Raises
        ------
        SecretLost
            It is not here.
        SecretProblem
            It cannot be read.
        """
        path = self._file(root)
        if not path.exists():
            raise SecretLost(root, self.path)
        return _read(path)

    def prepare(self, provider: str, partitions: int, samples: Sequence[bytes], labels: Sequence[int]) -> SecretTestSet:
        """A test set with a secret: that of an earlier try with the same data, or a new one.

        Whether an earlier try was committed to is the caller's to ask.
        """
        for path in sorted(self.path.glob("*.json")):
            known = _read(path)
            same = (known.provider, known.partitions, known.samples, known.labels)
            if same == (provider, partitions, tuple(samples), tuple(labels)):
                return known
        return SecretTestSet(provider, os.urandom(32), partitions, tuple(samples), tuple(labels))

    def renew(self, known: SecretTestSet) -> SecretTestSet:
        """The same test set with a new secret, for another market."""
        return SecretTestSet(known.provider, os.urandom(32), known.partitions, known.samples, known.labels)

    def write(self, given: SecretTestSet) -> Path:
        """Write a test set down so that it survives a power cut; only this user may read it.

        Raises
        ------
        SecretProblem
            That is not possible.
        """
        path = self._file(given.root())
        content = {
            "layout": _LAYOUT,
            "provider": given.provider,
            "secret": given.secret.hex(),
            "partitions": given.partitions,
            "samples": [sample.hex() for sample in given.samples],
            "labels": list(given.labels),
        }
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_suffix(".draft")
            draft.unlink(missing_ok=True)
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            folder = os.open(self.path, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        except OSError as error:
            raise SecretProblem(path, str(error)) from None
        return path

    def _file(self, root: bytes) -> Path:
        return self.path / f"{root.hex()}.json"


def _read(path: Path) -> SecretTestSet:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return SecretTestSet(
            provider=content["provider"],
            secret=bytes.fromhex(content["secret"]),
            partitions=content["partitions"],
            samples=tuple(bytes.fromhex(sample) for sample in content["samples"]),
            labels=tuple(content["labels"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SecretProblem(path, str(error)) from None
