"""`motcua restore`: a set into an empty installation."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from services.backup.commands import as_json_option, settings, tell_progress
from services.backup.restore import Options, Restored, restore
from services.chassis.clock import SystemClock


@click.command("restore")
@click.argument("name", metavar="SET")
@click.option("--identity", type=click.Path(path_type=Path), required=True, help="File of the age identity.")
@click.option("--replace-keys", is_flag=True, help="Move key files of this installation aside for those of the set.")
@click.option("--resume", is_flag=True, help="Do a restore over that was cut off.")
@click.option("--public-days", default=7, show_default=True, help="Say agencies' events of so many days again.")
@as_json_option
def group(name: str, identity: Path, replace_keys: bool, resume: bool, public_days: int, as_json: bool) -> None:
    """Restore SET (or `latest`) into an empty installation whose web and worker processes are stopped.

    \b
    Example: motcua restore latest --identity /media/safe/identity.txt --replace-keys
    """
    done = restore(settings(), name, Options(identity, replace_keys, resume, public_days), SystemClock(), tell_progress)
    click.echo(json.dumps(asdict(done)) if as_json else _words(done))


def _words(done: Restored) -> str:
    lost = [f"lost before the backup: document {one}" for one in done.documents_lost]
    return "\n".join(
        [
            f"Restored {done.set}: {done.records} records, {done.documents} documents.",
            f"Agencies: {', '.join(done.agencies) or 'none'}.",
            f"Key files written: {', '.join(done.keys_written) or 'none, they were the same'}.",
            f"Events said again: {done.said_again['internal']} to our services,"
            f" {done.said_again['public']} to agencies.",
            *lost,
            "Next: start all processes, then `motcua doctor` and `motcua submissions reconcile`; sign in; look one"
            " dossier up. Agencies read again when they connect.",
        ]
    )
