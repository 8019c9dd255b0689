"""The command line of the doctor, and its words."""

import json
import sys
from collections.abc import Sequence

import click

from services.backup import settings as backup_settings
from services.chassis.settings import Described, describe
from services.doctor.surroundings import Settings, look_around
from services.doctor.verdict import Finding, State, run
from services.doctor.whole import checks
from services.roster import SERVICES, settings_of


@click.command("doctor")
@click.option("--settings", "list_settings", is_flag=True, help="List every setting with its meaning and default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def group(list_settings: bool, as_json: bool) -> None:
    """Check every part of this installation and say what to do, or list the settings.

    The exit code is 1 when there is a fault, 0 when there are warnings at most.

    \b
    Example: motcua doctor --settings
    """
    if list_settings:
        _print_settings(as_json)
        return
    findings = run(checks(look_around()))
    click.echo(_document(findings) if as_json else report(findings))
    if any(found.verdict.state is State.FAULT for found in findings):
        sys.exit(1)


def _document(findings: Sequence[Finding]) -> str:
    rows = [
        {"check": f.check, "state": f.verdict.state.name.lower(), "said": f.verdict.said, "todo": f.verdict.todo}
        for f in findings
    ]
    return json.dumps({"checks": rows}, ensure_ascii=False, indent=2)


def report(findings: Sequence[Finding]) -> str:
    """One line for each check; what needs a hand again at the end, faults last of all."""
    width = max((len(f.check) for f in findings), default=0)
    lines = [f"{f.verdict.state:<16}{f.check:<{width}}  {f.verdict.said}" for f in findings]
    for state in (State.WARN, State.FAULT):
        for found in findings:
            if found.verdict.state is state:
                lines += ["", f"{state}: {found.check}: {found.verdict.said}", f"  What to do: {found.verdict.todo}"]
    counts = {state: sum(f.verdict.state is state for f in findings) for state in State}
    return "\n".join([*lines, "", ", ".join(f"{count} {state}" for state, count in counts.items())])


def _print_settings(as_json: bool) -> None:
    rows = {row.name: row for service in SERVICES for row in describe(settings_of(service), service.upper())}
    for own, prefix in ((Settings, "DOCTOR"), (backup_settings.Settings, "BACKUP")):
        rows |= {row.name: row for row in describe(own, prefix)}
    ordered = [rows[name] for name in sorted(rows, key=lambda name: (not name.startswith("MOTCUA_"), name))]
    if as_json:
        click.echo(json.dumps([vars(row) for row in ordered], ensure_ascii=False, indent=2))
        return
    for row in ordered:
        click.echo(f"{row.name} or {row.name}_FILE\n    {row.doc} {_default(row)}")


def _default(row: Described) -> str:
    if row.required:
        return "Required."
    return f"Default: {row.default}" if row.default else "Optional."
