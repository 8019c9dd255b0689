"""Tracking's copy of what the catalogue publishes, kept true by events and read through a small memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.client_session import ClientSession

from services.chassis.clock import Clock
from services.chassis.mongo import Db
from services.chassis.remembered import Remembered
from services.tracking.domain.dossier import Step
from services.tracking.domain.timeliness import Calendar
from services.tracking.storage.indexes import CALENDARS, PROCEDURES, UNITS

#: How old what a web process remembers may be.
FRESH = timedelta(seconds=5)


@dataclass(frozen=True)
class _Known:
    workflows: dict[tuple[str, int], tuple[Step, ...]]
    units: dict[str, str]
    lineage: dict[str, frozenset[str]]
    calendar: Calendar


class CatalogueCopies:
    """`learn_*` write within an event's transaction; the others satisfy `ports.Copies`."""

    def __init__(self, db: Db, clock: Clock) -> None:
        self._db = db
        self._read = Remembered(self._look, clock, FRESH)

    def learn_procedure(self, session: ClientSession, code: str, version: int, workflow: Sequence[Step]) -> None:
        steps = [{"id": step.id, "name": step.name, "unit": step.unit} for step in workflow]
        self._db[PROCEDURES].replace_one(
            {"_id": f"{code}@{version}"},
            {"code": code, "version": version, "workflow": steps},
            upsert=True,
            session=session,
        )

    def learn_unit(self, session: ClientSession, code: str, name: str, successors: Sequence[str], at: datetime) -> None:
        """Older news than what is known changes nothing."""
        known = self._db[UNITS].find_one({"_id": code}, session=session)
        if known is None or known["at"] <= at:
            row = {"name": name, "successors": list(successors), "at": at}
            self._db[UNITS].replace_one({"_id": code}, row, upsert=True, session=session)

    def learn_calendar(self, session: ClientSession, year: int, days: dict[str, str], at: datetime) -> None:
        """`days`: ISO date -> kind. Older news than what is known changes nothing."""
        known = self._db[CALENDARS].find_one({"_id": year}, session=session)
        if known is None or known["at"] <= at:
            self._db[CALENDARS].replace_one({"_id": year}, {"days": days, "at": at}, upsert=True, session=session)

    def workflow(self, procedure: str, version: int) -> Sequence[Step]:
        return self._read.get().workflows.get((procedure, version), ())

    def unit_name(self, code: str) -> str | None:
        return self._read.get().units.get(code)

    def unit_with_predecessors(self, code: str) -> frozenset[str]:
        """Every unit whose work this one goes on with, itself among them: what was counted for them counts for it."""
        return self._read.get().lineage.get(code, frozenset({code}))

    def calendar(self) -> Calendar:
        return self._read.get().calendar

    def _look(self) -> _Known:
        workflows = {(row["code"], row["version"]): _steps(row) for row in self._db[PROCEDURES].find()}
        known = list(self._db[UNITS].find())
        units = {row["_id"]: row["name"] for row in known}
        rows = self._db[CALENDARS].find()
        days = {date.fromisoformat(day): kind for row in rows for day, kind in row["days"].items()}
        return _Known(workflows, units, _lineage(known), Calendar(days))


def _lineage(units: Sequence[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """Each unit with all that went before it. Of several successors the first goes on with the work, so that nothing
    is counted twice.
    """
    follows = {row["_id"]: row["successors"][0] for row in units if row.get("successors")}
    whole = {row["_id"]: {row["_id"]} for row in units}
    for code in list(whole):
        heir, passed = follows.get(code), {code}
        while heir is not None and heir not in passed:
            whole.setdefault(heir, {heir}).add(code)
            passed.add(heir)
            heir = follows.get(heir)
    return {code: frozenset(members) for code, members in whole.items()}


def _steps(row: dict[str, Any]) -> tuple[Step, ...]:
    return tuple(Step(step["id"], step["name"], step["unit"]) for step in row["workflow"])
