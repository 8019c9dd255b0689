"""What the unit tests of the actions share."""

import pytest

from tests.support.submission_world import World


@pytest.fixture
def world() -> World:
    return World()
