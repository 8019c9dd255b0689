"""The ports' fakes, held to the same conformance tests as the real parts (tests/conformance/submissions)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import BinaryIO

from services.chassis.blobs import BlobInfo, BlobMissing
from services.chassis.errors import NotFound, Unavailable
from services.submissions.actions.ports import CodeTaken, DeskFilter, Page, Row
from services.submissions.domain.document import Document, Limits, State
from services.submissions.domain.dossier import HANDLING_ROLES, Dossier, Person, Status, handled_units
from services.submissions.domain.events import Change, Happened
from services.submissions.domain.reading import Reading
from services.submissions.domain.refusals import ChangedMeanwhile, KeyUsedBefore, StorageUsedUp, TooManyFiles


@dataclass
class Shelves:
    """The memory that the two fakes share, as the real ones share a database."""

    dossiers: dict[str, Dossier] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)


class FakeDossiers:
    def __init__(self, shelves: Shelves) -> None:
        self._all = shelves.dossiers
        self._documents = shelves.documents
        self._keys: dict[tuple[str, str, str], str] = {}
        self._numbers: dict[tuple[str, date], int] = defaultdict(int)
        self.told: list[Happened] = []

    def add(self, draft: Dossier, key: str) -> Dossier:
        if key and (known := self._keys.get(("draft", draft.account_id, key))):
            return self._all[known]
        self._all[draft.id] = draft
        if key:
            self._keys["draft", draft.account_id, key] = draft.id
        return draft

    def owned(self, dossier_id: str, account_id: str) -> Dossier:
        found = self._all.get(dossier_id)
        if found is None or found.account_id != account_id:
            raise NotFound("no such dossier")
        return found

    def owned_with_documents(self, dossier_id: str, account_id: str) -> tuple[Dossier, list[Document]]:
        found = self.owned(dossier_id, account_id)
        return found, sorted(
            (d for d in self._documents.values() if d.dossier_id == dossier_id), key=lambda d: d.begun_at
        )

    def at_desk(self, dossier_id: str, officer: Person) -> Dossier:
        found = self._all.get(dossier_id)
        if found is None or not _visible(found, officer):
            raise NotFound("no such dossier")
        return found

    def save(self, dossier: Dossier, expected_version: int, events: Sequence[Happened] = (), *, key: str = "") -> None:
        known = self._all.get(dossier.id)
        if known is None or known.version != expected_version:
            raise ChangedMeanwhile("somebody was faster")
        others = [other for other in self._all.values() if other.id != dossier.id]
        if dossier.provisional_code and any(o.provisional_code == dossier.provisional_code for o in others):
            raise CodeTaken
        if key and self._keys.setdefault(("submit", dossier.account_id, key), dossier.id) != dossier.id:
            raise KeyUsedBefore("this key has sent another dossier")
        self._all[dossier.id] = dossier
        self.told += events

    def save_numbered(self, expected_version: int, unit: str, day: date, decide: Callable[[int], Change]) -> Dossier:
        number = self._numbers[unit, day] + 1
        change = decide(number)
        self.save(change.dossier, expected_version, change.events)
        self._numbers[unit, day] = number
        return change.dossier

    def remove_draft(self, dossier: Dossier) -> None:
        known = self._all.get(dossier.id)
        if known is None or known.version != dossier.version or known.status is not Status.DRAFT:
            raise ChangedMeanwhile("the draft has changed")
        del self._all[dossier.id]
        for document in [d for d in self._documents.values() if d.dossier_id == dossier.id]:
            del self._documents[document.id]

    def of_account(self, account_id: str, *, drafts: bool, cursor: str | None, limit: int) -> Page:
        mine = [d for d in self._all.values() if d.account_id == account_id and (d.status is Status.DRAFT) is drafts]
        return _page(sorted(mine, key=lambda d: (d.changed_at, d.id), reverse=True), cursor, limit)

    def of_desk(self, officer: Person, chosen: DeskFilter, *, cursor: str | None, limit: int) -> Page:
        found = [d for d in self._all.values() if _visible(d, officer) and _fits(d, chosen, officer)]
        return _page(sorted(found, key=lambda d: (d.submitted_at, d.id)), cursor, limit)

    def desk_counts(self, officer: Person) -> Mapping[Status, int]:
        return Counter(d.status for d in self._all.values() if _visible(d, officer))

    def unanswered(self, now: datetime, limit: int) -> list[Dossier]:
        waiting = [(d.open_supplement, d) for d in self._all.values()]
        return [d for asked, d in waiting if asked is not None and asked.respond_by < now][:limit]


class FakeDocuments:
    def __init__(self, shelves: Shelves) -> None:
        self._all = shelves.documents
        self._dossiers = shelves.dossiers

    def add(self, document: Document, dossier: Dossier, limits: Limits, quota: int) -> None:
        self._touch(dossier)
        others = self.of(document.dossier_id)
        if sum(other.component == document.component for other in others) >= limits.max_files:
            raise TooManyFiles("no place left", count=limits.max_files)
        if sum(other.size for other in others) + document.size > quota:
            raise StorageUsedUp("the dossier is full", megabytes=quota // 1024 // 1024)
        self._all[document.id] = document

    def of(self, dossier_id: str) -> list[Document]:
        return sorted((d for d in self._all.values() if d.dossier_id == dossier_id), key=lambda d: d.begun_at)

    def get(self, dossier_id: str, document_id: str) -> Document:
        found = self._all.get(document_id)
        if found is None or found.dossier_id != dossier_id:
            raise NotFound("no such document")
        return found

    def change(self, document: Document, seen: Document) -> None:
        known = self._all.get(document.id)
        if known is None or (known.state, known.attempts) != (seen.state, seen.attempts):
            raise ChangedMeanwhile("the document has changed")
        self._all[document.id] = document

    def remove(self, document: Document, dossier: Dossier) -> None:
        known = self._touch(dossier)
        self._dossiers[dossier.id] = replace(known, version=known.version + 1)
        self._all.pop(document.id, None)

    def forget(self, document: Document) -> bool:
        if self._all[document.id].state is not State.EXPECTED:
            return False
        del self._all[document.id]
        return True

    def claim_unchecked(self, now: datetime, until: datetime) -> Document | None:
        waiting = [
            (d.next_check_at, d)
            for d in self._all.values()
            if d.state in (State.UPLOADED, State.CHECKING) and d.next_check_at is not None and d.next_check_at <= now
        ]
        if not waiting:
            return None
        _, first = min(waiting, key=lambda pair: pair[0])
        claimed = replace(first, state=State.CHECKING, next_check_at=until, attempts=first.attempts + 1)
        self._all[first.id] = claimed
        return claimed

    def abandoned(self, before: datetime, limit: int) -> list[Document]:
        return [d for d in self._all.values() if d.state is State.EXPECTED and d.begun_at < before][:limit]

    def known_keys(self, keys: Sequence[str]) -> set[str]:
        return {key for key in keys if key.rsplit("/", 1)[-1] in self._all}

    def kept(self) -> Iterator[Document]:
        return (d for d in self._all.values() if d.state is State.CLEAN)

    def _touch(self, dossier: Dossier) -> Dossier:
        known = self._dossiers.get(dossier.id)
        if known is None or known.status is not dossier.status:
            raise ChangedMeanwhile("the dossier has changed")
        return known


class FakeReadings:
    def __init__(self) -> None:
        self._all: list[Reading] = []

    def add(self, reading: Reading) -> None:
        self._all.append(reading)

    def latest(self, dossier_id: str, limit: int, *, by_offices: bool = False) -> Sequence[Reading]:
        wanted = (one for one in reversed(self._all) if one.dossier_id == dossier_id)
        return [one for one in wanted if one.unit or not by_offices][:limit]


class FakeBlobs:
    """Objects in memory; set `is_down` to have it answer nothing. `reads` counts how often each was opened."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.reads: Counter[str] = Counter()
        self.is_down = False

    def put_stream(self, key: str, content: BinaryIO, size: int) -> None:
        self._answer()
        self.objects[key] = content.read(size)

    def open(self, key: str) -> Iterator[bytes]:
        self._answer()
        self.reads[key] += 1
        yield self._object(key)

    def stat(self, key: str) -> BlobInfo:
        self._answer()
        return BlobInfo(key, len(self._object(key)))

    def copy(self, source: str, target: str) -> None:
        self._answer()
        self.objects[target] = self._object(source)

    def remove(self, key: str) -> None:
        self._answer()
        self.objects.pop(key, None)

    def list(self, prefix: str) -> Iterator[BlobInfo]:
        self._answer()
        return (BlobInfo(key, len(body)) for key, body in sorted(self.objects.items()) if key.startswith(prefix))

    def presign_put(self, key: str, valid: timedelta) -> str:
        return f"https://store.test/{key}?put&seconds={valid.total_seconds():.0f}"

    def presign_get(self, key: str, valid: timedelta, filename: str, content_type: str) -> str:
        return f"https://store.test/{key}?get&as={filename}&type={content_type}&seconds={valid.total_seconds():.0f}"

    def _object(self, key: str) -> bytes:
        if key not in self.objects:
            raise BlobMissing(key)
        return self.objects[key]

    def _answer(self) -> None:
        if self.is_down:
            raise Unavailable("the fake store is down")


class FakeScanner:
    """Finds a virus in whatever holds the word "virus"."""

    def __init__(self) -> None:
        self.is_down = False

    def has_virus(self, content: BinaryIO) -> bool:
        if self.is_down:
            raise Unavailable("the fake scanner is down")
        return b"virus" in content.read()


def _visible(dossier: Dossier, officer: Person) -> bool:
    return dossier.status > Status.DRAFT and not handled_units(officer).isdisjoint(
        {dossier.unit.code, dossier.step_unit}
    )


def _fits(dossier: Dossier, chosen: DeskFilter, officer: Person) -> bool:
    held = any(dossier.step_unit in officer.units_as(r) for r in HANDLING_ROLES if r == dossier.current_step.role)
    return (
        (not chosen.statuses or dossier.status in chosen.statuses)
        and (not chosen.unit or chosen.unit in (dossier.unit.code, dossier.step_unit))
        and (not chosen.procedure or chosen.procedure == dossier.procedure.code)
        and (not chosen.code or chosen.code in (dossier.code, dossier.provisional_code))
        and (not chosen.identity_number or chosen.identity_number == dossier.identity_number)
        and (not chosen.mine or held)
    )


def _page(found: Sequence[Dossier], cursor: str | None, limit: int) -> Page:
    start = int(cursor or 0)
    following = str(start + limit) if len(found) > start + limit else None
    return Page(tuple(_row(dossier) for dossier in found[start : start + limit]), following)


def _row(dossier: Dossier) -> Row:
    asked = dossier.open_supplement
    return Row(
        id=dossier.id,
        code=dossier.shown_code,
        procedure_code=dossier.procedure.code,
        procedure_name=dossier.procedure.name,
        unit_code=dossier.unit.code,
        unit_name=dossier.unit.name,
        applicant_name="" if dossier.status is Status.DRAFT else dossier.applicant_name,
        status=dossier.status,
        step_name=dossier.current_step.name,
        step_role=dossier.current_step.role,
        changed_at=dossier.changed_at,
        submitted_at=dossier.submitted_at,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        respond_by=asked.respond_by if asked else None,
    )
