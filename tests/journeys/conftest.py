"""One whole copy of the system for all journeys, and people who walk through it."""

from collections.abc import Callable, Iterator

import pytest

from tests.journeys.walker import Walker
from tests.support.browser import DESKTOP, Browser
from tests.support.system import System, running_system


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    with running_system() as copy:
        yield copy


@pytest.fixture
def walker(system: System, chromium: Browser) -> Iterator[Callable[..., Walker]]:
    """walker("phone-citizen", width=PHONE) → a new visitor; all leave at the end of the test."""
    met: list[Walker] = []

    def enter(name: str, *, width: int = DESKTOP, javascript: bool = True) -> Walker:
        met.append(Walker(system, chromium, name, width, javascript))
        return met[-1]

    yield enter
    for visitor in met:
        visitor.leave()
