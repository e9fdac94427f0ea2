"""Every model in turn, as a collaboration still closed and as one open for contributions."""

from typing import Any

import pytest

from tests.support import collaborations
from tests.support.subjects import SUBJECTS, Subject
from tests.support.twins import CONTRACTS


@pytest.fixture(scope="module")
def factory(module_isolation: None) -> Any:
    return collaborations.deploy_factory()


@pytest.fixture(scope="module")
def implementations(module_isolation: None) -> dict[str, Any]:
    """All models, by the name of their contract."""
    return {name: collaborations.deploy_model(name) for name in CONTRACTS.values()}


@pytest.fixture(scope="module", params=SUBJECTS, ids=str)
def subject(request: pytest.FixtureRequest) -> Subject:
    """The model under examination."""
    return request.param


@pytest.fixture(scope="module")
def closed(factory: Any, implementations: dict[str, Any], subject: Subject, alice: Any) -> Any:
    """A collaboration without words. Alice may add classes where the model allows it."""
    return collaborations.create(
        factory, implementations[subject.contract], subject.configuration, curator=curator_of(subject, alice)
    )


@pytest.fixture(scope="module")
def opened(factory: Any, implementations: dict[str, Any], subject: Subject, alice: Any) -> Any:
    """The same with all its words, open from its creation."""
    return collaborations.create(
        factory,
        implementations[subject.contract],
        subject.configuration,
        subject.words,
        curator=curator_of(subject, alice),
        metadata=b"about this model",
    )


def curator_of(subject: Subject, curator: Any) -> Any:
    """Nobody where classes are fixed: the factory would refuse their notice of 0 seconds."""
    return curator if subject.configuration.notice_seconds else None
