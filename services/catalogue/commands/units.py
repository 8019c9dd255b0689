"""Operators' commands for units: `motcua units`. Without --apply each shows what it would touch and changes nothing."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from services.catalogue import wiring
from services.catalogue.actions.records import Person, Reorganisation
from services.catalogue.actions.reorganise import ReorganisationRefused
from services.catalogue.commands.opened import as_json, opened
from services.catalogue.domain.reorganise import Operation, Plan
from services.catalogue.domain.strict_yaml import BrokenYaml, read_yaml
from services.catalogue.domain.units import Unit, UnitFault, read_rows
from services.chassis.clock import province_time
from services.chassis.errors import NotFound

OPERATOR = Person("operator", "motcua units")
start = click.option(
    "--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day it is so; today if left out."
)
reason = click.option("--reason", required=True, help="Why: the number of the resolution or decision.")
apply = click.option("--apply", is_flag=True, help="Do it; without it only what it touches is shown.")
new = click.option(
    "--new",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file like units.yaml with the units that begin.",
)


@click.group()
def group() -> None:
    """Units of the province: look at them, merge, split, rename and close them.

    \b
    Example: motcua units merge 000.11.22.H56 000.12.22.H56 --into 000.17.22.H56 --reason "NQ 12/NQ-HĐND"
    """


@group.command("list")
@click.option("--all", "closed_too", is_flag=True, help="Closed ones too.")
@as_json
def list_units(closed_too: bool, in_json: bool) -> None:
    """List the units, open ones only unless --all is given.

    \b
    Example: motcua units list --all
    """
    units = [unit for unit in opened().reorganise.units().values() if unit.active or closed_too]
    if in_json:
        click.echo(json.dumps({"units": [unit.as_data() for unit in units]}, ensure_ascii=False, indent=2))
        return
    for unit in units:
        click.echo(f"{unit.code}  {unit.type:17} {unit.name}{_ended(unit)}")
    click.echo(f"{len(units)} units.")


@group.command()
@click.argument("code")
@as_json
def show(code: str, in_json: bool) -> None:
    """Show one unit and what was and will be done to it.

    \b
    Example: motcua units show 000.17.22.H56
    """
    parts = opened()
    unit = parts.reorganise.units().get(code)
    if unit is None:
        raise NotFound(f"there is no unit {code}")
    history = parts.reorganisations.of(code)
    if in_json:
        document = {"unit": unit.as_data(), "operations": [_document(one) for one in history]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for key, value in unit.as_data().items():
        click.echo(f"{key:12} {value if value not in (None, '') else '-'}")
    for one in history:
        operation = one.operation
        into = f" -> {', '.join(operation.into)}" if operation.into else ""
        click.echo(f"{operation.start} {operation.kind} {one.state} {', '.join(operation.units)}{into} ({one.id})")


@group.command()
@click.argument("units", nargs=-1, required=True)
@click.option("--into", required=True, help="The unit they become; it may be one of them or begin with --new.")
@new
@start
@reason
@apply
@as_json
def merge(
    units: tuple[str, ...],
    into: str,
    new: Path | None,
    start: datetime | None,
    reason: str,
    apply: bool,
    in_json: bool,
) -> None:
    """Merge units into one, which receives and handles from then on what they did.

    \b
    Example: motcua units merge 000.11.22.H56 --into 000.17.22.H56 --from 2027-01-01 --reason "NQ 12/NQ-HĐND"
    """
    parts = opened()
    operation = Operation(
        kind="merge", units=units, into=(into,), new=_new(new), start=_day(parts, start), reason=reason
    )
    _carry(parts, operation, apply, in_json)


@group.command()
@click.argument("unit")
@click.option("--into", required=True, multiple=True, help="Twice or more; the first goes on with duties and steps.")
@new
@start
@reason
@apply
@as_json
def split(
    unit: str,
    into: tuple[str, ...],
    new: Path | None,
    start: datetime | None,
    reason: str,
    apply: bool,
    in_json: bool,
) -> None:
    """Split a unit into several; it may be one of them and go on smaller.

    \b
    Example: motcua units split 000.11.22.H56 --into 000.11.22.H56 --into 000.99.22.H56 --new units.yaml --reason X
    """
    parts = opened()
    operation = Operation(
        kind="split", units=(unit,), into=into, new=_new(new), start=_day(parts, start), reason=reason
    )
    _carry(parts, operation, apply, in_json)


@group.command()
@click.argument("unit")
@click.option("--name", required=True, help="In Vietnamese.")
@click.option("--name-en", required=True, help="In English.")
@start
@reason
@apply
@as_json
def rename(unit: str, name: str, name_en: str, start: datetime | None, reason: str, apply: bool, in_json: bool) -> None:
    """Give a unit another name; its code stays.

    \b
    Example: motcua units rename 000.17.22.H56 --name "UBND phường Mới" --name-en "New Ward" --reason "NQ 12/NQ-HĐND"
    """
    parts = opened()
    day = _day(parts, start)
    _carry(
        parts,
        Operation(kind="rename", units=(unit,), name=name, name_en=name_en, start=day, reason=reason),
        apply,
        in_json,
    )


@group.command()
@click.argument("unit")
@click.option("--into", default="", help="The unit that follows; without one no procedure may name it any more.")
@start
@reason
@apply
@as_json
def close(unit: str, into: str, start: datetime | None, reason: str, apply: bool, in_json: bool) -> None:
    """Close a unit.

    \b
    Example: motcua units close 000.11.22.H56 --into 000.17.22.H56 --reason "QĐ 12/QĐ-UBND"
    """
    parts = opened()
    day = _day(parts, start)
    followers = (into,) if into else ()
    _carry(parts, Operation(kind="close", units=(unit,), into=followers, start=day, reason=reason), apply, in_json)


@group.command()
@click.argument("operation")
@as_json
def cancel(operation: str, in_json: bool) -> None:
    """Call off an operation that waits for its day.

    \b
    Example: motcua units cancel 0199f0c2-7d1e-7c3a-9a51-5a1d2c3b4e5f
    """
    opened().reorganise.cancel(operation)
    click.echo(json.dumps({"cancelled": operation}) if in_json else f"{operation} will not be carried out.")


def _carry(parts: wiring.Parts, operation: Operation, apply: bool, in_json: bool) -> None:
    """Ends the command with exit code 1 and every fault, when something speaks against it."""
    try:
        plan = parts.reorganise.plan(operation)
        record = parts.reorganise(operation, OPERATOR) if apply else None
    except ReorganisationRefused as refused:
        faults = [{"path": one.path, "code": one.code, "words": one.words} for one in refused.faults]
        if in_json:
            click.echo(json.dumps({"faults": faults}, ensure_ascii=False, indent=2))
        else:
            click.echo(f"{refused}\n{len(faults)} faults; nothing was changed.", err=True)
        raise click.exceptions.Exit(1) from refused
    if in_json:
        document = {"applied": apply, "plan": _plan(plan), "operation": _document(record) if record else None}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    _show(plan)
    end = "dry run: add --apply" if record is None else f"{record.state}, {record.id}"
    click.echo(f"{len(plan.units)} units, {len(plan.procedures)} procedures from {operation.start} on ({end}).")


def _show(plan: Plan) -> None:
    for unit in plan.beginning:
        click.echo(f"begins   {unit.code} {unit.name}")
    for unit in plan.ending:
        click.echo(f"ends     {unit.code} {unit.name} -> {', '.join(unit.successors) or '-'}")
    for one in plan.units:
        if one.before and one.before.name != one.after.name:
            click.echo(f"renames  {one.after.code} {one.before.name} -> {one.after.name}")
    for unit in plan.children:
        click.echo(f"moves    {unit.code} {unit.name} below {unit.parent}")
    for procedure in plan.procedures:
        click.echo(f"version  {procedure.code} {', '.join(procedure.places)}")
    for code in plan.waiting:
        click.echo(f"look at  {code}: its draft or scheduled version names a unit that ends")
    for code in plan.mentions:
        click.echo(f"look at  {code}: its text names a unit that changes")


def _plan(plan: Plan) -> Mapping[str, Any]:
    return {
        "units": [
            {"before": one.before.as_data() if one.before else None, "after": one.after.as_data()} for one in plan.units
        ],
        "procedures": [{"code": one.code, "name": one.name, "places": one.places} for one in plan.procedures],
        "mentions": plan.mentions,
        "waiting": plan.waiting,
    }


def _document(record: Reorganisation) -> Mapping[str, Any]:
    operation = record.operation
    return {
        "id": record.id,
        "kind": operation.kind,
        "units": operation.units,
        "into": operation.into,
        "from": operation.start.isoformat(),
        "reason": operation.reason,
        "by": record.by_name,
        "state": record.state,
        "note": record.note,
        "procedures": record.procedures,
    }


def _new(file: Path | None) -> tuple[Unit, ...]:
    """Raises: ReorganisationRefused."""
    if file is None:
        return ()
    try:
        document = read_yaml(file.read_text("utf-8"))
    except (BrokenYaml, UnicodeDecodeError) as broken:
        raise ReorganisationRefused([UnitFault(file.name, "unreadable", str(broken))]) from broken
    rows = document.get("units") if isinstance(document, Mapping) else None
    units, faults = read_rows(rows if isinstance(rows, list) else [document])
    if faults:
        raise ReorganisationRefused(faults)
    return tuple(units)


def _day(parts: wiring.Parts, given: datetime | None) -> date:
    return (given or province_time(parts.clock.now())).date()


def _ended(unit: Unit) -> str:
    if unit.active:
        return ""
    last = f" on {unit.valid_to}" if unit.valid_to else ""
    return f" (closed{last} -> {', '.join(unit.successors) or '-'})"
