"""For all tests, with and without a chain: where data lies, where caches go, and one source of chance.

brownie is not imported here: ``pytest -p no:pytest-brownie tests/offchain`` runs without it. What needs brownie is in
``tests/onchain/conftest.py``.
"""

import os
import random
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# Set when this file is imported, before any test module reads them; what the caller has set is kept.
_shared_data = ROOT.parent / "shared" / "data"
if _shared_data.is_dir():
    os.environ.setdefault("COMMONLEARN_DATA", str(_shared_data))
os.environ.setdefault("XDG_CACHE_HOME", str(ROOT / ".cache" / "xdg"))  # never the user's own cache

# How long an example takes says how busy the machine is; speed is measured by `make bench`.
settings.register_profile("commonlearn", deadline=None)
settings.load_profile("commonlearn")


def _seed(node: pytest.Item) -> int:
    return zlib.crc32(node.nodeid.encode())


@pytest.fixture(autouse=True)
def seeded_chance(request: pytest.FixtureRequest) -> None:
    """Seed the global generators from the test's name: the same numbers alone, in a suite and in any process."""
    random.seed(_seed(request.node))
    np.random.seed(_seed(request.node))  # noqa: NPY002 - scikit-learn falls back to the global generator


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator of the test's own, seeded from its name."""
    return np.random.default_rng(_seed(request.node))
