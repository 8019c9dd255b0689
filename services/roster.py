"""The five services, for what speaks of them all: operators' commands, backup, setting up. None of them imports it."""

from importlib import import_module
from typing import Any

SERVICES = ("accounts", "catalogue", "submissions", "tracking", "notifier")
#: They keep personal data, each under a master key of its own.
ENCRYPTING = ("accounts", "submissions", "tracking", "notifier")


def settings_of(service: str) -> type[Any]:
    """Its settings class: the shared fields and those that it alone has."""
    found: type[Any] = import_module(f"services.{service}.settings").Settings
    return found
