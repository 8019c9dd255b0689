"""A folder of text files, in and out: import, diff, export."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from services.catalogue import wiring
from services.catalogue.actions.bundle import BundleRefused
from services.catalogue.actions.differences import differences
from services.catalogue.actions.export_catalogue import export_catalogue
from services.catalogue.actions.import_catalogue import Change, Plan
from services.catalogue.commands.opened import as_json, opened, tell
from services.catalogue.storage.folder import read_folder, write_folder

#: Faults printed, and places of one document in a dry run; --json is complete.
SHOWN, SHOWN_PLACES = 200, 20
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("import")
@click.argument("folder", type=FOLDER)
@click.option("--publish", is_flag=True, help="Store and tell the changes; without it they are only shown.")
@as_json
def import_folder(folder: Path, publish: bool, in_json: bool) -> None:
    """Bring in a folder: procedures/*.yaml, fields.yaml, units.yaml, calendar.yaml, forms/*.docx.

    Without --publish this is a dry run. All faults of all files are named at once, and then nothing is stored.
    What is not in the folder stays as it is.

    \b
    Example: motcua catalogue import deploy/demo --publish
    """
    parts = opened()
    plan = _plan(parts, folder, in_json)
    if publish:
        parts.imports.publish(plan)
    tell_changes(plan.changes, [] if publish else differences_of(parts, plan), publish, in_json)


@click.command()
@click.argument("folder", type=FOLDER)
@as_json
def diff(folder: Path, in_json: bool) -> None:
    """Show place by place how a folder differs from what is stored.

    \b
    Example: motcua catalogue diff deploy/demo
    """
    parts = opened()
    found = differences_of(parts, _plan(parts, folder, in_json))
    if in_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for place in found:
        click.echo(f"{place['kind']} {place['code']} {place['path']}: {place['before']!r} -> {place['after']!r}")
    click.echo(f"{len(found)} differences.")


@click.command()
@click.argument("folder", type=FOLDER)
@as_json
def export(folder: Path, in_json: bool) -> None:
    """Write the stored catalogue to a folder that import reads.

    \b
    Example: motcua catalogue export /tmp/catalogue
    """
    parts = opened()
    exported = export_catalogue(parts.shelf, parts.registers)
    write_folder(folder, exported)
    counts = {"procedures": len(exported.procedures), "forms": len(exported.files)}
    tell(counts, f"{counts['procedures']} procedures and {counts['forms']} forms written to {folder}.", in_json)


def _plan(parts: wiring.Parts, folder: Path, in_json: bool) -> Plan:
    """Ends the command with exit code 1 and every fault, when the folder has any."""
    try:
        return parts.imports.plan(read_folder(folder))
    except BundleRefused as refused:
        tell_faults(refused, in_json)
        raise click.exceptions.Exit(1) from refused


def tell_faults(refused: BundleRefused, in_json: bool) -> None:
    if in_json:
        click.echo(json.dumps({"faults": [asdict(fault) for fault in refused.faults]}, ensure_ascii=False, indent=2))
        return
    for fault in refused.faults[:SHOWN]:
        click.echo(str(fault), err=True)
    if len(refused.faults) > SHOWN:
        click.echo(f"... and {len(refused.faults) - SHOWN} more; --json shows all", err=True)
    click.echo(f"{len(refused.faults)} faults; nothing was stored.", err=True)


def differences_of(parts: wiring.Parts, plan: Plan) -> list[dict[str, Any]]:
    """Place by place, of every document that would change."""
    found: list[dict[str, Any]] = []
    stored = {register: {e.code: e.document for e in parts.registers.all(register)} for register, *_ in plan.entries}
    for register, entry, change in plan.entries:
        found += _places(change, stored[register].get(entry.code), entry.document)
    for edition, change in plan.editions:
        if change.what != "unchanged":
            procedure = parts.shelf.one(edition.code)
            found += _places(change, procedure.definition if procedure else None, edition.definition)
    return found


def tell_changes(changes: tuple[Change, ...], places: list[dict[str, Any]], published: bool, in_json: bool) -> None:
    """A new document is named only: all of it is new."""
    if in_json:
        document = {
            "published": published,
            "changes": [asdict(change) for change in changes],
            "differences": [place for place in places if (place["kind"], place["code"]) in _changed(changes)],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for change in changes:
        if change.what != "unchanged":
            version = f" version {change.version}" if change.version else ""
            click.echo(f"{change.what:9} {change.kind} {change.code}{version}")
            if change.what == "changed":
                _show_places([one for one in places if (one["kind"], one["code"]) == (change.kind, change.code)])
    made = sum(change.what != "unchanged" for change in changes)
    end = "published" if published else "to be published (dry run: add --publish)"
    click.echo(f"{made} {end}, {len(changes) - made} unchanged.")


def _changed(changes: tuple[Change, ...]) -> set[tuple[str, str]]:
    return {(change.kind, change.code) for change in changes if change.what == "changed"}


def _show_places(places: list[dict[str, Any]]) -> None:
    for place in places[:SHOWN_PLACES]:
        click.echo(f"          {place['path']}: {_short(place['before'])} -> {_short(place['after'])}")
    if len(places) > SHOWN_PLACES:
        click.echo(f"          ... and {len(places) - SHOWN_PLACES} more places; --json shows all")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:99]}…"


def _places(change: Change, before: Any, after: Any) -> list[dict[str, Any]]:
    if change.what == "unchanged":
        return []
    places = [asdict(difference) for difference in differences(before or {}, dict(after))]
    named = {"kind": change.kind, "code": change.code}
    return [{**named, **place} for place in places] or [{**named, "path": "forms", "before": "other", "after": "other"}]
