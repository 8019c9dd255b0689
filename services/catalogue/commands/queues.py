"""Filling one queue with the present catalogue."""

import click
from environs import EnvError, FileAwareEnv

from services.catalogue import wiring
from services.catalogue.commands.opened import as_json, opened, tell
from services.chassis.messages import topology
from services.chassis.messages.direct import Direct, letters


@click.command()
@click.option("--queue", required=True, help="A service's queue of topology.yaml, or agency.<id>.")
@click.option("--dry-run", is_flag=True, help="Only say how many events the queue would get.")
@as_json
def replay(queue: str, dry_run: bool, in_json: bool) -> None:
    """Put the present state of everything into one queue, for a hearer that is new or lost its copy.

    The queue gets what its bindings ask for; no other queue gets anything. Who had all of it changes nothing.

    \b
    Example: motcua catalogue replay --queue agency.so-noi-vu --dry-run
    """
    parts = opened()
    direct = _direct(parts)
    subscription = direct.subscription(queue)
    wanted = [said for said in wiring.present(parts) if subscription.hears(said)]
    if not dry_run:
        direct.put(queue, letters(parts.db, wanted))
    verb = "would be put" if dry_run else "were put"
    document = {"queue": queue, "events": len(wanted), "dry_run": dry_run}
    tell(document, f"{len(wanted)} events {verb} into {queue}.", in_json)


def _direct(parts: wiring.Parts) -> Direct:
    env = FileAwareEnv(strip_whitespace=True)
    try:
        operator, management = env.str("PREPARE_AMQP_URL"), env.str("PREPARE_AMQP_MANAGEMENT_URL")
    except (EnvError, ValueError) as fault:
        raise click.UsageError(f"{fault}: it is given to operators, not to the service") from fault
    return Direct(operator, management, topology.load(parts.settings.schemas_dir.parent / "topology.yaml"))
