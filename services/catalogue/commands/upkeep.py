"""Upkeep of what is stored."""

import click

from services.catalogue.actions.republish_catalogue import republish_catalogue
from services.catalogue.commands.opened import as_json, opened, tell


@click.command()
@as_json
def republish(in_json: bool) -> None:
    """Say everything again, so that other services' copies are made whole.

    \b
    Example: motcua catalogue republish
    """
    parts = opened()
    said = republish_catalogue(parts.shelf, parts.registers)
    tell({"said": said}, f"{said} documents will be said again.", in_json)


@click.command()
@click.argument("code")
@click.option("--reason", default="", help="Kept in the history.")
@as_json
def retire(code: str, reason: str, in_json: bool) -> None:
    """Take a procedure off the list; dossiers already opened under it go on.

    \b
    Example: motcua catalogue retire 1.001193 --reason "Bãi bỏ"
    """
    parts = opened()
    parts.shelf.retire(code, parts.clock.now(), note=reason)
    tell({"retired": code}, f"{code} is no longer offered.", in_json)
