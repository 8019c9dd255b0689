"""`motcua backup`: make, look at, check and clear sets."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from services.backup import retention, schedule
from services.backup.documents import DocumentStore
from services.backup.faults import Damaged
from services.backup.run import Done, run
from services.backup.sealed import read_identities
from services.backup.sets import BackupFolder, read_manifest
from services.backup.settings import Settings
from services.backup.verify import faults_of
from services.chassis.clock import SystemClock
from services.chassis.errors import Refusal
from services.chassis.settings import load

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def settings() -> Settings:
    return load(Settings, "BACKUP")


def tell_progress(words: str) -> None:
    click.echo(words, err=True)


@click.group()
def group() -> None:
    """Encrypted sets of records, documents, the broker's definitions and keys."""


@group.command("run")
@as_json_option
def run_now(as_json: bool) -> None:
    """Make a set now. Services go on meanwhile.

    \b
    Example: motcua backup run
    """
    done = run(settings(), SystemClock(), tell_progress)
    click.echo(json.dumps(facts(done)) if as_json else words(done))


@group.command("list")
@as_json_option
def list_sets(as_json: bool) -> None:
    """List the sets, oldest first, and what cut-off runs left.

    \b
    Example: motcua backup list
    """
    folder = BackupFolder(settings().folder)
    rows = [_row(folder, name) for name in folder.names()]
    unfinished = [one.name for one in folder.unfinished()]
    if as_json:
        click.echo(json.dumps({"sets": rows, "unfinished": unfinished}))
        return
    for row in rows:
        click.echo(row.get("fault") or f"{row['set']}  {row['records']} records, {row['documents']} documents")
    for name in unfinished:
        click.echo(f"{name}  was cut off and is no set; `motcua backup prune` removes it")


@group.command()
@click.argument("name", default="latest", metavar="[SET]")
@click.option("--identity", type=click.Path(path_type=Path), help="Open everything with this age identity file.")
@as_json_option
def verify(name: str, identity: Path | None, as_json: bool) -> None:
    """Check that a set (the latest) is whole; with --identity, that everything in it opens. Exit code 1 when not.

    \b
    Example: motcua backup verify latest --identity /media/safe/identity.txt
    """
    folder = BackupFolder(settings().folder)
    path = folder.find(name)
    identities = read_identities(identity) if identity else None
    faults = faults_of(path, DocumentStore(folder.documents), read_manifest(path), identities)
    if as_json:
        click.echo(json.dumps({"set": path.name, "opened": identity is not None, "faults": faults}))
    elif not faults:
        click.echo(f"{path.name}: whole" + (", and everything opens" if identity else "; --identity would open it"))
    if faults:
        raise Damaged(f"{path.name}: damaged\n  " + "\n  ".join(faults))


@group.command()
@as_json_option
def prune(as_json: bool) -> None:
    """Remove sets whose time is over, cut-off ones, and documents that no set names.

    \b
    Example: motcua backup prune
    """
    done = retention.prune(settings())
    removed = len(done.removed) + len(done.unfinished)
    text = f"{removed} sets and {done.documents} documents removed, {len(done.kept)} sets kept"
    click.echo(json.dumps(asdict(done)) if as_json else text)


@group.command("schedule")
@as_json_option
def run_scheduled(as_json: bool) -> None:
    """Stay, back up and prune daily at BACKUP_AT, and at once when the last set is older than a day.

    \b
    Example: motcua backup schedule
    """

    def tell(done: Done) -> None:
        click.echo(json.dumps(facts(done)) if as_json else words(done))

    schedule.serve(settings(), SystemClock(), tell)


def facts(done: Done) -> dict[str, Any]:
    manifest = done.manifest
    return {
        "set": done.name,
        "made_at": manifest.made_at,
        "seconds": manifest.seconds,
        "records": sum(one.count for one in manifest.records),
        "documents": manifest.documents,
        "documents_new": manifest.documents_new,
        "documents_lost": manifest.documents_lost,
        "bytes": manifest.bytes,
    }


def words(done: Done) -> str:
    told = facts(done)
    text = (
        f"{told['set']}: {told['records']} records, {told['documents']} documents ({told['documents_new']} new),"
        f" {told['bytes'] / 1024**2:.1f} MiB in {told['seconds']:.1f} s"
    )
    lost = [f"lost in object storage: document {one}" for one in told["documents_lost"]]
    return "\n".join([text, *lost])


def _row(folder: BackupFolder, name: str) -> dict[str, Any]:
    try:
        return facts(Done(name, read_manifest(folder.sets / name)))
    except Refusal as fault:
        return {"set": name, "fault": str(fault)}
