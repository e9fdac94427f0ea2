"""Private training with a real process for each actor and a real chain; skipped where programs cannot be shut in."""

from __future__ import annotations

import pytest

from commonlearn.sandbox import available


@pytest.fixture(scope="session")
def walled() -> None:
    """Skip where there is no bubblewrap."""
    reason = available()
    if reason is not None:
        pytest.skip(str(reason))
