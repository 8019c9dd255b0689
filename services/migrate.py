"""`motcua migrate`: brings the databases of all services to the shape that this version needs."""

import json
from importlib import import_module

import click

from services.chassis.clock import SystemClock
from services.chassis.mongo import Migration, connect, migrate, pending
from services.chassis.settings import load
from services.roster import SERVICES, settings_of


@click.command("migrate")
@click.option("--dry-run", is_flag=True, help="Only list what is to be done.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def group(dry_run: bool, as_json: bool) -> None:
    """Bring the databases of all services to the shape that this version needs.

    Each step is done once, in order, by one process at a time; what runs already waits for it. Every step leaves a
    shape with which the version before still works, so that services can be rolled one by one, and back.

    \b
    Example: motcua migrate --dry-run
    """
    steps = {service: _migrate(service, dry_run) for service in SERVICES}
    if as_json:
        click.echo(json.dumps(steps))
        return
    for service, names in steps.items():
        click.echo(f"{service}: {', '.join(names) or 'nothing to do'}")


def _migrate(service: str, dry_run: bool) -> list[str]:
    """Returns the names of the steps that were, or would be, taken."""
    settings = load(settings_of(service), service.upper())
    migrations: tuple[Migration, ...] = import_module(f"services.{service}.storage.indexes").MIGRATIONS
    client, db = connect(settings.mongo_url, "motcua-migrate")
    with client:
        return pending(db, migrations) if dry_run else migrate(db, migrations, SystemClock())
