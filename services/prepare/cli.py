"""`motcua prepare`: what the servers must have before a service starts. Every command may be run again at any time."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from environs import EnvError, FileAwareEnv

from services.chassis.messages import topology
from services.chassis.settings import SettingsFault
from services.prepare import blobs, broker, mongo
from services.roster import SERVICES

DEPLOY = Path(__file__).parents[2] / "deploy"
#: Purpose → the setting that holds its key.
BLOB_KEYS = {
    "documents": "SUBMISSIONS_BLOBS_URL",
    "links": "SUBMISSIONS_BLOBS_LINKS_URL",
    "backup": "BACKUP_BLOBS_URL",
    "restore": "BACKUP_RESTORE_BLOBS_URL",
}
seconds_option = click.option(
    "--seconds", default=60.0, show_default=True, type=click.FloatRange(0), help="Longest wait for a server."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document for each server.")


@click.group()
def group() -> None:
    """Give each server what the services need of it: users with the least rights, queues, buckets."""


@group.command("mongo")
@seconds_option
@json_option
def mongo_command(seconds: float, as_json: bool) -> None:
    """Initiate the replica set, make its administrator, and let each service into its own database.

    Runs beside the first of PREPARE_MONGO_MEMBERS and speaks to it on 127.0.0.1.

    \b
    Example: motcua prepare mongo
    """
    urls = _given([f"{service.upper()}_MONGO_URL" for service in SERVICES])
    own = _given(["PREPARE_MONGO_ADMIN_URL", "PREPARE_MONGO_MEMBERS"])
    backup = FileAwareEnv(strip_whitespace=True).str("BACKUP_MONGO_URL", "")
    wanted = mongo.Wanted(
        mongo.user_of(own["PREPARE_MONGO_ADMIN_URL"], "PREPARE_MONGO_ADMIN_URL"),
        [member.strip() for member in own["PREPARE_MONGO_MEMBERS"].split(",")],
        mongo.users_of(urls),
        mongo.user_of(backup, "BACKUP_MONGO_URL") if backup else None,
    )
    mongo.prepare(wanted, seconds)
    words = f"MongoDB: {', '.join(wanted.members)} and the users of {len(urls)} services are ready."
    _tell(as_json, words, members=wanted.members, users=len(urls))


@group.command("broker")
@seconds_option
@json_option
def broker_command(seconds: float, as_json: bool) -> None:
    """Declare exchanges and queues, and give each service's RabbitMQ user its rights.

    \b
    Example: motcua prepare broker
    """
    urls = _given([f"{service.upper()}_AMQP_URL" for service in SERVICES])
    own = _given(["PREPARE_AMQP_URL", "PREPARE_AMQP_MANAGEMENT_URL"])
    schemas = FileAwareEnv().path("MOTCUA_SCHEMAS_DIR", DEPLOY / "schemas")
    broker.prepare(
        own["PREPARE_AMQP_URL"],
        own["PREPARE_AMQP_MANAGEMENT_URL"],
        dict(zip(SERVICES, urls.values(), strict=True)),
        topology.load(schemas.parent / "topology.yaml"),
        seconds,
    )
    _tell(as_json, f"RabbitMQ: the queues and the users of {len(urls)} services are ready.", users=len(urls))


@group.command("blobs")
@seconds_option
@json_option
def blobs_command(seconds: float, as_json: bool) -> None:
    """Make the bucket and, with MinIO, one key for each purpose.

    \b
    Example: motcua prepare blobs
    """
    own = _given(["PREPARE_BLOBS_ADMIN_URL", "PREPARE_BLOBS_KIND"])
    env = FileAwareEnv(strip_whitespace=True)
    urls = {purpose: url for purpose, name in BLOB_KEYS.items() if (url := env.str(name, ""))}
    bucket = env.str("SUBMISSIONS_BUCKET", blobs.BUCKET)
    blobs.prepare(own["PREPARE_BLOBS_ADMIN_URL"], own["PREPARE_BLOBS_KIND"], urls, seconds, bucket)
    _tell(as_json, f"Object storage: the bucket {bucket} is ready.", bucket=bucket)


@group.command("all")
@seconds_option
@json_option
@click.pass_context
def all_command(context: click.Context, seconds: float, as_json: bool) -> None:
    """Prepare MongoDB, RabbitMQ and the object storage, one after the other.

    \b
    Example: motcua prepare all
    """
    for command in (mongo_command, broker_command, blobs_command):
        context.invoke(command, seconds=seconds, as_json=as_json)


def _tell(as_json: bool, words: str, **facts: object) -> None:
    click.echo(json.dumps(facts) if as_json else words)


def _given(names: Sequence[str]) -> dict[str, str]:
    """Raises: SettingsFault, naming all that are missing."""
    env, values, faults = FileAwareEnv(strip_whitespace=True), {}, []
    for name in names:
        try:
            values[name] = env.str(name)
        except (EnvError, ValueError) as fault:
            faults.append(f"{name}: {fault}".replace(f"{name}: {name}", name))
    if faults:
        raise SettingsFault(faults)
    return values
