"""Operators' commands of the catalogue: `motcua catalogue`."""

import click

from services.catalogue.commands.folder import diff, export, import_folder
from services.catalogue.commands.upkeep import republish, retire


@click.group()
def group() -> None:
    """The catalogue of procedures, forms, units and working days.

    \b
    Example: motcua catalogue import deploy/demo --publish
    """


for command in (import_folder, diff, export, republish, retire):
    group.add_command(command)
