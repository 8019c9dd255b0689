"""In-memory stand-ins for the ports."""

from datetime import datetime

from services.notifier.domain.notice import Notice, Person


class MemoryBook:
    """A `Book` in which nothing is encrypted and every change is at once."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.notices: list[Notice] = []
        self.changed_at: datetime | None = None

    def person(self, account_id: str) -> Person | None:
        return self.people.get(account_id)

    def keep_person(self, person: Person, now: datetime) -> None:
        self.people[person.account_id] = person
        self.changed_at = now

    def add(self, notice: Notice, now: datetime) -> None:
        key = (notice.event_id, notice.kind, notice.account_id)
        if key not in [(known.event_id, known.kind, known.account_id) for known in self.notices]:
            self.notices.append(notice)
            self.changed_at = now
