"""What accounts hears: a unit that closes, so that its officers' rights go on where its work does."""

from typing import Protocol

from pymongo.client_session import ClientSession

from services.chassis.messages.consumer import BrokenEvent, Event, Handler

HEARD = ("unit.closed",)


class Officers(Protocol):
    def pass_on(self, session: ClientSession, unit: str, successor: str) -> None: ...


def handlers(officers: Officers) -> dict[str, Handler]:
    def on_unit_closed(session: ClientSession, event: Event) -> None:
        try:
            unit = event.data["unit"]
            code, successor = unit["code"], next(iter(unit.get("successors") or [unit["successor"]]))
        except (KeyError, TypeError, AttributeError) as fault:
            raise BrokenEvent("unreadable", f"{event.type}: {type(fault).__name__}") from fault
        if successor is not None:
            officers.pass_on(session, code, successor)

    return {"unit.closed": on_unit_closed}
