"""Guides and news from text files."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from services.catalogue.actions.bundle import BundleRefused
from services.catalogue.commands.opened import as_json, opened
from services.catalogue.storage.folder import read_articles


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--publish", is_flag=True, help="Store and show the changes; without it they are only named.")
@as_json
def articles(folder: Path, publish: bool, in_json: bool) -> None:
    """Bring in guides and news: FOLDER/articles/<address>.yaml, each with its author and who approved it.

    Without --publish this is a dry run. All faults of all files are named at once, and then nothing is stored. An
    article that somebody works on at the desk is a fault. What is not in the folder stays as it is.

    \b
    Example: motcua catalogue articles deploy/demo --publish
    """
    parts = opened()
    try:
        changes = parts.articles_import.plan(read_articles(folder))
    except BundleRefused as refused:
        if in_json:
            found = {"faults": [asdict(fault) for fault in refused.faults]}
            click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            for fault in refused.faults:
                click.echo(str(fault), err=True)
            click.echo(f"{len(refused.faults)} faults; nothing was stored.", err=True)
        raise click.exceptions.Exit(1) from refused
    if publish:
        parts.articles_import.publish(changes)
    named = [{"slug": change.slug, "what": change.what} for change in changes]
    if in_json:
        click.echo(json.dumps({"published": publish, "changes": named}, ensure_ascii=False, indent=2))
        return
    for change in changes:
        click.echo(f"{change.what:9} {change.article.kind} {change.slug}")
    end = "published" if publish else "to be published (dry run: add --publish)"
    click.echo(f"{sum(change.what != 'unchanged' for change in changes)} {end}.")
