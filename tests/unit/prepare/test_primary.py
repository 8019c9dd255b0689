"""Who is spoken to while a replica set elects its primary."""

import pytest

from services.prepare.mongo import primary_of
from services.prepare.waiting import NotYet

HERE, ME, OTHER = "127.0.0.1:27017", "mongo:27017", "mongo-2:27017"


def test_a_primary_beside_us_is_reached_where_no_password_is_needed_yet() -> None:
    assert primary_of({"isWritablePrimary": True, "me": ME, "primary": ME}, HERE) == HERE


def test_a_primary_elsewhere_is_reached_by_its_own_address() -> None:
    assert primary_of({"isWritablePrimary": False, "me": ME, "primary": OTHER}, HERE) == OTHER


@pytest.mark.parametrize("primary", [{}, {"primary": ME}], ids=["none elected", "elected, not writable yet"])
def test_while_nobody_takes_writes_we_wait(primary: dict[str, str]) -> None:
    with pytest.raises(NotYet):
        primary_of({"isWritablePrimary": False, "me": ME, **primary}, HERE)
