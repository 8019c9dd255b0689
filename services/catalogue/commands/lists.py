"""The list of procedures as a table: export-list."""

from pathlib import Path

import click

from services.catalogue.actions.export_list import HEADER, list_rows
from services.catalogue.actions.tables import as_csv, as_xlsx
from services.catalogue.commands.opened import as_json, opened, tell

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
