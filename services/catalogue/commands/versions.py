"""Versions of procedures: what there is, who did what, what is late; withdrawing one."""

from typing import Any

import click

from services.catalogue import wiring
from services.catalogue.commands.opened import as_json, opened, tell
from services.chassis.clock import province_time


@click.command()
@click.argument("code")
@as_json
def versions(code: str, in_json: bool) -> None:
    """List a procedure's versions, the newest first.

    \b
    Example: motcua catalogue versions 1.001193
    """
    rows = [
        {
            "version": one.number,
            "state": one.state,
            "valid_from": one.valid_from.isoformat(),
            "published_by": one.edition.by.name,
        }
        for one in opened().drafts.versions(code)
    ]
    words = [f"{row['version']:>4}  {row['state']:<10} {row['valid_from']}  {row['published_by']}" for row in rows]
    tell({"code": code, "versions": rows}, "\n".join(words), in_json)


@click.command()
@click.argument("code")
@as_json
def history(code: str, in_json: bool) -> None:
    """Say who did what to a procedure's text, the newest first.

    \b
    Example: motcua catalogue history 1.001193
    """
    rows: list[dict[str, Any]] = [
        {
            "at": province_time(one.at).isoformat(timespec="minutes"),
            "who": one.who.name,
            "what": one.what,
            "version": one.version,
            "note": one.note,
        }
        for one in opened().drafts.history(code)
    ]
    words = ["  ".join(str(value) for value in row.values() if value) for row in rows] or [f"Nothing about {code}."]
    tell({"code": code, "history": rows}, "\n".join(words), in_json)


@click.command()
@click.argument("code")
@click.argument("version", type=click.IntRange(min=1))
@click.option("--reason", required=True, help="Kept in the history.")
@as_json
def withdraw(code: str, version: int, reason: str, in_json: bool) -> None:
    """Take back a version that is scheduled, or in force and not used yet.

    The text before it returns as a new version; where there was none, the procedure is retired.

    \b
    Example: motcua catalogue withdraw 1.001193 4 --reason "Sai mức lệ phí"
    """
    parts = opened()
    parts.drafts.withdraw(code, version, reason, parts.drafts.operator())
    tell({"code": code, "withdrawn": version}, f"Version {version} of {code} is withdrawn.", in_json)


@click.command()
@as_json
def clock(in_json: bool) -> None:
    """List drafts and published versions that were decided or are published too late; exit code 1 if there are any.

    The province decides at least 5 working days before the act takes effect and publishes within 5 working days of
    the decision. What the stored calendar is too short for is listed too. Version 0 is the draft.

    \b
    Example: motcua catalogue clock
    """
    rows = _late(opened())
    words = [f"{row['code']} version {row['version']}: {', '.join(row['late'])}" for row in rows] or [
        "Nothing is late."
    ]
    tell({"late": rows}, "\n".join(words), in_json)
    if rows:
        raise click.exceptions.Exit(1)


def _late(parts: wiring.Parts) -> list[dict[str, Any]]:
    rows = []
    for text in parts.drafts.late():
        read = text.clock
        late = [
            *(["decided too late"] if read.decided_too_late else []),
            *([f"to be published by {read.publish_by}"] if read.overdue else []),
            *([f"no calendar of {read.missing_year}"] if read.missing_year else []),
        ]
        rows.append({"code": text.code, "version": text.version, "late": late})
    held = ["faulty by now, waits: withdraw it or mend what it names"]
    return rows + [{"code": one.code, "version": one.number, "late": held} for one in parts.drafts.blocked()]
