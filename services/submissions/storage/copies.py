"""What this service knows of the others, kept as its own copies and fed by their events.

The `learn_*` methods run in an inbox's transaction and may run twice or out of order: a version of a procedure never
changes once it is here, everything else goes by the event's sequence.
"""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from services.chassis.crypto import FieldCipher
from services.chassis.errors import NotFound
from services.chassis.mongo import Db
from services.chassis.mongo import Document as Row
from services.submissions.domain.calendar import DayKind, Hours, Office, OwnDay, Season, WorkingCalendar, Year
from services.submissions.domain.dossier import Unit
from services.submissions.domain.procedure import Procedure, read_procedure
from services.submissions.domain.refusals import NotOffered, WrongUnit

PROCEDURES, UNITS, CALENDARS, PEOPLE = "procedures", "units", "calendars", "people"


class MongoProcedures:
    """Satisfies `ports.Procedures`. Versions are immutable, so that each is read and parsed once a process."""

    def __init__(self, db: Db) -> None:
        self._rows = db[PROCEDURES]
        self._parsed: dict[tuple[str, int], Procedure] = {}

    def current(self, code: str) -> Procedure:
        row = self._rows.find_one({"code": code}, {"version": 1, "retired_at": 1}, sort=[("version", -1)])
        if row is None:
            raise NotFound("no such procedure")
        if row.get("retired_at"):
            raise NotOffered("the procedure has been retired", procedure=code)
        return self.version(code, row["version"])

    def version(self, code: str, version: int) -> Procedure:
        if (code, version) not in self._parsed:
            row = self._rows.find_one({"code": code, "version": version})
            if row is None or row.get("definition") is None:
                raise NotFound("no such version of the procedure")
            self._parsed[code, version] = read_procedure(code, version, row["definition"])
        return self._parsed[code, version]

    def learn(self, session: ClientSession | None, code: str, version: int, definition: Mapping[str, Any]) -> None:
        """Raises: KeyError or ValueError, when the definition is broken."""
        read_procedure(code, version, definition)
        key = {"_id": f"{code}@{version}"}
        row = {"code": code, "version": version, "definition": dict(definition)}
        known = self._rows.find_one(key, {"definition.code": 1}, session=session)
        if known is None or "definition" not in known:
            self._rows.update_one(key, {"$set": row}, upsert=True, session=session)

    def retire(self, session: ClientSession | None, code: str, version: int, at: str) -> None:
        """May be heard before the version itself."""
        self._rows.update_one(
            {"_id": f"{code}@{version}"},
            {"$set": {"code": code, "version": version, "retired_at": at}},
            upsert=True,
            session=session,
        )


class MongoUnits:
    """Satisfies `ports.Units`."""

    def __init__(self, db: Db) -> None:
        self._rows = db[UNITS]

    def get(self, code: str) -> Unit:
        row = self._rows.find_one({"_id": code})
        if row is None:
            raise WrongUnit("no such unit", unit=code)
        return _unit(row)

    def names(self, codes: Sequence[str]) -> Mapping[str, Unit]:
        return {row["_id"]: _unit(row) for row in self._rows.find({"_id": {"$in": list(codes)}})}

    def active(self, types: frozenset[str]) -> Sequence[Unit]:
        """A unit told of before types were kept counts as of every type."""
        wanted = {"type": {"$in": [*sorted(types), "", None]}} if types else {}
        return [_unit(row) for row in self._rows.find({"active": True, **wanted}).sort("name")]

    def learn(self, session: ClientSession | None, unit: Mapping[str, Any], sequence: int) -> None:
        row = {
            "name": unit["name"],
            "name_en": unit.get("name_en") or unit["name"],
            "code_qd20": unit.get("code_qd20") or "",
            "type": unit.get("type") or "",
            "active": bool(unit.get("active", True)),
            "successors": successors_of(unit),
        }
        replace_older(self._rows, session, unit["code"], row, sequence)


class MongoCalendars:
    """Satisfies `ports.Calendars`."""

    def __init__(self, db: Db) -> None:
        self._rows = db[CALENDARS]
        self._read: tuple[dict[int, int], WorkingCalendar] = ({}, WorkingCalendar({}))

    def working(self) -> WorkingCalendar:
        """Parsed anew only when a year has been told of again."""
        sequences = {row["_id"]: row["sequence"] for row in self._rows.find({}, {"sequence": 1})}
        known, calendar = self._read
        if known != sequences:
            rows = list(self._rows.find())
            calendar = WorkingCalendar({row["_id"]: _year(row) for row in rows})
            self._read = {row["_id"]: row["sequence"] for row in rows}, calendar
        return calendar

    def learn(self, session: ClientSession | None, data: Mapping[str, Any], sequence: int) -> None:
        """Raises: KeyError or ValueError, when the year is broken."""
        row = {
            "hours": [list(span) for span in data["hours"]],
            "days": [{"date": day["date"], "kind": day["kind"], "note": day.get("note", "")} for day in data["days"]],
            "seasons": list(data.get("seasons", ())),
            "offices": list(data.get("offices", ())),
        }
        _year(row)
        replace_older(self._rows, session, int(data["year"]), row, sequence)


class MongoPeople:
    """Satisfies `ports.People`: what accounts told of its people, encrypted, for prefilling forms."""

    def __init__(self, db: Db, cipher: FieldCipher) -> None:
        self._rows = db[PEOPLE]
        self._cipher = cipher

    def known(self, account_id: str) -> Mapping[str, Any]:
        row = self._rows.find_one({"_id": account_id})
        return self._cipher.open(row["private"]) if row and row["private"] is not None else {}

    def learn(self, session: ClientSession | None, account_id: str, person: Mapping[str, Any], sequence: int) -> None:
        replace_older(self._rows, session, account_id, {"private": self._cipher.random(dict(person))}, sequence)

    def forget(self, session: ClientSession | None, account_id: str, sequence: int) -> None:
        """The account is closed; a late older event must not bring it back."""
        replace_older(self._rows, session, account_id, {"private": None}, sequence)


def replace_older(rows: Collection[Row], session: ClientSession | None, key: Any, row: Row, sequence: int) -> None:
    """Nothing, where a newer word of the same thing is known."""
    known = rows.find_one({"_id": key}, {"sequence": 1}, session=session)
    if known is None or known["sequence"] < sequence:
        rows.replace_one({"_id": key}, {**row, "sequence": sequence}, upsert=True, session=session)


def successors_of(unit: Mapping[str, Any]) -> list[str]:
    """The units that follow a closed one, the one that goes on with its work first."""
    return list(unit.get("successors") or filter(None, [unit.get("successor")]))


def _unit(row: Row) -> Unit:
    return Unit(row["_id"], row["name"], row["code_qd20"], row["active"], tuple(row.get("successors", ())))


def _year(row: Row) -> Year:
    return Year(
        _hours(row["hours"]),
        {date.fromisoformat(day["date"]): DayKind(day["kind"]) for day in row["days"]},
        {date.fromisoformat(day["date"]): day.get("note", "") for day in row["days"]},
        _seasons(row),
        {one["unit"]: Office(_seasons(one), _own_days(one)) for one in row.get("offices", ())},
    )


def _seasons(row: Row) -> tuple[Season, ...]:
    return tuple(Season(date.fromisoformat(one["from"]), _hours(one["hours"])) for one in row.get("seasons", ()))


def _own_days(row: Row) -> dict[date, OwnDay]:
    return {date.fromisoformat(one["date"]): OwnDay(_hours(one["hours"]), one["note"]) for one in row.get("days", ())}


def _hours(spans: Sequence[Sequence[str]]) -> Hours:
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)
