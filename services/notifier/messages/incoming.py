"""Events of accounts, submissions and tracking, turned into notices and into what we know of people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from services.chassis.crypto import Sealer
from services.chassis.messages.consumer import Event, Handler, ignored
from services.notifier.actions.notice_event import KnowPerson, NoticeEvent
from services.notifier.actions.ports import Book

ACCOUNT_KINDS = {
    "account.registered": "activation",
    "account.activation_requested": "activation_again",
    "account.registration_repeated": "registration_repeated",
    "account.password_reset_requested": "password_reset",
    "account.password_changed": "password_changed",
}
#: Events that only say who somebody is.
ACCOUNT_FACTS = ("account.activated", "account.changed", "officer.changed")
DOSSIER_KINDS = {
    f"dossier.{verb}": f"dossier_{verb}"
    for verb in (
        "submitted",
        "received",
        "refused",
        "supplement_requested",
        "supplemented",
        "fee_requested",
        "finished",
        "returned",
        "withdrawn",
        "stopped",
    )
}
#: Steps inside the office and the clock of a dossier: shown by tracking, not mailed.
DOSSIER_QUIET = ("dossier.step_changed", "dossier.fee_paid", "dossier.suspended", "dossier.resumed", "dossier.extended")
ACCOUNT_QUIET = ("account.locked",)
RETURN_CHANNELS = {1: "counter", 2: "online", 3: "post"}

OpenBook = Callable[[ClientSession], Book]


class Incoming:
    def __init__(self, open_book: OpenBook, sealer: Sealer, notice_event: NoticeEvent, know_person: KnowPerson) -> None:
        self._open_book = open_book
        self._sealer = sealer
        self._notice_event = notice_event
        self._know_person = know_person

    def handlers(self) -> Mapping[str, Handler]:
        return {
            **dict.fromkeys(ACCOUNT_KINDS, self.on_account_notice),
            **dict.fromkeys(ACCOUNT_FACTS, self.on_account_fact),
            "account.closed": self.on_account_closed,
            **dict.fromkeys(DOSSIER_KINDS, self.on_dossier),
            **dict.fromkeys((*DOSSIER_QUIET, *ACCOUNT_QUIET), ignored),
            "lookup.code_requested": self.on_lookup_code_requested,
        }

    def on_account_fact(self, session: ClientSession, event: Event) -> None:
        self._know(self._open_book(session), event, self._private(event))

    def on_account_closed(self, session: ClientSession, event: Event) -> None:
        """Forget name and address; what still waits for them is dropped."""
        self._know_person(self._open_book(session), event.data["account_id"], "", None, event.sequence)

    def on_account_notice(self, session: ClientSession, event: Event) -> None:
        book, private = self._open_book(session), self._private(event)
        self._know(book, event, private)
        facts = {name: value for name, value in private.items() if name in ("activation_url", "reset_url")}
        self._notice(book, ACCOUNT_KINDS[event.type], event.data["account_id"], {**facts, "at": event.time}, event)

    def on_dossier(self, session: ClientSession, event: Event) -> None:
        account_id = event.data.get("account_id")
        if account_id is None:
            return
        kind = DOSSIER_KINDS[event.type]
        self._notice(self._open_book(session), kind, account_id, _dossier_facts(event, self._private(event)), event)

    def on_lookup_code_requested(self, session: ClientSession, event: Event) -> None:
        """None of the accounts is the answer to an unknown number: tracking says the same of both."""
        private, book = self._private(event), self._open_book(session)
        facts = {"code": private["code"], "valid_minutes": private["valid_minutes"]}
        for account_id in event.data["account_ids"]:
            self._notice(book, "lookup_code", account_id, facts, event)

    def _notice(self, book: Book, kind: str, account_id: str, facts: Mapping[str, Any], event: Event) -> None:
        self._notice_event(book, kind, account_id, facts, event_id=event.id, at=event.time, request_id=event.request_id)

    def _know(self, book: Book, event: Event, private: Mapping[str, Any]) -> None:
        if private.get("email"):
            account_id = event.data["account_id"]
            self._know_person(book, account_id, private.get("name") or "", private["email"], event.sequence)

    def _private(self, event: Event) -> dict[str, Any]:
        """Raises: SealBroken, which keeps the event in retry and then in the dead queue until the key is there."""
        return self._sealer.open(event.data["private"]) if event.data.get("private") else {}


def _dossier_facts(event: Event, private: Mapping[str, Any]) -> dict[str, Any]:
    """Only what the mail shows. The applicant's number is not among it."""
    data = event.data
    return {
        "dossier_id": data["dossier_id"],
        "code": data.get("code"),
        "provisional_code": data.get("provisional_code"),
        "procedure": data["procedure"]["name"],
        "unit": data["unit"]["name"],
        "submitted_at": event.time if event.type == "dossier.submitted" else None,
        **{name: _moment(data.get(name)) for name in ("received_at", "due_at", "finished_at", "returned_at")},
        "return_channel": RETURN_CHANNELS.get(data.get("return_channel") or 0),
        "reason": private.get("reason"),
        "missing": private.get("missing"),
        "respond_by": _moment(private.get("respond_by")),
        "result_note": private.get("result_note"),
    }


def _moment(value: str | None) -> datetime | str | None:
    """A time as an aware datetime; a bare date stays as it is written for people."""
    if not value:
        return None
    if len(value) == len("2026-01-31"):
        year, month, day = value.split("-")
        return f"{day}/{month}/{year}"
    return datetime.fromisoformat(value)
