"""The store of versions in memory, held to the same conformance tests as the real one."""

from dataclasses import replace
from datetime import date, datetime

from services.catalogue.actions.fakes import MemoryShelf
from services.catalogue.actions.records import Edition
from services.catalogue.actions.versions import Version
from services.catalogue.domain.versions import OPERATOR, Draft, HistoryLine, VersionState
from services.chassis.clock import province_time
from services.chassis.errors import Conflict


class MemoryVersions:
    """Satisfies `versions.Versions`."""

    def __init__(self, shelf: MemoryShelf) -> None:
        self._shelf = shelf
        self._drafts: dict[str, Draft] = {}
        self._from: dict[tuple[str, int], date] = {}
        self._began: dict[tuple[str, int], datetime] = {}

    def draft(self, code: str) -> Draft | None:
        return self._drafts.get(code)

    def drafts(self) -> list[Draft]:
        by_code = sorted(self._drafts.values(), key=lambda draft: draft.code)
        return sorted(by_code, key=lambda draft: draft.edited_at, reverse=True)

    def keep(self, draft: Draft, line: HistoryLine) -> None:
        before = self._drafts.get(draft.code)
        if (before.revision if before else 0) != draft.revision - 1:
            raise Conflict(draft.code)
        self._drafts[draft.code] = draft
        self._shelf.history.append(line)

    def discard(self, draft: Draft, line: HistoryLine) -> None:
        self._check(draft)
        del self._drafts[draft.code]
        self._shelf.history.append(line)

    def publish(self, draft: Draft, version: Version) -> None:
        self._check(draft)
        edition, key = version.edition, (version.code, version.number)
        if version.number in self._shelf.frozen.get(version.code, {}):
            raise Conflict(version.code)
        if version.state == "scheduled":
            self._shelf.frozen.setdefault(version.code, {})[version.number] = edition
            self._shelf.waiting[key] = version.valid_from
            self._note(edition, edition.published_at, "schedule", f"{version.valid_from:%d/%m/%Y}")
        else:
            self._shelf.put_head(edition)
            self._note(edition, edition.published_at, "publish", edition.note)
        self._from[key] = version.valid_from
        del self._drafts[draft.code]

    def begin(self, code: str, number: int, at: datetime) -> None:
        if self._shelf.waiting.pop((code, number), None) is None:
            return
        edition = self._shelf.frozen[code][number]
        self._began[code, number] = at
        self._shelf.put_head(edition, begins=True)
        self._note(replace(edition, by=OPERATOR), at, "begin", "")

    def due(self, day: date) -> list[Version]:
        keys = sorted((since, number, code) for (code, number), since in self._shelf.waiting.items() if since <= day)
        return [version for _, number, code in keys if (version := self.one(code, number))]

    def withdraw(self, version: Version, line: HistoryLine, instead: Edition | None) -> None:
        stored, key = self.one(version.code, version.number), (version.code, version.number)
        if stored is None or stored.state != version.state:
            raise Conflict(version.code)
        if version.state == "in_force":
            if instead is not None:
                self._shelf.put_head(instead)
                self._note(instead, instead.published_at, "return", instead.note)
            else:
                self._shelf.retire(version.code, line.at, line.who, line.note)
        self._shelf.waiting.pop(key, None)
        self._shelf.withdrawn.add(key)
        self._shelf.history.append(line)

    def all(self, code: str) -> list[Version]:
        numbers = sorted(self._shelf.frozen.get(code, {}), reverse=True)
        return [version for number in numbers if (version := self.one(code, number))]

    def one(self, code: str, number: int) -> Version | None:
        edition = self._shelf.frozen.get(code, {}).get(number)
        if edition is None:
            return None
        key, forms = (code, number), tuple(replace(form, content=b"") for form in edition.forms)
        since = self._from.get(key, province_time(edition.published_at).date())
        never = key in self._from and since > province_time(edition.published_at).date()
        began_at = self._began.get(key, None if never else edition.published_at)
        return Version(replace(edition, forms=forms), since, self._state(code, number), began_at)

    def history(self, subject: str) -> list[HistoryLine]:
        lines = [line for line in reversed(self._shelf.history) if line.subject == subject]
        return sorted(lines, key=lambda line: line.at, reverse=True)

    def _state(self, code: str, number: int) -> VersionState:
        if (code, number) in self._shelf.withdrawn:
            return "withdrawn"
        if (code, number) in self._shelf.waiting:
            return "scheduled"
        head = self._shelf.one(code)
        in_force = head is not None and head.version == number and head.status == "published"
        return "in_force" if in_force else "retired"

    def _check(self, draft: Draft) -> None:
        stored = self._drafts.get(draft.code)
        if stored is None or stored.revision != draft.revision:
            raise Conflict(draft.code)

    def _note(self, edition: Edition, at: datetime, what: str, note: str) -> None:
        self._shelf.history.append(HistoryLine(edition.code, at, edition.by, what, edition.version, note))
