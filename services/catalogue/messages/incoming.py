"""What the catalogue hears of dossiers: which version was used, and when; nothing of who or what about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from pymongo.client_session import ClientSession

from services.chassis.messages.consumer import BrokenEvent, Event, Handler

HEARD = ("dossier.submitted",)


class Noter(Protocol):
    def note(self, code: str, version: int, at: datetime, session: ClientSession) -> None: ...


def handlers(uses: Noter) -> Mapping[str, Handler]:
    def on_dossier_submitted(session: ClientSession, event: Event) -> None:
        try:
            procedure = event.data["procedure"]
            code, version = procedure["code"], procedure["version"]
        except (KeyError, TypeError) as fault:
            raise BrokenEvent("unreadable", f"{event.type}: {type(fault).__name__}") from fault
        uses.note(code, version, event.time, session)

    return {"dossier.submitted": on_dossier_submitted}
