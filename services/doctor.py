"""`motcua doctor`: are the settings complete, and does every part answer?"""

import json
import sys
from importlib import import_module

import click

from services.chassis.settings import Described, SettingsFault, Shared, describe, load

SERVICES = ("accounts", "catalogue", "submissions", "tracking", "notifier")


@click.command("doctor")
@click.option("--settings", "list_settings", is_flag=True, help="List every setting with its meaning and default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def group(list_settings: bool, as_json: bool) -> None:
    """Check the settings of all services in this environment, or list them.

    \b
    Example: motcua doctor --settings
    """
    if list_settings:
        _print_settings(as_json)
        return
    faults = {service: fault for service in SERVICES if (fault := _settings_fault(service))}
    click.echo(json.dumps({"faults": faults}, ensure_ascii=False) if as_json else _report(faults))
    if faults:
        sys.exit(1)


def _print_settings(as_json: bool) -> None:
    rows = {row.name: row for service in SERVICES for row in describe(_settings(service), service.upper())}
    ordered = [rows[name] for name in sorted(rows, key=lambda name: (not name.startswith("MOTCUA_"), name))]
    if as_json:
        click.echo(json.dumps([vars(row) for row in ordered], ensure_ascii=False, indent=2))
        return
    for row in ordered:
        click.echo(f"{row.name} or {row.name}_FILE\n    {row.doc} {_default(row)}")


def _default(row: Described) -> str:
    return f"Default: {row.default}" if row.default else "Required."


def _settings_fault(service: str) -> str | None:
    try:
        load(_settings(service), service.upper())
    except SettingsFault as fault:
        return str(fault)
    return None


def _settings(service: str) -> type[Shared]:
    settings: type[Shared] = import_module(f"services.{service}.settings").Settings
    return settings


def _report(faults: dict[str, str]) -> str:
    if not faults:
        return "The settings of all services are complete."
    return "\n".join(f"{service}: {fault}" for service, fault in faults.items())
