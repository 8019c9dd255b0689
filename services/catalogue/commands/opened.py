"""What every command needs: the service's parts, and a way to answer."""

import json
from typing import Any

import click

from services.catalogue import wiring
from services.catalogue.settings import Settings
from services.chassis.settings import load

as_json = click.option("--json", "in_json", is_flag=True, help="Answer as one JSON document.")


def opened() -> wiring.Parts:
    parts = wiring.build(load(Settings, "CATALOGUE"))
    wiring.prepare(parts)
    return parts


def tell(document: dict[str, Any], words: str, in_json: bool) -> None:
    click.echo(json.dumps(document, ensure_ascii=False) if in_json else words)
