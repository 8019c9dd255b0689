"""One whole copy of the system for all journeys, and people who walk through it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.compose.support.installation import Installation
from tests.journeys.walker import Walker
from tests.support.browser import DESKTOP, Browser
from tests.support.system import GIVEN_HOME, System, running_system


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    home = os.environ.get(GIVEN_HOME)
    if home:
        yield Installation.at(Path(home))
        return
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
