"""What has happened in the catalogue, as it is written to the outbox."""

from collections.abc import Mapping
from typing import Any

from pymongo.client_session import ClientSession

from services.catalogue.actions.records import (
    CalendarChanged,
    Happening,
    ProcedurePublished,
    ProcedureRetired,
    UnitChanged,
)
from services.chassis.messages.outbox import Outbox

#: Where an event is not of one unit, field or procedure; the routing key has "-" there.
NONE = ""


class Outgoing:
    """Satisfies `storage.journal.Tell`: full facts for our services, thin ones for the agencies."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def __call__(self, session: ClientSession, happening: Happening, sequence: int) -> None:
        match happening:
            case ProcedurePublished(edition):
                facts = {"code": edition.code, "version": edition.version}
                field = edition.definition["field"]["code"]
                thin = {**facts, "name": edition.definition["name"], "field": field}
                full = {**facts, "definition": dict(edition.definition)}
                self._say(session, "procedure.published", edition.code, sequence, full, thin, field)
            case ProcedureRetired(code, version, name, field, at):
                facts = {"code": code, "version": version}
                thin = {**facts, "name": name, "field": field}
                full = {**facts, "at": at.isoformat()}
                self._say(session, "procedure.retired", code, sequence, full, thin, field)
            case UnitChanged(unit):
                self._say_unit(session, unit, sequence)
            case CalendarChanged(calendar):
                self._outbox.tell(
                    session,
                    "calendar.changed",
                    subject=str(calendar["year"]),
                    sequence=sequence,
                    data=dict(calendar),
                )

    def _say(
        self,
        session: ClientSession,
        type: str,
        code: str,
        sequence: int,
        full: dict[str, Any],
        thin: dict[str, Any],
        field: str,
    ) -> None:
        self._outbox.tell(session, type, subject=code, sequence=sequence, data=full)
        self._outbox.announce(
            session, type, subject=code, sequence=sequence, data=thin, unit=NONE, field=field, procedure=code
        )

    def _say_unit(self, session: ClientSession, unit: Mapping[str, Any], sequence: int) -> None:
        type = "unit.changed" if unit["active"] else "unit.closed"
        code = unit["code"]
        thin = {"code": code, "name": unit["name"], "type": unit["type"]}
        self._outbox.tell(session, type, subject=code, sequence=sequence, data={"unit": dict(unit)})
        self._outbox.announce(
            session, type, subject=code, sequence=sequence, data=thin, unit=code, field=NONE, procedure=NONE
        )
