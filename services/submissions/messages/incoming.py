"""What this service hears, and what it makes of it. Unknown members of an event are ignored."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pymongo.client_session import ClientSession

from services.chassis.crypto import SealBroken, Sealer
from services.chassis.messages.consumer import BrokenEvent, Event, Handler, ignored


class LearnsProcedures(Protocol):
    def learn(self, session: ClientSession, code: str, version: int, definition: Mapping[str, Any]) -> None: ...
    def retire(self, session: ClientSession, code: str, version: int, at: str) -> None: ...


class LearnsUnits(Protocol):
    def learn(self, session: ClientSession, unit: Mapping[str, Any], sequence: int) -> None: ...


class LearnsCalendars(Protocol):
    def learn(self, session: ClientSession, data: Mapping[str, Any], sequence: int) -> None: ...


class LearnsPlaces(Protocol):
    def learn(self, session: ClientSession, province: Mapping[str, Any], sequence: int) -> None: ...


class LearnsPeople(Protocol):
    def learn(self, session: ClientSession, account_id: str, person: Mapping[str, Any], sequence: int) -> None: ...
    def forget(self, session: ClientSession, account_id: str, sequence: int) -> None: ...


HEARD = (
    "procedure.published",
    "procedure.retired",
    "unit.changed",
    "unit.closed",
    "unit.merged",
    "unit.split",
    "addresses.changed",
    "calendar.changed",
    "account.activated",
    "account.changed",
    "account.closed",
)


def handlers(
    procedures: LearnsProcedures,
    units: LearnsUnits,
    calendars: LearnsCalendars,
    people: LearnsPeople,
    places: LearnsPlaces,
    sealer: Sealer,
) -> dict[str, Handler]:
    """Every type our queues bring, with its handler. A definition that can't be read goes to the dead queue."""

    def on_procedure_published(session: ClientSession, event: Event) -> None:
        procedures.learn(session, event.data["code"], int(event.data["version"]), event.data["definition"])

    def on_procedure_retired(session: ClientSession, event: Event) -> None:
        procedures.retire(session, event.data["code"], int(event.data["version"]), event.data["at"])

    def on_unit_told(session: ClientSession, event: Event) -> None:
        unit = event.data["unit"]
        open_still = unit.get("active", True) and event.type != "unit.closed"
        units.learn(session, {**unit, "active": open_still}, event.sequence)

    def on_calendar_changed(session: ClientSession, event: Event) -> None:
        calendars.learn(session, event.data, event.sequence)

    def on_addresses_changed(session: ClientSession, event: Event) -> None:
        places.learn(session, event.data["province"], event.sequence)

    def on_account_told(session: ClientSession, event: Event) -> None:
        try:
            person = sealer.open(event.data["private"])
        except SealBroken as fault:
            raise BrokenEvent("unreadable", "the private block does not open") from fault
        people.learn(session, event.data["account_id"], person, event.sequence)

    def on_account_closed(session: ClientSession, event: Event) -> None:
        people.forget(session, event.data["account_id"], event.sequence)

    return {
        "procedure.published": _readable(on_procedure_published),
        "procedure.retired": _readable(on_procedure_retired),
        "unit.changed": _readable(on_unit_told),
        "unit.closed": _readable(on_unit_told),
        # `unit.closed` names the successors too.
        "unit.merged": ignored,
        "unit.split": ignored,
        "addresses.changed": _readable(on_addresses_changed),
        "calendar.changed": _readable(on_calendar_changed),
        "account.activated": _readable(on_account_told),
        "account.changed": _readable(on_account_told),
        "account.closed": _readable(on_account_closed),
    }


def _readable(handle: Callable[[ClientSession, Event], None]) -> Handler:
    """An event whose content can't be taken is broken for good; trying again would not help."""

    def handler(session: ClientSession, event: Event) -> None:
        try:
            handle(session, event)
        except (KeyError, ValueError, TypeError, AttributeError) as fault:
            raise BrokenEvent("unreadable", f"{event.type}: {type(fault).__name__}") from fault

    return handler
