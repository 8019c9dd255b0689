"""What the actions need from the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.notifier.domain.delivery import Delivery
from services.notifier.domain.notice import Notice, Person


class Book(Protocol):
    """People and notices inside one transaction, that of the inbox."""

    def person(self, account_id: str) -> Person | None: ...

    def keep_person(self, person: Person, now: datetime) -> None:
        """Also makes everything due at once that waited for this person."""

    def add(self, notice: Notice, now: datetime) -> None:
        """The notice and its delivery, due at once; nothing when this event has already made it."""


@dataclass(frozen=True)
class Claim:
    """A delivery that this sender, and nobody else, may settle until its lease ends."""

    delivery: Delivery
    token: str


class Deliveries(Protocol):
    """The work list; each call is atomic. A settled claim whose lease was lost changes nothing."""

    def claim(self, now: datetime) -> Claim | None:
        """The row due longest, leased; None when nothing is due."""

    def notice(self, notice_id: str) -> Notice: ...

    def person(self, account_id: str) -> Person | None: ...

    def sent(self, claim: Claim, notice: Notice, now: datetime) -> None:
        """Marks it sent and erases the notice's secrets."""

    def postpone(self, claim: Claim, due_at: datetime, reason: str, *, attempts: int) -> None: ...

    def fail(self, claim: Claim, notice: Notice, reason: str, now: datetime, *, told: bool) -> None:
        """Marks it failed, erases the secrets; with `told` also says notice.failed in the same transaction."""

    def resend(self, notice_id: str, now: datetime) -> bool:
        """Makes one due again; False when there is none such or its secrets are gone."""


@dataclass(frozen=True)
class Letter:
    """A mail in parts, ready to be set as HTML or as plain text."""

    subject: str
    greeting: str
    paragraphs: Sequence[str]
    items: Sequence[str]
    facts: Sequence[tuple[str, str]]
    action: tuple[str, str] | None
    closing: Sequence[str]
    footer: str
    link_help: str
    items_title: str = ""
    code: str | None = None


class Writer(Protocol):
    def write(self, kind: str, name: str, facts: Mapping[str, Any]) -> Letter: ...


class ServerAway(Exception):
    """The mail server can't be reached or doesn't work; says nothing about the mail."""


class NotNow(Exception):
    """The mail server put this mail off."""


class Never(Exception):
    """The mail server will not take this mail, however often it is asked."""


class Post(Protocol):
    """The way to mailboxes. Raises: ServerAway, NotNow, Never, each with a short reason without any address."""

    def send(self, letter: Letter, notice: Notice, person: Person) -> None: ...

    def hang_up(self) -> None: ...
