"""Where this machine cannot shut programs in, jobs are skipped with the reason."""

from __future__ import annotations

import pytest

from commonlearn.sandbox import available


@pytest.fixture(scope="session")
def walled() -> None:
    """Skip where there is no bubblewrap."""
    reason = available()
    if reason is not None:
        pytest.skip(str(reason))
