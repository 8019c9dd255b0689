"""The list of procedures as a table: export-list, import-list."""

from pathlib import Path

import click

from services.catalogue import wiring
from services.catalogue.actions.bundle import BundleRefused
from services.catalogue.actions.export_list import HEADER, list_rows
from services.catalogue.actions.import_catalogue import Plan
from services.catalogue.actions.import_list import ListImport, in_rows
from services.catalogue.actions.tables import as_csv, as_xlsx
from services.catalogue.commands.folder import differences_of, tell_changes, tell_faults
from services.catalogue.commands.opened import as_json, opened, tell
from services.catalogue.storage.table_file import read_table

KINDS = (".csv", ".xlsx")


@click.command("export-list")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
def export_list(file: Path, in_json: bool) -> None:
    """Write the procedures in force as a table, CSV or XLSX by the file's name.

    \b
    Example: motcua catalogue export-list /tmp/danh-muc.xlsx
    """
    if file.suffix not in KINDS:
        raise click.UsageError(f"the file's name ends in {' or '.join(KINDS)}")
    rows = list(list_rows(opened().shelf.published()))
    content = as_csv(HEADER, rows) if file.suffix == ".csv" else as_xlsx(HEADER, rows, "Thủ tục")
    file.write_bytes(content)
    tell({"procedures": len(rows)}, f"{len(rows)} procedures written to {file}.", in_json)


@click.command("import-list")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--publish", is_flag=True, help="Store and tell the changes; without it they are only shown.")
@as_json
def import_list(file: Path, publish: bool, in_json: bool) -> None:
    """Change the general data of procedures by a table as export-list writes it, CSV or XLSX.

    Columns may be left out, an empty cell leaves what is stored, the version is not read. All faults are named at once
    by their rows, and then nothing is stored.

    \b
    Example: motcua catalogue import-list danh-muc.xlsx --publish
    """
    parts = opened()
    try:
        plan = _plan(parts, file)
    except BundleRefused as refused:
        tell_faults(refused, in_json)
        raise click.exceptions.Exit(1) from refused
    if publish:
        parts.imports.publish(plan)
    tell_changes(plan.changes, [] if publish else differences_of(parts, plan), publish, in_json)


def _plan(parts: wiring.Parts, file: Path) -> Plan:
    table = read_table(file)
    bundle = ListImport(parts.shelf, parts.registers).bundle(table)
    try:
        return parts.imports.plan(bundle)
    except BundleRefused as refused:
        raise in_rows(refused, table) from refused
