"""`motcua keys`: the master keys that guard personal data in MongoDB."""

import json

import click

from services.chassis.crypto import FieldCipher, add_master_key
from services.chassis.mongo import connect
from services.chassis.settings import load
from services.roster import ENCRYPTING, settings_of


@click.group()
def group() -> None:
    """The master keys that guard personal data in MongoDB."""


@group.command("rotate")
@click.option("--service", "services", type=click.Choice(ENCRYPTING), multiple=True, help="Only this one; may repeat.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rotate(services: tuple[str, ...], as_json: bool) -> None:
    """Add a master key to each key file and wrap the data keys with it; stored values stay as they are.

    Running processes keep the old file in memory: restart web and worker within the hour. Never delete old lines
    while a backup needs them.

    \b
    Example: motcua keys rotate
    """
    wrapped = {service: _rotate(service) for service in services or ENCRYPTING}
    lines = [f"{service}: {count} data keys wrapped anew" for service, count in wrapped.items()]
    click.echo(json.dumps(wrapped) if as_json else "\n".join(lines))


def _rotate(service: str) -> int:
    """Returns how many data keys were wrapped."""
    settings = load(settings_of(service), service.upper())
    add_master_key(settings.master_keys_path)
    client, db = connect(settings.mongo_url, "motcua-keys")
    with client:
        return FieldCipher(client, db, settings.master_keys_path).rotate()
