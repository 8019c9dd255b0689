"""What has happened in the catalogue, as it is written to the outbox."""

from collections.abc import Callable, Mapping
from typing import Any

from pymongo.client_session import ClientSession

from services.catalogue.actions.records import (
    AddressesChanged,
    CalendarChanged,
    Happening,
    ProcedurePublished,
    ProcedureRetired,
    UnitChanged,
    UnitsMerged,
    UnitSplit,
)
from services.chassis.messages.direct import Overheard
from services.chassis.messages.envelope import BrokenEvent
from services.chassis.messages.outbox import Outbox, StagedOutbox
from services.chassis.messages.schemas import Schemas
from services.chassis.mongo import Document

#: Where an event is not of one unit, field or procedure; the routing key has "-" there.
NONE = ""


class Outgoing:
    """Satisfies `storage.journal.Tell`: full facts for our services, thin ones for the agencies."""

    def __init__(self, outbox: Outbox | Overheard) -> None:
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
            case UnitsMerged(start, successor, predecessors):
                both = {"from": start.isoformat()}
                full = {**both, "successor": dict(successor), "predecessors": [dict(one) for one in predecessors]}
                thin = {**both, "successor": _thin(successor), "predecessors": [_thin(one) for one in predecessors]}
                self._say_of_unit(session, "unit.merged", successor["code"], sequence, full, thin)
            case UnitSplit(start, unit, successors):
                both = {"from": start.isoformat()}
                full = {**both, "unit": dict(unit), "successors": [dict(one) for one in successors]}
                thin = {**both, "unit": _thin(unit), "successors": [_thin(one) for one in successors]}
                self._say_of_unit(session, "unit.split", unit["code"], sequence, full, thin)
            case CalendarChanged(calendar):
                self._outbox.tell(
                    session,
                    "calendar.changed",
                    subject=str(calendar["year"]),
                    sequence=sequence,
                    data=dict(calendar),
                )

            case AddressesChanged(province):
                self._outbox.tell(
                    session,
                    "addresses.changed",
                    subject=province["code"],
                    sequence=sequence,
                    data={"province": dict(province)},
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
        self._say_of_unit(session, type, unit["code"], sequence, {"unit": dict(unit)}, _thin(unit))

    def _say_of_unit(
        self, session: ClientSession, type: str, code: str, sequence: int, full: dict[str, Any], thin: dict[str, Any]
    ) -> None:
        self._outbox.tell(session, type, subject=code, sequence=sequence, data=full)
        self._outbox.announce(
            session, type, subject=code, sequence=sequence, data=thin, unit=code, field=NONE, procedure=NONE
        )


class StagedOutgoing:
    """Satisfies `storage.journal.Make`."""

    def __init__(self, outbox: StagedOutbox) -> None:
        self._outbox = outbox
        self._outgoing = Outgoing(outbox)

    def __call__(self, session: ClientSession, happening: Happening, sequence: int) -> list[Document]:
        self._outgoing(session, happening, sequence)
        return self._outbox.take()


def untellable(schemas: Schemas) -> Callable[[Mapping[str, Any]], str]:
    """Why a definition could not be told to the services; nothing where it could."""

    def fault_of(definition: Mapping[str, Any]) -> str:
        whole = {"code": definition["code"], "version": 1, "definition": dict(definition)}
        try:
            schemas.check("internal", "procedure.published", whole)
        except BrokenEvent as broken:
            return broken.detail
        return ""

    return fault_of


def _thin(unit: Mapping[str, Any]) -> dict[str, Any]:
    return {key: unit[key] for key in ("code", "name", "type")}
