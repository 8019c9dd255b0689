"""`python -m deploy.local up|down|status|logs|motcua`: what the Makefile calls."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from deploy.local import demo, packages
from deploy.local.demo import DemoNotLoaded
from deploy.local.environment import of_operator
from deploy.local.packages import PackagesMissing
from deploy.local.place import ROOT, Place, PortTaken
from deploy.local.running import Running, remembered_port
from deploy.local.supervisor import NotReady

DEFAULT_PORT = 8080
MISSING_PACKAGES = 3


@click.group()
@click.option("--data", default="var", show_default=True, type=click.Path(path_type=Path), help="The data folder.")
@click.option("--port", type=int, default=None, help="The gateway's port: the last one used, or 8080.")
@click.pass_context
def main(context: click.Context, data: Path, port: int | None) -> None:
    """One copy of Một Cửa on this machine."""
    place = Place(data if data.is_absolute() else ROOT / data)
    context.obj = place, Running(place, port or remembered_port(place) or DEFAULT_PORT)


@main.command()
@click.pass_obj
def up(found: tuple[Place, Running]) -> None:
    """Start everything, wait until it is ready, and say where it is."""
    place, running = found
    try:
        running.up()
    except PackagesMissing as fault:
        click.echo(str(fault), err=True)
        sys.exit(MISSING_PACKAGES)
    except (PortTaken, NotReady, DemoNotLoaded) as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(f"\nMột Cửa:  {running.public_url}\nMails:    {running.mailbox_url}\n")
    click.echo(_readable(demo.sign_ins(place)))


@main.command()
@click.pass_obj
def down(found: tuple[Place, Running]) -> None:
    """Stop what `up` started; data stays."""
    place, running = found
    click.echo(f"Stopped; the data stays in {place.data}." if running.down() else "Nothing was running.")


@main.command()
@click.pass_obj
def status(found: tuple[Place, Running]) -> None:
    """One line for each part; exit code 1 when it is not up."""
    _, running = found
    states = running.states()
    for name, state in sorted(states.items()):
        click.echo(f"{name:<20} {state}")
    if not states:
        raise click.ClickException("It is down: make up")
    click.echo(f"\nMột Cửa:  {running.public_url}\nMails:    {running.mailbox_url}")


@main.command()
@click.argument("part", required=False)
@click.option("--follow/--no-follow", default=True, show_default=True)
@click.pass_obj
def logs(found: tuple[Place, Running], part: str | None, follow: bool) -> None:
    """The last lines of every part, or of one, and those to come."""
    place, _ = found
    files = sorted(str(file) for file in place.logs.glob(f"{part or '*'}.log"))
    if not files:
        raise click.ClickException(f"There is no log of {part or 'any part'} in {place.logs}.")
    subprocess.run(["tail", "-n", "40", *(["-F"] if follow else []), *files])


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def motcua(found: tuple[Place, Running], arguments: tuple[str, ...]) -> None:
    """The operators' command with this copy's settings: motcua -- catalogue diff ..."""
    place, running = found
    os.execve(demo.motcua(), ["motcua", *arguments], {**os.environ, **of_operator(place, running.public_url)})  # noqa: S606


@main.command()
@click.argument("kind", type=click.Choice(sorted(packages.KINDS)))
def install(kind: str) -> None:
    """Install the Debian packages that are missing; exit code 3 where that is not allowed."""
    try:
        packages.install(packages.KINDS[kind])
    except PackagesMissing as fault:
        click.echo(str(fault), err=True)
        sys.exit(MISSING_PACKAGES)


def _readable(sign_ins: Any) -> str:
    """Officers and citizens as one table."""
    rows = [row for kind in sign_ins.values() for row in kind]
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = [names, *([_cell(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table
    )


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
