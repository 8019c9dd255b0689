"""Debian packages that are missing where nobody may install them."""

import pytest
from click.testing import CliRunner

from deploy.local import packages
from deploy.local.__main__ import MISSING_PACKAGES, main


def test_what_is_missing_is_said_with_the_command_and_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(packages.KINDS, "test", {"a-missing-package": "/nowhere/a-file-of-it"})
    monkeypatch.setattr(packages, "_as_root", lambda: None)
    said = CliRunner().invoke(main, ["install", "test"])
    assert said.exit_code == MISSING_PACKAGES == 3
    assert "apt-get install --no-install-recommends a-missing-package" in said.output
