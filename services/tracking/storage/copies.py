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

    def learn_unit(self, session: ClientSession, code: str, name: str, at: datetime) -> None:
        """Older news than what is known changes nothing."""
        known = self._db[UNITS].find_one({"_id": code}, session=session)
        if known is None or known["at"] <= at:
            self._db[UNITS].replace_one({"_id": code}, {"name": name, "at": at}, upsert=True, session=session)

    def learn_calendar(self, session: ClientSession, year: int, days: dict[str, str], at: datetime) -> None:
        """`days`: ISO date -> kind. Older news than what is known changes nothing."""
        known = self._db[CALENDARS].find_one({"_id": year}, session=session)
        if known is None or known["at"] <= at:
            self._db[CALENDARS].replace_one({"_id": year}, {"days": days, "at": at}, upsert=True, session=session)

    def workflow(self, procedure: str, version: int) -> Sequence[Step]:
        return self._read.get().workflows.get((procedure, version), ())

    def unit_name(self, code: str) -> str | None:
        return self._read.get().units.get(code)

    def calendar(self) -> Calendar:
        return self._read.get().calendar

    def _look(self) -> _Known:
        workflows = {(row["code"], row["version"]): _steps(row) for row in self._db[PROCEDURES].find()}
        units = {row["_id"]: row["name"] for row in self._db[UNITS].find()}
        rows = self._db[CALENDARS].find()
        days = {date.fromisoformat(day): kind for row in rows for day, kind in row["days"].items()}
        return _Known(workflows, units, Calendar(days))


def _steps(row: dict[str, Any]) -> tuple[Step, ...]:
    return tuple(Step(step["id"], step["name"], step["unit"]) for step in row["workflow"])
