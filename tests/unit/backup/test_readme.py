"""The README of backups and its settings."""

from pathlib import Path

from services.backup.settings import Settings
from services.chassis.settings import describe

README = Path(__file__).parents[3] / "services" / "backup" / "README.md"


def test_every_setting_is_told_in_the_readme() -> None:
    text = README.read_text()
    assert [row.name for row in describe(Settings, "BACKUP") if row.name not in text] == []
