"""`motcua notices`: what was sent, what waits and what failed."""

import json
from dataclasses import asdict

import click

from services.chassis.errors import NotFound
from services.chassis.settings import load
from services.notifier import wiring
from services.notifier.settings import Settings


def _parts() -> wiring.Parts:
    parts = wiring.build(load(Settings, "NOTIFIER"))
    wiring.prepare(parts)
    return parts


@click.group()
def group() -> None:
    """Notices to people: list them, send one again."""


@group.command("list")
@click.option("--state", type=click.Choice(["due", "sent", "failed"]), help="Only those in this state.")
@click.option("--limit", default=50, show_default=True, help="At most this many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def list_notices(state: str | None, limit: int, as_json: bool) -> None:
    """List notices, without any address.

    \b
    Example: motcua notices list --state failed
    """
    rows = list(_parts().inbox.listed(state, limit))
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], default=str))
        return
    for row in rows:
        reason = f"  {row.reason}" if row.reason else ""
        click.echo(f"{row.notice_id}  {row.created_at:%Y-%m-%d %H:%M:%SZ}  {row.state:<6}  {row.kind}{reason}")


@group.command()
@click.argument("notice_id")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def resend(notice_id: str, as_json: bool) -> None:
    """Send one notice again, whatever became of it. Those that carried a link or a code can't be.

    \b
    Example: motcua notices resend 0193a0d2-7c1e-7d3a-9b4e-2f1c5a6b7c8d
    """
    parts = _parts()
    if not parts.deliveries.resend(notice_id, parts.clock.now()):
        raise NotFound("no such notice, or what it carried is gone")
    click.echo(json.dumps({"notice_id": notice_id, "state": "due"}) if as_json else f"{notice_id} is due again")
