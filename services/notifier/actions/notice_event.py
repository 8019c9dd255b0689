"""Make the notice an event calls for, once, in the transaction in which the event is taken in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.chassis import logs
from services.chassis.clock import Clock
from services.chassis.ids import new_id
from services.notifier.actions.ports import Book
from services.notifier.domain.notice import KINDS, Notice, Person

log = logs.get(__name__)


class NoticeEvent:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(
        self,
        book: Book,
        kind: str,
        account_id: str,
        facts: Mapping[str, Any],
        *,
        event_id: str,
        at: datetime,
        request_id: str,
    ) -> None:
        notice = Notice(new_id(), event_id, KINDS[kind], account_id, facts, at, request_id)
        book.add(notice, self._clock.now())
        log.info("notice.made", notice_id=notice.id, kind=kind, request_id=request_id)


class KnowPerson:
    """Keep the name and address an account event carries, unless we know something newer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, book: Book, account_id: str, name: str, email: str | None, sequence: int) -> None:
        known = book.person(account_id)
        if known is None or known.sequence < sequence:
            book.keep_person(Person(account_id, name, email, sequence), self._clock.now())
