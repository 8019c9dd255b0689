"""Operators' commands of the catalogue: `motcua catalogue`."""

import click

from services.catalogue.commands.articles import articles
from services.catalogue.commands.calendar import calendar
from services.catalogue.commands.folder import diff, export, import_folder
from services.catalogue.commands.lists import export_list, import_list
from services.catalogue.commands.queues import replay
from services.catalogue.commands.upkeep import republish, retire
from services.catalogue.commands.versions import clock, history, versions, withdraw


@click.group()
def group() -> None:
    """The catalogue of procedures, forms, units and working days.

    \b
    Example: motcua catalogue import deploy/demo --publish
    """


for command in (
    articles,
    calendar,
    import_folder,
    diff,
    export,
    export_list,
    import_list,
    republish,
    replay,
    retire,
    versions,
    history,
    withdraw,
    clock,
):
    group.add_command(command)
