"""Operators' commands of submissions: `motcua submissions ...`."""

import json
import sys

import click

from services.chassis.settings import load
from services.submissions import wiring
from services.submissions.settings import Settings


@click.group("submissions")
def group() -> None:
    """Dossiers and their documents."""


@group.command()
@click.option("--remove-stray", is_flag=True, help="Delete objects that no document stands for.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def reconcile(remove_stray: bool, as_json: bool) -> None:
    """Compare object storage with the records of documents.

    Changes nothing unless told to. Exit code 1 when a document's object is lost.

    Example: motcua submissions reconcile --json
    """
    parts = wiring.build(load(Settings, "SUBMISSIONS"))
    found = parts.actions.tidy_storage.reconcile(remove_stray=remove_stray)
    if as_json:
        click.echo(json.dumps({"lost": found.lost, "stray": found.stray, "removed": remove_stray}))
    else:
        click.echo(f"lost documents: {len(found.lost)}, stray objects: {len(found.stray)}")
        for document_id in found.lost:
            click.echo(f"lost   {document_id}")
        for key in found.stray:
            click.echo(f"stray  {key}{'  (removed)' if remove_stray else ''}")
    sys.exit(1 if found.lost else 0)
