"""For tests on brownie's chain: repairs, isolation, the cast and gas snapshots."""

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import scripts.brownie_repairs  # noqa: F401 - before brownie connects, also where ./brownie was not used
from tests.support.actors import cast
from tests.support.gas import UPDATE_VARIABLE, GasSnapshots

SNAPSHOTS = Path(__file__).parent / "gas" / "snapshots"


@pytest.fixture(scope="session", autouse=True)
def frozen_garbage() -> None:
    """Exempt what is loaded from collection: brownie collects at each revert, 0.1 s with a project loaded."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def isolation(fn_isolation: None) -> None:
    """Start each test from the chain as the module's fixtures left it."""


@pytest.fixture(scope="session")
def actors(accounts: Any) -> Mapping[str, Any]:
    """All roles by name."""
    return cast(accounts)


@pytest.fixture(scope="session")
def deployer(actors: Mapping[str, Any]) -> Any:
    """Makes the contracts and is their curator."""
    return actors["deployer"]


@pytest.fixture(scope="session")
def alice(actors: Mapping[str, Any]) -> Any:
    """Gives good data."""
    return actors["alice"]


@pytest.fixture(scope="session")
def bob(actors: Mapping[str, Any]) -> Any:
    """Gives good data."""
    return actors["bob"]


@pytest.fixture(scope="session")
def carol(actors: Mapping[str, Any]) -> Any:
    """Gives good data."""
    return actors["carol"]


@pytest.fixture(scope="session")
def mallory(actors: Mapping[str, Any]) -> Any:
    """Lies."""
    return actors["mallory"]


@pytest.fixture(scope="session")
def beneficiary(actors: Mapping[str, Any]) -> Any:
    """Gets what nobody claims."""
    return actors["beneficiary"]


@pytest.fixture(scope="session")
def stranger(actors: Mapping[str, Any]) -> Any:
    """Has no part in anything."""
    return actors["stranger"]


@pytest.fixture(scope="module")
def _gas_snapshots(request: pytest.FixtureRequest) -> GasSnapshots:
    config = request.config
    selective = config.option.keyword or config.option.markexpr or any("::" in word for word in config.args)
    name = request.path.stem.removeprefix("test_")
    update = os.environ.get(UPDATE_VARIABLE) == "1"
    return GasSnapshots(SNAPSHOTS / f"{name}.json", update=update, fresh=not selective)


@pytest.fixture
def gas_snapshot(_gas_snapshots: GasSnapshots) -> Callable[[str, Any], None]:
    """``gas_snapshot(name, tx)`` fails when the gas of a named scenario is not the recorded one.

    ``tx`` is a brownie transaction or a number. Numbers are kept in ``gas/snapshots/<module>.json`` and rewritten only
    with ``UPDATE_GAS_SNAPSHOTS=1``.
    """

    def check(name: str, tx: Any) -> None:
        _gas_snapshots.check(name, tx if isinstance(tx, int) else tx.gas_used)

    return check


@pytest.fixture(scope="session")
def stateful_settings() -> dict[str, int]:
    """Settings for ``state_machine(…, settings=…)``; ``make stateful-long`` raises them."""
    return {
        "max_examples": int(os.environ.get("STATEFUL_EXAMPLES", "12")),
        "stateful_step_count": int(os.environ.get("STATEFUL_STEPS", "20")),
    }


@pytest.fixture(autouse=True)
def forgotten_history(history: Any) -> Iterator[None]:
    """Drop past transactions after each test: brownie keeps all and slows down with their number."""
    yield
    history.clear()
