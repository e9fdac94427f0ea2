"""Encrypted keystores for tests: cheap to open, and of keys that anybody can compute."""

from __future__ import annotations

import json
from pathlib import Path

from eth_account import Account

from commonlearn.numerics import keccak256

PASSWORD = "only for tests"


def keystore_file(folder: Path, name: str) -> tuple[Path, str]:
    """Write a keystore whose key is the hash of its name, and return its path and address."""
    key = keccak256(name.encode())
    path = folder / f"{name}.json"
    path.write_text(json.dumps(Account.encrypt(key, PASSWORD, kdf="pbkdf2", iterations=1)))
    return path, str(Account.from_key(key).address)
