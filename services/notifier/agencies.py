"""`motcua agencies`: the RabbitMQ user, queue and bindings of each consuming agency."""

import json
import secrets

import click
from kombu.utils.url import parse_url

from services.chassis.settings import load
from services.notifier.messages.broker import AgencyBroker
from services.notifier.settings import Settings


def _broker() -> AgencyBroker:
    settings = load(Settings, "NOTIFIER")
    if not settings.amqp_management_url:
        raise click.UsageError("NOTIFIER_AMQP_MANAGEMENT_URL is missing: it is given to operators, not to the service.")
    return AgencyBroker(settings.amqp_management_url, parse_url(settings.amqp_url)["virtual_host"] or "/")


def _tell(as_json: bool, words: str, **facts: object) -> None:
    click.echo(json.dumps(facts) if as_json else words)


as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document.")


@click.group()
def group() -> None:
    """Agencies that hear events: each has one queue and one user that can read nothing else."""


@group.command()
@click.argument("agency")
@click.option(
    "--bind",
    "bindings",
    multiple=True,
    required=True,
    help="Routing key on motcua.events, such as 'dossier.#' or 'dossier.*.000-17-22-H56.#'; may be repeated.",
)
@as_json_option
def add(agency: str, bindings: tuple[str, ...], as_json: bool) -> None:
    """Make queue agency.<id> and its user; the password is shown this once.

    \b
    Example: motcua agencies add so-noi-vu --bind 'dossier.*.000-17-22-H56.#'
    """
    password = secrets.token_urlsafe(24)
    user = _broker().add(agency, bindings, password)
    _tell(as_json, f"user: {user}\npassword: {password}\nqueue: {user}", user=user, password=password, queue=user)


@group.command()
@click.argument("agency")
@as_json_option
def rotate(agency: str, as_json: bool) -> None:
    """Give the agency a new password, shown this once; the old one ends now, its connections too.

    \b
    Example: motcua agencies rotate so-noi-vu
    """
    password = secrets.token_urlsafe(24)
    user = _broker().rotate(agency, password)
    _tell(as_json, f"user: {user}\npassword: {password}", user=user, password=password)


@group.command()
@click.argument("agency")
@as_json_option
def pause(agency: str, as_json: bool) -> None:
    """Let the agency read nothing for now; its queue goes on collecting.

    \b
    Example: motcua agencies pause so-noi-vu
    """
    user = _broker().pause(agency)
    _tell(as_json, f"{user} is paused", user=user, paused=True)


@group.command()
@click.argument("agency")
@as_json_option
def resume(agency: str, as_json: bool) -> None:
    """Let a paused agency read again.

    \b
    Example: motcua agencies resume so-noi-vu
    """
    user = _broker().resume(agency)
    _tell(as_json, f"{user} reads again", user=user, paused=False)


@group.command()
@click.argument("agency")
@click.option("--yes", is_flag=True, help="Do it; without this only what would be lost is told.")
@as_json_option
def remove(agency: str, yes: bool, as_json: bool) -> None:
    """Remove user and queue, with everything the agency has not read.

    \b
    Example: motcua agencies remove so-noi-vu --yes
    """
    broker = _broker()
    unread = broker.unread(agency)
    if yes:
        broker.remove(agency)
    words = f"{agency}: {unread} unread events {'removed' if yes else 'would be lost; --yes does it'}"
    _tell(as_json, words, agency=agency, unread=unread, removed=yes)


@group.command("list")
@as_json_option
def list_agencies(as_json: bool) -> None:
    """List agencies with what they hear and what they have not read.

    \b
    Example: motcua agencies list
    """
    rows = _broker().agencies()
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = "paused" if row["paused"] else "reads"
        click.echo(f"{row['agency']}  {state}  {row['unread']} unread  {' '.join(row['bindings'])}")
